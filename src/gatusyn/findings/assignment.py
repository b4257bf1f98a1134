"""Which tracks of several passes are of one damage: one to one for each pass, at the least cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gatusyn.findings.placed import Floats, Ints, Placed

Flags = NDArray[np.bool_]

_SIZE_SIGMA = 0.9
_MOST_SIZE_COST = 9.0
_UNLIKE_M = 0.4
_SURE_M4 = 0.1
_SMALLEST_M2 = 0.03
_CROSSING_COS = 0.7
_TOUCH_M = 0.3


def hanging(placed: Placed, sigma_m: Floats, *, gate: float) -> Ints:
    """Return for each track the number of those that it hangs together with, one near the next.

    Tracks of one class may be of one damage where their places, along and across the street, differ
    by less than the gate, in standard deviations; what is larger may cover what is smaller.
    """
    count = len(placed)
    first, second = near_pairs(placed, sigma_m, gate=gate)
    graph = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def assign(
    placed: Placed, passes: Ints, sigma_m: Floats, component: Ints | None = None, *, gate: float
) -> Ints:
    """Return for each track the number of the damage that it is of.

    Where tracks hang together, each pass is assigned one to one to what the others saw, at the
    least sum of squared distances; then what passes mostly saw as one piece is joined again.

    Parameters
    ----------
    passes
        Of each track, the number of its pass.
    sigma_m
        Standard deviations of each place along and across its heading, as seen from the others.
    component
        As of ``hanging``, where that is known.
    gate
        Standard deviations.

    Returns
    -------
    ndarray
        Numbers from 0; the first track of each damage comes in the order of the numbers.
    """
    count = len(placed)
    if count == 0:
        return np.zeros(0, np.int64)
    if component is None:
        component = hanging(placed, sigma_m, gate=gate)
    result = np.full(count, -1, np.int64)
    order = np.argsort(component, kind="stable")
    bounds = np.flatnonzero(np.diff(component[order], prepend=-1, append=component.max() + 1))
    total = 0
    for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        rows = order[low:high]
        if len(set(passes[rows].tolist())) == len(rows):
            labels = np.zeros(len(rows), np.int64)
        else:
            labels = _Cluster(placed.rows(rows), passes[rows], sigma_m[rows], gate).labels()
        result[rows] = labels + total
        total += int(labels.max()) + 1
    return _in_order(result)


def near_pairs(
    placed: Placed, sigma_m: Floats, *, gate: float, only: Ints | None = None
) -> tuple[Ints, Ints]:
    """Return pairs of tracks of one class that are near enough, the lower number first.

    Parameters
    ----------
    only
        Rows of which one must be in each pair.
    """
    first, second = _candidates(placed, sigma_m, gate)
    if only is not None:
        among = np.zeros(len(placed), np.bool_)
        among[only] = True
        of_those = among[first] | among[second]
        first, second = first[of_those], second[of_those]
    near = _squared(placed, sigma_m, first, second) <= gate**2
    return first[near], second[near]


_SIZES_M = np.array([3.0, 6.0, 12.0, 24.0, 48.0])


def _candidates(placed: Placed, sigma_m: Floats, gate: float) -> tuple[Ints, Ints]:
    """Return pairs of tracks of one class that may be near enough, the lower number first."""
    reach = gate * np.hypot(sigma_m[:, 0], sigma_m[:, 1]) + np.hypot(*placed.half_m.T)
    reach = np.sqrt(2.0) * reach
    # What reaches far would else make all look far.
    group = placed.pixel_class * (len(_SIZES_M) + 1) + np.searchsorted(_SIZES_M, reach)
    rows = {int(number): np.flatnonzero(group == number) for number in np.unique(group)}
    trees = {number: cKDTree(placed.place_m[own]) for number, own in rows.items()}
    firsts, seconds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number, own in rows.items():
        for other in range(number, (number // (len(_SIZES_M) + 1) + 1) * (len(_SIZES_M) + 1)):
            if other not in rows:
                continue
            i, j = _within(trees[number], trees[other], float(reach[rows[other]].max()))
            i, j = own[i], rows[other][j]
            off = placed.place_m[i] - placed.place_m[j]
            near = (off**2).sum(axis=1) <= np.maximum(reach[i], reach[j]) ** 2
            near &= (i < j) | (number != other)
            firsts.append(np.minimum(i, j)[near])
            seconds.append(np.maximum(i, j)[near])
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    order = np.lexsort((second, first))
    return first[order], second[order]


def _within(one: cKDTree, other: cKDTree, distance_m: float) -> tuple[Ints, Ints]:
    """Return pairs of points of two trees that are no farther apart."""
    found = one.sparse_distance_matrix(other, distance_m, output_type="ndarray")
    return found["i"].astype(np.int64), found["j"].astype(np.int64)


def _squared(placed: Placed, sigma_m: Floats, first: Ints, second: Ints) -> Floats:
    """Return the squared distances of pairs, in standard deviations."""
    return squared_distance(
        placed.place_m[first] - placed.place_m[second],
        placed.along[first],
        (placed.along[first] * placed.along[second]).sum(axis=-1),
        (placed.half_m[first], placed.half_m[second]),
        (placed.area_m2[first], placed.area_m2[second]),
        (sigma_m[first], sigma_m[second]),
    )


def squared_distance(
    off_m: Floats,
    along: Floats,
    cosine: Floats,
    half_m: tuple[Floats, Floats],
    area_m2: tuple[Floats, Floats],
    sigma_m: tuple[Floats, Floats],
) -> Floats:
    """Return squared distances between two things in standard deviations of place and size.

    Twice the log-likelihood ratio to something else of the class lying there.

    Parameters
    ----------
    off_m
        From one middle to the other, east and north [..., 2].
    along, cosine
        Heading of the first, and the cosine of the angle to that of the second.
    half_m, area_m2, sigma_m
        Of the first and of the second; ``half_m`` and ``sigma_m`` along and across their headings.
    """
    crossing = (np.abs(cosine) < _CROSSING_COS)[..., None]
    other_half = np.where(crossing, half_m[1][..., ::-1], half_m[1])
    other_sigma = np.where(crossing, sigma_m[1][..., ::-1], sigma_m[1])
    off = np.stack(
        [
            (off_m * along).sum(axis=-1),
            off_m[..., 0] * along[..., 1] - off_m[..., 1] * along[..., 0],
        ],
        axis=-1,
    )
    larger = half_m[0] - other_half
    # Where one is larger, the other may be any part of it; longer and narrower is another shape.
    off = np.maximum(np.abs(off) - np.abs(larger), 0.0)
    variance = sigma_m[0] ** 2 + other_sigma**2
    place = (off**2 / variance).sum(axis=-1)
    unlike = np.minimum(np.abs(larger[..., 0]), np.abs(larger[..., 1])) / _UNLIKE_M
    unlike = np.where(larger[..., 0] * larger[..., 1] < 0.0, unlike, 0.0)
    ratio = np.log((area_m2[0] + _SMALLEST_M2) / (area_m2[1] + _SMALLEST_M2))
    size = np.minimum((ratio / _SIZE_SIGMA) ** 2 / 2.0, _MOST_SIZE_COST)
    # The less sure the places are, the more likely something else lies there.
    doubt = np.log(np.maximum(variance.prod(axis=-1) / _SURE_M4, 1.0))
    return np.asarray(place + unlike**2 + size + doubt, np.float64)


class _State:
    """Which damage each track of a cluster is of, with sums of the costs to each damage's tracks.

    Parameters
    ----------
    cost
        From each track to each.
    """

    def __init__(self, cost: Floats) -> None:
        self._cost = cost
        self.labels = np.full(len(cost), -1, np.int64)
        self.sums = np.zeros_like(cost)
        self.counts = np.zeros(len(cost))

    def known(self) -> Ints:
        return np.flatnonzero(self.counts)

    def free(self, count: int) -> list[int]:
        """Return so many numbers that no damage has."""
        return np.flatnonzero(self.counts == 0.0)[:count].tolist() if count else []

    def take_out(self, rows: Ints) -> None:
        for row in rows.tolist():
            label = self.labels[row]
            if label >= 0:
                self.counts[label] -= 1.0
                # What nothing is of any more must not keep what rounding leaves.
                self.sums[:, label] -= self._cost[:, row]
                if not self.counts[label]:
                    self.sums[:, label] = 0.0
        self.labels[rows] = -1

    def put(self, rows: Ints, labels: Ints) -> None:
        for row, label in zip(rows.tolist(), labels.tolist(), strict=True):
            self.sums[:, label] += self._cost[:, row]
            self.counts[label] += 1.0
        self.labels[rows] = labels


@dataclass(slots=True)
class _Cluster:
    """Tracks of a class that hang together, some of one pass."""

    placed: Placed
    passes: Ints
    sigma_m: Floats
    gate: float

    def labels(self) -> Ints:
        """Return which are of one damage, numbered from 0."""
        cost = self._costs()
        _, self.passes = np.unique(self.passes, return_inverse=True)
        order = np.argsort(self.passes, kind="stable")
        of_pass = np.split(order, np.flatnonzero(np.diff(self.passes[order])) + 1)
        of_pass.sort(key=lambda rows: -len(rows))
        state = _State(cost)
        for sweep in range(3):
            changed = [self._assign(rows, state) for rows in of_pass]
            if sweep and not any(changed):
                break
        return self._joined(_in_order(state.labels), cost)

    def _costs(self) -> Floats:
        count = len(self.placed)
        every = np.arange(count)
        first, second = np.repeat(every, count), np.tile(every, count)
        squared = _squared(self.placed, self.sigma_m, first, second).reshape(count, count)
        # What is far away in one pass must not outweigh all the others.
        return np.minimum(np.minimum(squared, squared.T), 2.0 * self.gate**2)

    def _assign(self, rows: Ints, state: _State) -> bool:
        """Assign a pass's tracks to damages that other passes' tracks are of, or to new ones.

        Return whether one of them is of another damage than before.
        """
        before = state.labels[rows].tolist()
        state.take_out(rows)
        known = state.known()
        limit = self.gate**2
        if len(rows) == 1:
            to_known = state.sums[rows[0], known] / state.counts[known]
            best = int(to_known.argmin()) if len(known) else -1
            after = [int(known[best]) if best >= 0 and to_known[best] < limit else -1]
        else:
            to_known = state.sums[np.ix_(rows, known)] / state.counts[known]
            chosen = np.hstack([to_known, np.full((len(rows), len(rows)), limit)])
            _, theirs = linear_sum_assignment(chosen)
            after = [
                int(known[at]) if at < len(known) and to_known[row, at] < limit else -1
                for row, at in enumerate(theirs.tolist())
            ]
        free = state.free(after.count(-1))
        after = [one if one >= 0 else free.pop(0) for one in after]
        state.put(rows, np.array(after))
        return bool(after != before)

    def _joined(self, labels: Ints, cost: Floats) -> Ints:
        """Join damages that passes saw as one piece more often than as two.

        Or that no pass saw side by side and that are near enough to be one.
        """
        covers = self._covers()
        while True:
            pair = self._clearest_pair(labels, cost, covers)
            if pair is None:
                return labels
            labels = _in_order(np.where(labels == pair[1], pair[0], labels))

    def _clearest_pair(self, labels: Ints, cost: Floats, covers: Flags) -> tuple[int, int] | None:
        """Return the pair of damages that is most clearly one; None if there is none."""
        count = int(labels.max()) + 1
        if count < 2:
            return None
        members = _members(labels, count)
        sizes = members.sum(axis=0)
        gap = members.T @ cost @ members / np.outer(sizes, sizes)
        by_pass = np.zeros((count, int(self.passes.max()) + 1))
        by_pass[labels, self.passes] = 1.0
        both = by_pass @ by_pass.T
        over = covers @ members > 0.5 * sizes
        whole = (members.T @ over) > 0.0
        near = np.triu((whole | whole.T) | ((both == 0.0) & (gap <= self.gate**2)), 1)
        best: tuple[tuple[float, float], tuple[int, int]] | None = None
        for one, other in np.argwhere(near).tolist():
            as_one = np.union1d(
                self.passes[(labels == one) & over[:, other]],
                self.passes[(labels == other) & over[:, one]],
            )
            apart = int((by_pass[one] * by_pass[other]).sum())
            apart -= int((by_pass[one] * by_pass[other])[as_one].sum())
            if (len(as_one) and len(as_one) >= apart) or not both[one, other]:
                key = (float(len(as_one) - apart), -float(gap[one, other]))
                if best is None or key > best[0]:
                    best = (key, (one, other))
        return best[1] if best else None

    def _covers(self) -> Flags:
        """Return whether the extent of each track (row) holds the middle of each (column)."""
        own = self.placed
        off = own.place_m[None, :, :] - own.place_m[:, None, :]
        along = (off * own.along[:, None, :]).sum(axis=-1)
        across = (off * own.right[:, None, :]).sum(axis=-1)
        reach = own.half_m + _TOUCH_M
        held = (np.abs(along) <= reach[:, :1]) & (np.abs(across) <= reach[:, 1:])
        return np.asarray(held, np.bool_)


def _members(labels: Ints, count: int) -> Floats:
    """Return 1 where a track (row) is of a damage (column), else 0."""
    members = np.zeros((len(labels), count))
    known = np.flatnonzero(labels >= 0)
    members[known, labels[known]] = 1.0
    return members


def _in_order(labels: Ints) -> Ints:
    """Return labels numbered anew by their first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], np.int64).reshape(len(labels))
