"""Cuts a picture into what the network looks at: strips at several sizes, and tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from gatusyn.model import Image

_MULTIPLE = 16
_MAX_EDGE_PX = 1920
_MIN_EDGE_PX = 150
_TILE_OVERLAP_PX = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One look at a horizontal strip of a picture.

    Parameters
    ----------
    top, bottom
        The strip, as shares of the picture's height.
    scale
        Size at which it is looked at, as a share of the picture's own (of 1920 px, where the
        picture's longer edge is longer than that).
    """

    top: float
    bottom: float
    scale: float

    def __str__(self) -> str:
        return f"{self.top:.2f}-{self.bottom:.2f} at {self.scale:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A resized and padded part of a picture.

    Parameters
    ----------
    pixels
        RGB, uint8 [h, w, 3], h and w multiples of 16.
    scale_x, scale_y
        Pixels of the strip for one of the picture.
    top_px, left_px
        The picture's row and column at which the strip starts.
    """

    pixels: Image
    scale_x: float
    scale_y: float
    top_px: float
    left_px: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """A picture at smaller sizes, each half of the one before counted once.

    Parameters
    ----------
    levels
        The picture, a half, a quarter and so on, as far as it was asked for.
    """

    levels: list[Image] = field(default_factory=list)

    def shrunk(self, size: tuple[int, int]) -> Image:
        """Return the picture at a smaller size, width and height: by halves first, as is faster."""
        level = 0
        while True:
            image = self.levels[level]
            height, width = image.shape[:2]
            if (width, height) == size:
                return image
            half = round(width / 2), round(height / 2)
            if half != size and (width < 4 * size[0] or height < 4 * size[1]):
                return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
            level += 1
            if level == len(self.levels):
                smaller = cv2.resize(image, half, interpolation=cv2.INTER_AREA)
                self.levels.append(np.asarray(smaller, np.uint8))


def cut(picture: Halves, look: Pass) -> Strip:
    """Shrink a picture, cut a strip out of it, and pad it at the right and the bottom."""
    height, width = picture.levels[0].shape[:2]
    scale = look.scale * min(1.0, _MAX_EDGE_PX / max(height, width))
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    image = picture.shrunk(size)
    top = min(int(look.top * size[1]), size[1] - 1)
    bottom = max(min(int(np.ceil(look.bottom * size[1])), size[1]), top + 1)
    return Strip(
        pixels=_padded(image[top:bottom]),
        scale_x=size[0] / width,
        scale_y=size[1] / height,
        top_px=top * height / size[1],
    )


def _padded(image: Image) -> Image:
    """Return a picture with its last row and column repeated until the network takes it."""
    below, right = (-side % _MULTIPLE for side in image.shape[:2])
    if not below and not right:
        return image
    padded = cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(padded, np.uint8)


def strips(image: Image, passes: Sequence[Pass]) -> Iterator[Strip]:
    """Cut what each pass looks at; a picture over 1920 px also in tiles, as large as it is.

    A small picture is not looked at any smaller. Shrunk to 1920 px, a large picture would lose
    faces that anyone can still recognise in it. Tiles overlap by 320 px: what is larger than that
    is found in the shrunk picture.
    """
    height, width = image.shape[:2]
    picture = Halves(levels=[image])
    for number, look in enumerate(passes):
        if number == 0 or look.scale * max(height, width) >= _MIN_EDGE_PX:
            yield cut(picture, look)
    if max(height, width) <= _MAX_EDGE_PX:
        return
    closest = Pass(top=0.0, bottom=1.0, scale=max(look.scale for look in passes))
    for top in _starts(height):
        for left in _starts(width):
            tile = image[top : top + _MAX_EDGE_PX, left : left + _MAX_EDGE_PX]
            seen = cut(Halves(levels=[tile]), closest)
            yield Strip(
                pixels=seen.pixels,
                scale_x=seen.scale_x,
                scale_y=seen.scale_y,
                top_px=top,
                left_px=left,
            )


def _starts(length_px: int) -> range:
    """Return where tiles start along a side."""
    step = _MAX_EDGE_PX - _TILE_OVERLAP_PX
    return range(0, max(length_px - _TILE_OVERLAP_PX, 1), step)
