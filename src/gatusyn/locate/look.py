"""How sharp and how light the road is in a picture: what a look at it is worth."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from gatusyn.model import Image

Grey = NDArray[np.uint8]

_WIDTH_PX = 640
_FINE_PX = 2
_COARSE_PX = 12
_FEWEST = 200
_SUBPIXEL_BITS = 4


class LookMeasures(NamedTuple):
    """Sharpness and light of the road in a picture, as ``Coverage`` has them."""

    sharpness: float | None
    light: float | None


UNMEASURED = LookMeasures(None, None)


def measure_look(image: Image, seen_px: Polygon) -> LookMeasures:
    """Measure the part of a picture that shows road.

    Light is the mean grey level there, 0..255. Sharpness compares how much grey levels differ over
    2 px with how much they do over 12 px, at 640 px width so that cameras compare (mean absolute
    differences, a structure function), along or across, whichever differs less: blur takes the fine
    differences away and leaves the coarse ones, whatever the surface and however strong its
    contrast. Photos of roads have 0.65 to 0.95; below 0.3 most cracks are lost. Noise, as in the
    dark, looks sharp.

    Parameters
    ----------
    image
        RGB, uint8 [height, width, 3].
    seen_px
        The part, in pixels of the image; not empty.

    Returns
    -------
    LookMeasures
        None for what too few pixels tell.
    """
    grey, inside = _cut(image, seen_px)
    count = cv2.countNonZero(inside)
    if count < _FEWEST:
        return UNMEASURED
    light = float(cv2.mean(grey, inside)[0])
    shares = [
        fine / coarse
        for axis in (0, 1)
        if (fine := _differing(grey, inside, _FINE_PX, axis)) is not None
        and (coarse := _differing(grey, inside, _COARSE_PX, axis))
    ]
    return LookMeasures(min(shares) if len(shares) == 2 else None, light)


def _cut(image: Image, part_px: Polygon) -> tuple[Grey, Grey]:
    """Return grey levels [h, w] around a part, 640 px to the frame's width, and what is in it."""
    height, width = image.shape[:2]
    left, top, right, bottom = part_px.bounds
    x0, y0 = max(int(left), 0), max(int(top), 0)
    x1, y1 = min(int(right) + 1, width), min(int(bottom) + 1, height)
    grey = cv2.cvtColor(image[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY)
    scale = min(_WIDTH_PX / width, 1.0)
    if scale < 1.0:
        size = (max(round(scale * (x1 - x0)), 1), max(round(scale * (y1 - y0)), 1))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    inside = np.zeros(grey.shape, np.uint8)
    # (0, 0) is the centre of the first pixel, before and after.
    corners = (np.asarray(part_px.exterior.coords) + 0.5 - (x0, y0)) * scale - 0.5
    fixed = np.rint(corners * 2**_SUBPIXEL_BITS).astype(np.int32)
    cv2.fillPoly(inside, [fixed], (255,), shift=_SUBPIXEL_BITS)
    return np.asarray(grey, np.uint8), inside


def _differing(grey: Grey, inside: Grey, apart_px: int, axis: int) -> float | None:
    """Return the mean absolute difference between pixels so far apart; None for too few."""
    if grey.shape[axis] <= apart_px:
        return None
    here, there = (
        (slice(None, -apart_px), slice(apart_px, None))
        if axis == 0
        else ((slice(None), slice(None, -apart_px)), (slice(None), slice(apart_px, None)))
    )
    both = cv2.bitwise_and(inside[here], inside[there])
    if cv2.countNonZero(both) < _FEWEST:
        return None
    return float(cv2.mean(cv2.absdiff(grey[here], grey[there]), both)[0])
