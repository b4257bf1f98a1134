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
_AT_ONCE = 200_000
"""Drawn sections that are held together: 30 MB of amounts."""

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
    """What is known of the damages that were not found: a gamma-Poisson law.

    Parameters
    ----------
    shape, rate
        Of the gamma law of how many times as much damage as the town a section has, after what was
        found on it; shape [n].
    expected
        Damages not found on a section that has as much as the town, shape [n, 6, 3].
    size
        Amount of one damage, shape [6, 3].
    precision
        Shape [n, 6].
    """

    shape: Reals
    rate: Reals
    expected: Reals
    size: Reals
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
    of all kinds where more of any was found (empirical Bayes), of the sizes that the town's have.

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
    step = max(_AT_ONCE // params.interval_draws, 1)
    for start in range(0, len(whole), step):
        rows = slice(start, start + step)
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
    had, usual = real.sum(axis=(1, 2)), (rate * exposure).sum(axis=(1, 2))
    excess = ((had - usual) ** 2 - usual).sum() + _PRIOR_UNEVEN * _PRIOR_WEIGHT
    uneven = np.clip(excess / ((usual**2).sum() + _PRIOR_WEIGHT), _LEAST_UNEVEN, _MOST_UNEVEN)
    unseen_m2 = observed * (1.0 - recall) + area_m2[:, None] - observed
    return _Unseen(
        shape=1.0 / uneven + had,
        rate=1.0 / uneven + usual,
        expected=rate * unseen_m2[:, :, None],
        size=_sizes(found),
        precision=precision,
    )


def _sizes(found: Found) -> Reals:
    """Return the mean amount of one damage by kind and severity."""
    count, amount = found.count.sum(axis=0), found.amount.sum(axis=0)
    usual = np.array([[_USUAL[kind]] * 3 for kind in DamageKind])
    mean = np.divide(amount, count, out=usual.copy(), where=count > 0)
    return np.where(mean > 0.0, mean, usual)


def _draw(
    found: Found, unseen: _Unseen, rows: slice, draws: int, random: np.random.Generator
) -> Reals:
    """Return drawn amounts [rows, draws, 6, 3]."""
    amount, count = found.amount[rows], found.count[rows]
    drawn = _missed(unseen, rows, draws, random)
    for kind, severity in np.ndindex(*amount.shape[1:]):
        own = np.flatnonzero(count[:, kind, severity])
        if own.size:
            known = count[own, kind, severity].astype(np.int64)
            chance = unseen.precision[rows][own, kind]
            real = random.binomial(known[:, None], chance[:, None], (own.size, draws))
            drawn[own, :, kind, severity] += (
                amount[own, kind, severity, None] * real / known[:, None]
            )
    return drawn


def _missed(unseen: _Unseen, rows: slice, draws: int, random: np.random.Generator) -> Reals:
    """Return drawn amounts of what was not found, [rows, draws, 6, 3].

    How many there are in all is drawn first, then of which kind and severity each is. Sizes follow
    an exponential law: those of one kind differ by as much as they are.
    """
    expected = unseen.expected[rows].reshape(-1, unseen.size.size)
    whole, cells = expected.sum(axis=1), expected.shape[1]
    times = random.gamma(
        unseen.shape[rows, None], 1.0 / unseen.rate[rows, None], (len(whole), draws)
    )
    many = random.poisson(times * whole[:, None]).ravel()
    upto = np.cumsum(expected, axis=1) / np.maximum(whole, 1e-12)[:, None]
    drawn = np.zeros(many.size * cells)
    place = np.repeat(np.arange(many.size), many)
    cell = (random.random(place.size)[:, None] > upto[place // draws, :-1]).sum(axis=1)
    target, count = np.unique(place * cells + cell, return_counts=True)
    drawn[target] = random.gamma(count) * unseen.size.ravel()[target % cells]
    return drawn.reshape(len(whole), draws, *unseen.size.shape)


def _indices(amounts: Reals, whole: Reals, index_of: Index) -> Reals:
    """Return the index of each section and draw; what has no damage needs no counting."""
    sections, draws = amounts.shape[:2]
    flat = amounts.reshape(sections * draws, *amounts.shape[2:])
    damaged = np.flatnonzero(flat.any(axis=(1, 2)))
    result = np.full(sections * draws, 100.0)
    result[damaged] = index_of(flat[damaged], whole[damaged // draws])
    return result.reshape(sections, draws)
