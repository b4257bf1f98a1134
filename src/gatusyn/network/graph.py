"""The network as directed links: who follows whom, and the way between two of them."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Searches kept between tracks, some kilobytes each: memory stays bounded on a large town.
_MOST_KEPT = 20_000
# Limits are rounded up to multiples of this, so that a link is not searched again for each fix.
_LIMIT_STEP_M = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What can be reached from the end of one directed link, within a limit.

    Parameters
    ----------
    limit_m
        Everything nearer than this is included.
    cost_m
        Metres from the end of the source to the start of a directed link, U-turn costs included.
    before
        The directed link driven just before each of those.
    """

    limit_m: float
    cost_m: dict[int, float]
    before: dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkGraph:
    """Directed links: ``2 * link`` with, ``2 * link + 1`` against the digitised direction.

    Parameters
    ----------
    length_m
        Length of each directed link, shape [2 n].
    allowed
        Whether driving in that direction is allowed, shape [2 n].
    to_node
        The node where each directed link ends, shape [2 n].
    reverse
        The directed link that leads straight back, -1 if there is none, shape [2 n].
    leaving, first_leaving
        The allowed directed links by the node where they start: those of a node are ``leaving``
        from ``first_leaving[node]`` to before ``first_leaving[node + 1]``.
    u_turn_m
        Metres that a U-turn counts for.
    """

    length_m: Floats
    allowed: Booleans
    to_node: Integers
    reverse: Integers
    leaving: Integers
    first_leaving: Integers
    u_turn_m: float
    _reaches: dict[int, Reach] = field(default_factory=dict)
    _steps: dict[int, tuple[float, tuple[tuple[int, float], ...]]] = field(default_factory=dict)

    def followers(self, link: int) -> tuple[int, ...]:
        """Return the allowed directed links that start where one ends, itself never among them."""
        first, stop = self.first_leaving[self.to_node[link] :][:2].tolist()
        return tuple(other for other in self.leaving[first:stop].tolist() if other != link)

    def reach(self, source: int, limit_m: float) -> Reach:
        """Return what is within ``limit_m`` metres of a directed link's end (Dijkstra, kept)."""
        known = self._reaches.get(source)
        if known is not None and known.limit_m >= limit_m:
            return known
        found = self._search(source, _LIMIT_STEP_M * math.ceil(limit_m / _LIMIT_STEP_M))
        if len(self._reaches) >= _MOST_KEPT:
            self._reaches.clear()
            self._steps.clear()
        self._reaches[source] = found
        return found

    def _search(self, source: int, limit_m: float) -> Reach:
        cost: dict[int, float] = {}
        before: dict[int, int] = {}
        heap: list[tuple[float, int]] = []
        steps, cost_of, push, pop = self._steps, cost.get, heapq.heappush, heapq.heappop
        current, at_end = source, 0.0
        _, follow = steps.get(source) or self._step(source)
        while True:
            for follower, turn_m in follow:
                there = at_end + turn_m
                if there <= limit_m and there < cost_of(follower, math.inf):
                    cost[follower], before[follower] = there, current
                    push(heap, (there, follower))
            while True:
                if not heap:
                    return Reach(limit_m=limit_m, cost_m=cost, before=before)
                there, current = pop(heap)
                if there <= cost[current]:
                    break
            length, follow = steps.get(current) or self._step(current)
            at_end = there + length

    def _step(self, link: int) -> tuple[float, tuple[tuple[int, float], ...]]:
        """Return a link's length, and its followers with the metres that turning counts for."""
        back = int(self.reverse[link])
        step = (
            float(self.length_m[link]),
            tuple((f, self.u_turn_m if f == back else 0.0) for f in self.followers(link)),
        )
        self._steps[link] = step
        return step

    def way(self, source: int, target: int, limit_m: float) -> list[int]:
        """Return the directed links after ``source`` up to and with ``target``.

        Raises
        ------
        KeyError
            If the target is farther than ``limit_m`` metres or cannot be reached.
        """
        before = self.reach(source, limit_m).before
        links = [target]
        previous = before[target]
        while previous != source:
            links.append(previous)
            previous = before[previous]
        return links[::-1]


