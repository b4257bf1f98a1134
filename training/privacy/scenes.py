"""Crops to train the finder on: parts of pictures, with plates and people put in, altered."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np

from training.privacy.paste import (
    LARGEST_PX,
    SMALLEST_PX,
    log_uniform,
    paste_crowd,
    paste_person,
    paste_plate,
    paste_sign,
    replace_plate,
)
from training.privacy.pictures import HEAD, Boxes, Image, Picture

WIDTH, HEIGHT = 288, 176
CROWDS = 0.03
_WIDEST_PX = 250.0
_TELLABLE_PX = 5.0


def view(random: np.random.Generator, chosen: Picture) -> tuple[Image, Boxes]:
    """Look at a part of a picture at a random size; return it and the boxes it shows."""
    sure = chosen.boxes[chosen.boxes[:, 5] == 0]
    if len(sure) and random.random() < 0.85:
        box = sure[int(random.integers(len(sure)))]
        high = log_uniform(random, SMALLEST_PX + 1, LARGEST_PX)
        largest = 1.5 if box[4] != HEAD else 2.2
        scale = min(max(high / (box[3] - box[1]), 0.25), largest, _WIDEST_PX / (box[2] - box[0]))
        centre = (box[:2] + box[2:4]) / 2
        spot = np.array([random.uniform(0.15, 0.85) * WIDTH, random.uniform(0.1, 0.8) * HEIGHT])
    else:
        scale = random.uniform(0.35, 1.2)
        # Where there are things: seldom in the sky or right before the bonnet.
        where = random.uniform([0.05, 0.25], [0.95, 0.85])
        centre = where * np.array(chosen.full.shape[1::-1])
        spot = np.array([WIDTH / 2, HEIGHT / 2])
    turn = random.normal(0.0, 0.05)
    flip = -1.0 if random.random() < 0.5 else 1.0
    stretch = math.exp(random.normal(0.0, 0.06))
    linear = scale * np.array(
        [
            [flip * math.cos(turn) * stretch, -math.sin(turn)],
            [flip * math.sin(turn) * stretch, math.cos(turn)],
        ]
    )
    shift = spot - linear @ centre
    source, factor = (chosen.half, 2.0) if scale < 0.7 else (chosen.full, 1.0)
    matrix = np.column_stack([linear * factor, shift])
    # Nothing is mirrored in at the edges: a mirrored plate would have no box.
    crop = cv2.warpAffine(source, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    boxes = [
        [*corners.min(axis=0), *corners.max(axis=0), kind, doubt]
        for x1, y1, x2, y2, kind, doubt in chosen.boxes
        for corners in [np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]]) @ linear.T + shift]
    ]
    kept = np.array(boxes, float).reshape(-1, 6)
    # Too small to tell: neither wanted nor held against the network.
    kept[kept[:, 3] - kept[:, 1] < _TELLABLE_PX, 5] = 1.0
    inside = (kept[:, 2] > 4) & (kept[:, 3] > 2) & (kept[:, 0] < WIDTH - 4)
    return np.asarray(crop, np.uint8), kept[inside & (kept[:, 1] < HEIGHT - 2)]


def alter(random: np.random.Generator, crop: Image) -> Image:
    """Change light, colour, sharpness and noise: dusk, night with glare, rain, movement, JPEG."""
    image = crop.astype(np.float32) / 255.0
    if random.random() < 0.15:
        image = _night(random, image)
    image = image ** math.exp(random.uniform(-0.6, 0.6))
    image = (image - 0.5) * random.uniform(0.5, 1.25) + 0.5 + random.uniform(-0.12, 0.12)
    grey = image.mean(axis=2, keepdims=True)
    image = grey + (image - grey) * random.uniform(0.0, 1.4)
    image = image * np.exp(random.normal(0.0, 0.06, 3)).astype(np.float32)
    if random.random() < 0.1:
        image = _rain(random, image)
    if random.random() < 0.35:
        blurred = cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 1.5))
        image = np.asarray(blurred, np.float32)
    if random.random() < 0.2:
        image = _moved(random, image)
    image = image + random.normal(0.0, random.uniform(0.0, 0.04), image.shape).astype(np.float32)
    result = np.clip(image * 255.0, 0, 255).astype(np.uint8)
    if random.random() < 0.3:
        _, packed = cv2.imencode(
            ".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(30, 90))]
        )
        result = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(result, np.uint8)


def _night(random: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Darken, and add the glare of lamps."""
    dark = image ** random.uniform(1.5, 2.5) * random.uniform(0.4, 0.9)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    for _ in range(int(random.integers(0, 4))):
        x, y = random.uniform(0, image.shape[1]), random.uniform(0, image.shape[0])
        reach = random.uniform(4, 30)
        lamp = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * reach**2))
        colour = np.array([1.0, random.uniform(0.7, 1.0), random.uniform(0.4, 1.0)])
        dark = dark + lamp[..., None] * (colour * random.uniform(0.3, 1.2)).astype(np.float32)
    return np.asarray(dark, np.float32)


