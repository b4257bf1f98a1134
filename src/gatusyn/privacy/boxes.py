"""Boxes of candidates: suppression of doubles, growth, and the area they cover together."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Evidence, RedactedRegion, RegionKind

_BLOCK_PX = 16
_SPREAD_PX = 2

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
    candidates: Candidates,
    *,
    kind: RegionKind,
    margin: float,
    width: int,
    height: int,
    evidence: Evidence = Evidence.FRAME,
) -> tuple[RedactedRegion, ...]:
    """Grow candidates and clip them to the picture.

    Parameters
    ----------
    margin
        Growth to each side as a share of the candidate's width and height.
    width, height
        The picture's size in pixels.
    evidence
        How the candidates were found.

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
                    kind=kind,
                    x1=left,
                    y1=top,
                    x2=right,
                    y2=bottom,
                    confidence=float(confidence),
                    evidence=evidence,
                )
            )
    return tuple(regions)


def clipped(region: RedactedRegion, *, width: int, height: int) -> RedactedRegion | None:
    """Return the part of a region that lies in the picture; None if none does."""
    x1, y1 = max(region.x1, 0), max(region.y1, 0)
    x2, y2 = min(region.x2, width), min(region.y2, height)
    if x1 >= x2 or y1 >= y2:
        return None
    return _at(region, x1, y1, x2, y2)


def blocks_of(region: RedactedRegion, *, scale: float, width: int, height: int) -> RedactedRegion:
    """Return the blocks of a stored JPEG that a region touches, with 2 px around them.

    A block is 16 px, as colour is stored at half the size of 8 px blocks; decoders spread colour
    over 1 px of it into the next block, which is 2 px of the picture.

    Parameters
    ----------
    region
        In the frame's pixels.
    scale
        The stored picture's size as a share of the frame's.
    width, height
        The stored picture's size in pixels.
    """

    def before(edge: int) -> int:
        return max(floor(edge * scale) // _BLOCK_PX * _BLOCK_PX - _SPREAD_PX, 0)

    def after(edge: int, end: int) -> int:
        return min(-(-ceil(edge * scale) // _BLOCK_PX) * _BLOCK_PX + _SPREAD_PX, end)

    return _at(
        region,
        before(region.x1),
        before(region.y1),
        after(region.x2, width),
        after(region.y2, height),
    )


def _at(region: RedactedRegion, x1: int, y1: int, x2: int, y2: int) -> RedactedRegion:
    """Return the same region at other edges."""
    return RedactedRegion(
        kind=region.kind,
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
        confidence=region.confidence,
        marked=region.marked,
        evidence=region.evidence,
    )


def covered(regions: Iterable[RedactedRegion], *, width: int, height: int) -> NDArray[np.bool_]:
    """Return True where a region lies, bool [height, width]."""
    mask = np.zeros((height, width), np.bool_)
    for region in regions:
        mask[region.y1 : region.y2, region.x1 : region.x2] = True
    return mask
