"""Compiled loops that find each street's best plan at prices, and what none comes to less than."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.answers import add_answers
from gatusyn.economy.going_on import (
    Going,
    States,
    Street,
    Turns,
    gather,
    new_going,
    new_states,
    new_turns,
    set_going,
)
from gatusyn.economy.key_table import KeyTable, clear, new_table
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.street_arrays import Ways
from gatusyn.economy.street_follow import go_on, keep_best
from gatusyn.economy.street_projects import (
    Projects,
    begin_projects,
    both_ways,
    go_backward,
    go_forward,
    new_projects,
)
from gatusyn.economy.tally import Choice
from gatusyn.economy.way_lists import copy_way, least_onward, list_ways
from gatusyn.model.compiled import compiled, compiled_loop

_WIDER = 4.0
_SHARP = 1e-9
_SAME = 2e-9
"""A plan that comes to no more than this share (of 1,000 at least) beyond its parts is the best."""
_MOST_ASKED = 1e8
_ROOM = 4


@compiled
def search(
    ways: Ways,
    chains: Ints,
    price: Floats,
    known: Floats,
    apart: Floats,
    idle: float,
    gap: float,
    listed: int,
    answers: int,
    width: int,
    tried: Ints,
    sure: float,
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
    apart
        By how much more the best plan found last came to than its parts alone, by chain; set anew.
    idle
        Where the known plan is no further from that than by so many times, none is looked for.
    gap
        How far above the bound plans are looked for at first (as far as the known plan, if that is
        no more than four times as far); four times as far, and so on, if there is none.
    listed
        How many ways of a section are listed at most.
    tried
        So many sets of a chain's actions are tried at most, by chain: then it is given up.
    sure
        A chain is given up as soon as plans are cut short that may come to less than the bound and
        so much of the room above it: 1 to be sure of what is found, 0 never to give up.
    answers
        To so many plans of a street's beginning the next section's best ways are added to its list,
        where it is cut short.
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
    projects = new_projects(most, actions)
    rest, asked, alone = np.empty(most + 1), np.empty((most, actions)), np.empty((2, most))
    lists = np.empty((listed + answers + 1, ways.years), np.int8)
    excess, cost = np.empty(listed), np.empty(listed + answers + 1)
    table = new_table()
    now, then = new_states(_ROOM * width, ways.years), new_states(_ROOM * width, ways.years)
    going, turns = new_going(ways), new_turns(ways.years)
    for chain in chains:
        begin = ways.chain_start[chain]
        count = ways.chain_start[chain + 1] - begin
        longest = _projects_onward(ways, begin, count, price, projects, rest)
        _sections_onward(ways, begin, count, price, onward, alone, rest)
        room = max(known[chain] - rest[0], 0.0)
        found[chain], least[chain] = np.inf, rest[0]
        if idle and room <= idle * apart[chain] + _SAME * (1e3 + abs(known[chain])):
            continue
        more = _ask(ways, begin, count, price, projects, longest, onward, alone, asked)
        least[chain] = rest[0] + min(more, room)
        turns.left[0] = tried[chain]
        wide = room if room <= _WIDER * gap else min(max(gap, 2.0 * more), room)
        while True:
            street = Street(begin, count, price, projects.off_after, projects.on_after, rest)
            total, low = _follow(
                ways, street, asked, rest[0] + wide, alone,
                onward, place, spent, lists, answers, excess, cost, width, sure,
                going, table, now, then, turns, choice,
            )  # fmt: skip
            if low == -np.inf:
                break
            bound = min(low, rest[0] + wide)
            found[chain] = total
            least[chain] = max(least[chain], min(bound, total))
            if total < np.inf or wide >= room or not turns.left[0]:
                apart[chain] = min(total - rest[0], room)
                break
            wide = min(_WIDER * wide, room)


@compiled_loop
def _projects_onward(
    ways: Ways, begin: int, count: int, price: Floats, projects: Projects, rest: Floats
) -> int:
    """Find what projects come to at least from each section on; return the longest shortest run."""
    longest = begin_projects(ways, begin, count, price, projects)
    rest[count] = 0.0
    for j in range(count - 1, -1, -1):
        row = begin + j
        go_backward(price[row], ways.may[row], j, projects, longest, _SHARP)
        rest[j] = projects.off_after[j].sum()
    return longest


@compiled_loop
def _sections_onward(
    ways: Ways, begin: int, count: int, price: Floats, onward: Floats, alone: Floats, rest: Floats
) -> None:
    """Find what each section comes to at least alone, and add that of all from each on."""
    after = 0.0
    for j in range(count - 1, -1, -1):
        least_onward(ways, begin + j, price[begin + j], onward)
        alone[0, j] = onward[0]
        after += onward[0]
        rest[j] += after


@compiled_loop
def _ask(
    ways: Ways,
    begin: int,
    count: int,
    price: Floats,
    projects: Projects,
    longest: int,
    onward: Floats,
    alone: Floats,
    asked: Floats,
) -> float:
    """Find prices at which a section's ways come to what plans with them come to at least.

    To the section's price of an action is added what the action's projects lose if they have the
    section do it, and taken off what they lose if it does not.

    Parameters
    ----------
    alone
        In its second row: what the section comes to at least then, by section.

    Returns
    -------
        By how much no plan comes nearer the sum of what sections and projects come to apart.
    """
    most = 0.0
    for j in range(count):
        row, lost = begin + j, 0.0
        both_ways(price[row], j, projects, longest, _SHARP)
        for a in range(price.shape[1]):
            asked[j, a] = price[row, a]
            if not ways.may[row, a]:
                continue
            does, without = projects.has[a] - price[row, a], projects.lacks[a]
            low = min(does, without)
            # No more than any plan comes to, so that sums of prices stay exact.
            asked[j, a] += min(does - low, _MOST_ASKED) - (without - low)
            lost += without - low
        least_onward(ways, row, asked[j], onward)
        alone[1, j] = onward[0] + lost
        most = max(most, alone[1, j] - alone[0, j])
        go_forward(price[row], ways.may[row], j, projects, longest, _SHARP, ways.dear)
    return most


@compiled
def _list(
    ways: Ways,
    row: int,
    asked: Floats,
    alone: Floats,
    limit: float,
    onward: Floats,
    place: NDArray[np.int64],
    spent: Floats,
    lists: Choice,
    excess: Floats,
    cost: Floats,
) -> tuple[int, float]:
    """List a section's ways, in no order; return how many, and an excess of those left out."""
    none = ways.treatments
    least_onward(ways, row, asked, onward)
    more = alone[1] - alone[0]
    count, left_out = list_ways(ways, row, asked, onward, limit - more, lists, excess, place, spent)
    for x in range(count):
        cost[x] = onward[0] + excess[x]
        for t in range(ways.years):
            if lists[x, t] < none:
                cost[x] -= asked[t * none + lists[x, t]]
    return count, more + left_out


