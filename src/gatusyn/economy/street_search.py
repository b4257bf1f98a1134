"""Compiled loops that find each street's best plan at prices, and what none comes to less than."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.evening import both_ways, go_forward
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.street_arrays import Ways
from gatusyn.economy.tally import Choice
from gatusyn.economy.way_lists import least_onward, list_ways
from gatusyn.model.compiled import compiled

_WIDER = 4.0
_SHARP = 1e-9
_MOST_ASKED = 1e8


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
    rest, asked, alone = np.empty(most + 1), np.empty((most, actions)), np.empty((2, most))
    came_off, came_on = np.empty((most + 1, actions)), np.empty((most + 1, actions))
    odds = np.empty((2, actions))
    lists = np.empty((most, listed + 1, ways.years), np.int8)
    excess, cost = np.empty(listed), np.empty(listed)
    for chain in chains:
        begin = ways.chain_start[chain]
        count = ways.chain_start[chain + 1] - begin
        _projects_onward(ways, begin, count, price, off, on, rest)
        for j in range(count - 1, -1, -1):
            least_onward(ways, begin + j, price[begin + j], onward)
            alone[0, j] = onward[0]
        after = 0.0
        for j in range(count - 1, -1, -1):
            after += alone[0, j]
            rest[j] += after
        more = _ask(
            ways, begin, count, price, off, on, came_off, came_on, odds, onward, alone, asked
        )
        room = max(known[chain] - rest[0], 0.0)
        found[chain], least[chain] = np.inf, rest[0] + min(more, room)
        wide = min(max(gap, 2.0 * more), room)
        while True:
            total, low = _follow(
                ways, begin, count, price, asked, off, on, rest, rest[0] + wide, alone,
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
def _ask(
    ways: Ways,
    begin: int,
    count: int,
    price: Floats,
    off: Floats,
    on: Floats,
    came_off: Floats,
    came_on: Floats,
    odds: Floats,
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
    came_off[0], came_on[0] = 0.0, ways.dear
    for j in range(count):
        row, lost = begin + j, 0.0
        both_ways(ways, begin, count, j, price, came_off, came_on, off, on, odds, _SHARP)
        for a in range(price.shape[1]):
            asked[j, a] = price[row, a]
            if not ways.may[row, a]:
                continue
            does, without = odds[0, a] - price[row, a], odds[1, a]
            low = min(does, without)
            # No more than any plan comes to, so that sums of prices stay exact.
            asked[j, a] += min(does - low, _MOST_ASKED) - (without - low)
            lost += without - low
        least_onward(ways, row, asked[j], onward)
        alone[1, j] = onward[0] + lost
        most = max(most, alone[1, j] - alone[0, j])
        go_forward(ways, begin, j, price, came_off, came_on, _SHARP)
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
    """List a section's ways, the best first; return how many, and an excess of those left out."""
    none = ways.treatments
    least_onward(ways, row, asked, onward)
    more = alone[1] - alone[0]
    count, left_out = list_ways(ways, row, asked, onward, limit - more, lists, excess, place, spent)
    order = np.argsort(excess[:count])
    sorted_choice, sorted_excess = lists[order], excess[order]
    for x in range(count):
        lists[x], excess[x] = sorted_choice[x], sorted_excess[x]
        cost[x] = onward[0] + excess[x]
        for t in range(ways.years):
            if lists[x, t] < none:
                cost[x] -= asked[t * none + lists[x, t]]
    return count, more + left_out


@compiled
def _follow(
    ways: Ways,
    begin: int,
    count: int,
    price: Floats,
    asked: Floats,
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
    paid = np.zeros(width)
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
            ways, begin + j, asked[j], alone[:, j], limit - rest[0],
            onward, place, spent, lists[j], excess, cost,
        )  # fmt: skip
        now = paid[:states], until, does
        made, out = _go_on(
            ways, begin, count, j, price, off, on, rest[j + 1], limit,
            lists[j, :listed], cost, width, now, then,
        )  # fmt: skip
        left_out = min(left_out, min(rest[0] + beyond, out))
        if not made:
            return np.inf, left_out
        order = np.argsort(then[1][:made])
        if made > width:
            left_out = min(left_out, then[1][order[width]])
        states = min(made, width)
        for s in range(states):
            at = order[s]
            paid[s], way[j, s], back[j, s] = then[0][at], then[2][at], then[3][at]
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
    cost: Floats,
    width: int,
    now: tuple[Floats, Ints, Choice],
    then: tuple[Floats, Floats, Ints, Ints, Ints],
) -> tuple[int, float]:
    """Go on with all plans, the best first, to a section's ways.

    Returns
    -------
        How many there are then, and what those left out come to at least.
    """
    paid, until, does = now
    years, none, states = ways.years, ways.treatments, len(paid)
    start, gain = np.empty(years * none), np.zeros((states, years))
    barred = np.zeros(years * none, np.int64)
    acts, many, held = (
        np.empty((states, years), np.int64),
        np.empty(states, np.int64),
        np.zeros(states, np.int64),
    )
    lasting = _starting(ways, begin, count, j, price, off, on, start, barred)
    most = _going_on(ways, begin, j, price, off, on, now, start, gain, acts, many, held, lasting)
    most += paid
    order = np.argsort(most)
    made, left_out = 0, np.inf
    for x in range(len(lists)):
        added, needed, only_best = _fresh(lists[x], start, barred, lasting)
        same_way, fresh, enough = made, cost[x] + rest + added, limit
        for s in order:
            if most[s] + fresh > enough:
                break
            gained, kept, met = _met(
                j, lists[x], does[s], until[s], gain[s], acts[s, : many[s]], barred
            )
            estimate = paid[s] + fresh + gained
            if estimate > enough or kept < held[s] or met < needed:
                continue
            if only_best:
                # Whatever came before, all goes on alike from here: the cheapest is enough.
                enough = estimate
            total = _step(ways, begin, j, lists[x], does[s], until[s], then[4][made])
            total += paid[s] + cost[x]
            same = _place_of(then[4], same_way, made)
            if same < made and then[0][same] <= total:
                continue
            then[0][same], then[1][same], then[2][same], then[3][same] = total, estimate, x, s
            made = max(made, same + 1)
            if made == len(then[0]):
                limit = _keep_best(width, then)
                left_out, enough = min(left_out, limit), min(enough, limit)
                made, same_way = width, min(same_way, width)
                while same_way > 0 and then[2][same_way - 1] == x:
                    same_way -= 1
    return made, left_out


