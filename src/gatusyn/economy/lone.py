"""What is best for a section alone, once money has its price: values of every node of its ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats, Ints, Prepared, worth_sek_m2
from gatusyn.economy.ways import Ways, YearOfWays, ways_of_kinds
from gatusyn.model import AimKind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """What the budgets and the target are worth, in the aim's units.

    Parameters
    ----------
    krona
        Of a krona spent each year, by budget, shape [L, T]; 0 or more.
    target
        Of a weighted m² whose measure after the last year is one higher; 0 or more.
    """

    krona: Floats
    target: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stakes:
    """What edges and last nodes of the kinds' ways are worth, per m²; all is to be made small.

    Parameters
    ----------
    money
        SEK in fixed prices by edge, one array a year.
    reward
        The aim's own units by edge, one array a year (for ``BEST_CONDITION``, negative).
    last
        The aim's own units by node after the last year.
    measure
        What the target counts by node after the last year, times the weight.
    own
        What the aim itself counts of a krona spent each year, shape [T].
    edge_at
        The edge by node * (K + 1) + treatment, or -1, one array a year.
    """

    ways: Ways
    money: tuple[Floats, ...]
    reward: tuple[Floats, ...]
    last: Floats
    measure: Floats
    own: Floats
    edge_at: tuple[Ints, ...]

    def per_krona(self, prepared: Prepared, prices: Prices) -> Floats:
        """Return what a krona of fixed prices costs, shape [M, T, K + 1]."""
        budgets = prepared.budgets
        paid = np.einsum("lt,lmk->mtk", prices.krona, budgets.counts.astype(np.float64))
        paid = (paid + self.own[None, :, None]) * prepared.problem.price_level[None, :, None]
        return np.concatenate([paid, np.zeros((*paid.shape[:2], 1))], axis=2)


def stakes(prepared: Prepared) -> Stakes:
    """Return what is at stake on every way of every kind."""
    problem, kinds = prepared.problem, prepared.kinds
    ways = ways_of_kinds(prepared)
    price = np.concatenate([kinds.price_sek_m2, np.zeros((len(kinds.family), 1))], axis=1)
    index = problem.space.index
    condition = problem.aim.kind is AimKind.BEST_CONDITION
    money = tuple(price[one.unit, one.treatment] * one.share for one in ways.years)
    reward = tuple(
        -kinds.weight[one.unit] * index[kinds.family[one.unit], one.during]
        if condition
        else np.zeros(len(one.unit))
        for one in ways.years
    )
    weight = kinds.weight[ways.last_unit]
    last = np.zeros(len(ways.last_state))
    if problem.aim.kind is AimKind.LEAST_DEBT:
        last = weight * worth_sek_m2(problem, kinds, ways.last_state, ways.last_unit)
    at_last = index[kinds.family[ways.last_unit], ways.last_state]
    measure = np.zeros(len(last))
    if problem.aim.mean_index is not None:
        measure = weight * at_last
    elif problem.aim.share_index is not None:
        measure = weight * (at_last >= problem.aim.share_index)
    own = np.zeros(problem.years)
    if problem.aim.kind is AimKind.LEAST_COST:
        own = (1.0 + problem.discount_rate) ** -np.arange(problem.years)
    return Stakes(
        ways=ways,
        money=money,
        reward=reward,
        last=last,
        measure=measure,
        own=own,
        edge_at=tuple(_edge_at(one, len(problem.space.treatments) + 1) for one in ways.years),
    )


def _edge_at(year: YearOfWays, width: int) -> Ints:
    at = np.full(len(year.state) * width, -1)
    at[year.source * width + year.treatment] = np.arange(len(year.source))
    return at


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoneValues:
    """The best that follows from each node of the kinds' ways, per m², without mobilisation.

    Parameters
    ----------
    value
        By node, for each year and after the last, all in one array; year t starts at ``base[t]``.
    best
        The best edge of each node, one array a year.
    following
        The next three actions on the best way from each node, as year * K + treatment (T * K for
        none), shape [3, nodes].
    """

    value: Floats
    base: Ints
    best: tuple[Ints, ...]
    following: NDArray[np.int64]


def lone_values(prepared: Prepared, staked: Stakes, prices: Prices) -> LoneValues:
    """Find what is best from every node, year by year from the last."""
    ways, years = staked.ways, prepared.problem.years
    none = len(prepared.problem.space.treatments)
    base = np.cumsum([0] + [len(one.state) for one in ways.years] + [len(ways.last_state)])
    value = np.empty(base[-1])
    following = np.full((3, base[-1]), years * none)
    value[base[years] :] = staked.last - prices.target * staked.measure
    krona = staked.per_krona(prepared, prices)
    best: list[Ints] = [np.zeros(0, np.int64)] * years
    for t in range(years - 1, -1, -1):
        one, here, there = ways.years[t], slice(base[t], base[t + 1]), base[t + 1]
        member = prepared.kinds.membership[one.unit]
        edge = staked.money[t] * krona[member, t, one.treatment] + staked.reward[t]
        edge += value[there + one.target]
        value[here] = np.minimum.reduceat(edge, one.first[:-1])
        best[t] = first_least(edge, value[here], one.source, one.first)
        to = there + one.target[best[t]]
        treatment = one.treatment[best[t]]
        acts = treatment < none
        following[:, here] = following[:, to]
        shifted = np.stack([t * none + treatment, following[0, to], following[1, to]])
        following[:, here] = np.where(acts, shifted, following[:, here])
    return LoneValues(value=value, base=base, best=tuple(best), following=following)


def first_least(edge: Floats, least: Floats, source: Ints, first: Ints) -> Ints:
    """Return, for each node, the first of its edges that has the least value."""
    hit = np.flatnonzero(edge == least[source])
    node = source[hit]
    new = np.ones(len(hit), bool)
    new[1:] = node[1:] != node[:-1]
    return np.asarray(hit[new])
