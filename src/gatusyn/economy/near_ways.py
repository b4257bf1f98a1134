"""Compiled loops over those of sections' ways that come near the best, at prices of actions."""

from __future__ import annotations

from math import exp, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.street_arrays import Ways
from gatusyn.economy.street_projects import NOWHERE, Projects
from gatusyn.model.compiled import compiled, compiled_loop

_FAR = 25.0
"""An edge is left out whose ways come to more than the best by so many times the softness."""
_MOST_ODDS, _LEAST_ODDS = 18.0, -8.0
_LITTLE = 3.3e-4
"""A weight of less than this share tells no odds: those are less than the least that count."""
_NODE = np.uint16(65_535)
"""No node has this number."""

Short = NDArray[np.uint16]


class NearWays(NamedTuple):
    """The edges of a street's sections, section by section and year by year, but for the far ones.

    Numbers of nodes and treatments have no sign: then they are looked up without a check.

    Parameters
    ----------
    first
        The first edge of each section and year, and (last) the end of the section's,
        [size, T + 1].
    source, target
        Nodes, within the section's kind.
    treatment
        K for nothing.
    cost
        For the section's surface, without prices of actions; with what the last node is worth.
    share
        What part of its node's best way an edge has, when it was looked at; 1 for the best.
    factor
        By what shares of ways with an action have grown since, as prices changed,
        [size, T, K + 1].
    equal
        The highest price at which a way with an action that was left out would equal the best,
        [size, T, K].
    """

    first: Ints
    source: Short
    target: Short
    treatment: NDArray[np.uint16]
    cost: Floats
    share: Floats
    factor: Floats
    equal: Floats


class Scratch(NamedTuple):
    """Room for what is found of one section.

    Parameters
    ----------
    many
        By node: what follows at least, or how many ways follow that come near the best.
    come
        By node: what it takes to come there, or how many ways do.
    part
        By edge: how many ways follow by it.
    pay
        Prices by year, [T, K + 1].
    weight
        How many ways have each treatment in a year, [K + 1].
    """

    many: Floats
    come: Floats
    part: Floats
    pay: Floats
    weight: Floats


@compiled
def new_near_ways(ways: Ways, most: int, edges: int) -> NearWays:
    """Return room for a street of so many sections and edges."""
    years, none = ways.years, ways.treatments
    return NearWays(
        np.zeros((most, years + 1), np.int64),
        np.empty(edges, np.uint16),
        np.empty(edges, np.uint16),
        np.empty(edges, np.uint16),
        np.empty(edges),
        np.empty(edges),
        np.ones((most, years, none + 1)),
        np.empty((most, years, none)),
    )


@compiled
def new_scratch(ways: Ways) -> Scratch:
    """Return room for any section."""
    nodes, edges = 0, 0
    for kind in range(len(ways.node_start) - 1):
        begin, end = ways.node_start[kind], ways.node_start[kind + 1]
        nodes = max(nodes, end - begin)
        edges = max(edges, ways.first[end] - ways.first[begin])
    return Scratch(
        np.empty(nodes),
        np.empty(nodes),
        np.empty(edges),
        np.zeros((ways.years, ways.treatments + 1)),
        np.empty(ways.treatments + 1),
    )


@compiled_loop
def most_edges(ways: Ways, chains: Ints) -> int:
    """Return how many edges the sections of any of some chains have at most."""
    most = 0
    for chain in chains:
        edges = 0
        for row in range(ways.chain_start[chain], ways.chain_start[chain + 1]):
            node = ways.node_start[ways.kind[row]]
            edges += ways.first[ways.node_start[ways.kind[row] + 1]] - ways.first[node]
        most = max(most, edges)
    return most


@compiled_loop
def set_near_ways(ways: Ways, begin: int, count: int, near: NearWays) -> None:
    """Set all edges of a street's sections."""
    at, none, years = 0, ways.treatments, ways.years
    for j in range(count):
        kind, area = ways.kind[begin + j], ways.area_m2[begin + j]
        node = ways.node_start[kind]
        for t in range(years):
            near.first[j, t] = at
            for v in range(ways.year_nodes[kind, t], ways.year_nodes[kind, t + 1]):
                for e in range(ways.first[node + v], ways.first[node + v + 1]):
                    does, to = ways.action[e], ways.target[e]
                    near.source[at], near.target[at] = v, to
                    near.treatment[at] = none if does < 0 else does - t * none
                    near.cost[at] = ways.cost[e] * area
                    if t == years - 1:
                        near.cost[at] += ways.worth[node + to] * area
                    at += 1
        near.first[j, years] = at
        near.equal[j] = -NOWHERE


