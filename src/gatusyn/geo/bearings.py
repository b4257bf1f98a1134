"""Bearings: degrees clockwise from grid north, 0..360."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def bearing_deg(east_m: ArrayLike, north_m: ArrayLike) -> Floats:
    """Return the bearing of vectors given by their east and north parts (same shape)."""
    return np.asarray(np.degrees(np.arctan2(east_m, north_m)) % 360.0, dtype=np.float64)


def unit_vector(bearing: float) -> tuple[float, float]:
    """Return the unit vector (east, north) of a bearing in degrees."""
    angle = math.radians(bearing)
    return math.sin(angle), math.cos(angle)


def across_deg(first: ArrayLike, second: ArrayLike) -> Floats:
    """Return the angle between lines of two bearings, whichever way they run, 0..90 degrees."""
    angle = angle_between_deg(first, second)
    return np.minimum(angle, 180.0 - angle)


def angle_between_deg(first: ArrayLike, second: ArrayLike) -> Floats:
    """Return the smallest angle between bearings in degrees, 0..180 (same shape)."""
    return np.asarray(
        np.abs((np.subtract(first, second) + 180.0) % 360.0 - 180.0), dtype=np.float64
    )
