"""Puts plates and people into crops: real ones cut out of other pictures, and drawn ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.simulate.drawn_street import crossing_sign, speed_sign, yield_sign
from training.privacy.drawn import draw_person, draw_plate
from training.privacy.pictures import HEAD, PLATE, Boxes, Image, Picture

SMALLEST_PX, LARGEST_PX = 6.0, 56.0
"""Heights at which heads and plates are learned: the finder looks at others at another size."""

SPEEDS = (30, 40, 50, 60, 70)
_MOST_ENLARGED = 1.6
_HALF_HIDDEN = (0.25, 0.6)
"""From the first share of it that is covered a thing is doubtful, from the second it is gone."""


def log_uniform(random: np.random.Generator, low: float, high: float) -> float:
    """Return a random number whose logarithm is uniform."""
    return math.exp(random.uniform(math.log(low), math.log(high)))


def paste_plate(
    random: np.random.Generator, crop: Image, boxes: Boxes, pictures: Sequence[Picture]
) -> Boxes:
    """Put a plate, seen from some angle, into a crop where nothing else is; return all boxes."""
    height, width = crop.shape[:2]
    plate = _cut_plate(random, pictures) if random.random() < 0.5 else draw_plate(random)
    high = log_uniform(random, SMALLEST_PX, LARGEST_PX)
    wide = high * plate.shape[1] / plate.shape[0] * random.uniform(0.65, 1.1)
    if wide > width - 8:
        return boxes
    x, y = random.uniform(2, width - wide - 4), random.uniform(2, height - high - 4)
    tilt = wide * random.uniform(-0.12, 0.12)
    corners = np.array([[x, y], [x + wide, y + tilt], [x + wide, y + high + tilt], [x, y + high]])
    corners += random.uniform(-0.06, 0.06, (4, 2)) * high
    box = np.array([*corners.min(axis=0), *corners.max(axis=0), PLATE, 0.0])
    if _meets(box, boxes, by=6.0):
        return boxes
    lay(crop, np.dstack([plate, np.full(plate.shape[:2], 255, np.uint8)]), corners, random)
    return np.vstack([boxes, box])


def replace_plate(random: np.random.Generator, crop: Image, boxes: Boxes) -> None:
    """Draw another country's plate over each plate of a crop, on the real car, as bright as it."""
    for x1, y1, x2, y2, kind, doubt in boxes:
        if kind != PLATE or doubt or x2 - x1 < 1.6 * (y2 - y1):
            continue
        plate = draw_plate(random)
        corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])
        inside = crop[max(int(y1), 0) : int(y2) + 1, max(int(x1), 0) : int(x2) + 1]
        if inside.size:
            gain = float(np.percentile(inside, 90)) / max(float(np.percentile(plate, 90)), 1.0)
            plate = np.clip(plate * min(gain, 1.3), 0, 255).astype(np.uint8)
        lay(crop, np.dstack([plate, np.full(plate.shape[:2], 255, np.uint8)]), corners)


def paste_person(
    random: np.random.Generator,
    crop: Image,
    boxes: Boxes,
    pictures: Sequence[Picture],
    *,
    vivid: bool = False,
) -> Boxes:
    """Put someone into a crop where no other head is; return all boxes.

    Parameters
    ----------
    vivid
        Drawn, in a coat of a colour that signs have.
    """
    height, width = crop.shape[:2]
    someone = _someone(random, pictures, vivid=vivid)
    largest = max(min(someone.largest_px, LARGEST_PX), SMALLEST_PX + 1)
    high = log_uniform(random, SMALLEST_PX, largest)
    spot = np.array([random.uniform(8, width - 8), random.uniform(8, 0.75 * height)])
    if _meets(someone.head_at(spot, high), boxes, by=3.0):
        return boxes
    return _stand(random, crop, boxes, someone, spot, high)


def paste_crowd(
    random: np.random.Generator,
    crop: Image,
    boxes: Boxes,
    pictures: Sequence[Picture],
    *,
    vivid: bool = False,
) -> Boxes:
    """Fill a crop with people side by side, those in front over those behind; return all boxes."""
    height, width = crop.shape[:2]
    people = [_someone(random, pictures, vivid=vivid) for _ in range(12)]
    high = log_uniform(random, 10.0, 30.0)
    top = random.uniform(0.5 * high, 0.5 * height)
    while top < height + high:
        left = random.uniform(-1.0, 1.0) * high
        while left < width:
            someone = people[int(random.integers(len(people)))]
            spot = np.array([left, top + random.normal(0, 0.2) * high])
            boxes = _stand(random, crop, boxes, someone, spot, high * random.uniform(0.9, 1.1))
            left += high * random.uniform(1.0, 2.2)
        top += high * random.uniform(1.1, 1.8)
        high *= random.uniform(1.0, 1.1)
    return boxes


