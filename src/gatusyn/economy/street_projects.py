"""Compiled loops over the projects of a street: what each action's come to, section by section."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats
from gatusyn.economy.street_arrays import Ways
from gatusyn.model.compiled import compiled, compiled_loop

_REACH = 2.8
NOWHERE = 1e300
"""What can never be."""


class Projects(NamedTuple):
    """The projects of a street's actions, each chosen alone, at what sections pay for actions.

    Each loop goes over all actions of a section at once, so that a processor can take several in
    one step.

    Parameters
    ----------
    run
        Of how many sections the shortest run is that starts at a section; 0 where none can,
        [size, A].
    off, on
        What projects before a section come to: where none goes on to it, and where one does, or
        may, [size + 1, A].
    off_after, on_after
        What follows from a section on: after none, and after one that may go on, [size + 1, A].
    fresh
        What the shortest run that starts at a section costs, less what its sections pay, [size, A].
    whole
        That, and what follows it, [size, A].
    has, lacks
        What all come to with a section (its own payment left out), and without it, [A].
    paid
        What the section paid when that was found, [A].
    """

    run: NDArray[np.int16]
    off: Floats
    on: Floats
    off_after: Floats
    on_after: Floats
    fresh: Floats
    whole: Floats
    has: Floats
    lacks: Floats
    paid: Floats


@compiled
def new_projects(most: int, actions: int) -> Projects:
    """Return room for so many sections."""
    return Projects(
        np.empty((most, actions), np.int16),
        np.empty((most + 1, actions)),
        np.empty((most + 1, actions)),
        np.empty((most + 1, actions)),
        np.empty((most + 1, actions)),
        np.empty((most, actions)),
        np.empty((most, actions)),
        np.empty(actions),
        np.empty(actions),
        np.empty(actions),
    )


@compiled_loop
def begin_projects(ways: Ways, begin: int, count: int, price: Floats, projects: Projects) -> int:
    """Set a street's shortest runs; return of how many sections the longest of them is."""
    longest = 1
    projects.off[0], projects.on[0] = 0.0, ways.dear
    projects.off_after[count], projects.on_after[count] = 0.0, 0.0
    projects.whole[:count] = ways.dear
    for j in range(count):
        row = begin + j
        for a in range(price.shape[1]):
            run = ways.run[row, a]
            if not ways.may[row, a] or j + run > count:
                projects.run[j, a], projects.fresh[j, a] = 0, ways.dear
                continue
            longest = max(longest, int(run))
            fresh = ways.start[ways.member[row], a]
            for i in range(row, row + run):
                fresh -= price[i, a]
            projects.run[j, a], projects.fresh[j, a] = run, fresh
    _follow(count, projects, longest)
    return longest


@compiled_loop
def _follow(m: int, projects: Projects, longest: int) -> None:
    """Add what follows to the shortest runs that end before section m."""
    after = projects.on_after[m]
    for d in range(1, min(longest, m) + 1):
        run, whole, fresh = projects.run[m - d], projects.whole[m - d], projects.fresh[m - d]
        for a in range(len(after)):
            whole[a] = fresh[a] + after[a] if run[a] == d else whole[a]


@compiled_loop
def both_ways(price: Floats, j: int, projects: Projects, longest: int, soft: float) -> None:
    """Find what projects come to with section j, its payment aside, and without.

    Parameters
    ----------
    price
        What the section pays for each action, [A].
    """
    sharp, dull = 1.0 / soft, soft / (4.0 * _REACH)
    has, on, after = projects.has, projects.on[j], projects.on_after[j + 1]
    for a in range(len(has)):
        has[a] = on[a] + after[a]
    for d in range(min(longest, j + 1)):
        off, whole, run = projects.off[j - d], projects.whole[j - d], projects.run[j - d]
        for a in range(len(has)):
            total = off[a] + whole[a] + price[a]
            has[a] = _softer(has[a], total if run[a] > d else NOWHERE, sharp, dull)
    lacks, off, off_after = projects.lacks, projects.off[j], projects.off_after[j + 1]
    for a in range(len(lacks)):
        lacks[a] = _softer(off[a], on[a], sharp, dull) + off_after[a]
    paid = projects.paid
    for a in range(len(paid)):
        paid[a] = price[a]


@compiled_loop
def repay(price: Floats, j: int, projects: Projects, longest: int) -> None:
    """Let the shortest runs over section j get what it pays now."""
    paid = projects.paid
    for a in range(len(paid)):
        paid[a] = price[a] - paid[a]
    for d in range(min(longest, j + 1)):
        whole, run, fresh = projects.whole[j - d], projects.run[j - d], projects.fresh[j - d]
        for a in range(len(paid)):
            whole[a] -= paid[a] if run[a] > d else 0.0
        for a in range(len(paid)):
            fresh[a] -= paid[a] if run[a] > d else 0.0


@compiled_loop
def go_backward(
    price: Floats,
    may: NDArray[np.bool_],
    j: int,
    projects: Projects,
    longest: int,
    soft: float,
) -> None:
    """Find what follows at least from section j on: after none, or one that is long enough."""
    sharp, dull = 1.0 / soft, soft / (4.0 * _REACH)
    off, on, whole = projects.off_after[j], projects.on_after[j], projects.whole[j]
    off_next, on_next = projects.off_after[j + 1], projects.on_after[j + 1]
    for a in range(len(off)):
        off[a] = _softer(off_next[a], whole[a], sharp, dull)
    for a in range(len(on)):
        goes = _softer(off_next[a], on_next[a] - price[a], sharp, dull)
        on[a] = goes if may[a] else off_next[a]
    _follow(j, projects, longest)


@compiled_loop
def go_forward(
    price: Floats,
    may: NDArray[np.bool_],
    j: int,
    projects: Projects,
    longest: int,
    soft: float,
    dear: float,
) -> None:
    """Go on with all projects by section j: not there, or there and long enough."""
    sharp, dull = 1.0 / soft, soft / (4.0 * _REACH)
    off, on = projects.off[j], projects.on[j]
    off_next, on_next = projects.off[j + 1], projects.on[j + 1]
    for a in range(len(off)):
        off_next[a] = _softer(off[a], on[a], sharp, dull)
    for a in range(len(on)):
        on_next[a] = on[a] - price[a] if may[a] else dear
    for d in range(min(longest, j + 1)):
        run, fresh, before = projects.run[j - d], projects.fresh[j - d], projects.off[j - d]
        for a in range(len(on)):
            total = before[a] + fresh[a]
            ends = total if run[a] == d + 1 else NOWHERE
            on_next[a] = _softer(on_next[a], ends, sharp, dull)


@compiled_loop
def _softer(x: float, y: float, sharp: float, dull: float) -> float:
    """Return the less of two, and a little less still where they are near one another.

    Without branches, so that it can be done for several at once.
    """
    gap = x - y
    gap = gap if gap >= 0.0 else -gap
    low = x if x < y else y
    near = _REACH - gap * sharp
    near = near if near > 0.0 else 0.0
    return low - near * near * dull
