"""Between which indices a section's true one lies: for what was not seen or is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.condition.confidence import CLASS_OF_KIND
from gatusyn.condition.looked import Looked
from gatusyn.model import ConditionParams, DamageKind

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Index = Callable[[Reals, Reals], Reals]
"""Amounts [rows, 6, 3] and the whole [rows] that they are a density of, to indices [rows]."""

LEVEL = 0.95
_AT_ONCE = 200_000
"""Drawn sections that are held together: 30 MB of amounts."""

#: How unevenly damages are spread before a section has told anything: variance over mean squared.
_UNEVEN = 2.0
#: Amount of one damage that was missed: m, holes or m2 (own choice; so large are those of made-up
#: towns). Damages of one kind differ by as much as they are: an exponential law.
_USUAL = {
    DamageKind.LONGITUDINAL_CRACK: 4.0,
    DamageKind.TRANSVERSE_CRACK: 2.5,
    DamageKind.CRAZING: 3.0,
    DamageKind.POTHOLE: 1.0,
    DamageKind.SURFACE_LOSS: 1.5,
    DamageKind.PATCH: 3.0,
}
#: More missed damages of one kind and severity on a section are counted as so many.
_MOST_MISSED = 64


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
        Of the gamma law of how many times as much damage as usual a section has, after what was
        found on it; shape [n].
    expected
        Damages not found on a section that has as much as usual, shape [n, 6, 3].
    precision
        Shape [n, 6].
    """

    shape: Reals
    rate: Reals
    expected: Reals
    precision: Reals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Chances:
    """The random numbers of the draws; every section is drawn with the same.

    So a section's interval does not depend on which others are graded with it.

    Parameters
    ----------
    is_real
        Uniform, for each finding of a kind and severity, shape [findings, draws, 6, 3].
    missed
        Uniform: how many damages were not found, shape [draws].
    cell, size
        Of the first, second, ... of them: uniform, of which kind and severity it is; and how large,
        of a mean of 1. Shape [many, draws].
    """

    is_real: Reals
    missed: Reals
    cell: Reals
    size: Reals

    @classmethod
    def of(cls, findings: int, cells: tuple[int, ...], params: ConditionParams) -> _Chances:
        """Return those for up to so many findings of a kind and severity."""
        draws = params.interval_draws
        random = np.random.default_rng(params.interval_seed)
        # One in each of as many equal parts: few draws, the same for all, must not lean one way.
        missed = (random.permutation(draws) + random.random(draws)) / draws
        cell = random.random((_MOST_MISSED, draws))
        size = random.exponential(size=(_MOST_MISSED, draws))
        return cls(
            is_real=random.random((findings, draws, *cells)), missed=missed, cell=cell, size=size
        )


