"""Compiled loops that find each street's best plan at prices, and what none comes to less than."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.street_arrays import Ways
from gatusyn.economy.tally import Choice
from gatusyn.economy.way_lists import least_onward, list_ways
from gatusyn.model.compiled import compiled

_WIDER = 4.0


@compiled
def search(
    ways: Ways,
    chains: Ints,
    price: Floats,
    known: Floats,
    gap: float,
    listed: int,
    width: int,
    choice: Choice,
    found: Floats,
    least: Floats,
) -> None:
    """Find the best plan of each chain, of all plans that the prices leave room for.

    What sections and projects come to apart, at the prices, is a bound on every plan. A section's
    ways that exceed its part by more than a plan may are listed; the plans put together from the
    lists are followed from the first section to the last, each with the bound on how it can go on,
    as many as ``width``. Where nothing was cut short, the best is the best of all plans.

    Parameters
    ----------
    known
        What some plan of each chain comes to, by chain.
    gap
        How far above the bound plans are looked for at first; four times as far, and so on, if
        there is none.
    listed
        How many ways of a section are listed at most.
    choice
        The best plan's, by section; as it was where none was found, [N, T].
    found, least
        What it comes to, infinite where none was found; what none comes to less than; by chain.
    """
    nodes, most = 0, 0
    for kind in range(len(ways.node_start) - 1):
        nodes = max(nodes, ways.node_start[kind + 1] - ways.node_start[kind])
    for chain in chains:
        most = max(most, ways.chain_start[chain + 1] - ways.chain_start[chain])
    onward = np.empty(nodes)
    place, spent = np.empty((2, ways.years), np.int64), np.empty(ways.years)
    actions = price.shape[1]
    off, on = np.empty((most + 1, actions)), np.empty((most + 1, actions))
    rest = np.empty(most + 1)
    lists = np.empty((most, listed + 1, ways.years), np.int8)
    excess, cost, alone = np.empty(listed), np.empty(listed), np.empty(most)
    for chain in chains:
        begin = ways.chain_start[chain]
        count = ways.chain_start[chain + 1] - begin
        _projects_onward(ways, begin, count, price, off, on, rest)
        for j in range(count - 1, -1, -1):
            least_onward(ways, begin + j, price[begin + j], onward)
            alone[j] = onward[0]
        after = 0.0
        for j in range(count - 1, -1, -1):
            after += alone[j]
            rest[j] += after
        room = max(known[chain] - rest[0], 0.0)
        found[chain], least[chain] = np.inf, rest[0]
        wide = min(gap, room)
        while True:
            total, low = _follow(
                ways, begin, count, price, off, on, rest, rest[0] + wide, alone,
                onward, place, spent, lists, excess, cost, width, choice,
            )  # fmt: skip
            bound = min(low, rest[0] + wide)
            found[chain] = total
            least[chain] = max(least[chain], min(bound, total))
            if total < np.inf or wide >= room:
                break
            wide = min(_WIDER * wide, room)


@compiled
def _projects_onward(
    ways: Ways, begin: int, count: int, price: Floats, off: Floats, on: Floats, rest: Floats
) -> None:
    """Find what projects come to at least from each section on, after one that goes on or none."""
    rest[count], off[count], on[count] = 0.0, 0.0, 0.0
    for j in range(count - 1, -1, -1):
        row, total = begin + j, 0.0
        for a in range(price.shape[1]):
            none = off[j + 1, a]
            off[j, a], on[j, a] = none, none
            if ways.may[row, a]:
                on[j, a] = min(none, on[j + 1, a] - price[row, a])
                end = j + ways.run[row, a]
                if end <= count:
                    start = ways.start[ways.member[row], a] + on[end, a]
                    for i in range(j, end):
                        start -= price[begin + i, a]
                    off[j, a] = min(none, start)
            total += off[j, a]
        rest[j] = total


@compiled
def _list(
    ways: Ways,
    row: int,
    price: Floats,
    alone: float,
    limit: float,
    onward: Floats,
    place: NDArray[np.int64],
    spent: Floats,
    lists: Choice,
    excess: Floats,
    cost: Floats,
) -> tuple[int, float]:
    """List a section's ways, the best first; return how many, and an excess of those left out."""
    none = ways.treatments
    least_onward(ways, row, price, onward)
    count, left_out = list_ways(ways, row, price, onward, limit, lists, excess, place, spent)
    order = np.argsort(excess[:count])
    sorted_choice, sorted_excess = lists[order], excess[order]
    for x in range(count):
        lists[x], excess[x] = sorted_choice[x], sorted_excess[x]
        cost[x] = alone + excess[x]
        for t in range(ways.years):
            if lists[x, t] < none:
                cost[x] -= price[t * none + lists[x, t]]
    return count, left_out


