"""What passes say of a finding's life: believed, gone, growing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import linregress

from gatusyn.findings.looks import Looked
from gatusyn.findings.placed import Floats
from gatusyn.model import FindingParams, Growth, PixelClass, Rates

_UNMEASURED_RECALL = 0.5
_PRIOR_DRIVES = 2.0
"""The model's recall weighs as much as so many drives that looked at the damage itself."""

_LEAST_PASSES, _LEAST_DAYS = 5, 30.0
_DAY_S, _YEAR_S = 86_400.0, 365.25 * 86_400.0

ModelRates = Mapping[str, Mapping[PixelClass, Rates]]
"""What the model of each run was measured to get right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How the area that passes saw changes, square metres a year."""

    growth: Growth = Growth.UNKNOWN
    m2_year: float | None = None
    sigma_m2_year: float | None = None


def day_of(time_s: float | Floats) -> Any:
    """Return the start of the day (UTC) of times: drives that were made coarse know no more."""
    return np.floor(np.asarray(time_s) / _DAY_S) * _DAY_S


def confidence_of(
    confidences: Sequence[float],
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
    days = day_of(looked.time_s)
    before = int((days < day_of(seen_s[0])).sum())
    after = int((days > day_of(seen_s[1])).sum())
    within = max(len(looked.time_s) - before - after, sightings)
    outside = min(before, params.looks_outside) + min(after, params.looks_outside)
    return float(np.mean(confidences)) * sightings / (within + outside + params.doubt)


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
    looks = list(zip(looked.run_ids, day_of(looked.time_s).tolist(), strict=True))
    during = {run_id for run_id, day_s in looks if first_s <= day_s <= last_s}
    seen = set(seen_by)
    chance = 1.0
    for run_id, day_s in looks:
        if day_s <= last_s or run_id in seen:
            continue
        seen.add(run_id)
        known = rates.get(run_id, {}).get(pixel_class)
        recall = known.recall if known else _UNMEASURED_RECALL
        own = _PRIOR_DRIVES * recall + len(set(seen_by))
        chance *= 1.0 - own / (_PRIOR_DRIVES + len(during | set(seen_by)))
        if chance <= params.gone_chance:
            return float(day_s)
    return None


def trend_of(time_s: Floats, area_m2: Floats, params: FindingParams) -> Trend:
    """Return how areas change over passes, by least squares; unknown where that is chance.

    Parameters
    ----------
    time_s, area_m2
        Of each pass that saw the damage.
    """
    if len(time_s) < _LEAST_PASSES or np.ptp(day_of(time_s)) < _LEAST_DAYS * _DAY_S:
        return Trend()
    days = day_of(time_s)
    line = linregress((days - days.mean()) / _YEAR_S, area_m2)
    growth = Growth.UNKNOWN
    if line.pvalue <= params.growth_chance:
        growth = Growth.GROWING if line.slope > 0.0 else Growth.SHRINKING
    return Trend(growth=growth, m2_year=float(line.slope), sigma_m2_year=float(line.stderr))
