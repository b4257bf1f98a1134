"""Damage cell by cell: what was called against what is marked.

A frame is cut into square cells. Cells near the top (horizon, verge) and cells that are not mostly
lane are left out. A cell holds a damage where enough of its pixels do, in truth and call alike.
Cells, not pixels, because marks are speckled; and the share of damaged cells is what a section's
extent is made of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gatusyn.detect import MASK_VALUES
from gatusyn.model import PixelClass

CELL_PX = 32
TOP_SHARE = 0.35
LANE_VALUE = 1
#: Share of a cell's pixels from which it holds the damage: cracks are thin.
MIN_SHARES: Mapping[PixelClass, float] = {
    PixelClass.CRACK: 0.008,
    PixelClass.POTHOLE: 0.08,
    PixelClass.PATCH: 0.08,
}
_LANE_SHARE = 0.5

Bools = NDArray[np.bool_]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameCells:
    """One frame's cells.

    Parameters
    ----------
    name
        The frame's name, without an ending.
    size_px
        Height and width of the frame.
    lane
        Cells that count, bool [rows, columns].
    marked
        Whether the truth has any pixel of a damage in this frame.
    truth
        Cells that hold the damage, bool [rows, columns].
    level
        The highest threshold at which the cell is called, float [rows, columns]: see `cell_levels`.
    """

    name: str
    size_px: tuple[int, int]
    lane: Bools
    marked: Mapping[PixelClass, bool]
    truth: Mapping[PixelClass, Bools]
    level: Mapping[PixelClass, Reals]

    def called(self, name: PixelClass, threshold: float) -> Bools:
        """Return the counting cells that are called at a threshold."""
        return (self.level[name] >= threshold) & self.lane

    def true(self, name: PixelClass) -> Bools:
        """Return the counting cells that hold the damage."""
        return self.truth[name] & self.lane

    def within(self, where: Bools) -> FrameCells:
        """Return the frame with only some of its cells counting."""
        return replace(self, lane=self.lane & where)


def cut(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return the pixels of every whole cell, [rows, columns, CELL_PX²], of an image [h, w]."""
    rows, columns = values.shape[0] // CELL_PX, values.shape[1] // CELL_PX
    whole = values[: rows * CELL_PX, : columns * CELL_PX]
    blocks = whole.reshape(rows, CELL_PX, columns, CELL_PX).swapaxes(1, 2)
    return blocks.reshape(rows, columns, CELL_PX * CELL_PX)


def cell_levels(values: NDArray[np.generic], min_share: float) -> Reals:
    """Return the highest threshold that enough of each cell's pixels reach.

    A cell is called at a threshold if at least ``min_share`` of its pixels reach it, which is so if
    and only if its k-th largest pixel does, with k the smallest sufficient number. So this one
    number a cell answers for all thresholds.
    """
    pixels = cut(values)
    count = pixels.shape[2]
    kth = count - math.ceil(min_share * count)
    return np.partition(pixels, kth, axis=2)[..., kth].astype(np.float64)


def frame_cells(
    name: str, truth: NDArray[np.uint8], values: Mapping[PixelClass, NDArray[np.generic]]
) -> FrameCells:
    """Return the cells of a frame.

    Parameters
    ----------
    truth
        Mask uint8 [h, w], values added: 1 lane and those of ``MASK_VALUES``.
    values
        What is said of each pixel, [h, w]: probabilities, or booleans of a mask.
    """
    lane = cell_levels((truth & LANE_VALUE) > 0, _LANE_SHARE) > 0
    lane[: math.ceil(truth.shape[0] * TOP_SHARE / CELL_PX)] = False
    bits = {one: (truth & MASK_VALUES[one]) > 0 for one in values}
    return FrameCells(
        name=name,
        size_px=(truth.shape[0], truth.shape[1]),
        lane=lane,
        marked={one: bool(marks.any()) for one, marks in bits.items()},
        truth={one: cell_levels(marks, MIN_SHARES[one]) > 0 for one, marks in bits.items()},
        level={one: cell_levels(layer, MIN_SHARES[one]) for one, layer in values.items()},
    )


def mask_values(
    mask: NDArray[np.uint8], classes: Sequence[PixelClass]
) -> dict[PixelClass, NDArray[np.bool_]]:
    """Return what a mask says of each pixel, class by class."""
    return {one: (mask & MASK_VALUES[one]) > 0 for one in classes}
