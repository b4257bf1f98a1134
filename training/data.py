"""Frames and labels in one memory-mapped cache folder.

A cache folder holds ``frames.npy`` (RGB), ``labels.npy`` and ``index.csv``. All frames are 1024 px
wide, the width the runtime works at, and padded at the bottom to one height.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from training import marks

WIDTH = 1024
HEIGHT = 640
ROAD, CRACK, POTHOLE, PATCH = 1, 2, 4, 8
#: Whoever looked could not tell whether this is a patch.
PATCH_UNKNOWN = 16
#: Written by `training.guess`.
GUESSES = "guesses.npy"
#: Nobody said whether this is road: the neighbour lane, the shoulder, an unlabelled scene.
ROAD_UNKNOWN = 128
#: The lines scored once with the finished network, never trained or tuned on.
REPORT_LINES = ("DF_080_080BDF0070", "DF_020_020BDF0070", "RS_290_290RS070691")
#: Whole lines kept back for thresholds and for watching the training.
VALIDATION_LINES = (
    "DF_080_080BDF0090",
    "DF_070_070BDF0010",
    "RS_386_386RS289112",
    "DF_251_251BDF0525",
)

Picture = NDArray[np.uint8]


class Frame(NamedTuple):
    """One frame with its label, and where it comes from."""

    name: str
    line: str
    source: str
    image: Picture
    label: Picture
    #: Damages that somebody looked for all over the frame, as bits: no mark means that there is
    #: none. A damage that is marked counts as looked for in any case.
    looked_for: int = 0


class Entry(NamedTuple):
    """One row of a cache's index."""

    name: str
    line: str
    source: str
    height: int
    #: Damages that are marked somewhere, and those that were looked for all over, as bits.
    holds: int
    looked_for: int


@dataclass(frozen=True)
class Cache:
    """A packed set of frames, read from disk as needed."""

    entries: list[Entry]
    frames: Picture
    labels: Picture
    #: What another network said, ``[frames, h / 8, w / 8, channels]``; 255 is certain.
    guesses: Picture | None


