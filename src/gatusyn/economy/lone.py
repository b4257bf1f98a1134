"""What is best for a section alone, once money has its price: values of every node of its ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    rewarding
        Whether edges are worth anything.
    edge_at
        The edge by node * (K + 1) + treatment, or -1, one array a year.
    """

    ways: Ways
    money: tuple[Floats, ...]
    reward: tuple[Floats, ...]
    last: Floats
    measure: Floats
    own: Floats
    rewarding: bool
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
    own: Floats = np.zeros(problem.years)
    if problem.aim.kind is AimKind.LEAST_COST:
        own = np.asarray((1.0 + problem.discount_rate) ** -np.arange(problem.years), np.float64)
    return Stakes(
        ways=ways,
        money=money,
        reward=reward,
        last=last,
        measure=measure,
        own=own,
        rewarding=condition,
        edge_at=tuple(_edge_at(one, len(problem.space.treatments) + 1) for one in ways.years),
    )


def _edge_at(year: YearOfWays, width: int) -> Ints:
    at = np.full(len(year.state) * width, -1, np.int32)
    at[year.source.astype(np.int64) * width + year.treatment] = np.arange(len(year.source))
    return at


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoneValues:
    """The best that follows from each node of the kinds' ways, per m², without mobilisation.

    Parameters
    ----------
    value
        By node, for each year and after the last, all in one array; year t starts at ``base[t]``.
    edges
        What each edge comes to with the best that follows, one array a year.
    """

    value: Floats
    base: Ints
    edges: tuple[Floats, ...]


def lone_values(prepared: Prepared, staked: Stakes, prices: Prices) -> LoneValues:
    """Find what is best from every node, year by year from the last."""
    # Compiled code is loaded where it is needed: that takes half a second.
    from gatusyn.economy.lone_loops import add_following

    ways, years = staked.ways, prepared.problem.years
    base = node_base(ways)
    value = np.empty(base[-1])
    value[base[years] :] = staked.last - prices.target * staked.measure
    krona = staked.per_krona(prepared, prices)
    alike = bool((krona[:, :, :-1] == krona[:1, :, :1]).all())
    edges: list[Floats] = [np.zeros(0)] * years
    for t in range(years - 1, -1, -1):
        one = ways.years[t]
        if alike:
            edge = staked.money[t] * krona[0, t, 0]
        else:
            member = prepared.kinds.membership[one.unit]
            edge = staked.money[t] * krona[member, t, one.treatment]
        if staked.rewarding:
            edge += staked.reward[t]
        after, here = value[base[t + 1] : base[t + 2]], value[base[t] : base[t + 1]]
        add_following(after, one.target, one.first, edge, here)
        edges[t] = edge
    return LoneValues(value=value, base=base, edges=tuple(edges))


def node_base(ways: Ways) -> Ints:
    """Return where each year's nodes start, and those after the last year, and their number."""
    counts = [len(one.state) for one in ways.years] + [len(ways.last_state)]
    return np.concatenate([[0], np.cumsum(counts)])


def best_edges(staked: Stakes, lone: LoneValues, year: int) -> Ints:
    """Return the best edge of each node of a year."""
    one = staked.ways.years[year]
    least = lone.value[lone.base[year] : lone.base[year + 1]]
    return first_least(lone.edges[year], least, one.source)


def following(prepared: Prepared, staked: Stakes, lone: LoneValues) -> Ints:
    """Return the next two actions on the best way from each node, [2, nodes].

    Actions are year * K + treatment, and T * K for none.
    """
    none, years = len(prepared.problem.space.treatments), prepared.problem.years
    base = lone.base
    found = np.full((2, base[-1]), years * none)
    for t in range(years - 1, -1, -1):
        one, here = staked.ways.years[t], slice(base[t], base[t + 1])
        best = best_edges(staked, lone, t)
        to = base[t + 1] + one.target[best]
        treatment = one.treatment[best]
        acts = np.flatnonzero(treatment < none)
        found[:, here] = found[:, to]
        found[1, base[t] + acts] = found[0, to[acts]]
        found[0, base[t] + acts] = t * none + treatment[acts]
    return found


def first_least(edge: Floats, least: Floats, source: Ints) -> Ints:
    """Return, for each node, the first of its edges that has the least value."""
    hit = np.flatnonzero(edge == least[source])
    node = source[hit]
    new = np.ones(len(hit), bool)
    new[1:] = node[1:] != node[:-1]
    return np.asarray(hit[new])
