"""Which tracks of several passes are of one damage: one to one for each pass, at the least cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gatusyn.findings.cluster import Cluster
from gatusyn.findings.placed import Floats, Ints, Placed

Flags = NDArray[np.bool_]

_SIZE_SIGMA = 0.9
_MOST_SIZE_COST = 9.0
_UNLIKE_M = 0.4
_SURE_M4 = 0.1
_SMALLEST_M2 = 0.03
_CROSSING_COS = 0.7
_TOUCH_M = 0.3
_SLACK_M = 8.0
_PAIRS_AT_ONCE = 200_000
_FEW = 800


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Near:
    """Pairs of tracks that may be of one damage wherever they are moved to, within some metres.

    Parameters
    ----------
    first, second
        The pairs, of one class, the lower number first.
    place_m, reach_m
        Of each track when they were found.
    """

    first: Ints
    second: Ints
    place_m: Floats
    reach_m: Floats

    @classmethod
    def of(cls, placed: Placed, sigma_m: Floats, *, gate: float) -> Near:
        """Return the pairs of tracks that are that near."""
        reach = _reach(placed, sigma_m, gate)
        first, second = _candidates(placed, reach, slack_m=_SLACK_M)
        return cls(first=first, second=second, place_m=placed.place_m, reach_m=reach)

    def rows(self, rows: Ints) -> Near:
        """Return the same of some tracks, in rising order."""
        place = np.full(len(self.place_m), -1)
        place[rows] = np.arange(len(rows))
        first, second = place[self.first], place[self.second]
        own = (first >= 0) & (second >= 0)
        return Near(
            first=first[own],
            second=second[own],
            place_m=self.place_m[rows],
            reach_m=self.reach_m[rows],
        )

    def holds(self, placed: Placed, reach_m: Floats) -> bool:
        """Say whether no pair is missing where the tracks are now."""
        moved = np.hypot(*(placed.place_m - self.place_m).T).max(initial=0.0)
        farther = (reach_m - self.reach_m).max(initial=0.0)
        return bool(2.0 * moved + farther < _SLACK_M)


def hanging(placed: Placed, sigma_m: Floats, *, gate: float, near: Near | None = None) -> Ints:
    """Return for each track the number of those that it hangs together with, one near the next.

    Tracks of one class may be of one damage where their places, along and across the street, differ
    by less than the gate, in standard deviations; what is larger may cover what is smaller.
    """
    count = len(placed)
    first, second = near_pairs(placed, sigma_m, gate=gate, near=near)
    # The pairs are in order: as they are, they are the rows of a sparse matrix.
    starts = np.searchsorted(first, np.arange(count + 1))
    graph = csr_array((np.ones(len(first), np.int8), second, starts), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def assign(
    placed: Placed,
    passes: Ints,
    sigma_m: Floats,
    component: Ints | None = None,
    *,
    gate: float,
    near: Near | None = None,
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
    near
        Pairs among which those are that are near enough, where they are known.

    Returns
    -------
    ndarray
        Numbers from 0; the first track of each damage comes in the order of the numbers.
    """
    count = len(placed)
    if count == 0:
        return np.zeros(0, np.int64)
    if component is None:
        component = hanging(placed, sigma_m, gate=gate, near=near)
    order = np.argsort(component, kind="stable")
    bounds = np.flatnonzero(np.diff(component[order])) + 1
    result = component.copy()
    free = int(component.max()) + 1
    seen = passes.tolist()
    several = [
        rows
        for rows in np.split(order, bounds)
        if len({seen[row] for row in rows.tolist()}) < len(rows)
    ]
    for some in _batches(several):
        for rows, (cost, covers) in zip(some, _between(placed, sigma_m, some, gate), strict=True):
            own = [seen[row] for row in rows.tolist()]
            labels = Cluster(own, cost, covers, limit=gate**2).labels()
            result[rows] = np.array(labels) + free
            free += max(labels) + 1
    return _in_order(result)


