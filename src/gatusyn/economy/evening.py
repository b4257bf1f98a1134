"""Compiled loops that set what sections pay for actions, so that sections and projects agree."""

from __future__ import annotations

from math import log

import numpy as np

from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.street_arrays import Ways
from gatusyn.model.compiled import compiled

_REACH = 2.8
_MOST_ODDS = 18.0


@compiled
def even_out(ways: Ways, chains: Ints, price: Floats, softness: Floats) -> None:
    """Set prices of chains' actions so that the sum of sections and projects rises.

    At prices, sections choose their ways alone and pay for their actions, and for each action the
    chain's projects are chosen alone and get what is paid. How much a section does an action, and
    how much the projects have it there, is softened; each price in turn is set to where both agree
    (block coordinate ascent of the smoothed dual problem), along the chain back and forth, with
    less softness each time.

    Parameters
    ----------
    price
        Changed in place, shape [N, T * K].
    softness
        What differs by this much is told apart, in the aim's units, one for each time to and fro.
    """
    actions = price.shape[1]
    nodes, edges = 0, 0
    for kind in range(len(ways.node_start) - 1):
        begin, end = ways.node_start[kind], ways.node_start[kind + 1]
        nodes = max(nodes, end - begin)
        edges = max(edges, ways.first[end] - ways.first[begin])
    most = 0
    for chain in chains:
        most = max(most, ways.chain_start[chain + 1] - ways.chain_start[chain])
    work = np.empty((4, nodes))
    paid = np.empty(edges)
    sums = np.empty((2, ways.treatments + 1))
    odds = np.empty((2, actions))
    off, on = np.empty((most + 1, actions)), np.empty((most + 1, actions))
    off_after, on_after = np.empty((most + 1, actions)), np.empty((most + 1, actions))
    for chain in chains:
        begin, count = (
            ways.chain_start[chain],
            ways.chain_start[chain + 1] - ways.chain_start[chain],
        )
        off[0], on[0] = 0.0, ways.dear
        off_after[count], on_after[count] = 0.0, 0.0
        for j in range(count):
            go_forward(ways, begin, j, price, off, on, softness[0])
        for soft in softness:
            for j in range(count - 1, -1, -1):
                both_ways(ways, begin, count, j, price, off, on, off_after, on_after, odds, soft)
                _agree(ways, begin + j, price[begin + j], odds, soft, work, paid, sums)
                _backward(ways, begin, count, j, price, off_after, on_after, soft)
            for j in range(count):
                both_ways(ways, begin, count, j, price, off, on, off_after, on_after, odds, soft)
                _agree(ways, begin + j, price[begin + j], odds, soft, work, paid, sums)
                go_forward(ways, begin, j, price, off, on, soft)


@compiled
def _softer(x: float, y: float, soft: float) -> float:
    """Return the less of two, and a little less still where they are near one another."""
    low, away = (x, (y - x) / soft) if x < y else (y, (x - y) / soft)
    if away >= _REACH:
        return low
    return low - soft * (_REACH - away) ** 2 / (4.0 * _REACH)


@compiled
def _weight(away: float) -> float:
    """Return nearly exp(-away), and 0 from 8."""
    if away >= 8.0:
        return 0.0
    part = 1.0 - 0.125 * away
    part *= part
    part *= part
    return part * part


@compiled
def go_forward(
    ways: Ways, begin: int, j: int, price: Floats, off: Floats, on: Floats, soft: float
) -> None:
    """Go on with all projects by section j: not there, or there and long enough."""
    row = begin + j
    for a in range(price.shape[1]):
        off[j + 1, a] = _softer(off[j, a], on[j, a], soft)
        if not ways.may[row, a]:
            on[j + 1, a] = ways.dear
            continue
        best, got = on[j, a] - price[row, a], 0.0
        for i in range(j, -1, -1):
            run = ways.run[begin + i, a]
            if not ways.may[begin + i, a] or i + run <= j:
                break
            got += price[begin + i, a]
            if i + run == j + 1:
                start = ways.start[ways.member[begin + i], a]
                best = _softer(best, off[i, a] + start - got, soft)
        on[j + 1, a] = best


@compiled
def _backward(
    ways: Ways,
    begin: int,
    count: int,
    j: int,
    price: Floats,
    off: Floats,
    on: Floats,
    soft: float,
) -> None:
    """Find what follows at least from section j on: after none, or one that is long enough."""
    row = begin + j
    for a in range(price.shape[1]):
        off[j, a] = off[j + 1, a]
        on[j, a] = off[j + 1, a]
        if not ways.may[row, a]:
            continue
        on[j, a] = _softer(off[j + 1, a], on[j + 1, a] - price[row, a], soft)
        end = j + ways.run[row, a]
        if end <= count:
            total = ways.start[ways.member[row], a] + on[end, a]
            for i in range(j, end):
                total -= price[begin + i, a]
            off[j, a] = _softer(off[j, a], total, soft)


@compiled
def both_ways(
    ways: Ways,
    begin: int,
    count: int,
    j: int,
    price: Floats,
    off: Floats,
    on: Floats,
    off_after: Floats,
    on_after: Floats,
    odds: Floats,
    soft: float,
) -> None:
    """Find what the projects come to with section j, its price aside, and without."""
    for a in range(price.shape[1]):
        if not ways.may[begin + j, a]:
            continue
        best, got = on[j, a] + on_after[j + 1, a], 0.0
        for i in range(j, -1, -1):
            run = ways.run[begin + i, a]
            if not ways.may[begin + i, a] or i + run <= j:
                break
            if i < j:
                got += price[begin + i, a]
            if i + run > count:
                continue
            total = off[i, a] + ways.start[ways.member[begin + i], a] - got
            for after in range(j + 1, i + run):
                total -= price[begin + after, a]
            best = _softer(best, total + on_after[i + run, a], soft)
        odds[0, a] = best
        odds[1, a] = _softer(off[j, a], on[j, a], soft) + off_after[j + 1, a]


