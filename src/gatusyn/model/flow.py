"""What moved between two frames of a video, without their pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flow:
    """Where points of one frame lie in the next; no picture can be made of it.

    Parameters
    ----------
    time_s
        Midway between the two frames, seconds since 1970-01-01 UTC.
    apart_s
        From the first frame to the second.
    width_px, height_px
        Size of the frames in which the points were followed.
    before_px, after_px
        The points in the first and in the second frame, x and y, [n, 2]; pixel (0, 0) is the
        centre of the upper left pixel.
    sharpness
        Of the first frame, as the quality gate measures it.
    light
        Mean grey level of the first frame, 0..255.
    """

    time_s: float
    apart_s: float
    width_px: int
    height_px: int
    before_px: Floats
    after_px: Floats
    sharpness: float
    light: float
