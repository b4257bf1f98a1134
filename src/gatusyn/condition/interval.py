"""Between which indices a section's true one lies: for what was not seen or is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.condition.confidence import CLASS_OF_KIND, seen_shares
from gatusyn.condition.looked import Looked
from gatusyn.model import ConditionParams, DamageKind

Reals = NDArray[np.float64]
Index = Callable[[Reals, Reals], Reals]
"""Amounts [rows, 6, 3] and the whole [rows] that they are a density of, to indices [rows]."""

LEVEL = 0.95
_CHUNK = 2000
#: Before a town has told anything: one damage of each kind and severity in so many square metres,
#: as if so many had been looked at; and how unevenly damages are spread (variance over mean
#: squared), as if the town had shown so much of it. Own choices; a few streets outweigh them.
_PRIOR_M2, _PRIOR_LOOKED_M2 = 5000.0, 1000.0
_PRIOR_UNEVEN, _PRIOR_WEIGHT = 2.0, 1.0
_MOST_UNEVEN, _LEAST_UNEVEN = 20.0, 0.02
#: Size of a damage where the town has shown none of its kind and severity.
_USUAL = {
    DamageKind.LONGITUDINAL_CRACK: 4.0,
    DamageKind.TRANSVERSE_CRACK: 2.5,
    DamageKind.CRAZING: 3.0,
    DamageKind.POTHOLE: 1.0,
    DamageKind.SURFACE_LOSS: 1.5,
    DamageKind.PATCH: 3.0,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What was found on n sections, by kind and severity, each of shape [n, 6, 3].

    Parameters
    ----------
    count
        Findings.
    amount
        What the method measures of them, in total.
    """

    count: Reals
    amount: Reals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Unseen:
    """What is known of the damages that were not found: a gamma-Poisson law for each cell.

    Parameters
    ----------
    shape, rate
        Of the gamma law of damages a square metre, after what was found; shape [n, 6, 3].
    unseen_m2
        Square metres as good as not looked at, shape [n, 6].
    mean, spread
        Amount of one damage, and its variance over its mean, shape [6, 3].
    precision
        Shape [n, 6].
    """

    shape: Reals
    rate: Reals
    unseen_m2: Reals
    mean: Reals
    spread: Reals
    precision: Reals


def index_intervals(
    found: Found,
    looked: Looked,
    area_m2: Reals,
    whole: Reals,
    index_of: Index,
    params: ConditionParams,
) -> tuple[Reals, Reals]:
    """Return the lowest and highest index, 95 %, of n sections.

    Each section is drawn ``interval_draws`` times. What was found is there or not, by the models'
    precision. What was not found, on the part looked at by their recall and on the rest for want of
    a look, is drawn from a gamma-Poisson law: as many damages a square metre as the town has, more
    where more was found (empirical Bayes), each of the size that the town's have.

    Parameters
    ----------
    area_m2
        Of each section.
    whole
        What an amount on the whole section is a density of (its area, or its length).
    """
    low, high = np.empty(len(whole)), np.empty(len(whole))
    random = np.random.default_rng(params.interval_seed)
    unseen = _unseen(found, looked, area_m2, params)
    outside = (1.0 - LEVEL) / 2.0
    for start in range(0, len(whole), _CHUNK):
        rows = slice(start, start + _CHUNK)
        amounts = _draw(found, unseen, rows, params.interval_draws, random)
        indices = _indices(amounts, whole[rows], index_of)
        low[rows], high[rows] = np.quantile(
            indices, [outside, 1.0 - outside], axis=1, method="median_unbiased"
        )
    return low, high


