"""Compiled loops: the way of a section that answers best to a plan of the sections before it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.going_on import States, Street, tail
from gatusyn.economy.prepared import Floats
from gatusyn.economy.street_arrays import Ways
from gatusyn.economy.tally import Choice
from gatusyn.economy.way_lists import least_onward
from gatusyn.model.compiled import compiled, compiled_loop

_BOUND_TO = 1e9
"""What a way gains, for the search alone, by an action that it must go on with."""


@compiled
def add_answers(
    ways: Ways,
    street: Street,
    j: int,
    now: States,
    states: int,
    most: int,
    onward: Floats,
    lists: Choice,
    listed: int,
    cost: Floats,
) -> int:
    """Add, to the ways of section j that are listed, the best answers to some plans before it.

    Where very many ways come near the best, a list holds few of them, and none may do what its
    neighbours' do. What a plan's actions cost that go on, and others that start, is known, so the
    best way after it takes no list.

    Parameters
    ----------
    states
        How many plans there are up to the section before.
    most
        To so many of them, those that come to least, answers are sought.
    onward
        Room for all nodes of a section.

    Returns
    -------
        How many ways are listed then.
    """
    row, actions = street.begin + j, ways.may.shape[1]
    fresh, price = np.empty(actions), np.empty(actions)
    must = np.zeros(ways.years, np.bool_)
    for a in range(actions):
        fresh[a] = ways.dear
        run = int(ways.run[row, a])
        if ways.may[row, a] and j + run <= street.size:
            fresh[a] = ways.start[ways.member[row], a]
            fresh[a] += tail(street, j, run - 1, a) - street.off[j + 1, a]
    order = np.argsort(now.estimate[:states]) if states > most else np.arange(states)
    for s in order[:most]:
        price[:] = fresh
        for t in range(ways.years):
            must[t] = now.owed[s, t] > 0
            if now.does[s, t] < ways.treatments:
                a = t * ways.treatments + int(now.does[s, t])
                if ways.may[row, a]:
                    owed = max(int(now.owed[s, t]) - 1, 0)
                    price[a] = tail(street, j, owed, a) - street.off[j + 1, a]
                    price[a] -= _BOUND_TO if must[t] else 0.0
        least_onward(ways, row, price, onward)
        cost[listed] = _best_way(ways, row, price, onward, lists[listed])
        if _goes_on(ways, now, s, must, lists[listed]) and not _is_listed(lists, listed):
            listed += 1
    return listed


@compiled_loop
def _best_way(ways: Ways, row: int, price: Floats, onward: Floats, way: NDArray[np.int8]) -> float:
    """Set a section's best way at prices of actions; return what it costs without these."""
    kind, area, none = ways.kind[row], ways.area_m2[row], ways.treatments
    begin, node = ways.node_start[kind], 0
    total: float = 0.0
    for t in range(ways.years):
        at, low = -1, np.inf
        for e in range(ways.first[begin + node], ways.first[begin + node + 1]):
            more = ways.cost[e] * area + onward[ways.target[e]]
            if ways.action[e] >= 0:
                more += price[ways.action[e]]
            if more < low:
                at, low = e, more
        way[t] = none if ways.action[at] < 0 else ways.action[at] - t * none
        total += ways.cost[at] * area
        node = ways.target[at]
    total += ways.worth[begin + node] * area
    return total


@compiled_loop
def _goes_on(
    ways: Ways, now: States, s: int, must: NDArray[np.bool_], way: NDArray[np.int8]
) -> bool:
    """Return whether a way does all that a plan must go on with."""
    goes = True
    for t in range(ways.years):
        goes &= not must[t] or way[t] == now.does[s, t]
    return goes


@compiled_loop
def _is_listed(lists: Choice, listed: int) -> bool:
    """Return whether the way after those that are listed is one of them."""
    for x in range(listed):
        alike = True
        for t in range(lists.shape[1]):
            if lists[x, t] != lists[listed, t]:
                alike = False
                break
        if alike:
            return True
    return False