def paste_sign(
    random: np.random.Generator, crop: Image, boxes: Boxes, signs: Sequence[Image]
) -> None:
    """Put a real or a drawn traffic sign where nothing else is: there is nothing to find on it."""
    height, width = crop.shape[:2]
    sign = _sign(random, signs)
    side = log_uniform(random, 12.0, 200.0)
    x, y = (random.uniform(-side / 4, edge - side / 2) for edge in (width, height))
    if _meets(np.array([x, y, x + side, y + side]), boxes, by=4.0):
        return
    corners = np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])
    lay(crop, sign, corners + random.uniform(-0.05, 0.05, (4, 2)) * side, random)


def _sign(random: np.random.Generator, signs: Sequence[Image]) -> Image:
    """Return a sign, RGBA: one of the real ones, or a drawn one."""
    if signs and random.random() < 0.7:
        real = signs[int(random.integers(len(signs)))]
        return np.dstack([real, np.full(real.shape[:2], 255, np.uint8)])
    kind = int(random.integers(5))
    if kind < 2:
        return crossing_sign()
    return yield_sign() if kind == 2 else speed_sign(SPEEDS[int(random.integers(len(SPEEDS)))])


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody: RGBA, the head's box in it, and how high the head may be shown."""

    picture: Image
    head: NDArray[np.float64]
    largest_px: float

    def head_at(self, spot: NDArray[np.float64], high: float) -> NDArray[np.float64]:
        """Return the head's box, with its middle at a spot."""
        half = (self.head[2:] - self.head[:2]) / 2 * high / (self.head[3] - self.head[1])
        return np.array([*(spot - half), *(spot + half), HEAD, 0.0])


def _someone(random: np.random.Generator, pictures: Sequence[Picture], *, vivid: bool) -> _Person:
    """Cut out or draw somebody, mirrored by chance."""
    if not vivid and pictures and random.random() < 0.45:
        picture, head = _cut_person(random, pictures)
        largest = _MOST_ENLARGED * (head[3] - head[1])
    else:
        picture, head = draw_person(random, vivid=vivid)
        largest = LARGEST_PX
    if random.random() < 0.5:
        picture = np.ascontiguousarray(picture[:, ::-1])
        head = np.array([picture.shape[1] - head[2], head[1], picture.shape[1] - head[0], head[3]])
    return _Person(picture, head, float(largest))


def _stand(
    random: np.random.Generator,
    crop: Image,
    boxes: Boxes,
    someone: _Person,
    spot: NDArray[np.float64],
    high: float,
) -> Boxes:
    """Draw somebody before all that is there; return the boxes of what can still be seen."""
    scale = high / (someone.head[3] - someone.head[1])
    low = spot - (someone.head[:2] + someone.head[2:]) / 2 * scale
    far = low + scale * np.array(someone.picture.shape[1::-1])
    corners = np.array([[low[0], low[1]], [far[0], low[1]], [far[0], far[1]], [low[0], far[1]]])
    cover = lay(crop, someone.picture, corners, random)
    shares = np.array([_share_under(cover, box) for box in boxes])
    behind = boxes.copy()
    behind[(shares >= _HALF_HIDDEN[0]) & (shares < _HALF_HIDDEN[1]), 5] = 1.0
    return np.vstack([behind[shares < _HALF_HIDDEN[1]], someone.head_at(spot, high)])


def _share_under(cover: NDArray[np.float32], box: NDArray[np.float64]) -> float:
    """Return how much of a box's part in the crop is covered."""
    x1, y1, x2, y2 = box[:4].astype(int)
    part = cover[max(y1, 0) : y2 + 1, max(x1, 0) : x2 + 1]
    return float(part.mean()) if part.size else 0.0


