"""Crops of what has fooled the finder: traffic signs close up, and whole streets from far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gatusyn.simulate.drawn_street import crossing_sign, speed_sign, yield_sign
from training.privacy.paste import SPEEDS, lay, log_uniform, paste_person, paste_plate
from training.privacy.pictures import Boxes, Image, Picture, no_boxes, read
from training.privacy.scenes import HEIGHT, WIDTH, Source, alter

SMALLEST_SCALE, LARGEST_SCALE = 0.1, 0.35
"""The finder looks at whole pictures at an eighth and a quarter, too."""

_TELLABLE_PX = 5.0
_SHARES = (0.5, 0.25, 0.25)


@dataclass(frozen=True, slots=True)
class HardSource:
    """Half of its crops are the usual ones, the rest is hard.

    Parameters
    ----------
    usual
        Crops as for the first training.
    crops
        Close-ups of traffic signs, on which there is nothing to find.
    """

    usual: Source
    crops: Sequence[Image]

    def sample(self, random: np.random.Generator) -> tuple[Image, Boxes]:
        """Return a crop RGB uint8 ``[h, w, 3]`` and the boxes ``[n, 6]`` in it."""
        kind = int(random.choice(3, p=_SHARES))
        if kind == 0:
            return self.usual.sample(random)
        if kind == 1:
            crop, boxes = self._small(random)
        else:
            crop, boxes = self._sign(random), no_boxes()
        for _ in range(int(random.choice([0, 1], p=[0.7, 0.3]))):
            boxes = paste_person(random, crop, boxes, self.usual.people)
        return alter(random, crop), boxes

    def _small(self, random: np.random.Generator) -> tuple[Image, Boxes]:
        """Look at a whole picture from far; what is too small to tell is not asked for."""
        groups = (self.usual.plates, self.usual.people, self.usual.streets, self.usual.roads)
        chance = np.array([0.4, 0.2, 0.25, 0.15]) * [len(group) > 0 for group in groups]
        group = groups[int(random.choice(4, p=chance / chance.sum()))]
        crop, boxes = _far(random, group[int(random.integers(len(group)))])
        for _ in range(int(random.choice([0, 1], p=[0.7, 0.3]))):
            boxes = paste_plate(random, crop, boxes, self.usual.plates)
        return crop, boxes

    def _sign(self, random: np.random.Generator) -> Image:
        """Show a sign alone, its edges drawn on, as a close look at a small picture does."""
        if random.random() < 0.35:
            return drawn_sign(random, self.usual)
        sign = self.crops[int(random.integers(len(self.crops)))]
        scale = log_uniform(random, 0.25, 2.0) * 100.0 / max(sign.shape[:2])
        half = np.array(sign.shape[1::-1]) * scale / 2
        spot = random.uniform(half - 5, np.maximum([WIDTH, HEIGHT] - half + 5, half - 4))
        flip = -scale if random.random() < 0.5 else scale
        shift = spot - [flip * sign.shape[1] / 2, scale * sign.shape[0] / 2]
        matrix = np.array([[flip, 0.0, shift[0]], [0.0, scale, shift[1]]])
        if scale < 0.6:
            sign = np.asarray(cv2.GaussianBlur(sign, (0, 0), 0.4 / scale), np.uint8)
        shown = cv2.warpAffine(sign, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        return dulled(random, np.asarray(shown, np.uint8))


def sign_crops(folder: Path, *, odd: bool = False) -> list[Image]:
    """Read the close-ups whose name's first number is even; the odd ones are kept for reporting."""
    paths = sorted(folder.glob("*/*.png"))
    return [read(path) for path in paths if int(path.stem.split("_")[0]) % 2 == odd]


def _far(random: np.random.Generator, chosen: Picture) -> tuple[Image, Boxes]:
    scale = log_uniform(random, SMALLEST_SCALE, LARGEST_SCALE)
    flip = -scale if random.random() < 0.5 else scale
    height, width = chosen.full.shape[:2]
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    small = np.asarray(cv2.resize(chosen.full, size, interpolation=cv2.INTER_AREA), np.uint8)
    spot = np.array([random.uniform(0.3, 0.7) * WIDTH, random.uniform(0.3, 0.7) * HEIGHT])
    sign = float(np.sign(flip))
    shift = spot - [sign * size[0] / 2, size[1] / 2]
    matrix = np.array([[sign, 0.0, shift[0]], [0.0, 1.0, shift[1]]])
    crop = cv2.warpAffine(small, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    boxes = chosen.boxes.copy()
    across = boxes[:, [0, 2]] * flip + shift[0]
    boxes[:, 0], boxes[:, 2] = across.min(axis=1), across.max(axis=1)
    boxes[:, [1, 3]] = boxes[:, [1, 3]] * scale + shift[1]
    boxes[boxes[:, 3] - boxes[:, 1] < _TELLABLE_PX, 5] = 1.0
    inside = (boxes[:, 2] > 4) & (boxes[:, 3] > 2) & (boxes[:, 0] < WIDTH - 4)
    return np.asarray(crop, np.uint8), boxes[inside & (boxes[:, 1] < HEIGHT - 2)]


def drawn_sign(random: np.random.Generator, usual: Source) -> Image:
    """Draw a sign on a post that stands out above it, before some street."""
    groups = [group for group in (usual.streets, usual.roads, usual.plates) if group]
    group = groups[int(random.integers(len(groups)))]
    behind = group[int(random.integers(len(group)))].half
    top = int(random.integers(0, max(behind.shape[0] - HEIGHT, 0) + 1))
    left = int(random.integers(0, max(behind.shape[1] - WIDTH, 0) + 1))
    part = behind[top : top + HEIGHT, left : left + WIDTH]
    crop = np.asarray(cv2.resize(part, (WIDTH, HEIGHT)), np.uint8).copy()
    if random.random() < 0.5:
        crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), random.uniform(2, 8)), np.uint8)
    kind = int(random.integers(4))
    sign = (
        crossing_sign()
        if kind == 0
        else yield_sign()
        if kind == 1
        else speed_sign(SPEEDS[int(random.integers(len(SPEEDS)))])
    )
    dull = random.uniform(0.15, 1.0)
    sign[..., :3] = (sign[..., :3] * dull).astype(np.uint8)
    side = log_uniform(random, 20.0, 140.0)
    x, y = random.uniform(0, WIDTH - side / 2), random.uniform(-side / 6, HEIGHT - side / 2)
    wide = max(int(side * random.uniform(0.06, 0.3)), 2)
    middle = int(x + side / 2 + random.normal(0, 0.04) * side)
    grey = int(random.integers(25, 200))
    post = crop[
        max(int(y - side * random.uniform(0.0, 0.35)), 0) :,
        max(middle - wide // 2, 0) : max(middle + (wide + 1) // 2, 0),
    ]
    post[:] = np.clip(grey + random.normal(0, 5, (post.shape[0], post.shape[1], 1)), 0, 255)
    corners = np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])
    lay(crop, sign, corners + random.uniform(-0.04, 0.04, (4, 2)) * side)
    return dulled(random, crop)


def dulled(random: np.random.Generator, crop: Image) -> Image:
    """Fade or darken a crop now and then, beyond what every crop is altered by."""
    if random.random() < 0.5:
        return crop
    image = crop.astype(np.float32)
    grey = image.mean(axis=2, keepdims=True)
    image = (grey + (image - grey) * random.uniform(0.1, 1.0)) * random.uniform(0.2, 1.0)
    return np.asarray(np.clip(image, 0, 255), np.uint8)
