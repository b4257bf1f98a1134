"""Projects that are shorter than they may be: made longer where neighbours allow it, or dropped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.lone import Stakes
from gatusyn.economy.prepared import Prepared
from gatusyn.economy.tally import Choice


def run_lengths(
    prepared: Prepared, choice: Choice
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return each choice's project length in m, and whether the project holds a lock; [N, T]."""
    musts = np.array([one.must for one in prepared.rules])[prepared.kinds.rules[prepared.kind]]
    steps = prepared.steps
    length = np.repeat(prepared.length_m[:, None], choice.shape[1], axis=1)
    locked = musts >= 0
    for forward in (True, False):
        total, held = np.zeros(length.shape), np.zeros(length.shape, bool)
        order = range(1, len(steps) - 1) if forward else range(len(steps) - 2, 0, -1)
        for q in order:
            here = slice(steps[q], steps[q + 1])
            before = slice(steps[q - 1], steps[q - 1] + steps[q + 1] - steps[q])
            same = choice[here] == choice[before]
            to, of = (here, before) if forward else (before, here)
            own = np.repeat(prepared.length_m[of][:, None], choice.shape[1], axis=1)
            total[to] += np.where(same, total[of] + own, 0.0)
            held[to] |= same & (held[of] | (musts[of] >= 0))
        length += total
        locked |= held
    return length, locked


def is_short(prepared: Prepared, choice: Choice) -> NDArray[np.bool_]:
    """Return which choices belong to a project that is too short, [N, T]."""
    least = np.append(prepared.problem.minimum_length_m, 0.0)[choice]
    if not least.any():
        return np.zeros(choice.shape, bool)
    length, locked = run_lengths(prepared, choice)
    return np.asarray((length < least - 1e-6) & ~locked)


def lengthen(prepared: Prepared, staked: Stakes, choice: Choice, *, rounds: int = 3) -> Choice:
    """Give short projects a neighbour that may do the same, where it does nothing that year."""
    choice, steps = choice.copy(), prepared.steps
    none = len(prepared.problem.space.treatments)
    for _ in range(rounds):
        short = is_short(prepared, choice)
        if not short.any():
            break
        wanted = np.full(choice.shape, none, np.int8)
        for q in range(1, len(steps) - 1):
            here = slice(steps[q], steps[q + 1])
            before = slice(steps[q - 1], steps[q - 1] + steps[q + 1] - steps[q])
            for to, of in ((here, before), (before, here)):
                free = (choice[to] == none) & (wanted[to] == none) & short[of]
                wanted[to] = np.where(free, choice[of], wanted[to])
        choice = np.where(choice == none, wanted, choice).astype(np.int8)
        choice = only_allowed(prepared, staked, choice)
    return choice


def only_allowed(prepared: Prepared, staked: Stakes, choice: Choice) -> Choice:
    """Drop what its section's state does not allow when its year has come."""
    none = len(prepared.problem.space.treatments)
    choice = choice.copy()
    node = staked.ways.years[0].unit_nodes[:-1][prepared.kind]
    for t, one in enumerate(staked.ways.years):
        at = staked.edge_at[t]
        row = node * np.int64(none + 1)
        edge = at[row + choice[:, t]]
        barred = np.flatnonzero(edge < 0)
        choice[barred, t] = none
        edge[barred] = at[row[barred] + none]
        must = np.flatnonzero(edge < 0)
        first = one.first[:-1][node[must]]
        choice[must, t] = one.treatment[first]
        edge[must] = first
        node = one.target[edge]
    return choice


def without_short(prepared: Prepared, staked: Stakes, choice: Choice) -> Choice:
    """Drop projects that are too short, and what is then no longer allowed."""
    none = len(prepared.problem.space.treatments)
    while True:
        short = is_short(prepared, choice)
        if not short.any():
            return choice
        choice = only_allowed(prepared, staked, np.where(short, none, choice).astype(np.int8))
