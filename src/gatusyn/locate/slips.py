"""When a mount slipped: steps in how the view is tilted over a drive."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FEWEST: Final = 6
_STEP_RAD: Final = np.radians([0.8, 0.6, 0.8])
_SURE: Final = 6.0
"""A step of yaw, pitch or roll must be this large, and so many of its standard errors."""


def find_slips(
    time_s: Floats, tilts: Floats, group: NDArray[np.int64], calm: NDArray[np.bool_]
) -> list[float]:
    """Return the times at which the view's tilt changed for good.

    Binary segmentation (Scott and Knott 1974): the split that leaves the least spread, then each
    side likewise. Medians bear with single bad looks.

    Parameters
    ----------
    time_s
        Of the pairs, rising, [p].
    tilts
        Yaw, pitch and roll of each, radians, [p, 3].
    group
        Which pairs are one look, [p].
    calm
        Where the vehicle did not turn sharply, [p]: in bends the yaw also has the vehicle's own.
    """
    names = np.unique(group[calm])
    looks = np.array([np.median(tilts[calm & (group == one)], axis=0) for one in names])
    when = np.array([time_s[group == one].mean() for one in names])
    return sorted(_splits(when, looks.reshape(-1, 3)))


def _splits(when: Floats, looks: Floats) -> list[float]:
    if len(looks) < 2 * _FEWEST:
        return []
    noise = np.median(np.abs(np.diff(looks, axis=0)), axis=0) + 1e-5
    scaled = looks / noise
    places = range(_FEWEST, len(looks) - _FEWEST + 1)
    place = min(places, key=lambda one: _spread(scaled[:one]) + _spread(scaled[one:]))
    if _sureness(looks[:place], looks[place:]) < _SURE:
        return []
    between = float((when[place - 1] + when[place]) / 2.0)
    return [
        *_splits(when[:place], looks[:place]),
        between,
        *_splits(when[place:], looks[place:]),
    ]


def _spread(looks: Floats) -> float:
    """Return the sum of distances from the median: its least tells where a step is."""
    return float(np.abs(looks - np.median(looks, axis=0)).sum())


def _sureness(before: Floats, after: Floats) -> float:
    """Return how many standard errors the surest large step between two stretches has."""
    step = np.abs(np.median(after, axis=0) - np.median(before, axis=0))
    # A median's standard error is 1.25 times a mean's; 1.48 makes a deviation of the median one.
    spreads = [
        np.median(np.abs(part - np.median(part, axis=0)), axis=0) for part in (before, after)
    ]
    variance = sum(
        (1.2533 * 1.4826 * spread) ** 2 / len(part)
        for spread, part in zip(spreads, (before, after), strict=True)
    )
    sureness = step / np.sqrt(np.maximum(variance, 1e-10))
    return float(np.where(step > _STEP_RAD, sureness, 0.0).max())