@compiled
def _follow(
    ways: Ways,
    begin: int,
    count: int,
    price: Floats,
    off: Floats,
    on: Floats,
    rest: Floats,
    limit: float,
    alone: Floats,
    onward: Floats,
    place: NDArray[np.int64],
    spent: Floats,
    lists: Choice,
    excess: Floats,
    cost: Floats,
    width: int,
    choice: Choice,
) -> tuple[float, float]:
    """Follow the plans that can come to no more than the limit, from the first section on.

    Returns
    -------
        What the best comes to (infinite if there is none), and what those left out come to at
        least.
    """
    years, room = ways.years, 4 * width
    way, back = np.empty((count, width), np.int64), np.empty((count, width), np.int64)
    paid, bound = np.zeros(width), np.full(width, rest[0])
    until, does = np.zeros((width, years), np.int64), np.full((width, years), -1, np.int8)
    then = (
        np.empty(room),
        np.empty(room),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.zeros((room, years), np.int64),
    )
    states, left_out = 1, np.inf
    for j in range(count):
        listed, beyond = _list(
            ways, begin + j, price[begin + j], alone[j], limit - bound[0],
            onward, place, spent, lists[j], excess, cost,
        )  # fmt: skip
        now = paid[:states], bound[:states], until, does
        made, out = _go_on(
            ways, begin, count, j, price, off, on, rest[j + 1], limit,
            lists[j], excess[:listed], cost, width, now, then,
        )  # fmt: skip
        left_out = min(left_out, min(bound[0] + beyond, out))
        if not made:
            return np.inf, left_out
        order = np.argsort(then[1][:made])
        if made > width:
            left_out = min(left_out, then[1][order[width]])
        states = min(made, width)
        for s in range(states):
            at = order[s]
            paid[s], bound[s], way[j, s], back[j, s] = (
                then[0][at],
                then[1][at],
                then[2][at],
                then[3][at],
            )
            until[s], does[s] = then[4][at], lists[j, then[2][at]]
    at = 0
    for j in range(count - 1, -1, -1):
        choice[begin + j] = lists[j, way[j, at]]
        at = back[j, at]
    return paid[0], left_out


@compiled
def _go_on(
    ways: Ways,
    begin: int,
    count: int,
    j: int,
    price: Floats,
    off: Floats,
    on: Floats,
    rest: float,
    limit: float,
    lists: Choice,
    excess: Floats,
    cost: Floats,
    width: int,
    now: tuple[Floats, Floats, Ints, Choice],
    then: tuple[Floats, Floats, Ints, Ints, Ints],
) -> tuple[int, float]:
    """Go on with all plans, the best first, to a section's ways.

    Returns
    -------
        How many there are then, and what those left out come to at least.
    """
    paid, bound, until, does = now
    made, left_out = 0, np.inf
    for x in range(len(excess)):
        same_way = made
        for s in range(len(paid)):
            if bound[s] + excess[x] > limit:
                break
            total, estimate = _step(
                ways, begin, count, j, price, off, on, lists[x], does[s], until[s],
                then[4][made], paid[s] + cost[x],
            )  # fmt: skip
            estimate += total + rest
            if estimate > limit:
                continue
            same = _place_of(then[4], same_way, made)
            if same < made and then[0][same] <= total:
                continue
            then[0][same], then[1][same], then[2][same], then[3][same] = total, estimate, x, s
            made = max(made, same + 1)
            if made == len(then[0]):
                limit = _keep_best(width, then)
                left_out = min(left_out, limit)
                made, same_way = width, min(same_way, width)
                while same_way > 0 and then[2][same_way - 1] == x:
                    same_way -= 1
    return made, left_out


@compiled
def _keep_best(width: int, then: tuple[Floats, Floats, Ints, Ints, Ints]) -> float:
    """Keep so many of the plans, in their order; return what the best of the others comes to."""
    order = np.argsort(then[1])
    left_out: float = then[1][order[width]]
    keep = np.sort(order[:width])
    for y in range(width):
        z = keep[y]
        then[0][y], then[1][y], then[2][y], then[3][y] = (
            then[0][z],
            then[1][z],
            then[2][z],
            then[3][z],
        )
        then[4][y] = then[4][z]
    return left_out


@compiled
def _step(
    ways: Ways,
    begin: int,
    count: int,
    j: int,
    price: Floats,
    off: Floats,
    on: Floats,
    choice: Choice,
    before: Choice,
    until: Ints,
    next_until: Ints,
    paid: float,
) -> tuple[float, float]:
    """Go on to a section's way: return what is paid then, and how much more must follow.

    Runs that are too short so far note before which section they must not end.
    """
    more, none = 0.0, ways.treatments
    row = begin + j
    for t in range(ways.years):
        next_until[t] = 0
        if until[t] > j and before[t] != choice[t]:
            return paid, np.inf
        if choice[t] >= none:
            continue
        a = t * none + choice[t]
        end = until[t]
        if before[t] != choice[t]:
            if not ways.may[row, a]:
                return paid, np.inf
            paid += ways.start[ways.member[row], a]
            end = j + ways.run[row, a]
            if end > count:
                return paid, np.inf
        more -= off[j + 1, a]
        if end <= j + 1:
            more += on[j + 1, a]
            continue
        next_until[t] = end
        more += on[end, a]
        for i in range(j + 1, end):
            more -= price[begin + i, a]
    return paid, more


@compiled
def _place_of(until: Ints, first: int, last: int) -> int:
    """Return the place of the same way with the same runs, or the last."""
    for x in range(first, last):
        same = True
        for t in range(until.shape[1]):
            if until[x, t] != until[last, t]:
                same = False
                break
        if same:
            return x
    return last