@compiled_loop
def narrow(
    ways: Ways, row: int, j: int, near: NearWays, price: Floats, soft: float, scratch: Scratch
) -> None:
    """Leave out edges that are far from the best at a section's prices; see what share others have.

    Parameters
    ----------
    price
        What the section pays for each action, [A].
    """
    years, none, nodes = ways.years, ways.treatments, ways.year_nodes[ways.kind[row]]
    first, source, target, treatment = near.first[j], near.source, near.target, near.treatment
    least, came, pay = scratch.many, scratch.come, scratch.pay
    for t in range(years):
        for k in range(none):
            pay[t, k] = price[t * none + k]
    _least_onward(near, first, pay, nodes[years], nodes[years + 1], least)
    for v in range(nodes[years + 1]):
        came[v] = NOWHERE
    came[0], at, limit, sharp = 0.0, first[0], least[0] + _FAR * soft, 1.0 / soft
    for t in range(years):
        begin, end, equal, prices = first[t], first[t + 1], near.equal[j, t], pay[t]
        first[t] = at
        for e in range(begin, end):
            v, to, k, cost = source[e], target[e], treatment[e], near.cost[e]
            here, was = came[v] + cost + prices[k], came[to]
            came[to] = here if here < was else was
            total = here + least[to]
            if total <= limit:
                source[at], target[at], treatment[at], near.cost[at] = v, to, k, cost
                near.share[at] = (least[v] - least[to] - cost - prices[k]) * sharp
                at += 1
            elif k < none:
                equal[k] = max(equal[k], prices[k] - (total - least[0]))
    first[years] = at
    near.factor[j] = 1.0
    for e in range(first[0], at):
        near.share[e] = _exp(near.share[e])


@compiled_loop
def _least_onward(
    near: NearWays, first: Ints, pay: Floats, last: int, end: int, least: Floats
) -> None:
    """Find what follows each node of a section at least.

    Parameters
    ----------
    last, end
        The first node after the last year, and the end of these.
    """
    source, target, treatment = near.source, near.target, near.treatment
    for v in range(last):
        least[v] = NOWHERE
    for v in range(last, end):
        least[v] = 0.0
    for t in range(len(pay) - 1, -1, -1):
        low, node, prices = NOWHERE, _NODE, pay[t]
        for e in range(first[t + 1] - 1, first[t] - 1, -1):
            v, cost = source[e], near.cost[e] + prices[treatment[e]] + least[target[e]]
            # An edge is the first of its node, or not: without a branch.
            low = low if v == node else NOWHERE
            low = cost if cost < low else low
            node, least[v] = v, low


@compiled_loop
def _exp(x: float) -> float:
    """Return nearly exp(x), for x between -25 and 0; many can be found at once."""
    x *= 1.0 / 32.0
    y = 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0))))
    y *= y
    y *= y
    y *= y
    y *= y
    return y * y


@compiled_loop
def agree(
    ways: Ways,
    row: int,
    j: int,
    near: NearWays,
    price: Floats,
    projects: Projects,
    soft: float,
    scratch: Scratch,
) -> None:
    """Set a section's prices year by year to where it does as much as the projects have there."""
    years, nodes, may = ways.years, ways.year_nodes[ways.kind[row]], ways.may[row]
    none = ways.treatments
    first, source, target, treatment = near.first[j], near.source, near.target, near.treatment
    come, weight, zero = scratch.come, scratch.weight, near.first[j, 0]
    _count_ways(near, j, nodes[years], nodes[years + 1], scratch)
    for v in range(nodes[years + 1]):
        come[v] = 0.0
    come[0] = 1.0
    for t in range(years):
        weight[:] = 0.0
        for e in range(first[t], first[t + 1]):
            weight[treatment[e]] += come[source[e]] * scratch.part[e - zero]
        factor, a, b = near.factor[j, t], t * none, (t + 1) * none
        _meet(
            may[a:b], projects.has[a:b], projects.lacks[a:b], near.equal[j, t],
            0.0001 * ways.dear, soft, price[a:b], weight, factor,
        )  # fmt: skip
        for e in range(first[t], first[t + 1]):
            come[target[e]] += come[source[e]] * near.share[e] * factor[treatment[e]]


@compiled_loop
def _count_ways(near: NearWays, j: int, last: int, end: int, scratch: Scratch) -> None:
    """Find how many ways follow by each edge of a section that come near the best."""
    source, target, treatment = near.source, near.target, near.treatment
    first, many, zero = near.first[j], scratch.many, near.first[j, 0]
    for v in range(last, end):
        many[v] = 1.0
    for t in range(len(first) - 2, -1, -1):
        follow, node, factor = 0.0, _NODE, near.factor[j, t]
        for e in range(first[t + 1] - 1, first[t] - 1, -1):
            v, part = source[e], near.share[e] * factor[treatment[e]] * many[target[e]]
            scratch.part[e - zero] = part
            follow = follow + part if v == node else part
            node, many[v] = v, follow


@compiled_loop
def _meet(
    may: NDArray[np.bool_],
    has: Floats,
    lacks: Floats,
    equal: Floats,
    dear: float,
    soft: float,
    price: Floats,
    weight: Floats,
    factor: Floats,
) -> None:
    """Set a year's prices half the way to where the odds of section and projects are the same.

    Where neither does it by far the price stays as it is.
    """
    sharp, whole = 1.0 / soft, weight.sum()
    for k in range(len(may)):
        if not may[k] or has[k] > dear:
            continue
        odds = (lacks[k] - has[k] + price[k]) * sharp
        rest = whole - weight[k]
        if weight[k] > _LITTLE * whole:
            own = log(weight[k] / rest) if rest > 1e-7 * whole else _MOST_ODDS
        elif odds <= _LEAST_ODDS:
            continue
        elif weight[k] > 0.0:
            own = _LEAST_ODDS
        else:
            own = max(_LEAST_ODDS, (equal[k] - price[k]) * sharp)
        step = 0.5 * (own - odds)
        price[k] += soft * step
        grown = exp(-min(max(step, -30.0), 30.0))
        factor[k] *= grown
        whole += weight[k] * (grown - 1.0)
        weight[k] *= grown