def road_rows(road: Path) -> list[dict[str, str]]:
    """Return the rows of ``frames.csv`` of a road folder."""
    with (road / "frames.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def neighbourhood(lane: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where a frame may show road beside its marked lane.

    The masks mark the surveyed lane only. To its left runs the other lane, to its right a shoulder
    that may be paved; how wide they are is a share of the lane's own width in the same row.

    Parameters
    ----------
    lane
        The marked lane.

    Returns
    -------
    numpy.ndarray
        True beside the lane, False in it and farther away.
    """
    unknown = np.zeros_like(lane)
    rows = np.flatnonzero(lane.any(axis=1))
    for row in rows:
        columns = np.flatnonzero(lane[row])
        left, right = int(columns[0]), int(columns[-1]) + 1
        span = right - left
        unknown[row, max(0, left - int(1.5 * span)) : right + int(0.6 * span)] = True
    if rows.size:
        # The marked lane ends some way below the horizon; the road goes on.
        unknown[max(0, int(rows[0]) - 40) : rows[0]] = True
    return unknown & ~lane


def surveyed(road: Path, lines: Iterable[str]) -> Iterator[Frame]:
    """Yield the real frames of some survey lines.

    Parameters
    ----------
    road
        Folder with ``frames.csv``, ``images`` and ``masks``.
    lines
        Names of the survey lines.

    Yields
    ------
    Frame
        In the order of ``frames.csv``.
    """
    wanted, patched = set(lines), marks.patches()
    for row in road_rows(road):
        if row["survey_line"] not in wanted:
            continue
        image, mask = read_pair(road, row["frame"])
        label = mask & np.uint8(ROAD | CRACK | POTHOLE)
        label[neighbourhood((mask & ROAD) > 0)] |= ROAD_UNKNOWN
        looked_for = 0
        if row["frame"] in patched:
            looked_for = PATCH
            marks.draw(label, patched[row["frame"]].unsure, PATCH_UNKNOWN)
            marks.draw(label, patched[row["frame"]].sure, PATCH)
        yield Frame(row["frame"], row["survey_line"], "real", image, label, looked_for)


def read_pair(road: Path, name: str) -> tuple[Picture, Picture]:
    """Return the RGB image and the mask of a frame of a road folder."""
    picture = cv2.imread(str(road / "images" / f"{name}.jpg"), cv2.IMREAD_COLOR)
    mask = cv2.imread(str(road / "masks" / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    if picture is None or mask is None:
        raise FileNotFoundError(f"no image or no mask of frame {name}")
    return np.asarray(picture[..., ::-1], np.uint8), np.asarray(mask, np.uint8)


def scenes(paths: Iterable[Path]) -> Iterator[Frame]:
    """Yield street scenes, which show roads with little damage.

    Parameters
    ----------
    paths
        Photos.

    Yields
    ------
    Frame
        Of source "real" where somebody marked the road; otherwise its road is unknown but for the
        top quarter, which is sky and trees.
    """
    streets = marks.streets()
    for path in paths:
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            raise FileNotFoundError(f"no photo {path}")
        image = np.asarray(picture[..., ::-1], np.uint8)
        street = streets.get(path.stem)
        if street is not None:
            label = np.zeros(picture.shape[:2], np.uint8)
            marks.draw(label, street.road, ROAD)
            for bit, name in ((POTHOLE, "pothole"), (PATCH, "patch")):
                marks.draw(label, street.damage.get(name, []), bit)
            marks.draw(label, street.holes, ROAD | POTHOLE | PATCH, on=False)
            looked_for = CRACK | POTHOLE | PATCH if street.undamaged else 0
            yield Frame(path.stem, "scenes", "real", image, label, looked_for)
            continue
        label = np.full(picture.shape[:2], ROAD_UNKNOWN, np.uint8)
        label[: picture.shape[0] // 4] = 0
        yield Frame(path.stem, "scenes", "scene", image, label)


def fitted(image: Picture, label: Picture) -> tuple[Picture, Picture, int]:
    """Resize a frame to the cache's width and pad or cut its bottom to the cache's height.

    Returns
    -------
    tuple
        Image, label and the height that holds picture.
    """
    height = min(HEIGHT, round(image.shape[0] * WIDTH / image.shape[1]))
    if image.shape[1] != WIDTH:
        full = (WIDTH, round(image.shape[0] * WIDTH / image.shape[1]))
        image = np.asarray(cv2.resize(image, full, interpolation=cv2.INTER_AREA), np.uint8)
        label = resized_label(label, full)
    padding = ((0, HEIGHT - height), (0, 0))
    label = np.pad(label[:height], padding, constant_values=ROAD_UNKNOWN)
    return np.pad(image[:height], (*padding, (0, 0))), label, height


def resized_label(label: Picture, size: tuple[int, int]) -> Picture:
    """Return a label at another size; a pixel gets a bit that at least 40 % of its area has."""
    small = np.zeros((size[1], size[0]), np.uint8)
    for bit in (ROAD, CRACK, POTHOLE, PATCH, PATCH_UNKNOWN, ROAD_UNKNOWN):
        layer = np.where((label & bit) > 0, np.uint8(255), np.uint8(0))
        share = cv2.resize(layer, size, interpolation=cv2.INTER_AREA)
        small[np.asarray(share) >= 102] |= bit
    return small


def pack(frames: Iterator[Frame], folder: Path, *, count: int) -> None:
    """Write frames to a cache folder, unless it is there already.

    Parameters
    ----------
    frames
        What to write; no more than ``count``.
    folder
        Cache folder; it is made.
    count
        Frames to make room for.
    """
    if (folder / "index.csv").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    shape = (count, HEIGHT, WIDTH)
    images = np.lib.format.open_memmap(folder / "frames.npy", "w+", np.uint8, (*shape, 3))
    labels = np.lib.format.open_memmap(folder / "labels.npy", "w+", np.uint8, shape)
    rows = []
    for i, frame in enumerate(frames):
        images[i], labels[i], height = fitted(frame.image, frame.label)
        holds = int(np.bitwise_or.reduce(labels[i], axis=None)) & (CRACK | POTHOLE | PATCH)
        looked_for = holds | frame.looked_for
        rows.append([frame.name, frame.line, frame.source, height, holds, looked_for])
    images.flush()
    labels.flush()
    # The index is written last: a folder without one was not finished.
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(rows)


def open_cache(folder: Path) -> Cache:
    """Open a folder written by `pack`.

    Parameters
    ----------
    folder
        Cache folder.

    Returns
    -------
    Cache
        Its arrays stay on disk.
    """
    with (folder / "index.csv").open(newline="", encoding="utf-8") as handle:
        entries = [
            Entry(r[0], r[1], r[2], int(r[3]), int(r[4]), int(r[5])) for r in csv.reader(handle)
        ]
    frames = np.load(folder / "frames.npy", mmap_mode="r")
    labels = np.load(folder / "labels.npy", mmap_mode="r")
    path = folder / GUESSES
    guesses = np.load(path, mmap_mode="r") if path.exists() else None
    return Cache(entries, frames, labels, guesses)


def pack_road(road: Path, folder: Path) -> None:
    """Pack the training and the validation lines of a road folder into two caches.

    Parameters
    ----------
    road
        Folder with ``frames.csv``, ``images`` and ``masks``.
    folder
        Gets the sub-folders ``train`` and ``validation``.
    """
    lines = [row["survey_line"] for row in road_rows(road)]
    training = {n for n in lines if n not in REPORT_LINES and n not in VALIDATION_LINES}
    for name, chosen in (("train", training), ("validation", set(VALIDATION_LINES))):
        count = sum(line in chosen for line in lines)
        pack(surveyed(road, chosen), folder / name, count=count)
