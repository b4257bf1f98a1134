"""Called regions against marked cells: what a reported confidence can be held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gatusyn.evaluate.cells import CELL_PX, Bools, FrameCells
from gatusyn.model import Detection, PixelClass

_MIN_JUDGED_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRegion:
    """A called region, how sure the caller was, and the share of it in cells that are damaged."""

    damage: PixelClass
    confidence: float
    true_share: float


def judged_regions(frame: FrameCells, regions: Sequence[Detection]) -> tuple[JudgedRegion, ...]:
    """Hold regions against the truth; those mostly outside the counting cells are left out."""
    judged = []
    lane = _pixels(frame.lane)
    for region in regions:
        left, top = (int(edge) for edge in region.outline_px.min(axis=0))
        right, bottom = (int(edge) + 1 for edge in region.outline_px.max(axis=0))
        layer = np.zeros((bottom - top, right - left), np.uint8)
        cv2.fillPoly(layer, [(region.outline_px - (left, top)).astype(np.int32)], 1)
        window = np.s_[top:bottom, left:right]
        counting, true = lane[window], _pixels(frame.truth[region.pixel_class])[window]
        # What lies beyond the last whole cell counts for nothing.
        inside = layer[: counting.shape[0], : counting.shape[1]] > 0
        seen = inside & counting
        if seen.sum() > _MIN_JUDGED_SHARE * layer.sum():
            share = float(true[seen].mean())
            judged.append(
                JudgedRegion(
                    damage=region.pixel_class, confidence=region.confidence, true_share=share
                )
            )
    return tuple(judged)


def _pixels(cells: Bools) -> Bools:
    return cells.repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)
