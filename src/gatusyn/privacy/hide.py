"""Replaces regions by what is around them, so that nothing of them is left to recover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Image, RedactedRegion

_RING_PX = 4
_GREY = 128


def hide(image: Image, regions: Sequence[RedactedRegion], hidden: NDArray[np.bool_]) -> Image:
    """Return a copy in which each region is one flat colour taken from outside all regions.

    Blurs and mosaics keep part of what they hide, and plates have been read through both. Here no
    pixel of the result depends on any hidden pixel.

    Parameters
    ----------
    image
        RGB, uint8 [height, width, 3]; not changed.
    regions
        What to hide.
    hidden
        True where any region lies, bool [height, width].

    Returns
    -------
    Image
        The copy, uint8 [height, width, 3].
    """
    result = image.copy()
    for region in regions:
        ring = np.concatenate([image[part][~hidden[part]] for part in _ring(region)])
        colour = np.median(ring, axis=0) if len(ring) else np.full(3, _GREY)
        result[region.y1 : region.y2, region.x1 : region.x2] = colour.astype(np.uint8)
    return result


def _ring(region: RedactedRegion) -> Iterator[tuple[slice, slice]]:
    """Give the parts of a picture around a region: above, below, left and right of it."""
    rows, columns = slice(region.y1, region.y2), slice(region.x1, region.x2)
    left, wide = max(region.x1 - _RING_PX, 0), region.x2 + _RING_PX
    yield slice(max(region.y1 - _RING_PX, 0), region.y1), slice(left, wide)
    yield slice(region.y2, region.y2 + _RING_PX), slice(left, wide)
    yield rows, slice(left, columns.start)
    yield rows, slice(columns.stop, wide)
