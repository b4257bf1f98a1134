"""Tracks that hang together, assigned to damages pass by pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.findings.labels import count_of, grouped, in_order, most_first
from gatusyn.findings.one_to_one import one_to_one
from gatusyn.findings.placed import Floats, Ints
from gatusyn.model.compiled import compiled

Flags = NDArray[np.bool_]

_SWEEPS = 3


@compiled
def cluster_labels(passes: Ints, cost: Floats, covers: Flags, limit: float) -> Ints:
    """Return which tracks of a class that hang together are of one damage.

    Parameters
    ----------
    passes
        The pass of each track.
    cost
        From each track to each.
    covers
        Whether the extent of each track (row) holds the middle of each (column).
    limit
        What is of a damage of its own costs as much.

    Returns
    -------
    ndarray
        Numbered from 0 by their first appearance.
    """
    own = in_order(passes)
    rows, starts = grouped(own)
    label, members = np.full(len(passes), -1), np.zeros(len(passes), np.int64)
    order = most_first(starts)
    for sweep in range(_SWEEPS):
        changed = False
        for number in order:
            of_pass = rows[starts[number] : starts[number + 1]]
            changed |= _assign(of_pass, label, members, cost, limit)
        if sweep and not changed:
            break
    label = in_order(label)
    one, other = _clearest_pair(label, own, len(order), cost, covers, limit)
    while one >= 0:
        for row in range(len(label)):
            if label[row] == other:
                label[row] = one
        label = in_order(label)
        one, other = _clearest_pair(label, own, len(order), cost, covers, limit)
    return label


@compiled
def _assign(rows: Ints, label: Ints, members: Ints, cost: Floats, limit: float) -> bool:
    """Assign a pass's tracks to damages that other passes' tracks are of, or to new ones.

    Return whether one of them is of another damage than before. The labels, and how many tracks
    each has (``members``), are changed.
    """
    before = np.empty(len(rows), np.int64)
    for at in range(len(rows)):
        before[at] = label[rows[at]]
        if before[at] >= 0:
            members[before[at]] -= 1
            label[rows[at]] = -1
    known = np.flatnonzero(members)
    costs = _costs(rows, label, members, known, cost)
    chosen = one_to_one(costs, limit)
    free = 0
    for at in range(len(rows)):
        if chosen[at] >= 0:
            label[rows[at]] = known[chosen[at]]
        else:
            while members[free] > 0:
                free += 1
            label[rows[at]] = free
            free += 1
    changed = False
    for at in range(len(rows)):
        members[label[rows[at]]] += 1
        changed = changed or label[rows[at]] != before[at]
    return changed


@compiled
def _costs(rows: Ints, label: Ints, members: Ints, known: Ints, cost: Floats) -> Floats:
    """Return the mean cost from each track to those of each damage that is known."""
    costs = np.zeros((len(rows), len(known)))
    for at in range(len(rows)):
        sums = np.zeros(len(members))
        for other in range(len(label)):
            if label[other] >= 0:
                sums[label[other]] += cost[rows[at], other]
        for place in range(len(known)):
            costs[at, place] = sums[known[place]] / members[known[place]]
    return costs


@compiled
def _clearest_pair(
    labels: Ints, passes: Ints, count: int, cost: Floats, covers: Flags, limit: float
) -> tuple[int, int]:
    """Return the pair of damages that is most clearly one; -1, -1 if there is none.

    Passes saw them as one piece more often than as two; or no pass saw them side by side, and
    they are near enough to be one.

    Parameters
    ----------
    count
        How many passes there are.
    """
    damages = count_of(labels)
    result = -1, -1
    if damages < 2:
        return result
    size = np.zeros(damages, np.int64)
    seen = np.zeros((damages, count), np.bool_)
    gap = np.zeros((damages, damages))
    for row in range(len(labels)):
        size[labels[row]] += 1
        seen[labels[row], passes[row]] = True
        for other in range(len(labels)):
            gap[labels[row], labels[other]] += cost[row, other]
    as_one = _as_one(labels, passes, size, count, covers)
    most, nearest = 0.0, 0.0
    for one in range(damages):
        for other in range(one + 1, damages):
            whole, both, apart = 0, 0, 0
            for number in range(count):
                is_whole = as_one[one, other, number]
                is_both = seen[one, number] and seen[other, number]
                whole += is_whole
                both += is_both
                apart += is_both and not is_whole
            if both and (whole < apart or not whole):
                continue
            away = gap[one, other] / (size[one] * size[other])
            if not whole and away > limit:
                continue
            clear = float(whole - apart)
            if result[0] < 0 or clear > most or (clear == most and away < nearest):
                result, most, nearest = (one, other), clear, away
    return result


@compiled
def _as_one(labels: Ints, passes: Ints, size: Ints, count: int, covers: Flags) -> Flags:
    """Return the passes of which a track of one damage covers most of another's.

    By damage, other damage (the higher number) and pass.
    """
    damages = len(size)
    found = np.zeros((damages, damages, count), np.bool_)
    for row in range(len(labels)):
        held = np.zeros(damages, np.int64)
        for other in range(len(labels)):
            held[labels[other]] += covers[row, other]
        for label in range(damages):
            if label != labels[row] and 2 * held[label] > size[label]:
                low, high = min(labels[row], label), max(labels[row], label)
                found[low, high, passes[row]] = True
    return found
