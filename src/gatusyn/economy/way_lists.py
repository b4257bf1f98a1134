"""Compiled loops over a section's ways: what follows at least, and the ways that come near it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats
from gatusyn.economy.street_arrays import Ways
from gatusyn.model.compiled import compiled, compiled_loop

_LOOKS = 1_000
"""For each way that there is room for, so many edges are looked at, for time's sake: where very
many ways come to the same no list ends."""


@compiled_loop
def least_onward(ways: Ways, row: int, price: Floats, least: Floats) -> None:
    """Find what follows each node of a section at least, when its actions have prices."""
    kind, area = ways.kind[row], ways.area_m2[row]
    nodes, begin = ways.year_nodes[kind], ways.node_start[kind]
    first, target = ways.first, ways.target
    for v in range(nodes[ways.years], nodes[ways.years + 1]):
        least[v] = ways.worth[begin + v] * area
    for v in range(nodes[ways.years] - 1, -1, -1):
        low = ways.dear * 1e3
        for e in range(first[begin + v], first[begin + v + 1]):
            cost = ways.cost[e] * area + least[target[e]]
            if ways.action[e] >= 0:
                cost += price[ways.action[e]]
            low = min(low, cost)
        least[v] = low


@compiled_loop
def list_ways(
    ways: Ways,
    row: int,
    price: Floats,
    least: Floats,
    limit: float,
    choice: NDArray[np.int8],
    excess: Floats,
    place: NDArray[np.int64],
    spent: Floats,
) -> tuple[int, float]:
    """List a section's ways that come to no more than ``limit`` beyond its least, as many as fit.

    Returns
    -------
        How many, and an excess below which none was left out.
    """
    kind, area, years, none = ways.kind[row], ways.area_m2[row], ways.years, ways.treatments
    begin, first = ways.node_start[kind], ways.first
    count, left_out, most = 0, ways.dear * 1e3, len(excess)
    edge, node = place[0], place[1]
    now, looks = choice[most], _LOOKS * most
    t, node[0], spent[0], edge[0] = 0, 0, 0.0, first[begin]
    while t >= 0:
        e = edge[t]
        if e >= first[begin + node[t] + 1]:
            t -= 1
            continue
        if looks == 0:
            return count, min(left_out, _least_ahead(ways, row, price, least, t, place, spent))
        edge[t], looks = e + 1, looks - 1
        does, cost = ways.action[e], spent[t] + ways.cost[e] * area
        if does >= 0:
            cost += price[does]
        beyond = cost + least[ways.target[e]] - least[0]
        if beyond > limit:
            left_out = min(left_out, beyond)
            continue
        now[t] = none if does < 0 else does - t * none
        if t + 1 < years:
            t += 1
            node[t], spent[t] = ways.target[e], cost
            edge[t] = first[begin + node[t]]
            continue
        copy_way(now, choice[count])
        excess[count] = beyond
        count += 1
        if count == most:
            limit = _keep_half(choice, excess)
            left_out, count = min(left_out, limit), most // 2
    return count, left_out


@compiled_loop
def _least_ahead(
    ways: Ways,
    row: int,
    price: Floats,
    least: Floats,
    t: int,
    place: NDArray[np.int64],
    spent: Floats,
) -> float:
    """Return the least excess of what a search that has come to year t still has before it."""
    kind, area = ways.kind[row], ways.area_m2[row]
    begin, low = ways.node_start[kind], ways.dear * 1e3
    for year in range(t + 1):
        for e in range(place[0, year], ways.first[begin + place[1, year] + 1]):
            cost = spent[year] + ways.cost[e] * area + least[ways.target[e]]
            if ways.action[e] >= 0:
                cost += price[ways.action[e]]
            low = min(low, cost - least[0])
    return low


@compiled
def _keep_half(choice: NDArray[np.int8], excess: Floats) -> float:
    """Keep the best half of a full list, in its order; return the least excess of the others."""
    order = np.argsort(excess)
    half = len(excess) // 2
    left_out: float = excess[order[half]]
    keep = np.sort(order[:half])
    for x in range(half):
        copy_way(choice[keep[x]], choice[x])
        excess[x] = excess[keep[x]]
    return left_out


@compiled_loop
def copy_way(way: NDArray[np.int8], to: NDArray[np.int8]) -> None:
    """Copy what is done year by year."""
    for t in range(len(way)):
        to[t] = way[t]
