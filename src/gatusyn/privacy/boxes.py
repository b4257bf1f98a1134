"""Boxes of candidates: suppression of doubles, growth, and the area they cover together."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import RedactedRegion, RegionKind

Candidates = NDArray[np.float64]
"""Rows of x1, y1, x2, y2 in pixels and a confidence 0..1, float64 [n, 5]."""


def no_candidates() -> Candidates:
    """Return an empty set, float64 [0, 5]."""
    return np.empty((0, 5))


def suppress(candidates: Candidates, *, overlap: float) -> Candidates:
    """Keep the most confident of candidates that overlap (greedy non-maximum suppression).

    Parameters
    ----------
    candidates
        Rows of x1, y1, x2, y2, confidence.
    overlap
        Intersection over union above which two are the same thing.

    Returns
    -------
    Candidates
        The kept rows, most confident first. Equal confidences keep the given order.
    """
    rest = candidates[np.argsort(-candidates[:, 4], kind="stable")]
    kept = []
    while len(rest):
        first, rest = rest[0], rest[1:]
        kept.append(first)
        low = np.maximum(first[:2], rest[:, :2])
        high = np.minimum(first[2:4], rest[:, 2:4])
        shared = np.clip(high - low, 0.0, None).prod(axis=1)
        union = (first[2:4] - first[:2]).prod() + (rest[:, 2:4] - rest[:, :2]).prod(axis=1)
        rest = rest[shared <= overlap * np.maximum(union - shared, 1e-9)]
    return np.array(kept).reshape(-1, 5)


def regions_of(
    candidates: Candidates, *, kind: RegionKind, margin: float, width: int, height: int
) -> tuple[RedactedRegion, ...]:
    """Grow candidates and clip them to the picture.

    Parameters
    ----------
    margin
        Growth to each side as a share of the candidate's width and height.
    width, height
        The picture's size in pixels.

    Returns
    -------
    tuple of RedactedRegion
        Whole pixels, rounded outwards; candidates that lie outside the picture are left out.
    """
    regions = []
    for x1, y1, x2, y2, confidence in candidates:
        grow_x, grow_y = margin * (x2 - x1), margin * (y2 - y1)
        left, top = max(int(np.floor(x1 - grow_x)), 0), max(int(np.floor(y1 - grow_y)), 0)
        right = min(int(np.ceil(x2 + grow_x)), width)
        bottom = min(int(np.ceil(y2 + grow_y)), height)
        if left < right and top < bottom:
            regions.append(
                RedactedRegion(
                    kind=kind, x1=left, y1=top, x2=right, y2=bottom, confidence=float(confidence)
                )
            )
    return tuple(regions)


def covered(regions: Iterable[RedactedRegion], *, width: int, height: int) -> NDArray[np.bool_]:
    """Return True where a region lies, bool [height, width]."""
    mask = np.zeros((height, width), np.bool_)
    for region in regions:
        mask[region.y1 : region.y2, region.x1 : region.x2] = True
    return mask