def build_graph(
    lines: NDArray[np.object_],
    forward: Booleans,
    backward: Booleans,
    *,
    snap_m: float = 0.5,
    u_turn_m: float = 60.0,
) -> LinkGraph:
    """Join links whose ends are within ``snap_m`` metres of each other.

    Parameters
    ----------
    lines
        Line strings, easting and northing in metres, shape [n].
    forward, backward
        Whether driving with and against the digitised direction is allowed, shape [n].
    u_turn_m
        Metres that a U-turn counts for.
    """
    forward, backward = np.asarray(forward, np.bool_), np.asarray(backward, np.bool_)
    head, tail = end_nodes(lines, snap_m)
    from_node = np.column_stack((head, tail)).reshape(-1)
    to_node = np.column_stack((tail, head)).reshape(-1)
    allowed = np.column_stack((forward, backward)).reshape(-1)
    length = np.repeat(shapely.length(lines), 2)
    usable = np.flatnonzero(allowed)
    leaving = usable[np.argsort(from_node[usable], kind="stable")]
    nodes = int(from_node.max(initial=-1)) + 1
    return LinkGraph(
        length_m=length,
        allowed=allowed,
        to_node=to_node,
        reverse=_reverses(from_node, to_node, length, allowed),
        leaving=leaving,
        first_leaving=np.searchsorted(from_node[leaving], np.arange(nodes + 1)),
        u_turn_m=u_turn_m,
    )


def end_nodes(lines: NDArray[np.object_], snap_m: float) -> tuple[Integers, Integers]:
    """Return the node number of each line's first and last point."""
    places, line = shapely.get_coordinates(lines, return_index=True)
    if lines.size == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    first = np.searchsorted(line, np.arange(lines.size))
    last = np.append(first[1:], line.size) - 1
    ends = places[np.concatenate((first, last))]
    # One whole number for each place, to the millimetre: sorting those is quick.
    ends -= ends.min(axis=0)
    cell = np.round(ends / max(1e-3, float(ends.max()) / 2**31)).astype(np.int64)
    _, at, node = np.unique((cell[:, 0] << 31) + cell[:, 1], return_index=True, return_inverse=True)
    near = cKDTree(ends[at]).query_pairs(snap_m, output_type="ndarray")
    if near.size:
        pairs = coo_array((np.ones(near.shape[0]), (near[:, 0], near[:, 1])), shape=(at.size,) * 2)
        _, cluster = connected_components(pairs, directed=False)
        node = cluster[node]
    node = np.asarray(node, dtype=np.int64).reshape(-1)
    return node[: lines.size], node[lines.size :]


def _reverses(
    from_node: Integers, to_node: Integers, length: Floats, allowed: Booleans
) -> Integers:
    """Find the way straight back: the link itself, or its twin in deliveries of directed lines."""
    reverse = np.arange(from_node.size) ^ 1
    reverse[~allowed[reverse]] = -1
    usable, lone = np.flatnonzero(allowed), np.flatnonzero(allowed & (reverse < 0))
    if lone.size == 0:
        return reverse
    count = int(from_node.max()) + 1
    decimetres = np.minimum(np.round(length * 10), 2**21 - 1).astype(np.int64)

    def keys(start: Integers, end: Integers, rows: Integers) -> Integers:
        return ((start[rows] * count + end[rows]) << 21) + decimetres[rows]

    there, twin = np.unique(keys(from_node, to_node, usable), return_index=True)
    back = keys(to_node, from_node, lone)
    at = np.minimum(np.searchsorted(there, back), there.size - 1)
    reverse[lone] = np.where(there[at] == back, usable[twin[at]], -1)
    return reverse