def index_intervals(
    found: Found,
    looked: Looked,
    area_m2: Reals,
    whole: Reals,
    index_of: Index,
    params: ConditionParams,
) -> tuple[Reals, Reals]:
    """Return the lowest and highest index, 95 %, of n sections, each by itself.

    Each section is drawn ``interval_draws`` times. What was found is there or not, by the models'
    precision. What was not found, on the part looked at by their recall and on the rest for want of
    a look, is drawn from a gamma-Poisson law: as many damages a square metre as is usual
    (``usual_damage_m2``), more of all kinds where more of any was found, of usual sizes.

    Parameters
    ----------
    area_m2
        Of each section.
    whole
        What an amount on the whole section is a density of (its area, or its length).
    """
    low, high = np.empty(len(whole)), np.empty(len(whole))
    unseen = _unseen(found, looked, area_m2, params)
    most = int(found.count.max(initial=0.0))
    chances = _Chances.of(most, found.count.shape[1:], params)
    outside = (1.0 - LEVEL) / 2.0
    step = max(_AT_ONCE // params.interval_draws, 1)
    for start in range(0, len(whole), step):
        rows = slice(start, start + step)
        amounts = _draw(found, unseen, rows, chances)
        indices = _indices(amounts, whole[rows], index_of)
        low[rows], high[rows] = np.quantile(
            indices, [outside, 1.0 - outside], axis=1, method="median_unbiased"
        )
    return low, high


def _unseen(found: Found, looked: Looked, area_m2: Reals, params: ConditionParams) -> _Unseen:
    precision = looked.rates[:, CLASS_OF_KIND, 0]
    recall = looked.seen[:, CLASS_OF_KIND]
    observed = np.minimum(looked.area_m2, area_m2)[:, None]
    unseen_m2 = observed * (1.0 - recall) + area_m2[:, None] - observed
    kinds, severities = found.count.shape[1:]
    usual = 1.0 / (params.usual_damage_m2 * kinds * severities)
    return _Unseen(
        shape=1.0 / _UNEVEN + (found.count.sum(axis=2) * precision).sum(axis=1),
        rate=1.0 / _UNEVEN + severities * usual * (observed * recall).sum(axis=1),
        expected=np.repeat(usual * unseen_m2[:, :, None], severities, axis=2),
        precision=precision,
    )


def _draw(found: Found, unseen: _Unseen, rows: slice, chances: _Chances) -> Reals:
    """Return drawn amounts [rows, draws, 6, 3]."""
    amount, count = found.amount[rows], found.count[rows].astype(np.int64)
    drawn = _missed(unseen, rows, chances)
    for kind, severity in np.ndindex(*amount.shape[1:]):
        known = count[:, kind, severity]
        own = np.flatnonzero(known)
        each = amount[own, kind, severity] / known[own]
        chance = unseen.precision[rows][own, kind]
        real = _real(known[own], chance, chances.is_real[:, :, kind, severity])
        drawn[own, :, kind, severity] += real * each[:, None]
    return drawn


def _real(known: Whole, precision: Reals, is_real: Reals) -> Whole:
    """Return how many of the findings are there, shape [rows, draws]."""
    real = np.zeros((len(known), is_real.shape[1]), np.int64)
    for number in range(int(known.max(initial=0))):
        rows = np.flatnonzero(known > number)
        real[rows] += is_real[number] < precision[rows, None]
    return real


def _missed(unseen: _Unseen, rows: slice, chances: _Chances) -> Reals:
    """Return drawn amounts of what was not found, [rows, draws, 6, 3].

    How many there are in all is drawn first, then of which kind and severity each is. Sizes follow
    an exponential law: those of one kind differ by as much as they are.
    """
    expected = unseen.expected[rows]
    cells = expected[0].size
    whole = expected.reshape(-1, cells).sum(axis=1)
    upto = np.cumsum(expected.reshape(-1, cells), axis=1) / np.maximum(whole, 1e-12)[:, None]
    many = _how_many(unseen.shape[rows], unseen.rate[rows], whole, chances.missed)
    draws = many.shape[1]
    flat = many.ravel()
    place = np.repeat(np.arange(flat.size), flat)
    number = np.arange(place.size) - np.repeat(np.cumsum(flat) - flat, flat)
    draw = place % draws
    cell = (chances.cell[number, draw][:, None] > upto[place // draws, :-1]).sum(axis=1)
    usual = np.repeat([_USUAL[kind] for kind in DamageKind], expected.shape[2])
    amounts = np.bincount(
        place * cells + cell,
        weights=usual[cell] * chances.size[number, draw],
        minlength=flat.size * cells,
    )
    # Of nothing, bincount makes whole numbers.
    return amounts.astype(np.float64).reshape(len(whole), draws, *expected.shape[1:])


def _how_many(shape: Reals, rate: Reals, whole: Reals, chance: Reals) -> Whole:
    """Return how many damages were not found, shape [rows, draws].

    The inverse of the negative binomial's distribution function, term by term.
    """
    odds = whole / (rate + whole)
    term = (1.0 - odds) ** shape
    many = np.zeros((len(shape), len(chance)), np.int64)
    row, draw = np.nonzero(chance > term[:, None])
    left, term = chance[draw] - term[row], term[row]
    for count in range(1, _MOST_MISSED + 1):
        many[row, draw] = count
        term = term * (shape[row] + count - 1.0) / count * odds[row]
        more = left > term
        left = left[more] - term[more]
        term, row, draw = term[more], row[more], draw[more]
        if not row.size:
            break
    return many


def _indices(amounts: Reals, whole: Reals, index_of: Index) -> Reals:
    """Return the index of each section and draw; what has no damage needs no counting."""
    sections, draws = amounts.shape[:2]
    flat = amounts.reshape(sections * draws, *amounts.shape[2:])
    damaged = np.flatnonzero(flat.any(axis=(1, 2)))
    result = np.full(sections * draws, 100.0)
    result[damaged] = index_of(flat[damaged], whole[damaged // draws])
    return result.reshape(sections, draws)
