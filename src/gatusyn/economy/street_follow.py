"""Compiled loops that put a street's best plan together from lists of its sections' ways."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.going_on import Going, States, Street, Turns, key_of, tail
from gatusyn.economy.key_table import KeyTable, slot_of
from gatusyn.economy.prepared import Floats
from gatusyn.economy.street_arrays import Ways
from gatusyn.economy.tally import Choice
from gatusyn.economy.way_lists import copy_way
from gatusyn.model.compiled import compiled, compiled_loop

_TRIES = 8_000
"""For each way of a section no more sets of actions are tried, for time's sake: of ten actions
that may all go on there are very many."""


@compiled_loop
def go_on(
    ways: Ways,
    street: Street,
    j: int,
    lists: Choice,
    cost: Floats,
    going: Going,
    table: KeyTable,
    least: float,
    limit: float,
    width: int,
    then: States,
    turns: Turns,
) -> tuple[int, float]:
    """Go on to all ways of section j, each from the cheapest plan for every set that it shares.

    Parameters
    ----------
    least
        The least that is paid with what goes on.
    limit
        What plans that are followed can come to at most.
    width
        How many are kept, of four times as many, whenever there is no room for more.

    Returns
    -------
        How many plans there are then, and what those left out come to at least.
    """
    made, left_out, rest = 0, np.inf, street.rest[j + 1]
    low, turn, key, known = turns.low, turns.turn, turns.key, turns.paid
    added, starts, ends = turns.added, turns.starts, turns.ends
    for x in range(len(lists)):
        count, priced = _set_way(ways, street, j, lists, x, going, turns)
        base, first, d = cost[x] + priced + rest, made, 0
        tries = min(_TRIES, turns.left[0])
        turns.left[0] -= tries
        turn[0], key[0], known[0] = 0, np.uint64(1), least
        added[0], starts[0], ends[0] = 0.0, 0.0, 0.0
        # Every set of its actions that plans may go on with, depth first.
        while d >= 0 and base + least + low[0] <= limit:
            if tries == 0:
                left_out = min(left_out, base + least + low[0])
                break
            tries -= 1
            if d == count:
                at = slot_of(table, key[d])
                if at >= 0:
                    made = _add(
                        lists, x, count, turns, table.paid[at] + cost[x] + starts[d],
                        rest + ends[d], limit, table.number[at], first, made, then,
                    )  # fmt: skip
                if made == len(then.paid):
                    limit = keep_best(width, made, then)
                    left_out, made, first = min(left_out, limit), width, width
                d -= 1
                continue
            a, v = turns.act[d], turn[d]
            turn[d] += 1
            if v > going.many[a]:
                d -= 1
                continue
            key[d + 1], known[d + 1] = key[d], known[d]
            added[d + 1], starts[d + 1] = added[d], starts[d]
            if v < going.many[a]:
                owes = going.owing[a, v]
                key[d + 1] += key_of(a, owes)
                known[d + 1] = max(known[d], going.least[a])
            else:
                owes = going.owed[a]
                added[d + 1] += going.fresh[a]
                starts[d + 1] += going.start[a]
            if base + known[d + 1] + added[d + 1] + low[d + 1] <= limit:
                turns.owed[turns.year[d]] = owes
                ends[d + 1] = ends[d] + tail(street, j, owes, a) - street.off[j + 1, a]
                d += 1
                turn[d] = 0
        turns.left[0] += tries
    return made, left_out


@compiled_loop
def _set_way(
    ways: Ways,
    street: Street,
    j: int,
    lists: Choice,
    x: int,
    going: Going,
    turns: Turns,
) -> tuple[int, float]:
    """Set a way's actions, their years, and what those from each on add at least.

    Returns
    -------
        How many there are, and their prices.
    """
    act, low, count, priced = turns.act, turns.low, 0, 0.0
    for t in range(ways.years):
        if lists[x, t] < ways.treatments:
            act[count], turns.year[count] = t * ways.treatments + int(lists[x, t]), t
            priced += street.price[street.begin + j, act[count]]
            count += 1
    low[count] = 0.0
    for d in range(count - 1, -1, -1):
        more = going.fresh[act[d]]
        # What no plan before goes on with has to start.
        low[d] = low[d + 1] + (min(more, 0.0) if going.many[act[d]] else more)
    return count, priced


@compiled_loop
def _add(
    lists: Choice,
    x: int,
    count: int,
    turns: Turns,
    paid: float,
    rest: float,
    limit: float,
    number: int,
    first: int,
    made: int,
    then: States,
) -> int:
    """Add a plan that goes on to way x, unless it exceeds the limit or one is no worse.

    Returns
    -------
        How many there are then.
    """
    year, owed = turns.year, turns.owed
    if paid + rest > limit:
        return made
    for z in range(first, made):
        if then.paid[z] <= paid:
            worse = True
            for d in range(count):
                worse &= then.owed[z, year[d]] <= owed[year[d]]
            if worse:
                return made
    then.paid[made], then.estimate[made], then.back[made] = paid, paid + rest, number
    copy_way(lists[x], then.does[made])
    then.owed[made] = 0
    for d in range(count):
        then.owed[made, year[d]] = owed[year[d]]
    return made + 1


@compiled
def keep_best(width: int, made: int, then: States) -> float:
    """Keep so many of the plans, in their order; return what the best of the others comes to."""
    order = np.argsort(then.estimate[:made])
    left_out: float = then.estimate[order[width]]
    keep = np.sort(order[:width])
    for y in range(width):
        z = keep[y]
        then.paid[y], then.estimate[y], then.back[y] = then.paid[z], then.estimate[z], then.back[z]
        copy_way(then.does[z], then.does[y])
        then.owed[y] = then.owed[z]
    return left_out
