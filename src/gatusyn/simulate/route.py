"""Plan a route that covers every driven street in both directions, turning round only in a ring."""

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import Floats
from .lines import total_length
from .town import Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A link in one direction.

    Parameters
    ----------
    link : int
        Index of the link.
    start_node, end_node : int
        Where it begins and ends.
    line : ndarray, shape (n, 2)
        Middle of the street in the direction of travel; local easting, northing.
    width_m : float
        Carriageway width.
    lane_m : float, optional
        How far right of the middle is driven; by default a quarter of the width, the middle of the
        lane of a street with two.
    """

    link: int
    start_node: int
    end_node: int
    line: Floats
    width_m: float
    lane_m: float | None = None

    @property
    def right_m(self) -> float:
        """How far right of the middle is driven."""
        return self.width_m / 4 if self.lane_m is None else self.lane_m


def plan_route(town: Town) -> list[Arc]:
    """Return arcs end to end that use each driven link both ways; the best of some tries."""
    arcs = _driven_arcs(town)
    following = [_following(arcs, index) for index in range(len(arcs))]
    lengths = [total_length(arc.line) for arc in arcs]
    tries = (
        _walk(np.random.default_rng([town.params.seed, 7, attempt]), arcs, following, lengths)
        for attempt in range(60)
    )
    best = min(tries, key=lambda walk: sum(lengths[index] for index in walk))
    return [arcs[index] for index in best]


def cover_links(rng: np.random.Generator, arcs: Sequence[Arc]) -> list[Arc]:
    """Return arcs end to end that use each link once, in either direction, and few ones twice.

    Where the walk is stuck it goes the shortest way to what is left.
    """
    following = [_following(arcs, index) for index in range(len(arcs))]
    lengths = [total_length(arc.line) for arc in arcs]
    walk = [int(rng.integers(len(arcs)))]
    left = {place for place in range(len(arcs)) if arcs[place].link != arcs[walk[0]].link}
    while left:
        fresh = [place for place in following[walk[-1]] if place in left]
        if fresh:
            step = [fresh[int(rng.integers(len(fresh)))]]
        else:
            step = _shortest(walk[-1], left, following, lengths)
        walk += step
        done = {arcs[place].link for place in step}
        left = {place for place in left if arcs[place].link not in done}
    return [arcs[place] for place in walk]


def split_route(route: Sequence[Arc], parts: int) -> list[list[Arc]]:
    """Divide a route into at most `parts` pieces of about equal length."""
    ends = np.cumsum([total_length(arc.line) for arc in route])
    piece = np.minimum((ends - 1e-6) / ends[-1] * parts, parts - 1).astype(int)
    return [
        [arc for _, arc in group]
        for _, group in itertools.groupby(zip(piece, route, strict=True), key=lambda pair: pair[0])
    ]


def _driven_arcs(town: Town) -> list[Arc]:
    arcs: list[Arc] = []
    for index, link in enumerate(town.links):
        street = town.streets[link.street]
        if street.driven:
            ends = (link.start_node, link.end_node)
            for (start, end), line in ((ends, link.line), (ends[::-1], link.line[::-1])):
                arcs.append(
                    Arc(
                        link=index,
                        start_node=start,
                        end_node=end,
                        line=line,
                        width_m=street.width_m,
                    )
                )
    return arcs


def _following(arcs: Sequence[Arc], index: int) -> list[int]:
    """Return the arcs that may follow one; turning round only where nothing else is left."""
    arc = arcs[index]
    after = [place for place, other in enumerate(arcs) if other.start_node == arc.end_node]
    onward = [place for place in after if arcs[place].link != arc.link]
    return onward or after


def _walk(
    rng: np.random.Generator, arcs: list[Arc], following: list[list[int]], lengths: list[float]
) -> list[int]:
    """Walk at random over arcs not yet used; from a dead end, go the shortest way to one."""
    walk = [0]
    left = set(range(1, len(following)))
    while left:
        fresh = [place for place in following[walk[-1]] if place in left]
        if fresh:
            step = [fresh[int(rng.integers(len(fresh)))]]
        else:
            step = _shortest(walk[-1], left, following, lengths)
            if not step:
                # A ring of streets: turn round where it closes.
                end = arcs[walk[-1]].end_node
                step = [min(place for place in left if arcs[place].start_node == end)]
        walk += step
        left -= set(step)
    return walk


def _shortest(
    start: int, goals: set[int], following: list[list[int]], lengths: list[float]
) -> list[int]:
    """Return the shortest chain of arcs after `start` that ends in a goal; empty if none."""
    queue: list[tuple[float, int, list[int]]] = [(0.0, start, [])]
    done: set[int] = set()
    while queue:
        cost, place, chain = heapq.heappop(queue)
        if place in goals:
            return chain
        if place in done:
            continue
        done.add(place)
        for after in following[place]:
            if after not in done:
                heapq.heappush(queue, (cost + lengths[after], after, [*chain, after]))
    return []