def _batches(clusters: Sequence[Ints]) -> Iterator[list[Ints]]:
    """Yield clusters, as many at once as have some number of pairs."""
    batch: list[Ints] = []
    pairs = 0
    for rows in clusters:
        batch.append(rows)
        pairs += len(rows) ** 2
        if pairs > _PAIRS_AT_ONCE:
            yield batch
            batch, pairs = [], 0
    if batch:
        yield batch


def _between(
    placed: Placed, sigma_m: Floats, clusters: Sequence[Ints], gate: float
) -> Iterator[tuple[Floats, Flags]]:
    """Yield each cluster's costs from each track to each, and whether each covers each.

    That is, whether the extent of one (row) holds the middle of the other (column).
    """
    first = np.concatenate([np.repeat(rows, len(rows)) for rows in clusters])
    second = np.concatenate([np.tile(rows, len(rows)) for rows in clusters])
    # What is far away in one pass must not outweigh all the others.
    cost = np.minimum(_squared(placed, sigma_m, first, second), 2.0 * gate**2)
    east, north = (own[second] - own[first] for own in placed.place_m.T)
    towards = placed.along.T[:, first]
    along = np.abs(east * towards[0] + north * towards[1])
    across = np.abs(east * towards[1] - north * towards[0])
    reach = placed.half_m[first] + _TOUCH_M
    covers = (along <= reach[:, 0]) & (across <= reach[:, 1])
    at = 0
    for rows in clusters:
        size = len(rows)
        own = slice(at, at + size**2)
        both = cost[own].reshape(size, size)
        yield np.minimum(both, both.T), covers[own].reshape(size, size)
        at += size**2


def near_pairs(
    placed: Placed,
    sigma_m: Floats,
    *,
    gate: float,
    only: Ints | None = None,
    near: Near | None = None,
) -> tuple[Ints, Ints]:
    """Return pairs of tracks of one class that are near enough, the lower number first.

    Parameters
    ----------
    only
        Rows of which one must be in each pair.
    near
        Pairs among which they are, where these are known.
    """
    reach = _reach(placed, sigma_m, gate)
    if near is not None and near.holds(placed, reach):
        first, second = _within_reach(placed, reach, near.first, near.second)
    else:
        first, second = _candidates(placed, reach)
    if only is not None:
        among = np.zeros(len(placed), np.bool_)
        among[only] = True
        of_those = among[first] | among[second]
        first, second = first[of_those], second[of_those]
    close = _squared(placed, sigma_m, first, second) <= gate**2
    return first[close], second[close]


def _reach(placed: Placed, sigma_m: Floats, gate: float) -> Floats:
    """Return how far each track may be from another of the same damage."""
    reach = gate * np.hypot(sigma_m[:, 0], sigma_m[:, 1]) + np.hypot(*placed.half_m.T)
    return np.asarray(np.sqrt(2.0) * reach, np.float64)


def _within_reach(
    placed: Placed, reach_m: Floats, first: Ints, second: Ints, slack_m: float = 0.0
) -> tuple[Ints, Ints]:
    """Return those pairs of which one reaches the other, or lacks so little."""
    east, north = (own[first] - own[second] for own in placed.place_m.T)
    far = np.maximum(reach_m[first], reach_m[second]) + slack_m
    near = east**2 + north**2 <= far**2
    return first[near], second[near]


_SIZES_M = np.array([3.0, 6.0, 12.0, 24.0, 48.0])


