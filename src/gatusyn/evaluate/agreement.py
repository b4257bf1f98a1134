"""How well two gradings of the same sections agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]

CLASSES = 5
RESAMPLES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 95 % interval; None where it cannot be told."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Agreement of two gradings 1..5.

    Parameters
    ----------
    confusion
        Sections by the survey's class (rows) and ours (columns).
    same, within_one
        Share of the sections with the same class, and with at most one class between.
    linear_kappa, quadratic_kappa
        Cohen's kappa with weights that grow with the difference, and with its square.
    rank_correlation
        Spearman's, of the survey's values and our index; 1 is the same order, best to worst.
    bias
        Mean of our class minus the survey's: above 0 we are stricter.
    """

    confusion: tuple[tuple[int, ...], ...]
    same: float
    within_one: float
    linear_kappa: Estimate
    quadratic_kappa: Estimate
    rank_correlation: Estimate
    bias: Estimate


def agreement(
    survey_class: Whole,
    our_class: Whole,
    survey_goodness: Reals,
    our_index: Reals,
    street: Whole,
    *,
    seed: int = 1,
) -> Agreement:
    """Compare two gradings of n sections.

    Intervals are bootstrapped over streets, not sections: neighbours are graded alike, and count as
    less than as many. With fewer than three streets there are none.

    Parameters
    ----------
    survey_class, our_class
        1 (best) to 5, shape [n].
    survey_goodness, our_index
        Higher is better, shape [n].
    street
        Numbers of the streets, shape [n].
    """
    _, street = np.unique(street, return_inverse=True)
    streets = int(street.max()) + 1
    tables = np.zeros((streets, CLASSES, CLASSES))
    np.add.at(tables, (street, survey_class - 1, our_class - 1), 1.0)
    random = np.random.default_rng(seed)
    weights = random.multinomial(streets, np.full(streets, 1.0 / streets), RESAMPLES)
    drawn = np.einsum("rs,sij->rij", weights, tables) if streets > 2 else None
    whole = tables.sum(axis=0)
    gap = np.abs(survey_class - our_class)
    return Agreement(
        confusion=tuple(tuple(int(count) for count in row) for row in whole),
        same=float((gap == 0).mean()),
        within_one=float((gap <= 1).mean()),
        linear_kappa=_estimate(lambda tables: weighted_kappa(tables, power=1), whole, drawn),
        quadratic_kappa=_estimate(lambda tables: weighted_kappa(tables, power=2), whole, drawn),
        rank_correlation=_rank_correlation(survey_goodness, our_index, street, weights),
        bias=_estimate(_bias, whole, drawn),
    )


def weighted_kappa(tables: Reals, *, power: int) -> Reals:
    """Return Cohen's weighted kappa of confusion tables [..., 5, 5]; NaN where chance has all.

    ``1 - sum(w * observed) / sum(w * expected)`` with ``w = |i - j| ** power`` (Cohen 1968).
    """
    places = np.arange(CLASSES)
    weight = np.abs(places[:, None] - places[None, :]).astype(np.float64) ** power
    total = tables.sum(axis=(-2, -1))
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    expected = rows[..., :, None] * columns[..., None, :] / total[..., None, None]
    chance = (weight * expected).sum(axis=(-2, -1))
    observed = (weight * tables).sum(axis=(-2, -1))
    ratio = np.divide(observed, chance, out=np.full(np.shape(chance), np.nan), where=chance > 0.0)
    return np.asarray(1.0 - ratio)


def _bias(tables: Reals) -> Reals:
    places = np.arange(CLASSES)
    gap = (places[None, :] - places[:, None]).astype(np.float64)
    return np.asarray((gap * tables).sum(axis=(-2, -1)) / tables.sum(axis=(-2, -1)))


def _estimate(figure: Callable[[Reals], Reals], whole: Reals, drawn: Reals | None) -> Estimate:
    value = float(figure(whole))
    if not np.isfinite(value):
        return Estimate(value=None)
    return _with_interval(value, np.zeros(0) if drawn is None else figure(drawn))


def _with_interval(value: float, drawn: Reals) -> Estimate:
    drawn = drawn[np.isfinite(drawn)]
    if drawn.size < RESAMPLES // 2:
        return Estimate(value=value)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value=value, low=float(low), high=float(high))


def rank_correlation(one: Whole, two: Whole, weight: Reals) -> float:
    """Return Spearman's correlation of values given as ranks of their groups; NaN without spread.

    Parameters
    ----------
    one, two
        For each section the number of its value among the different values, 0 the least.
    weight
        How many times each section counts.
    """
    ranks = []
    for group in (one, two):
        many = np.bincount(group, weight)
        middle = np.cumsum(many) - many / 2.0
        ranks.append(middle[group] - (middle @ many) / many.sum())
    first, second = ranks
    spread = np.sqrt((weight @ first**2) * (weight @ second**2))
    return float(weight @ (first * second) / spread) if spread > 1e-9 else float("nan")


def _rank_correlation(
    survey: Reals, ours: Reals, street: Whole, weights: NDArray[np.int64]
) -> Estimate:
    one, two = (np.unique(values, return_inverse=True)[1] for values in (survey, ours))
    value = rank_correlation(one, two, np.ones(len(street)))
    if not np.isfinite(value):
        return Estimate(value=None)
    drawn = np.zeros(0)
    if weights.shape[1] > 2:
        times = weights.astype(np.float64)
        drawn = np.array([rank_correlation(one, two, own[street]) for own in times])
    return _with_interval(value, drawn)
