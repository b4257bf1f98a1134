"""The lens's height: metres driven by the track over heights driven by the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatusyn.locate.adjust import Fit
from gatusyn.locate.flow_pairs import Views

Floats = NDArray[np.float64]

_SURE: Final = 0.1
_STRAIGHT_DEG_S: Final = 5.0
_FEWEST: Final = 10
_BLOCK_S: Final = 20.0
"""Errors of a track's speed last so long: pairs within are one witness."""

_ROUNDS: Final = 10
_TUKEY: Final = 4.685


@dataclass(frozen=True, slots=True, kw_only=True)
class Height:
    """The lens above the road, and its standard error, in metres."""

    value_m: float
    se_m: float


def find_height(fits: Sequence[tuple[Views, Fit]], given_m: float, sigma_m: float) -> Height:
    """Return the height that makes the picture's speed the track's.

    A line through the origin (heights a second against metres a second) with Tukey's weights; its
    error from the scatter between stretches of 20 s. Weighed with what was given before; where the
    road's motion is not seen, that is all there is.
    """
    rate, speed, time = [], [], []
    for views, fit in fits:
        seen = (fit.local_sigma[:, 3] < _SURE) & (np.abs(views.turn_deg_s) < _STRAIGHT_DEG_S)
        apart = views.driven_m / views.speed_ms
        rate.append((np.exp(fit.local[:, 3]) / apart)[seen])
        speed.append(views.speed_ms[seen])
        time.append(views.time_s[seen])
    x, y, when = (np.concatenate(parts) for parts in (rate, speed, time))
    if len(x) < _FEWEST or sigma_m <= 0:
        return Height(value_m=given_m, se_m=sigma_m)
    slope = float(np.median(y / x))
    weight = np.ones_like(x)
    for _ in range(_ROUNDS):
        error = y - slope * x
        spread = max(1.4826 * float(np.median(np.abs(error))), 1e-6)
        weight = np.clip(1.0 - (error / (_TUKEY * spread)) ** 2, 0.0, None) ** 2
        slope = float((weight * x * y).sum() / (weight * x * x).sum())
    _, block = np.unique(np.floor(when / _BLOCK_S), return_inverse=True)
    scores = np.bincount(block, weight * x * (y - slope * x))
    count = len(scores)
    inner = float((scores**2).sum()) * count / max(count - 1, 1)
    variance = inner / float((weight * x * x).sum()) ** 2
    before, after = 1.0 / sigma_m**2, 1.0 / max(variance, 1e-12)
    return Height(
        value_m=(before * given_m + after * slope) / (before + after),
        se_m=float((before + after) ** -0.5),
    )
