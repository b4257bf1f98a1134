"""Leaves out damage where there is no road."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from gatusyn.model import PixelClass

_MIDDLE = (0.25, 0.75)
_LOWER = (0.55, 0.95)
"""Shares of the frame's width and height: where a camera in a vehicle that drives sees its road."""


def keep_on_road(
    layers: NDArray[np.float32],
    thresholds: Mapping[PixelClass, float],
    *,
    road_threshold: float,
    min_on_road_share: float,
    min_road_ahead_share: float,
    size_cells: tuple[float, float],
) -> NDArray[np.float32]:
    """Return layers in which damage off the road is zero.

    Parameters
    ----------
    layers
        float32 [classes + 1, rows, columns], as a ``DamageMap`` has them.
    thresholds
        Probability from which a cell of a class is damaged.
    road_threshold
        Probability from which a cell is road.
    min_on_road_share
        Connected damaged cells of which a smaller share is road, or next to it, are left out.
    min_road_ahead_share
        Where less of the frame's lower middle is road, no damage is left.
    size_cells
        The frame's width and height in cells; the grid may be larger.
    """
    road = layers[-1] >= road_threshold
    kept = layers.copy()
    if _ahead(road, size_cells) < min_road_ahead_share:
        kept[:-1] = 0.0
        return kept
    near = cv2.dilate(road.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    for layer, pixel_class in zip(kept, PixelClass, strict=False):
        damaged = (layer >= thresholds[pixel_class]).astype(np.uint8)
        count, labels = cv2.connectedComponents(damaged, connectivity=8)
        if count == 1:
            continue
        flat = labels.ravel()
        cells = np.bincount(flat, minlength=count)
        share = np.bincount(flat, weights=near.ravel(), minlength=count) / np.maximum(cells, 1)
        dropped = share < min_on_road_share
        dropped[0] = False
        layer[dropped[labels]] = 0.0
    return kept


def _ahead(road: NDArray[np.bool_], size_cells: tuple[float, float]) -> float:
    width, height = size_cells
    left, right = (int(share * width) for share in _MIDDLE)
    top, bottom = (int(share * height) for share in _LOWER)
    part = road[top : max(bottom, top + 1), left : max(right, left + 1)]
    return float(part.mean()) if part.size else 0.0
