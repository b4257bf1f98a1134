"""What passes say of a finding's life: believed, gone, growing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    before = int((looked.time_s < seen_s[0]).sum())
    after = int((looked.time_s > seen_s[1]).sum())
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
    """Return when a damage had been missed so often that it must be gone; None if it has not been.

    Each drive that looked later sees it with a probability that is the model's recall, corrected by
    what the drives did that looked at it while it was there.

    Parameters
    ----------
    seen_by
        The runs that saw it.
    """
    during = {
        run_id
        for run_id, time_s in zip(looked.run_ids, looked.time_s.tolist(), strict=True)
        if seen_s[0] <= time_s <= seen_s[1]
    }
    seen = set(seen_by)
    chance = 1.0
    for run_id, time_s in zip(looked.run_ids, looked.time_s.tolist(), strict=True):
        if time_s <= seen_s[1] or run_id in seen:
            continue
        seen.add(run_id)
        known = rates.get(run_id, {}).get(pixel_class)
        recall = known.recall if known else _UNMEASURED_RECALL
        own = _PRIOR_DRIVES * recall + len(set(seen_by))
        chance *= 1.0 - own / (_PRIOR_DRIVES + len(during | set(seen_by)))
        if chance <= params.gone_chance:
            return float(time_s)
    return None


def trend_of(time_s: Floats, area_m2: Floats, params: FindingParams) -> Trend:
    """Return how areas change over passes, by least squares; unknown where that is chance.

    Parameters
    ----------
    time_s, area_m2
        Of each pass that saw the damage.
    """
    if len(time_s) < _LEAST_PASSES or np.ptp(time_s) < _LEAST_DAYS * _DAY_S:
        return Trend()
    line = linregress((time_s - time_s.mean()) / _YEAR_S, area_m2)
    growth = Growth.UNKNOWN
    if line.pvalue <= params.growth_chance:
        growth = Growth.GROWING if line.slope > 0.0 else Growth.SHRINKING
    return Trend(growth=growth, m2_year=float(line.slope), sigma_m2_year=float(line.stderr))