@compiled
def _follow(
    ways: Ways,
    street: Street,
    asked: Floats,
    limit: float,
    alone: Floats,
    onward: Floats,
    place: NDArray[np.int64],
    spent: Floats,
    lists: Choice,
    answers: int,
    excess: Floats,
    cost: Floats,
    width: int,
    sure: float,
    going: Going,
    table: KeyTable,
    now: States,
    then: States,
    turns: Turns,
    choice: Choice,
) -> tuple[float, float]:
    """Follow the plans that can come to no more than the limit, from the first section on.

    Returns
    -------
        What the best comes to (infinite if there is none), and what those left out come to at
        least (less than anything where the street is given up).
    """
    count, years = street.size, ways.years
    kept = np.empty((64 * count, years), np.int8)
    back, first = np.empty(64 * count, np.int64), np.zeros(count + 1, np.int64)
    now.paid[0], now.owed[0], now.does[0] = 0.0, 0, ways.treatments
    states, left_out = 1, np.inf
    for j in range(count):
        listed, beyond = _list(
            ways, street.begin + j, asked[j], alone[:, j], limit - street.rest[0],
            onward, place, spent, lists, excess, cost,
        )  # fmt: skip
        if answers and street.rest[0] + beyond <= limit:
            listed = add_answers(ways, street, j, now, states, answers, onward, lists, listed, cost)
        least = set_going(ways, street, j, lists, cost, listed, going)
        sets, paid, none = gather(ways, street, j, now, states, going, limit - least, table, turns)
        made, out = go_on(
            ways, street, j, lists[:listed], cost, going, table, paid, limit, width, then, turns
        )
        clear(table, sets)
        left_out = min(left_out, min(street.rest[0] + beyond, min(out, none + least)))
        if sure > 0.0 and left_out < street.rest[0] + sure * (limit - street.rest[0]):
            return np.inf, -np.inf
        if not made or not turns.left[0]:
            return np.inf, min(left_out, _least_estimate(then, made))
        if made > width:
            left_out, made = min(left_out, keep_best(width, made, then)), width
        if first[j] + made > len(back):
            kept, back = _longer(kept, back, first[j] + made)
        for s in range(made):
            copy_way(then.does[s], kept[first[j] + s])
            back[first[j] + s] = then.back[s]
        first[j + 1], states = first[j] + made, made
        now, then = then, now
    at = 0
    for s in range(states):
        if now.paid[s] < now.paid[at]:
            at = s
    _lay(street.begin, at, kept, back, first, choice)
    return now.paid[at], left_out


@compiled_loop
def _least_estimate(states: States, made: int) -> float:
    """Return what the first so many plans come to at least in the end; infinite if none."""
    least = np.inf
    for s in range(made):
        least = min(least, states.estimate[s])
    return least


@compiled_loop
def _lay(begin: int, at: int, kept: Choice, back: Ints, first: Ints, choice: Choice) -> None:
    """Lay down a plan kept of a street's last section, and what it went on from."""
    for j in range(len(first) - 2, -1, -1):
        copy_way(kept[first[j] + at], choice[begin + j])
        at = back[first[j] + at]


@compiled
def _longer(kept: Choice, back: Ints, least: int) -> tuple[Choice, Ints]:
    """Return copies with room for twice as many plans, and no fewer than asked for."""
    room = 2 * max(len(back), least)
    more, further = np.empty((room, kept.shape[1]), np.int8), np.empty(room, np.int64)
    more[: len(kept)], further[: len(back)] = kept, back
    return more, further
