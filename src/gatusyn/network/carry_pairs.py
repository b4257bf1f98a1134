"""Places on one delivery beside links of another: how near, which way, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.geo import across_deg, angle_between_deg, bearing_deg
from gatusyn.model import CarryParams, Direction, Network, NetworkType

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Lines are compared over so much to both sides of a place: one point says little near a junction.
_REACH_M = 3.0
# Of two links that fit alike, the one that can be compared over more of this has it.
_COMPARED = 1e-3
# The same link sequence and measure are worth as much as lying so much nearer.
_SAME_ID_M = 3.0
# Traffic in the opposite direction only (the other carriageway) counts as lying farther away.
_OPPOSED_M = 4.0
# A place so little beyond a line's end is at the end: junctions are drawn a little differently.
_BEYOND_END_M = 3.0
# NVDB's measures are compared with 8 decimals.
_MEASURE_STEP = 1e-8
_TYPES, _DIRECTIONS = tuple(NetworkType), (Direction.AGAINST, Direction.BOTH, Direction.WITH)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """A network's links as arrays, each of shape [n].

    Parameters
    ----------
    element
        Number of the link sequence, the same in all networks read with the same codes.
    kind
        Number of the network type.
    way
        1 where only driving with the line is allowed, -1 where against, 0 where both.
    """

    line: NDArray[np.object_]
    length_m: Floats
    element: Integers
    start_measure: Floats
    end_measure: Floats
    kind: Integers
    way: Integers
    tree: STRtree

    @classmethod
    def of(cls, network: Network, codes: dict[str, int]) -> Lines:
        """Lay out a network; link sequences that ``codes`` does not know are added to it."""
        links = network.links
        line = np.array([link.line for link in links], dtype=object)

        def whole(values: Iterable[int]) -> Integers:
            return np.fromiter(values, dtype=np.int64, count=len(links))

        return cls(
            line=line,
            length_m=np.asarray(shapely.length(line)),
            element=whole(codes.setdefault(link.element_id, len(codes)) for link in links),
            start_measure=np.round([link.start_measure for link in links], 8),
            end_measure=np.round([link.end_measure for link in links], 8),
            kind=whole(_TYPES.index(link.network_type) for link in links),
            way=whole(_DIRECTIONS.index(link.direction) - 1 for link in links),
            tree=STRtree(line),
        )

    def measure_at(self, link: Integers, offset_m: Floats) -> Floats:
        """Return the measures of places on their link sequences."""
        share = np.clip(offset_m / self.length_m[link], 0.0, 1.0)
        start = self.start_measure[link]
        return np.asarray(start + share * (self.end_measure[link] - start))

    def has_measure(self, link: Integers, measure: Floats | float) -> Booleans:
        """Say whether links cover measures of their link sequence."""
        from_, to = self.start_measure[link] - _MEASURE_STEP, self.end_measure[link] + _MEASURE_STEP
        return np.asarray((from_ <= measure) & (measure <= to))

    def reach(self, link: Integers, offset_m: Floats) -> Floats:
        """Return how far the links go before and after places, up to a few metres, shape [n, 2]."""
        reach = np.column_stack((offset_m, self.length_m[link] - offset_m))
        return np.clip(reach, 0.0, _REACH_M)

    def around(self, link: Integers, offset_m: Floats, reach_m: Floats) -> NDArray[np.object_]:
        """Return points on the links before, at and after places, shape [n, 3]."""
        along = np.column_stack((offset_m - reach_m[:, 0], offset_m, offset_m + reach_m[:, 1]))
        return np.asarray(shapely.line_interpolate_point(self.line[link][:, None], along))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """Places and the links within the limit of them, each of shape [m].

    Parameters
    ----------
    place, link
        Index of the place, and of the link beside it.
    foot_m
        Metres from that link's start to its point nearest to the place.
    shift_m
        East and north from the place to that point, without what is along the link, shape [m, 2].
    cost
        Mean metres between the lines around the place, and what ids and traffic say.
    same_type, same_way, beside
        Whether it is for the same users, runs the same way or the opposite, and does not end before
        the place.
    is_reversed
        Whether it is digitised the other way.
    by_id
        Whether it is the same measure of the same link sequence.
    """

    place: Integers
    link: Integers
    foot_m: Floats
    shift_m: Floats
    cost: Floats
    same_type: Booleans
    same_way: Booleans
    beside: Booleans
    is_reversed: Booleans
    by_id: Booleans

    @property
    def usable(self) -> Booleans:
        """Say which pairs may be the same street."""
        return self.same_type & self.same_way & self.beside

    def best(self) -> Integers:
        """Return each place's usable pair of least cost; places without one have none."""
        usable = np.flatnonzero(self.usable)
        order = usable[np.lexsort((self.cost[usable], self.place[usable]))]
        _, first = np.unique(self.place[order], return_index=True)
        return np.asarray(order[first])


def pairs_of(
    own: Lines, link: Integers, offset_m: Floats, others: Lines, params: CarryParams
) -> Pairs:
    """Pair places on links of ``own`` with the links of ``others`` near them."""
    reach = own.reach(link, offset_m)
    around = own.around(link, offset_m, reach)
    place, other = others.tree.query(around[:, 1], predicate="dwithin", distance=params.max_shift_m)
    foot_m = np.asarray(shapely.line_locate_point(others.line[other], around[place, 1]))
    reach_there = others.reach(other, foot_m)
    beside = others.around(other, foot_m, reach_there)
    shift = shapely.get_coordinates(beside[:, 1]) - shapely.get_coordinates(around[place, 1])
    before, after = _bearing(around)[place], _bearing(beside)
    is_reversed = angle_between_deg(before, after) > 90.0
    across = _across(shift, after)
    by_id = (own.element[link][place] == others.element[other]) & others.has_measure(
        other, np.round(own.measure_at(link, offset_m), 8)[place]
    )
    way = others.way[other] * np.where(is_reversed, -1, 1)
    # Beyond the other link's end there is nothing to compare: it may have been split there.
    reach_there[is_reversed] = reach_there[is_reversed, ::-1]
    both = np.minimum(reach[place], reach_there)
    compared = own.around(link[place], offset_m[place], both)
    cost = shapely.distance(compared, others.line[other][:, None]).mean(axis=1)
    cost += _COMPARED * (1.0 - both.sum(axis=1) / (2.0 * _REACH_M))
    cost += np.where(own.way[link][place] * way < 0, _OPPOSED_M, 0.0)
    return Pairs(
        place=place,
        link=other,
        foot_m=foot_m,
        shift_m=across,
        cost=cost - np.where(by_id, _SAME_ID_M, 0.0),
        same_type=own.kind[link][place] == others.kind[other],
        same_way=across_deg(before, after) <= params.max_turn_deg,
        beside=np.hypot(*(shift - across).T) <= np.maximum(np.hypot(*across.T), _BEYOND_END_M),
        is_reversed=is_reversed,
        by_id=by_id,
    )


def _bearing(around: NDArray[np.object_]) -> Floats:
    step = shapely.get_coordinates(around[:, 2]) - shapely.get_coordinates(around[:, 0])
    return bearing_deg(step[:, 0], step[:, 1])


def _across(shift_m: Floats, along_deg: Floats) -> Floats:
    """Return the part of shifts across bearings; along them only a line's end draws."""
    angle = np.radians(along_deg)
    unit = np.column_stack((np.sin(angle), np.cos(angle)))
    return np.asarray(shift_m - (shift_m * unit).sum(axis=1, keepdims=True) * unit)