@compiled
def _agree(
    ways: Ways,
    row: int,
    price: Floats,
    odds: Floats,
    soft: float,
    work: Floats,
    paid: Floats,
    sums: Floats,
) -> None:
    """Set a section's prices year by year to where it does as much as the projects have there."""
    kind, years, none = ways.kind[row], ways.years, ways.treatments
    nodes, begin, first, target = (
        ways.year_nodes[kind],
        ways.node_start[kind],
        ways.first,
        ways.target,
    )
    zero = first[begin]
    least, many, came, come = work[0], work[1], work[2], work[3]
    _onward(ways, row, price, soft, least, many, paid)
    for v in range(nodes[years + 1]):
        came[v], come[v] = ways.dear, 0.0
    came[0], come[0] = 0.0, 1.0
    for t in range(years):
        beyond, weight = sums[0], sums[1]
        beyond[:], weight[:] = ways.dear, 0.0
        for v in range(nodes[t], nodes[t + 1]):
            base = came[v] - least[0]
            if base + least[v] >= 8.0 * soft:
                continue
            for e in range(first[begin + v], first[begin + v + 1]):
                does = ways.action[e]
                which = none if does < 0 else does - t * none
                more = base + paid[e - zero] + least[target[e]]
                beyond[which] = min(beyond[which], more)
                if more < 8.0 * soft:
                    weight[which] += _weight(more / soft) * come[v] * many[target[e]]
        whole = weight.sum()
        for k in range(none):
            a = t * none + k
            if not ways.may[row, a] or odds[0, a] > 1e-4 * ways.dear:
                continue
            project = (odds[1, a] - odds[0, a] + price[a]) / soft
            step = 0.5 * (_section_odds(weight[k], whole, beyond[k] / soft, project) - project)
            price[a] += soft * step
            grown = weight[k] * np.exp(-min(max(step, -30.0), 30.0))
            whole += grown - weight[k]
            weight[k] = grown
        _come_on(ways, row, price, t, soft, paid, least, came, come)


@compiled
def _section_odds(weight: float, whole: float, beyond: float, project: float) -> float:
    """Return the logarithm of the odds that a section does an action.

    Those of the projects, where neither does it by far.
    """
    rest = whole - weight
    if rest <= 1e-7 * whole:
        return _MOST_ODDS
    if weight > 1e-3 * whole:
        return log(weight / rest)
    if beyond >= 8.0:
        return min(project, -8.0)
    return -beyond


@compiled
def _onward(
    ways: Ways,
    row: int,
    price: Floats,
    soft: float,
    least: Floats,
    many: Floats,
    paid: Floats,
) -> None:
    """Find what follows each node of a section at least, and how many ways come near that."""
    kind, area = ways.kind[row], ways.area_m2[row]
    nodes, begin = ways.year_nodes[kind], ways.node_start[kind]
    first, target, zero, sharp = ways.first, ways.target, ways.first[begin], 1.0 / soft
    for v in range(nodes[ways.years], nodes[ways.years + 1]):
        least[v], many[v] = ways.worth[begin + v] * area, 1.0
    for v in range(nodes[ways.years] - 1, -1, -1):
        low, near = ways.dear * 1e3, 0.0
        for e in range(first[begin + v], first[begin + v + 1]):
            cost, does, to = ways.cost[e] * area, ways.action[e], target[e]
            if does >= 0:
                cost += price[does]
            paid[e - zero] = cost
            more = (cost + least[to] - low) * sharp
            if more < 0.0:
                low, near = cost + least[to], near * _weight(-more) + many[to]
            elif more < 8.0:
                near += _weight(more) * many[to]
        least[v], many[v] = low, near


@compiled
def _come_on(
    ways: Ways,
    row: int,
    price: Floats,
    t: int,
    soft: float,
    paid: Floats,
    least: Floats,
    came: Floats,
    come: Floats,
) -> None:
    """Find what it takes to come to the next year's nodes, at prices that changed."""
    kind, area = ways.kind[row], ways.area_m2[row]
    nodes, begin = ways.year_nodes[kind], ways.node_start[kind]
    first, target, zero = ways.first, ways.target, ways.first[begin]
    for v in range(nodes[t], nodes[t + 1]):
        if came[v] + least[v] - least[0] >= 8.0 * soft:
            continue
        for e in range(first[begin + v], first[begin + v + 1]):
            if ways.action[e] >= 0:
                paid[e - zero] = ways.cost[e] * area + price[ways.action[e]]
            cost = came[v] + paid[e - zero]
            if cost < came[target[e]]:
                came[target[e]] = cost
    for v in range(nodes[t], nodes[t + 1]):
        if came[v] + least[v] - least[0] >= 8.0 * soft:
            continue
        for e in range(first[begin + v], first[begin + v + 1]):
            more = came[v] + paid[e - zero] - came[target[e]]
            if more < 8.0 * soft:
                come[target[e]] += _weight(more / soft) * come[v]
