"""Between which indices a section's true one lies: for what was not seen or is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
_CHUNK = 2000
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
    """What is known of the damages that were not found: a gamma-Poisson law for each cell.

    Parameters
    ----------
    shape, rate
        Of the gamma law of damages a square metre, after what was found; shape [n, 6, 3].
    unseen_m2
        Square metres as good as not looked at, shape [n, 6].
    precision
        Shape [n, 6].
    """

    shape: Reals
    rate: Reals
    unseen_m2: Reals
    precision: Reals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Chances:
    """The random numbers of one kind and severity; every section is drawn with the same.

    So a section's interval does not depend on which others are graded with it.

    Parameters
    ----------
    is_real
        Uniform, for each finding of a section and each draw, shape [findings, draws].
    missed
        Uniform, shape [draws].
    sizes
        Size of 1, 2, 3, ... damages of the mean size 1, shape [many, draws].
    """

    is_real: Reals
    missed: Reals
    sizes: Reals

    @classmethod
    def of(cls, cell: tuple[int, int], findings: int, params: ConditionParams) -> _Chances:
        """Return those of a cell, enough for so many findings."""
        random = np.random.default_rng([params.interval_seed, *cell])
        # One in each of as many equal parts: few draws, the same for all, must not lean one way.
        draws = params.interval_draws
        missed = (random.permutation(draws) + random.random(draws)) / draws
        sizes = random.exponential(size=(_MOST_MISSED, draws)).cumsum(axis=0)
        is_real = random.random((findings, draws))
        return cls(is_real=is_real, missed=missed, sizes=sizes)


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
    (``usual_damage_m2``), more where more was found, each of a usual size.

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
    chances = {cell: _Chances.of(cell, most, params) for cell in np.ndindex(*found.count.shape[1:])}
    outside = (1.0 - LEVEL) / 2.0
    for start in range(0, len(whole), _CHUNK):
        rows = slice(start, start + _CHUNK)
        amounts = _draw(found, unseen, rows, chances, params.interval_draws)
        indices = _indices(amounts, whole[rows], index_of)
        low[rows], high[rows] = np.quantile(
            indices, [outside, 1.0 - outside], axis=1, method="median_unbiased"
        )
    return low, high


def _unseen(found: Found, looked: Looked, area_m2: Reals, params: ConditionParams) -> _Unseen:
    precision = looked.rates[:, CLASS_OF_KIND, 0]
    recall = looked.seen[:, CLASS_OF_KIND]
    observed = np.minimum(looked.area_m2, area_m2)[:, None]
    usual = 1.0 / (params.usual_damage_m2 * found.count[0].size)
    return _Unseen(
        shape=1.0 / _UNEVEN + found.count * precision[:, :, None],
        rate=np.broadcast_to(
            (1.0 / (_UNEVEN * usual) + observed * recall)[:, :, None], found.count.shape
        ),
        unseen_m2=observed * (1.0 - recall) + area_m2[:, None] - observed,
        precision=precision,
    )


def _draw(
    found: Found,
    unseen: _Unseen,
    rows: slice,
    chances: Mapping[tuple[int, ...], _Chances],
    draws: int,
) -> Reals:
    """Return drawn amounts [rows, draws, 6, 3]."""
    amount, count = found.amount[rows], found.count[rows].astype(np.int64)
    drawn = np.zeros((len(amount), draws, *amount.shape[1:]))
    for (kind, severity), own in chances.items():
        known = count[:, kind, severity]
        real = _real(known, unseen.precision[rows][:, kind], own, draws)
        each = np.divide(
            amount[:, kind, severity], known, out=np.zeros(len(known)), where=known > 0
        )
        row, draw, more = _missed(unseen, rows, (kind, severity), own)
        drawn[:, :, kind, severity] = real * each[:, None]
        usual = _USUAL[tuple(DamageKind)[kind]]
        drawn[row, draw, kind, severity] += usual * own.sizes[more - 1, draw]
    return drawn


def _real(known: Whole, precision: Reals, chances: _Chances, draws: int) -> Whole:
    """Return how many of the findings are there, shape [rows, draws]."""
    real = np.zeros((len(known), draws), np.int64)
    for number in range(int(known.max(initial=0))):
        rows = np.flatnonzero(known > number)
        real[rows] += chances.is_real[number] < precision[rows, None]
    return real


def _missed(
    unseen: _Unseen, rows: slice, cell: tuple[int, int], chances: _Chances
) -> tuple[Whole, Whole, Whole]:
    """Return where damages that were not found are: section, draw, and how many (1 or more)."""
    kind, severity = cell
    shape = unseen.shape[rows, kind, severity]
    rate = unseen.rate[rows, kind, severity]
    area = unseen.unseen_m2[rows, kind]
    odds = area / (rate + area)
    none = (1.0 - odds) ** shape
    row, draw = np.nonzero(chances.missed > none[:, None])
    left, many = chances.missed[draw] - none[row], np.zeros(row.size, np.int64)
    term, waiting = none[row], np.arange(row.size)
    # The inverse of the negative binomial's distribution function, term by term.
    while waiting.size:
        many[waiting] += 1
        at, place = many[waiting], row[waiting]
        term = term * (shape[place] + at - 1.0) / at * odds[place]
        more = (left[waiting] > term) & (at < _MOST_MISSED)
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
