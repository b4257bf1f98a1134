"""Tracks that hang together, assigned to damages pass by pass.

A cluster has a dozen tracks: plain lists, since an array of a dozen numbers takes longer to call
than to work out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

_SWEEPS = 3


class Cluster:
    """Tracks of a class that hang together, some of one pass.

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
    """

    def __init__(
        self,
        passes: Sequence[int],
        cost: NDArray[np.float64],
        covers: NDArray[np.bool_],
        *,
        limit: float,
    ) -> None:
        self._passes, self._limit = passes, limit
        self._cost: list[list[float]] = cost.tolist()
        self._covers = covers
        self._label = [-1] * len(passes)
        self._members: dict[int, list[int]] = {}

    def labels(self) -> list[int]:
        """Return which tracks are of one damage: numbered from 0 by their first appearance."""
        by_pass: dict[int, list[int]] = {}
        for row, number in enumerate(self._passes):
            by_pass.setdefault(number, []).append(row)
        of_pass = sorted(by_pass.items(), key=lambda item: (-len(item[1]), item[0]))
        for sweep in range(_SWEEPS):
            changed = [self._assign(rows) for _, rows in of_pass]
            if sweep and not any(changed):
                break
        labels = _in_order(self._label)
        while pair := self._clearest_pair(labels):
            labels = _in_order([pair[0] if one == pair[1] else one for one in labels])
        return labels

    def _assign(self, rows: Sequence[int]) -> bool:
        """Assign a pass's tracks to damages that other passes' tracks are of, or to new ones.

        Return whether one of them is of another damage than before.
        """
        before = [self._label[row] for row in rows]
        for row, label in zip(rows, before, strict=True):
            if label >= 0:
                self._members[label].remove(row)
                if not self._members[label]:
                    del self._members[label]
        known = sorted(self._members)
        members = [self._members[label] for label in known]
        costs = []
        for row in rows:
            to = self._cost[row].__getitem__
            costs.append([sum(map(to, own)) / len(own) for own in members])
        after = [known[at] if at >= 0 else -1 for at in _one_to_one(costs, self._limit)]
        fresh = after
        if -1 in after:
            new = (number for number in range(len(self._label)) if number not in self._members)
            fresh = [next(new) if label < 0 else label for label in after]
        for row, label in zip(rows, fresh, strict=True):
            self._label[row] = label
            self._members.setdefault(label, []).append(row)
        return fresh != before

    def _clearest_pair(self, labels: Sequence[int]) -> tuple[int, int] | None:
        """Return the pair of damages that is most clearly one; None if there is none.

        Passes saw them as one piece more often than as two; or no pass saw them side by side, and
        they are near enough to be one.
        """
        members: list[list[int]] = [[] for _ in range(max(labels) + 1)]
        for row, label in enumerate(labels):
            members[label].append(row)
        if len(members) < 2:
            return None
        seen_by = [{self._passes[row] for row in rows} for rows in members]
        as_one = self._as_one(labels, members)
        best: tuple[tuple[float, float], tuple[int, int]] | None = None
        for one in range(len(members)):
            for other in range(one + 1, len(members)):
                whole = as_one.get((one, other), set())
                both = seen_by[one] & seen_by[other]
                apart = len(both - whole)
                if whole:
                    if both and len(whole) < apart:
                        continue
                elif both:
                    continue
                gap = sum(
                    sum(map(self._cost[row].__getitem__, members[other])) for row in members[one]
                )
                gap /= len(members[one]) * len(members[other])
                if not whole and gap > self._limit:
                    continue
                key = (float(len(whole) - apart), -gap)
                if best is None or key > best[0]:
                    best = (key, (one, other))
        return best[1] if best else None

    def _as_one(
        self, labels: Sequence[int], members: Sequence[Sequence[int]]
    ) -> dict[tuple[int, int], set[int]]:
        """Return the passes of which a track of one damage covers most of another's."""
        own = np.array(labels)
        rows, columns = np.nonzero(self._covers & (own[:, None] != own))
        held = Counter(zip(rows.tolist(), own[columns].tolist(), strict=True))
        found: dict[tuple[int, int], set[int]] = {}
        for (row, label), count in held.items():
            if 2 * count > len(members[label]):
                pair = (min(labels[row], label), max(labels[row], label))
                found.setdefault(pair, set()).add(self._passes[row])
        return found


def _one_to_one(costs: Sequence[Sequence[float]], limit: float) -> list[int]:
    """Return the column of each row at the least sum of costs; -1 where none is below the limit."""
    chosen = []
    for own in costs:
        least = min(own, default=limit)
        chosen.append(own.index(least) if least < limit else -1)
    taken = [at for at in chosen if at >= 0]
    if len(set(taken)) == len(taken):
        return chosen
    known = np.array(costs)
    # None is as dear as the limit, for each.
    every = np.hstack([known, np.full((len(costs), len(costs)), limit)])
    _, theirs = linear_sum_assignment(every)
    return [
        at if at < known.shape[1] and costs[row][at] < limit else -1
        for row, at in enumerate(theirs.tolist())
    ]


def _in_order(labels: Sequence[int]) -> list[int]:
    """Return labels numbered anew by their first appearance."""
    number: dict[int, int] = {}
    return [number.setdefault(label, len(number)) for label in labels]
