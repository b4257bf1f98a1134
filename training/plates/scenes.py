"""Crops with plates: real ones, real ones pasted elsewhere, and drawn ones."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.data import POTHOLE, ROAD, open_cache

Grey = NDArray[np.uint8]
Boxes = NDArray[np.float64]

WIDTH, HEIGHT = 288, 176
LETTERS = "ABCDEFGHJKLMNOPRSTUWXYZ"


@dataclass(frozen=True)
class Picture:
    """A grey picture, its half size for shrinking without aliasing, and its plates' boxes."""

    full: Grey
    half: Grey
    boxes: Boxes


def picture(path: Path, boxes: Sequence[Sequence[float]], *, upper: float = 1.0) -> Picture:
    """Read a picture in grey; keep its ``upper`` part only."""
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise FileNotFoundError(path)
    image = image[: int(image.shape[0] * upper)]
    half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return Picture(image, half, np.array(boxes, dtype=float).reshape(-1, 4))


def plate_pictures(folder: Path, *, without: Sequence[str] = ()) -> list[Picture]:
    """Return the pictures of the plate set whose video is not among ``without``."""
    boxes: dict[str, list[list[float]]] = {}
    with (folder / "boxes.csv").open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            boxes.setdefault(row["image"], []).append(
                [float(row[key]) for key in ("x1", "y1", "x2", "y2")]
            )
    return [
        picture(path, boxes.get(path.stem, []))
        for path in sorted((folder / "images").glob("*.jpg"))
        if not path.stem.startswith(tuple(without))
    ]


def empty_pictures(paths: Sequence[Path], *, upper: float = 1.0) -> list[Picture]:
    """Return pictures in whose ``upper`` part there is no plate."""
    return [picture(path, [], upper=upper) for path in paths]


def hole_pictures(cache: Path, *, limit: int, seed: int) -> list[Picture]:
    """Return surroundings of potholes, with the road only, from a cache of the damage training.

    Light holes and iron covers are what plates are confused with; what is not road is painted over,
    as a parked car may show a plate.
    """
    packed = open_cache(cache)
    random = np.random.default_rng(seed)
    pictures = []
    for index in random.permutation(len(packed.entries)):
        entry = packed.entries[index]
        if not entry.has_pothole:
            continue
        label = packed.labels[index, : entry.height]
        grey = cv2.cvtColor(packed.frames[index, : entry.height], cv2.COLOR_RGB2GRAY)
        grey[(label & (ROAD | POTHOLE)) == 0] = int(grey[(label & ROAD) > 0].mean())
        rows, columns = np.nonzero(label & POTHOLE)
        y, x = int(np.median(rows)), int(np.median(columns))
        cut = grey[max(y - 200, 0) : y + 200, max(x - 320, 0) : x + 320]
        half = cv2.resize(cut, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        pictures.append(Picture(cut, half, np.empty((0, 4))))
        if len(pictures) == limit:
            break
    return pictures


def draw_plate(random: np.random.Generator) -> Grey:
    """Draw a plate of a random country's style, about 60 px high."""
    ratio = random.choice([4.7, 4.7, 4.2, 2.0, 1.4])
    height = 60
    width = int(height * ratio)
    ground = int(random.integers(170, 256))
    plate = np.full((height, width), ground, np.uint8)
    letters = "".join(random.choice(list(LETTERS), 3))
    digits = f"{random.integers(0, 1000):03d}"
    lines = [letters, digits] if ratio < 1.6 else [f"{letters} {digits}"]
    ink = int(random.integers(0, 70))
    font = int(random.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX]))
    for number, text in enumerate(lines):
        room = height / len(lines)
        (text_width, text_height), _ = cv2.getTextSize(text, font, 1.0, 3)
        scale = min(0.84 * width / text_width, 0.66 * room / text_height)
        left = int((width - text_width * scale) / 2 + random.uniform(0.0, 0.05) * width)
        base = int(room * number + (room + text_height * scale) / 2)
        thick = max(2, int(scale * random.uniform(2.5, 4.5)))
        cv2.putText(plate, text, (left, base), font, scale, ink, thick, cv2.LINE_AA)
    if random.random() < 0.6:
        plate[:, : int(0.08 * width)] = int(random.integers(40, 130))
    if random.random() < 0.6:
        cv2.rectangle(plate, (0, 0), (width - 1, height - 1), int(random.integers(0, 120)), 3)
    return plate


def cut_plate(random: np.random.Generator, pictures: Sequence[Picture]) -> Grey:
    """Cut a real plate out of one of the pictures."""
    chosen = pictures[int(random.integers(len(pictures)))]
    x1, y1, x2, y2 = chosen.boxes[int(random.integers(len(chosen.boxes)))].astype(int)
    plate = chosen.full[max(y1, 0) : y2, max(x1, 0) : x2]
    return plate if plate.size else draw_plate(random)