def _rain(random: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Add streaks."""
    streaks = np.zeros(image.shape[:2], np.float32)
    lean = random.uniform(-0.3, 0.3)
    for _ in range(int(random.integers(20, 120))):
        x, y = random.uniform(0, image.shape[1]), random.uniform(0, image.shape[0])
        long = random.uniform(4, 18)
        end = int(x + lean * long), int(y + long)
        cv2.line(streaks, (int(x), int(y)), end, float(random.uniform(0.1, 0.5)), 1, cv2.LINE_AA)
    return np.asarray(image * (1 - streaks[..., None]) + 0.8 * streaks[..., None], np.float32)


def _moved(random: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Smear along a direction by up to 9 px."""
    size = int(random.integers(3, 10))
    kernel = np.zeros((size, size), np.float32)
    angle = random.uniform(0, math.pi)
    reach = np.array([math.cos(angle), math.sin(angle)]) * (size - 1) / 2
    middle = np.array([(size - 1) / 2] * 2)
    start, end = (np.rint(middle + side * reach).astype(int).tolist() for side in (-1, 1))
    cv2.line(kernel, start, end, 1.0)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.float32)


@dataclass(frozen=True, slots=True)
class Source:
    """What crops are drawn from.

    Parameters
    ----------
    plates, people
        Pictures with sure boxes of plates, and of heads.
    streets, roads, holes
        Pictures with nothing to find but what is marked as doubtful.
    signs
        Traffic signs, cut out.
    """

    plates: list[Picture]
    people: list[Picture]
    streets: list[Picture]
    roads: list[Picture]
    holes: list[Picture]
    signs: list[Image] = field(default_factory=list)

    def sample(self, random: np.random.Generator) -> tuple[Image, Boxes]:
        """Return a crop RGB uint8 ``[h, w, 3]`` and the boxes ``[n, 6]`` in it."""
        groups = (self.plates, self.people, self.streets, self.roads, self.holes)
        chance = np.array([0.27, 0.3, 0.23, 0.1, 0.1]) * [len(group) > 0 for group in groups]
        group = groups[int(random.choice(5, p=chance / chance.sum()))]
        crop, boxes = view(random, group[int(random.integers(len(group)))])
        if group is self.plates and random.random() < 0.3:
            replace_plate(random, crop, boxes)
        for _ in range(int(random.choice([0, 1, 3], p=[0.5, 0.25, 0.25]))):
            paste_sign(random, crop, boxes, self.signs)
        for _ in range(int(random.choice([0, 1, 2], p=[0.6, 0.25, 0.15]))):
            boxes = paste_plate(random, crop, boxes, self.plates)
        if random.random() < CROWDS:
            boxes = paste_crowd(random, crop, boxes, self.people)
        else:
            for _ in range(int(random.choice([0, 1, 2, 4], p=[0.45, 0.3, 0.15, 0.1]))):
                boxes = paste_person(random, crop, boxes, self.people)
        return alter(random, crop), boxes