def _unseen(found: Found, looked: Looked, area_m2: Reals, params: ConditionParams) -> _Unseen:
    precision = looked.rates[:, CLASS_OF_KIND, 0]
    recall = seen_shares(looked.rates[:, :, 1], looked.looks, params)[:, CLASS_OF_KIND]
    observed = np.minimum(looked.area_m2, area_m2)[:, None]
    exposure = (observed * recall)[:, :, None]
    real = found.count * precision[:, :, None]
    rate = (real.sum(axis=0) + _PRIOR_LOOKED_M2 / _PRIOR_M2) / (
        exposure.sum(axis=0) + _PRIOR_LOOKED_M2
    )
    expected = rate * exposure
    excess = ((real - expected) ** 2 - expected).sum(axis=0) + _PRIOR_UNEVEN * _PRIOR_WEIGHT
    uneven = np.clip(
        excess / ((expected**2).sum(axis=0) + _PRIOR_WEIGHT), _LEAST_UNEVEN, _MOST_UNEVEN
    )
    mean, spread = _sizes(found)
    return _Unseen(
        shape=1.0 / uneven + real,
        rate=1.0 / (uneven * rate) + exposure,
        unseen_m2=observed * (1.0 - recall) + area_m2[:, None] - observed,
        mean=mean,
        spread=spread,
        precision=precision,
    )


def _sizes(found: Found) -> tuple[Reals, Reals]:
    """Return the mean amount of one damage, and variance over mean, by kind and severity.

    The variance is that of an exponential law: damages of one kind differ by as much as they are.
    """
    count, amount = found.count.sum(axis=0), found.amount.sum(axis=0)
    usual = np.array([[_USUAL[kind]] * 3 for kind in DamageKind])
    mean = np.divide(amount, count, out=usual.copy(), where=count > 0)
    mean = np.where(mean > 0.0, mean, usual)
    return mean, mean.copy()


def _draw(
    found: Found, unseen: _Unseen, rows: slice, draws: int, random: np.random.Generator
) -> Reals:
    """Return drawn amounts [rows, draws, 6, 3]."""
    amount, count = found.amount[rows], found.count[rows]
    drawn = np.zeros((len(amount), draws, *amount.shape[1:]))
    for kind, severity in np.ndindex(*amount.shape[1:]):
        own = np.flatnonzero(count[:, kind, severity])
        if own.size:
            known = count[own, kind, severity].astype(np.int64)
            chance = unseen.precision[rows][own, kind]
            real = random.binomial(known[:, None], chance[:, None], (own.size, draws))
            drawn[own, :, kind, severity] = (
                amount[own, kind, severity, None] * real / known[:, None]
            )
        row, draw, more = _missed(unseen, rows, (kind, severity), draws, random)
        mean, spread = unseen.mean[kind, severity], unseen.spread[kind, severity]
        size = random.gamma(more * mean / spread, spread)
        drawn[row, draw, kind, severity] += size
    return drawn


def _missed(
    unseen: _Unseen,
    rows: slice,
    cell: tuple[int, int],
    draws: int,
    random: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64], Reals]:
    """Return where damages that were not found are: section, draw, and how many (1 or more)."""
    kind, severity = cell
    shape = unseen.shape[rows, kind, severity]
    rate = unseen.rate[rows, kind, severity]
    area = unseen.unseen_m2[rows, kind]
    odds = area / (rate + area)
    none = (1.0 - odds) ** shape
    chance = random.random((len(shape), draws))
    row, draw = np.nonzero(chance > none[:, None])
    left, many = chance[row, draw] - none[row], np.zeros(row.size)
    term, waiting = none[row], np.arange(row.size)
    # The inverse of the negative binomial's distribution function, term by term.
    while waiting.size:
        many[waiting] += 1.0
        at, place = many[waiting], row[waiting]
        term = term * (shape[place] + at - 1.0) / at * odds[place]
        more = (left[waiting] > term) & (at < 1000.0)
        left[waiting] -= term
        term, waiting = term[more], waiting[more]
    return row, draw, many


def _indices(amounts: Reals, whole: Reals, index_of: Index) -> Reals:
    """Return the index of each section and draw; what has no damage needs no counting."""
    sections, draws = amounts.shape[:2]
    flat = amounts.reshape(sections * draws, *amounts.shape[2:])
    damaged = np.flatnonzero(flat.any(axis=(1, 2)))
    result = np.full(sections * draws, 100.0)
    result[damaged] = index_of(flat[damaged], whole[damaged // draws])
    return result.reshape(sections, draws)