def lay(
    crop: Image,
    layer: Image,
    corners: NDArray[np.float64],
    random: np.random.Generator | None = None,
) -> NDArray[np.float32]:
    """Draw an RGBA picture into a crop, its corners where they are said to be; return its cover.

    Parameters
    ----------
    corners
        Top left, top right, bottom right, bottom left: float64 ``[4, 2]``, x and y.
    random
        If given, it is lit by chance, and its surroundings are darkened now and then.
    """
    height, width = crop.shape[:2]
    target = max(float(np.ptp(corners[:, 1])), 1.0)
    factor = min(max(target * 1.2 / layer.shape[0], 0.02), 2.0)
    size = max(round(layer.shape[1] * factor), 2), max(round(layer.shape[0] * factor), 2)
    premultiplied = layer.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255.0
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = cv2.resize(premultiplied, size, interpolation=way)
    source = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    turn = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    warped = cv2.warpPerspective(small, turn, (width, height), flags=cv2.INTER_LINEAR)
    drawn = np.asarray(warped, np.float32)
    share = drawn[..., 3:] / np.float32(255.0)
    if random is not None:
        drawn[..., :3] *= random.uniform(0.35, 1.1)
        if random.random() < 0.3:
            ring = cv2.dilate(share[..., 0], np.ones((3, 5), np.uint8), iterations=2)
            crop[ring > 0.5] = (crop[ring > 0.5] * random.uniform(0.3, 0.9)).astype(np.uint8)
    crop[:] = np.clip(crop * (1 - share) + drawn[..., :3], 0, 255).astype(np.uint8)
    cover: NDArray[np.float32] = share[..., 0]
    return cover


def _cut_plate(random: np.random.Generator, pictures: Sequence[Picture]) -> Image:
    """Cut a real plate out of one of the pictures."""
    chosen = pictures[int(random.integers(len(pictures)))]
    boxes = chosen.of(PLATE)
    x1, y1, x2, y2 = boxes[int(random.integers(len(boxes))), :4].astype(int)
    plate = chosen.full[max(y1, 0) : y2, max(x1, 0) : x2]
    return plate if plate.size else draw_plate(random)


def _cut_person(
    random: np.random.Generator, pictures: Sequence[Picture]
) -> tuple[Image, NDArray[np.float64]]:
    """Cut a head with shoulders and some of the body; return RGBA and the head's box in it.

    Nobody's outline was marked: it is taken to be an ellipse above a trapezium, with soft edges.
    """
    chosen = pictures[int(random.integers(len(pictures)))]
    boxes = chosen.of(HEAD)
    x1, y1, x2, y2 = boxes[int(random.integers(len(boxes))), :4]
    high, wide, middle = y2 - y1, x2 - x1, (x1 + x2) / 2
    deep = random.uniform(1.5, 6.0) if random.random() < 0.85 else 0.0
    left, right = max(int(middle - 2 * high), 0), int(middle + 2 * high)
    top, bottom = max(int(y1 - 0.4 * high), 0), int(y2 + deep * high)
    part = chosen.full[top:bottom, left:right]
    cover = np.zeros(part.shape[:2], np.uint8)
    centre = int(middle - left), int((y1 + y2) / 2 - top)
    cv2.ellipse(cover, centre, (int(0.58 * wide) + 1, int(0.58 * high) + 1), 0, 0, 360, 255, -1)
    across, low = middle - left, y2 - top
    trunk = [
        (across - 0.4 * wide, low - 0.2 * high),
        (across + 0.4 * wide, low - 0.2 * high),
        (across + 1.15 * high, low + 0.5 * high),
        (across + 0.9 * high, low + deep * high),
        (across - 0.9 * high, low + deep * high),
        (across - 1.15 * high, low + 0.5 * high),
    ]
    if deep:
        cv2.fillPoly(cover, [np.array(trunk, np.int32)], 255)
    soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), max(0.06 * high, 0.5)), np.uint8)
    return np.dstack([part, soft]), np.array([x1 - left, y1 - top, x2 - left, y2 - top])


def _meets(box: NDArray[np.float64], boxes: Boxes, *, by: float) -> bool:
    grown = box[:4] + np.array([-by, -by, by, by])
    return bool((_shared(grown, boxes) > 0).any())


def _shared(box: NDArray[np.float64], boxes: Boxes) -> NDArray[np.float64]:
    """Return the areas that a box shares with boxes, px²."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:4], boxes[:, 2:4])
    area: NDArray[np.float64] = np.clip(high - low, 0.0, None).prod(axis=1)
    return area
