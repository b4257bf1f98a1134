"""Compiled loops: with which actions plans of a street's first sections can go on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.key_table import Keys, KeyTable, mixed, put
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.street_arrays import Ways
from gatusyn.economy.tally import Choice
from gatusyn.model.compiled import compiled, compiled_loop

_OWED = 1 << 15
"""More than any project owes."""
_TRIES = 4_000
"""For each plan no more sets of its actions are tried, for time's sake."""


class Street(NamedTuple):
    """A chain at prices of actions, and what follows at least from each of its sections on.

    Parameters
    ----------
    begin, size
        Its first section, and how many there are.
    price
        Of all sections and actions, [N, A].
    off, on
        What an action's projects come to at least from a section on, where none goes on to it,
        and where one does that may end, [size + 1, A].
    rest
        What sections and projects come to at least from a section on, [size + 1].
    """

    begin: int
    size: int
    price: Floats
    off: Floats
    on: Floats
    rest: Floats


class States(NamedTuple):
    """Plans of a street up to a section, in no order.

    Parameters
    ----------
    paid
        What each has cost.
    estimate
        What it comes to at least in the end.
    does
        What its last section does, by year; K for nothing.
    owed
        Over how many more sections each year's project must go on.
    back
        The number of the plan that it goes on from.
    """

    paid: Floats
    estimate: Floats
    does: Choice
    owed: NDArray[np.int16]
    back: Ints


class Going(NamedTuple):
    """What it adds, beyond what follows where there is none, that projects go on or start, [A].

    Parameters
    ----------
    listed
        Whether any way of the section does the action.
    start
        What a project that starts costs.
    fresh
        What starting adds; infinite where it cannot.
    owed
        Over how many more sections it must then go on.
    owing, many
        What projects that can go on still owe, [A, most], and how many such numbers there are.
    least
        The least that plans have paid, with what goes on, in which the action's project does.
    """

    listed: NDArray[np.bool_]
    start: Floats
    fresh: Floats
    owed: Ints
    owing: Ints
    many: Ints
    least: Floats


class Turns(NamedTuple):
    """Where a search through all sets of a plan's or a way's actions stands, action by action.

    Parameters
    ----------
    act, year
        The actions, and their years, [T].
    gain, must
        What it adds to go on with each, and whether a plan must, [T].
    owed
        Over how many more sections a project must go on, by year, [T].
    bits
        Parts of keys, [T].
    low
        What those from each on add at least, [T + 1].
    turn
        What is tried next with each, [T + 1].
    key
        Of what goes on before each, [T + 1].
    paid, added, starts, ends
        Before each: what plans have paid, what starting adds and costs, and what then follows,
        [T + 1].
    left
        How many more sets may be tried for the street, [1].
    """

    act: Ints
    year: Ints
    gain: Floats
    must: NDArray[np.bool_]
    owed: NDArray[np.int16]
    bits: Keys
    low: Floats
    turn: Ints
    key: Keys
    paid: Floats
    added: Floats
    starts: Floats
    ends: Floats
    left: Ints


@compiled
def new_turns(years: int) -> Turns:
    """Return room for so many years."""
    return Turns(
        np.empty(years, np.int64),
        np.empty(years, np.int64),
        np.empty(years),
        np.empty(years, np.bool_),
        np.zeros(years, np.int16),
        np.empty(years, np.uint64),
        np.empty(years + 1),
        np.empty(years + 1, np.int64),
        np.empty(years + 1, np.uint64),
        np.empty(years + 1),
        np.empty(years + 1),
        np.empty(years + 1),
        np.empty(years + 1),
        np.zeros(1, np.int64),
    )


@compiled
def new_states(room: int, years: int) -> States:
    """Return room for plans."""
    return States(
        np.empty(room),
        np.empty(room),
        np.empty((room, years), np.int8),
        np.zeros((room, years), np.int16),
        np.empty(room, np.int64),
    )


@compiled
def new_going(ways: Ways) -> Going:
    """Return room for all actions."""
    actions = ways.may.shape[1]
    return Going(
        np.zeros(actions, np.bool_),
        np.empty(actions),
        np.empty(actions),
        np.empty(actions, np.int64),
        np.empty((actions, ways.longest + 1), np.int64),
        np.zeros(actions, np.int64),
        np.empty(actions),
    )


@compiled_loop
def key_of(action: int, owed: int) -> np.uint64:
    """Return the part of a key that an action and what its project owes are."""
    return mixed(action * _OWED + owed)


@compiled_loop
def tail(street: Street, j: int, owed: int, action: int) -> float:
    """Return what follows at least from a project past section j that owes so many more."""
    end = j + 1 + owed
    total: float = street.on[end, action]
    for i in range(j + 1, end):
        total -= street.price[street.begin + i, action]
    return total


