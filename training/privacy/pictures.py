"""Pictures with boxes of heads and plates, and of what may be one."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.data import POTHOLE, ROAD, open_cache

Image = NDArray[np.uint8]
Boxes = NDArray[np.float64]
"""Rows of x1, y1, x2, y2 in pixels, the kind (0 head, 1 plate) and 1 if it may not be one."""

HEAD, PLATE = 0.0, 1.0
FOLDS = 3
_DRIVES = ("dayride_type1_001", "dayride_type1_002", "nightride")
#: Photos that show the same place: they are held out together.
_SAME_PLACE = (("00275", "00545"), ("00293", "00522", "00294"), ("00150", "00254"))
LABELS = Path(__file__).resolve().parents[1] / "labels" / "faces_by_eye.json"
PLATES_BY_EYE = LABELS.with_name("plates_by_eye.json")


@dataclass(frozen=True, slots=True)
class Picture:
    """An RGB picture, its half size for shrinking without aliasing, and its boxes."""

    full: Image
    half: Image
    boxes: Boxes

    def of(self, kind: float) -> Boxes:
        """Return the sure boxes of a kind."""
        boxes: Boxes = self.boxes[(self.boxes[:, 4] == kind) & (self.boxes[:, 5] == 0)]
        return boxes


def no_boxes() -> Boxes:
    """Return an empty set, float64 ``[0, 6]``."""
    return np.empty((0, 6))


def picture(full: Image, boxes: Iterable[Sequence[float]] = ()) -> Picture:
    """Return a picture with its half size."""
    half = cv2.resize(full, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return Picture(full, np.asarray(half, np.uint8), np.array([*boxes], float).reshape(-1, 6))


def read(path: Path) -> Image:
    """Read an RGB picture."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(path)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


@dataclass(frozen=True, slots=True)
class ByEye:
    """What was marked by eye in street photos: heads by the photo's path, and who has none."""

    heads: Mapping[Path, Boxes]
    nobody: frozenset[Path]


def heads_by_eye(signs: Path, plates: Path, *, labels: Path = LABELS) -> ByEye:
    """Read the heads marked by eye.

    Parameters
    ----------
    signs, plates
        Folders ``data/signs`` and ``data/plates``.
    """
    marked = json.loads(labels.read_text("utf-8"))
    folders = {"scenes": signs / "scenes", "plates": plates / "images"}

    def place(entry: Mapping[str, str]) -> Path:
        return folders[entry["source"]] / f"{entry['frame']}.jpg"

    heads = {
        place(entry): np.array(
            [[*face["box"], HEAD, float(face["unsure"])] for face in entry["faces"]], float
        )
        for entry in marked["frames"]
    }
    return ByEye(heads, frozenset(place(entry) for entry in marked["no_people"]))


def plates_by_picture(folder: Path, *, by_eye: Path = PLATES_BY_EYE) -> dict[Path, Boxes]:
    """Return the boxes of the plate set, and those that it leaves out, by its photos' paths."""
    boxes: dict[Path, list[list[float]]] = {}
    for entry in json.loads(by_eye.read_text("utf-8"))["frames"]:
        boxes[folder / "images" / f"{entry['frame']}.jpg"] = [
            [*plate["box"], PLATE, float(plate["unsure"])] for plate in entry["plates"]
        ]
    with (folder / "boxes.csv").open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            sides = [float(row[key]) for key in ("x1", "y1", "x2", "y2")]
            path = folder / "images" / f"{row['image']}.jpg"
            boxes.setdefault(path, []).append([*sides, PLATE, 0.0])
    return {path: np.array(rows) for path, rows in boxes.items()}


def sign_cuts(signs: Path, *, fold: int | None = None) -> list[Image]:
    """Cut the marked traffic signs out of the street scenes not held out, a little around them."""
    rows: dict[str, list[dict[str, str]]] = {}
    with (signs / "boxes.csv").open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            rows.setdefault(row["image"], []).append(row)
    cuts = []
    for name, marked in sorted(rows.items()):
        if held_out(name.removesuffix(".jpg"), fold):
            continue
        photo = read(signs / "scenes" / f"{name.removesuffix('.jpg')}.jpg")
        for row in marked:
            x1, y1, x2, y2 = (int(float(row[key])) for key in ("x1", "y1", "x2", "y2"))
            around = (x2 - x1) // 8
            cut = photo[max(y1 - around, 0) : y2 + around, max(x1 - around, 0) : x2 + around]
            cuts.append(np.ascontiguousarray(cut))
    return cuts


def hole_pictures(cache: Path, *, limit: int, seed: int) -> list[Picture]:
    """Return surroundings of potholes, with the road only, from a cache of the damage training.

    Light holes and iron covers are what plates are confused with; what is not road is painted over,
    as a parked car may show a plate.
    """
    packed = open_cache(cache)
    random = np.random.default_rng(seed)
    pictures: list[Picture] = []
    for index in random.permutation(len(packed.entries)):
        height = packed.entries[index].height
        label = packed.labels[index, :height]
        if not (label & POTHOLE).any():
            continue
        image = np.array(packed.frames[index, :height])
        road = (label & ROAD) > 0
        image[(label & (ROAD | POTHOLE)) == 0] = image[road].mean(axis=0).astype(np.uint8)
        rows, columns = np.nonzero(label & POTHOLE)
        y, x = int(np.median(rows)), int(np.median(columns))
        pictures.append(picture(image[max(y - 200, 0) : y + 200, max(x - 320, 0) : x + 320]))
        if len(pictures) == limit:
            break
    return pictures


def held_out(name: str, fold: int | None) -> bool:
    """Return whether a photo belongs to a fold, by its file's name without the suffix."""
    if fold is None:
        return False
    drives = [number for number, drive in enumerate(_DRIVES) if name.startswith(drive)]
    if drives:
        return drives[0] == fold
    first = next((place[0] for place in _SAME_PLACE if name in place), name)
    return first.isdigit() and int(first) % FOLDS == fold
