"""The network as directed links: who follows whom, and the way between two of them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Searches kept between tracks, some kilobytes each: memory stays bounded on a large town.
_MOST_KEPT = 20_000


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
    reverse
        The directed link that leads straight back, -1 if there is none, shape [2 n].
    followers
        The allowed directed links that start where each one ends, itself never among them.
    u_turn_m
        Metres that a U-turn counts for.
    """

    length_m: Floats
    allowed: Booleans
    reverse: Integers
    followers: tuple[tuple[int, ...], ...]
    u_turn_m: float
    _reaches: dict[int, Reach] = field(default_factory=dict)

    def reach(self, source: int, limit_m: float) -> Reach:
        """Return what is within ``limit_m`` metres of a directed link's end (Dijkstra, kept)."""
        known = self._reaches.get(source)
        if known is not None and known.limit_m >= limit_m:
            return known
        found = self._search(source, limit_m)
        if len(self._reaches) >= _MOST_KEPT:
            self._reaches.clear()
        self._reaches[source] = found
        return found

    def _search(self, source: int, limit_m: float) -> Reach:
        cost: dict[int, float] = {}
        before: dict[int, int] = {}
        done: set[int] = set()
        heap: list[tuple[float, int]] = []
        current, at_end = source, 0.0
        while True:
            back = self.reverse[current]
            for follower in self.followers[current]:
                there = at_end + (self.u_turn_m if follower == back else 0.0)
                if there <= limit_m and there < cost.get(follower, np.inf):
                    cost[follower], before[follower] = there, current
                    heapq.heappush(heap, (there, follower))
            while heap and heap[0][1] in done:
                heapq.heappop(heap)
            if not heap:
                return Reach(limit_m=limit_m, cost_m=cost, before=before)
            there, current = heapq.heappop(heap)
            done.add(current)
            at_end = there + float(self.length_m[current])

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
    head, tail = _nodes(lines, snap_m)
    count = lines.size
    from_node, to_node = np.empty(2 * count, np.int64), np.empty(2 * count, np.int64)
    from_node[0::2], from_node[1::2] = head, tail
    to_node[0::2], to_node[1::2] = tail, head
    allowed = np.empty(2 * count, np.bool_)
    allowed[0::2], allowed[1::2] = forward, backward
    length = np.repeat(shapely.length(lines), 2)

    leaving: dict[int, list[int]] = {}
    for link in np.flatnonzero(allowed).tolist():
        leaving.setdefault(int(from_node[link]), []).append(link)
    followers = tuple(
        tuple(other for other in leaving.get(node, ()) if other != link)
        for link, node in enumerate(to_node.tolist())
    )
    return LinkGraph(
        length_m=length,
        allowed=allowed,
        reverse=_reverses(from_node, to_node, length, allowed),
        followers=followers,
        u_turn_m=u_turn_m,
    )


def _nodes(lines: NDArray[np.object_], snap_m: float) -> tuple[Integers, Integers]:
    """Return the node number of each line's first and last point."""
    first = shapely.get_coordinates(shapely.get_point(lines, 0))
    last = shapely.get_coordinates(shapely.get_point(lines, -1))
    places, node = np.unique(np.concatenate((first, last)), axis=0, return_inverse=True)
    points = np.asarray(shapely.points(places), dtype=object)
    pairs = STRtree(points).query(points, predicate="dwithin", distance=snap_m)
    parent = np.arange(places.shape[0])
    for one, other in pairs.T[pairs[0] < pairs[1]].tolist():
        low, high = sorted((_root(parent, one), _root(parent, other)))
        parent[high] = low
    roots = np.array([_root(parent, k) for k in range(parent.size)], dtype=np.int64)
    node = roots[node.reshape(-1)]
    return node[: lines.size], node[lines.size :]


def _root(parent: Integers, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = int(parent[node])
    return node


def _reverses(
    from_node: Integers, to_node: Integers, length: Floats, allowed: Booleans
) -> Integers:
    """Find the way straight back: the link itself, or its twin in deliveries of directed lines."""
    reverse = np.arange(from_node.size) ^ 1
    reverse[~allowed[reverse]] = -1
    twins = {
        (start, end, round(metres, 1)): link
        for link, (start, end, metres, is_allowed) in enumerate(
            zip(
                from_node.tolist(), to_node.tolist(), length.tolist(), allowed.tolist(), strict=True
            )
        )
        if is_allowed
    }
    for link in np.flatnonzero(reverse < 0).tolist():
        key = (int(to_node[link]), int(from_node[link]), round(float(length[link]), 1))
        reverse[link] = twins.get(key, -1)
    return reverse