@compiled
def _fresh(
    choice: Choice, start: Floats, barred: Ints, lasting: NDArray[np.bool_]
) -> tuple[float, int, bool]:
    """Return what a way adds if all its projects start, how many cannot, and if all may end."""
    added, needed, only_best = 0.0, 0, True
    none = len(start) // len(choice)
    for t in range(len(choice)):
        if choice[t] < none:
            a = t * none + choice[t]
            added += start[a]
            needed += barred[a]
            only_best &= not lasting[a]
    return added, needed, only_best


@compiled
def _met(
    j: int,
    choice: Choice,
    before: Choice,
    until: Ints,
    gain: Floats,
    acts: Ints,
    barred: Ints,
) -> tuple[float, int, int]:
    """Return what projects gain that go on, how many of them must, and how many could not start."""
    gained, kept, met = 0.0, 0, 0
    none = len(barred) // len(before)
    for t in acts:
        if before[t] == choice[t]:
            gained += gain[t]
            met += barred[t * none + before[t]]
            kept += until[t] > j
    return gained, kept, met


@compiled
def _starting(
    ways: Ways,
    begin: int,
    count: int,
    j: int,
    price: Floats,
    off: Floats,
    on: Floats,
    start: Floats,
    barred: Ints,
) -> NDArray[np.bool_]:
    """Find what a project that starts at section j adds to what plans come to at least, if it may.

    Returns
    -------
        Which must then go on past the section.
    """
    row, lasting = begin + j, np.zeros(len(start), np.bool_)
    for a in range(len(start)):
        end = j + ways.run[row, a]
        start[a], barred[a] = 0.0, 1
        if ways.may[row, a] and end <= count:
            start[a], barred[a] = ways.start[ways.member[row], a], 0
            start[a] += _tail(begin, j, end, a, price, on) - off[j + 1, a]
            lasting[a] = end > j + 1
    return lasting


@compiled
def _tail(begin: int, j: int, end: int, a: int, price: Floats, on: Floats) -> float:
    """Return what follows at least from a project that goes past j and ends not before ``end``."""
    if end <= j + 1:
        return float(on[j + 1, a])
    total: float = on[end, a]
    for i in range(j + 1, end):
        total -= price[begin + i, a]
    return total


@compiled
def _going_on(
    ways: Ways,
    begin: int,
    j: int,
    price: Floats,
    off: Floats,
    on: Floats,
    now: tuple[Floats, Ints, Choice],
    start: Floats,
    gain: Floats,
    acts: Ints,
    many: Ints,
    held: Ints,
    lasting: NDArray[np.bool_],
) -> Floats:
    """Find what plans gain where a project goes on instead of starting, and their projects.

    Those that must go on past the section are noted in ``lasting``.

    Returns
    -------
        The most that each can gain.
    """
    paid, until, does = now
    none = ways.treatments
    most = np.zeros(len(paid))
    for s in range(len(paid)):
        many[s] = 0
        for t in range(ways.years):
            if does[s, t] < 0 or does[s, t] >= none:
                continue
            acts[s, many[s]] = t
            many[s] += 1
            a = t * none + does[s, t]
            gain[s, t] = _tail(begin, j, until[s, t], a, price, on) - off[j + 1, a] - start[a]
            most[s] += min(gain[s, t], 0.0)
            if until[s, t] > j:
                held[s] += 1
            lasting[a] |= until[s, t] > j + 1
    return most


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
    j: int,
    choice: Choice,
    before: Choice,
    until: Ints,
    next_until: Ints,
) -> float:
    """Go on to a section's way: note before which section runs must not end yet.

    Returns
    -------
        What the projects cost that start.
    """
    paid, none, row = 0.0, ways.treatments, begin + j
    for t in range(ways.years):
        next_until[t] = 0
        if choice[t] >= none:
            continue
        end = until[t]
        if before[t] != choice[t]:
            a = t * none + choice[t]
            paid += ways.start[ways.member[row], a]
            end = j + ways.run[row, a]
        if end > j + 1:
            next_until[t] = end
    return paid


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
