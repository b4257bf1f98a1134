"""Follows points from one frame to the next; what leaves this file has no pixels."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Flow, Image

_WIDTH_PX: Final = 1280
"""Larger frames are made smaller: enough for a tenth of a pixel, and four times as fast as 4K."""

_CELL_PX: Final = 26
"""One point to follow in each cell of so many pixels: corners alone would leave the road bare."""

_WINDOW_PX: Final = 21
_LEVELS: Final = 4
_BACK_PX: Final = 0.35
"""A point that does not come back this near to where it began was not followed."""

_FLAT: Final = 1.5e-5
"""Corners weaker than this (smallest eigenvalue of the gradients, grey 0..255) are noise."""

Plane = NDArray[np.float32]


def measure_flow(before: Image, after: Image, *, time_s: float, apart_s: float) -> Flow:
    """Follow points from one frame to the next.

    Corners by their smaller eigenvalue (Shi and Tomasi 1994, "Good features to track"), the best
    of each cell; followed by Lucas and Kanade's method over a pyramid, and back again.

    Parameters
    ----------
    before, after
        RGB, uint8 [height, width, 3], of one size.
    time_s
        Midway between them, seconds since 1970-01-01 UTC.
    apart_s
        Seconds between them.
    """
    first, second = _grey(before), _grey(after)
    points = _corners(first)
    start, end = _followed(first, second, points)
    small = cv2.resize(first, (640, max(round(640 * first.shape[0] / first.shape[1]), 1)))
    return Flow(
        time_s=time_s,
        apart_s=apart_s,
        width_px=first.shape[1],
        height_px=first.shape[0],
        before_px=start,
        after_px=end,
        sharpness=float(cv2.Laplacian(small, cv2.CV_64F).var()),
        light=float(first.mean()),
    )


def _grey(image: Image) -> Image:
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if width > _WIDTH_PX:
        size = (_WIDTH_PX, max(round(height * _WIDTH_PX / width), 1))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.asarray(grey, dtype=np.uint8)


def _corners(grey: Image) -> Plane:
    """Return the best corner of each cell that has one, x and y, [n, 1, 2]."""
    cell = _CELL_PX
    rows, columns = grey.shape[0] // cell, grey.shape[1] // cell
    if rows < 1 or columns < 1:
        return np.empty((0, 1, 2), np.float32)
    strength = cv2.cornerMinEigenVal(grey, blockSize=7)[: rows * cell, : columns * cell]
    blocks = strength.reshape(rows, cell, columns, cell).swapaxes(1, 2).reshape(rows, columns, -1)
    best = blocks.argmax(axis=2)
    row, column = np.mgrid[:rows, :columns]
    points = np.stack([column * cell + best % cell, row * cell + best // cell], axis=-1)
    chosen = points[blocks.max(axis=2) > _FLAT]
    return np.asarray(chosen[:, None, :], dtype=np.float32)


def _followed(
    first: Image, second: Image, points: Plane
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the points that could be followed there and back, and where they went, [n, 2]."""
    if not len(points):
        return np.empty((0, 2)), np.empty((0, 2))
    there, found = _follow(first, second, points)
    back, again = _follow(second, first, there)
    away = np.abs(back - points).max(axis=(1, 2))
    kept = found & again & (away < _BACK_PX)
    return (
        np.asarray(points[kept, 0], dtype=np.float64),
        np.asarray(there[kept, 0], dtype=np.float64),
    )


def _follow(first: Image, second: Image, points: Plane) -> tuple[Plane, NDArray[np.bool_]]:
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        first,
        second,
        points,
        points.copy(),
        winSize=(_WINDOW_PX, _WINDOW_PX),
        maxLevel=_LEVELS,
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 0.01),
        minEigThreshold=_FLAT,
    )
    return np.asarray(there, dtype=np.float32), np.asarray(found[:, 0] == 1)