def _candidates(placed: Placed, reach_m: Floats, slack_m: float = 0.0) -> tuple[Ints, Ints]:
    """Return pairs of tracks of one class that may be near enough, the lower number first."""
    if len(placed) <= _FEW:
        return _few_candidates(placed, reach_m, slack_m)
    # What reaches far would else make all look far.
    group = placed.pixel_class * (len(_SIZES_M) + 1) + np.searchsorted(_SIZES_M, reach_m)
    rows = {int(number): np.flatnonzero(group == number) for number in np.unique(group)}
    trees = {number: cKDTree(placed.place_m[own]) for number, own in rows.items()}
    firsts, seconds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number, own in rows.items():
        for other in range(number, (number // (len(_SIZES_M) + 1) + 1) * (len(_SIZES_M) + 1)):
            if other not in rows:
                continue
            farthest = float(reach_m[rows[other]].max()) + slack_m
            i, j = _within(trees[number], trees[other], farthest)
            i, j = own[i], rows[other][j]
            once = (i < j) | (number != other)
            i, j = _within_reach(placed, reach_m, i[once], j[once], slack_m)
            firsts.append(np.minimum(i, j))
            seconds.append(np.maximum(i, j))
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    order = np.lexsort((second, first))
    return first[order], second[order]


def _few_candidates(placed: Placed, reach_m: Floats, slack_m: float) -> tuple[Ints, Ints]:
    """Return the same of some hundred tracks: each with each is quicker than to build trees."""
    firsts, seconds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number in range(int(placed.pixel_class.max(initial=-1)) + 1):
        own = np.flatnonzero(placed.pixel_class == number)
        east, north = (np.subtract.outer(axis, axis) for axis in placed.place_m[own].T)
        far = np.maximum.outer(reach_m[own], reach_m[own]) + slack_m
        i, j = np.nonzero(np.triu(east**2 + north**2 <= far**2, 1))
        firsts.append(own[i])
        seconds.append(own[j])
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    # Class by class they are in order: only the first need it.
    order = np.argsort(first, kind="stable")
    return first[order], second[order]


def _within(one: cKDTree, other: cKDTree, distance_m: float) -> tuple[Ints, Ints]:
    """Return pairs of points of two trees that are no farther apart."""
    found = one.sparse_distance_matrix(other, distance_m, output_type="ndarray")
    return found["i"].astype(np.int64), found["j"].astype(np.int64)


def _squared(placed: Placed, sigma_m: Floats, first: Ints, second: Ints) -> Floats:
    """Return squared distances of pairs of tracks, in standard deviations of place and size.

    Twice the log-likelihood ratio to something else of the class lying there.
    """
    # Column by column: sums over the two axes of many places take several times as long.
    east, north = placed.along.T
    off_east, off_north = (own[first] - own[second] for own in placed.place_m.T)
    towards = east[first], north[first]
    off = (
        off_east * towards[0] + off_north * towards[1],
        off_east * towards[1] - off_north * towards[0],
    )
    crossing = np.abs(towards[0] * east[second] + towards[1] * north[second]) < _CROSSING_COS
    larger, variance, place = [], [], []
    for axis in (0, 1):
        ours, theirs = placed.half_m[:, axis], placed.half_m[:, 1 - axis]
        larger.append(ours[first] - np.where(crossing, theirs[second], ours[second]))
        own, other = sigma_m[:, axis] ** 2, sigma_m[:, 1 - axis] ** 2
        variance.append(own[first] + np.where(crossing, other[second], own[second]))
        # Where one is larger, the other may be any part of it.
        aside = np.maximum(np.abs(off[axis]) - np.abs(larger[axis]), 0.0)
        place.append(aside**2 / variance[axis])
    # Longer and narrower is another shape.
    unlike = np.minimum(np.abs(larger[0]), np.abs(larger[1])) / _UNLIKE_M
    unlike = np.where(larger[0] * larger[1] < 0.0, unlike, 0.0)
    area_m2 = placed.area_m2 + _SMALLEST_M2
    ratio = np.log(area_m2[first] / area_m2[second])
    size = np.minimum((ratio / _SIZE_SIGMA) ** 2 / 2.0, _MOST_SIZE_COST)
    # The less sure the places are, the more likely something else lies there.
    doubt = np.log(np.maximum(variance[0] * variance[1] / _SURE_M4, 1.0))
    return np.asarray(place[0] + place[1] + unlike**2 + size + doubt, np.float64)


def _in_order(labels: Ints) -> Ints:
    """Return labels numbered anew by their first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], np.int64).reshape(len(labels))