def paste(random: np.random.Generator, crop: Grey, boxes: Boxes, plate: Grey) -> Boxes:
    """Put a plate, seen from some angle, into ``crop`` where no other is; return all boxes."""
    high = math.exp(random.uniform(math.log(6.0), math.log(42.0)))
    wide = high * plate.shape[1] / plate.shape[0] * random.uniform(0.65, 1.1)
    if wide > WIDTH - 8:
        return boxes
    x, y = random.uniform(2, WIDTH - wide - 4), random.uniform(2, HEIGHT - high - 4)
    tilt = wide * random.uniform(-0.12, 0.12)
    corners = np.array([[x, y], [x + wide, y + tilt], [x + wide, y + high + tilt], [x, y + high]])
    corners += random.uniform(-0.06, 0.06, (4, 2)) * high
    box = np.array([*corners.min(axis=0), *corners.max(axis=0)])
    grown = box + np.array([-6, -6, 6, 6])
    if any(
        grown[0] < b[2] and grown[2] > b[0] and grown[1] < b[3] and grown[3] > b[1] for b in boxes
    ):
        return boxes
    factor = max(high * 1.2 / plate.shape[0], 0.05)
    small = cv2.resize(plate, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    h, w = small.shape
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    turn = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    light = random.uniform(0.35, 1.1)
    layer = cv2.warpPerspective(
        np.clip(small * light, 0, 255).astype(np.uint8), turn, (WIDTH, HEIGHT), flags=cv2.INTER_AREA
    )
    cover = cv2.warpPerspective(np.full((h, w), 255, np.uint8), turn, (WIDTH, HEIGHT))
    if random.random() < 0.5:
        ring = cv2.dilate(cover, np.ones((3, 5), np.uint8), iterations=int(random.integers(1, 4)))
        crop[ring > 128] = (crop[ring > 128] * random.uniform(0.3, 0.9)).astype(np.uint8)
    share = cover.astype(np.float32) / 255.0
    crop[:] = (crop * (1 - share) + layer * share).astype(np.uint8)
    return np.vstack([boxes, box]) if len(boxes) else box[None]


def alter(random: np.random.Generator, crop: Grey) -> Grey:
    """Change light, sharpness and noise."""
    image = crop.astype(np.float32) / 255.0
    image = image ** math.exp(random.uniform(-0.6, 0.6))
    image = (image - 0.5) * random.uniform(0.5, 1.2) + 0.5 + random.uniform(-0.12, 0.12)
    if random.random() < 0.35:
        image = cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 1.5))
    if random.random() < 0.15:
        image = cv2.blur(image, (int(random.integers(2, 6)), 1))
    image = image + random.normal(0.0, random.uniform(0.0, 0.04), image.shape).astype(np.float32)
    return np.clip(image * 255.0, 0, 255).astype(np.uint8)


def view(random: np.random.Generator, chosen: Picture) -> tuple[Grey, Boxes]:
    """Look at a part of a picture at a random size; return it and the boxes it shows."""
    if len(chosen.boxes) and random.random() < 0.85:
        box = chosen.boxes[int(random.integers(len(chosen.boxes)))]
        high = math.exp(random.uniform(math.log(7.0), math.log(44.0)))
        scale = min(max(high / (box[3] - box[1]), 0.25), 1.5, 250.0 / (box[2] - box[0]))
        centre = (box[:2] + box[2:]) / 2
        spot = np.array([random.uniform(0.2, 0.8) * WIDTH, random.uniform(0.2, 0.8) * HEIGHT])
    else:
        scale = random.uniform(0.35, 1.1)
        centre = random.uniform(0.2, 0.8, 2) * np.array(chosen.full.shape[::-1])
        spot = np.array([WIDTH / 2, HEIGHT / 2])
    turn = random.normal(0.0, 0.05)
    flip = -1.0 if random.random() < 0.5 else 1.0
    linear = scale * np.array(
        [[flip * math.cos(turn), -math.sin(turn)], [flip * math.sin(turn), math.cos(turn)]]
    )
    shift = spot - linear @ centre
    boxes = []
    for x1, y1, x2, y2 in chosen.boxes:
        corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]]) @ linear.T + shift
        boxes.append([*corners.min(axis=0), *corners.max(axis=0)])
    source, factor = (chosen.half, 2.0) if scale < 0.7 else (chosen.full, 1.0)
    matrix = np.column_stack([linear * factor, shift])
    crop = cv2.warpAffine(source, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT_101)
    kept = np.array(boxes, dtype=float).reshape(-1, 4)
    inside = (kept[:, 2] > 4) & (kept[:, 3] > 2) & (kept[:, 0] < WIDTH - 4)
    return crop, kept[inside & (kept[:, 1] < HEIGHT - 2)]


@dataclass(frozen=True)
class Source:
    """What crops are drawn from: pictures with plates, and pictures without."""

    plates: list[Picture]
    roads: list[Picture]
    scenes: list[Picture]
    holes: list[Picture]

    def sample(self, random: np.random.Generator) -> tuple[Grey, Boxes]:
        """Return a crop uint8 ``[h, w]`` and the boxes ``[n, 4]`` in it."""
        chance = random.random()
        group = self.plates
        if chance < 0.2 and self.roads:
            group = self.roads
        elif chance < 0.35 and self.scenes:
            group = self.scenes
        elif chance < 0.55 and self.holes:
            group = self.holes
        crop, boxes = view(random, group[int(random.integers(len(group)))])
        for _ in range(int(random.choice([0, 1, 2], p=[0.55, 0.3, 0.15]))):
            plate = cut_plate(random, self.plates) if random.random() < 0.6 else draw_plate(random)
            boxes = paste(random, crop, boxes, plate)
        return alter(random, crop), boxes
