"""From a model's grid to the pixels of the frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Step = tuple[float, float]
Window = tuple[int, int, int, int]


def upsample(layer: NDArray[np.float32], step_px: Step, window_px: Window) -> NDArray[np.float32]:
    """Sample a layer at every pixel of a part of the frame, linearly between cell centres.

    Parameters
    ----------
    layer
        float32 [rows, columns].
    step_px
        Width and height of a cell in pixels of the frame.
    window_px
        Left, top, right, bottom of the part; the last two are outside.
    """
    left, top, right, bottom = window_px
    across, down = 1.0 / step_px[0], 1.0 / step_px[1]
    # Cell centres lie at (i + 0.5) * step: the affine map takes pixel centres to cell centres.
    matrix = np.array(
        [[across, 0.0, (left + 0.5) * across - 0.5], [0.0, down, (top + 0.5) * down - 0.5]]
    )
    return cv2.warpAffine(
        layer,
        matrix,
        (right - left, bottom - top),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32, copy=False)


def window_of(
    cells: NDArray[np.bool_], step_px: Step, *, width_px: int, height_px: int
) -> Window | None:
    """Return the part of the frame in which true cells have a say, or None if none is true."""
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    if not rows.size:
        return None
    # A cell reaches half a cell beyond its border, where the next cell's centre lies.
    left, right = (columns[0] - 0.5) * step_px[0], (columns[-1] + 1.5) * step_px[0]
    top, bottom = (rows[0] - 0.5) * step_px[1], (rows[-1] + 1.5) * step_px[1]
    window = (
        max(int(left) - 1, 0),
        max(int(top) - 1, 0),
        min(int(right) + 2, width_px),
        min(int(bottom) + 2, height_px),
    )
    return window if window[0] < window[2] and window[1] < window[3] else None