@compiled_loop
def set_going(
    ways: Ways, street: Street, j: int, lists: Choice, cost: Floats, listed: int, going: Going
) -> float:
    """Set what may go on or start at section j, given the ways that are listed.

    Returns
    -------
        What follows at least from what goes on to the section.
    """
    none, row = ways.treatments, street.begin + j
    going.listed[:] = False
    for x in range(listed):
        for t in range(ways.years):
            if lists[x, t] < none:
                going.listed[t * none + int(lists[x, t])] = True
    for a in range(len(going.listed)):
        going.many[a], going.least[a] = 0, np.inf
        if not going.listed[a]:
            continue
        run = int(ways.run[row, a])
        going.start[a], going.fresh[a], going.owed[a] = 0.0, np.inf, run - 1
        if ways.may[row, a] and j + run <= street.size:
            going.start[a] = ways.start[ways.member[row], a]
            going.fresh[a] = going.start[a] - street.price[row, a]
            going.fresh[a] += tail(street, j, run - 1, a) - street.off[j + 1, a]
    least: float = np.inf
    for x in range(listed):
        total = cost[x]
        for t in range(ways.years):
            if lists[x, t] < none:
                a = t * none + int(lists[x, t])
                total += street.price[row, a] + min(going.fresh[a], 0.0)
        least = min(least, total)
    least += street.rest[j + 1]
    return least


@compiled_loop
def gather(
    ways: Ways,
    street: Street,
    j: int,
    now: States,
    states: int,
    going: Going,
    room: float,
    table: KeyTable,
    turns: Turns,
) -> tuple[int, float, float]:
    """Gather, of all plans up to section j, the cheapest for each set of actions that can go on.

    Plans that go on with the same actions, and owe as much, have the same ways before them.

    Parameters
    ----------
    room
        What may be paid, with what goes on, by plans that are worth following.

    Returns
    -------
        How many sets there are, the least that is paid with what goes on, and the least that it is
        where there was no room for more sets.
    """
    low, gain, must = turns.low, turns.gain, turns.must
    sets, least, left_out = 0, np.inf, np.inf
    for s in range(states):
        count = _can_go_on(ways, street, j, now, s, going, turns)
        if count < 0:
            continue
        low[count] = 0.0
        for d in range(count - 1, -1, -1):
            low[d] = low[d + 1] + (gain[d] if must[d] else min(gain[d], 0.0))
        at_least = now.paid[s] + low[0]
        if at_least > room:
            continue
        least = min(least, at_least)
        for d in range(count):
            more = 0.0 if must[d] else max(gain[d], 0.0)
            a = turns.act[d]
            going.least[a] = min(going.least[a], at_least + more)
        turns.paid[0], turns.key[0], turns.turn[0] = now.paid[s], np.uint64(1), 0
        sets, out = _put_sets(table, sets, s, count, room, turns)
        left_out = min(left_out, out)
    return sets, least, left_out


@compiled_loop
def _can_go_on(
    ways: Ways,
    street: Street,
    j: int,
    now: States,
    s: int,
    going: Going,
    turns: Turns,
) -> int:
    """Set a plan's actions that can go on, what that adds, and which must; -1 if one cannot."""
    count, none = 0, ways.treatments
    for t in range(ways.years):
        if now.does[s, t] >= none:
            continue
        a, owes = t * none + int(now.does[s, t]), int(now.owed[s, t])
        if not going.listed[a]:
            if owes > 0:
                return -1
            continue
        owed = max(owes - 1, 0)
        turns.act[count], turns.bits[count], turns.must[count] = a, key_of(a, owed), owes > 0
        turns.gain[count] = tail(street, j, owed, a) - street.off[j + 1, a]
        turns.gain[count] -= street.price[street.begin + j, a]
        _note(going, a, owed)
        count += 1
    return count


@compiled_loop
def _note(going: Going, a: int, owed: int) -> None:
    for v in range(going.many[a]):
        if going.owing[a, v] == owed:
            return
    going.owing[a, going.many[a]] = owed
    going.many[a] += 1


@compiled_loop
def _put_sets(
    table: KeyTable,
    sets: int,
    number: int,
    count: int,
    room: float,
    turns: Turns,
) -> tuple[int, float]:
    """Put in every set of a plan's actions that it can still be worth to go on with, depth first.

    Returns
    -------
        How many sets there are then, and the least paid, with what goes on, where none fits in.
    """
    gain, must, low = turns.gain, turns.must, turns.low
    paid, key, turn = turns.paid, turns.key, turns.turn
    left_out, d, tries = np.inf, 0, min(_TRIES, turns.left[0])
    turns.left[0] -= tries
    while d >= 0:
        if tries == 0:
            return sets, min(left_out, paid[0] + low[0])
        tries -= 1
        if d == count:
            if sets < len(table.used):
                sets = put(table, sets, key[d], paid[0], number)
            else:
                left_out = min(left_out, paid[d])
            d -= 1
            continue
        turn[d] += 1
        if turn[d] > (1 if must[d] else 2):
            d -= 1
            continue
        more = gain[d] if turn[d] == 1 else 0.0
        if paid[d] + more + low[d + 1] > room:
            continue
        paid[d + 1] = paid[d] + more
        key[d + 1] = key[d] + turns.bits[d] if turn[d] == 1 else key[d]
        d += 1
        turn[d] = 0
    turns.left[0] += tries
    return sets, left_out
