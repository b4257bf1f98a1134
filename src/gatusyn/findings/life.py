"""What passes say of a finding's life: believed, gone, growing."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from scipy.special import stdtr

from gatusyn.findings.days import DAY_S, day_of
from gatusyn.findings.looks import Looked
from gatusyn.findings.placed import Floats
from gatusyn.model import FindingParams, Growth, PixelClass, Rates

_UNMEASURED_RECALL = 0.5
_PRIOR_DRIVES = 2.0
"""The model's recall weighs as much as so many drives that looked at the damage itself."""

_LEAST_PASSES, _LEAST_DAYS = 5, 30.0
_YEAR_S = 365.25 * DAY_S
_TINY = 1e-20

ModelRates = Mapping[str, Mapping[PixelClass, Rates]]
"""What the model of each run was measured to get right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How the area that passes saw changes, square metres a year."""

    growth: Growth = Growth.UNKNOWN
    m2_year: float | None = None
    sigma_m2_year: float | None = None


def confidence_of(
    confidences: Floats,
    sightings: int,
    looked: Looked,
    seen_s: tuple[float, float],
    params: FindingParams,
) -> float:
    """Return how sure a damage is: the detector's mean, times the share of the looks that saw it.

    Parameters
    ----------
    sightings
        Frames that saw it.
    seen_s
        When it was first and last seen.
    """
    days = looked.days_s
    before = bisect_left(days, day_of(seen_s[0]))
    after = len(days) - bisect_right(days, day_of(seen_s[1]))
    within = max(len(days) - before - after, sightings)
    outside = min(before, params.looks_outside) + min(after, params.looks_outside)
    return (
        float(confidences.sum()) / len(confidences) * sightings / (within + outside + params.doubt)
    )


def gone_since(
    looked: Looked,
    seen_by: Sequence[str],
    seen_s: tuple[float, float],
    pixel_class: PixelClass,
    rates: ModelRates,
    params: FindingParams,
) -> float | None:
    """Return the day from which a damage must be gone, so often was it missed; None if it is there.

    Each drive that looked later sees it with a probability that is the model's recall, corrected by
    what the drives did that looked at it while it was there.

    Parameters
    ----------
    seen_by
        The runs that saw it.
    """
    first_s, last_s = day_of(seen_s[0]), day_of(seen_s[1])
    days = list(compress(looked.days_s, looked.counts))
    run_ids = list(compress(looked.run_ids, looked.counts))
    later = bisect_right(days, last_s)
    during = set(run_ids[bisect_left(days, first_s) : later])
    seen = set(seen_by)
    chance = 1.0
    for run_id, day_s in zip(run_ids[later:], days[later:], strict=True):
        if run_id in seen:
            continue
        seen.add(run_id)
        known = rates.get(run_id, {}).get(pixel_class)
        recall = known.recall if known else _UNMEASURED_RECALL
        own = _PRIOR_DRIVES * recall + len(set(seen_by))
        chance *= 1.0 - own / (_PRIOR_DRIVES + len(during | set(seen_by)))
        if chance <= params.gone_chance:
            return float(day_s)
    return None


def trend_of(days_s: Sequence[float], area_m2: Sequence[float], params: FindingParams) -> Trend:
    """Return how areas change over passes, by least squares; unknown where that is chance.

    Parameters
    ----------
    days_s, area_m2
        Of each pass that saw the damage, ``days_of`` its time.
    """
    if len(days_s) < _LEAST_PASSES or max(days_s) - min(days_s) < _LEAST_DAYS * DAY_S:
        return Trend()
    middle = sum(days_s) / len(days_s)
    slope, error, chance = _line([(one - middle) / _YEAR_S for one in days_s], area_m2)
    growth = Growth.UNKNOWN
    if chance <= params.growth_chance:
        growth = Growth.GROWING if slope > 0.0 else Growth.SHRINKING
    return Trend(growth=growth, m2_year=slope, sigma_m2_year=error)


def _line(x: Sequence[float], y: Sequence[float]) -> tuple[float, float, float]:
    """Return a line's slope by least squares, its standard error and the chance of one so steep.

    As ``scipy.stats.linregress``, whose call takes ten times as long as the sums. Source: Draper
    and Smith, Applied Regression Analysis (1998), 1.4.
    """
    off = np.array([x, y])
    off -= off.sum(axis=1)[:, None] / len(x)
    (xx, xy), (_, yy) = (off @ off.T * (1.0 / len(x))).tolist()
    free = len(x) - 2
    if yy == 0.0:
        return 0.0, 0.0, 1.0
    r = min(max(xy / math.sqrt(xx * yy), -1.0), 1.0)
    t = r * math.sqrt(free / ((1.0 - r + _TINY) * (1.0 + r + _TINY)))
    error = math.sqrt((1.0 - r**2) * yy / xx / free)
    return xy / xx, error, 2.0 * float(stdtr(free, -abs(t)))
