"""Times as days: drives that were made coarse know no more."""

from __future__ import annotations

import math

import numpy as np

from gatusyn.findings.placed import Floats

DAY_S = 86_400.0


def day_of(time_s: float) -> float:
    """Return the start of the day (UTC) of a time."""
    return math.floor(time_s / DAY_S) * DAY_S


def days_of(times_s: Floats) -> Floats:
    """Return ``day_of`` of many times."""
    return np.asarray(np.floor(times_s / DAY_S) * DAY_S, np.float64)
