"""Which directed links a fix may be on, and how likely each is by place and bearing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.geo import angle_between_deg, bearing_deg
from gatusyn.model import GroundTrack, MatchParams

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Error of the link's own line, added to that of the fix.
_LINE_SIGMA_M = 2.0
# Below this speed a bearing says nothing.
_SLOW_MS = 1.5
# The bearing's part of the cost stops rising here: at a turn a receiver's bearing can be any.
_MAX_BEARING_COST = 8.0
# Half the length over which a link's bearing is taken.
_BEARING_STEP_M = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Places on directed links, sorted by fix.

    Parameters
    ----------
    fix
        Index of the fix, not falling, shape [m].
    link
        Directed link (``LinkGraph``), shape [m].
    offset_m
        Metres from the start of the directed link, shape [m].
    distance_m
        Metres between the fix and the place, shape [m].
    cost
        Minus the logarithm of the likelihood, up to a constant, shape [m].
    """

    fix: Integers
    link: Integers
    offset_m: Floats
    distance_m: Floats
    cost: Floats


def fix_sigma_m(track: GroundTrack, params: MatchParams) -> Floats:
    """Return each fix's standard deviation against the link lines, in metres, shape [n]."""
    given = np.isfinite(track.sigma_m) & (track.sigma_m > 0)
    own = np.where(given, track.sigma_m, params.sigma_m)
    return np.asarray(np.hypot(own, _LINE_SIGMA_M), dtype=np.float64)


def find_candidates(
    tree: STRtree,
    allowed: Booleans,
    track: GroundTrack,
    fixes: Integers,
    params: MatchParams,
    *,
    most: int = 8,
) -> Candidates:
    """Find the nearest links of some fixes, in both directions where both are allowed.

    Parameters
    ----------
    tree
        Over the link lines.
    allowed
        Whether driving on each directed link is allowed, shape [2 links].
    fixes
        Indexes into the track, ascending; ``Candidates.fix`` refers to this list.
    most
        Links kept for a fix.
    """
    lines = tree.geometries
    points = np.asarray(
        shapely.points(track.easting_m[fixes], track.northing_m[fixes]), dtype=object
    )
    fix, link, distance = _nearest(tree, points, params.search_m, most)
    offset = np.asarray(shapely.line_locate_point(lines[link], points[fix]))
    length = shapely.length(lines[link])
    away = angle_between_deg(
        _bearing_at(lines[link], offset, length), track.bearing_deg[fixes][fix]
    )
    blind = ~np.isfinite(away) | ~(track.speed_ms[fixes][fix] >= _SLOW_MS)
    place_cost = 0.5 * (distance / fix_sigma_m(track, params)[fixes][fix]) ** 2

    def bearing_cost(angle: Floats) -> Floats:
        cost = np.minimum(0.5 * (angle / params.bearing_sigma_deg) ** 2, _MAX_BEARING_COST)
        return np.where(blind, 0.0, cost)

    both = Candidates(
        fix=np.concatenate((fix, fix)),
        link=np.concatenate((2 * link, 2 * link + 1)),
        offset_m=np.concatenate((offset, length - offset)),
        distance_m=np.concatenate((distance, distance)),
        cost=np.concatenate(
            (place_cost + bearing_cost(away), place_cost + bearing_cost(180.0 - away))
        ),
    )
    usable = np.flatnonzero(allowed[both.link])
    return _take(both, usable[np.argsort(both.fix[usable], kind="stable")])


def _nearest(
    tree: STRtree, points: NDArray[np.object_], search_m: float, most: int
) -> tuple[Integers, Integers, Floats]:
    """Return (fix, link, metres) of each fix's ``most`` nearest links, sorted by fix."""
    fix, link = tree.query(points, predicate="dwithin", distance=search_m)
    distance = np.asarray(shapely.distance(points[fix], tree.geometries[link]))
    order = np.lexsort((distance, fix))
    fix, link, distance = fix[order], link[order], distance[order]
    near = np.arange(fix.size) - np.searchsorted(fix, fix, side="left") < most
    return fix[near], link[near], distance[near]


def _bearing_at(lines: NDArray[np.object_], offset: Floats, length: Floats) -> Floats:
    low = np.maximum(offset - _BEARING_STEP_M, 0.0)
    high = np.minimum(offset + _BEARING_STEP_M, length)
    step = shapely.get_coordinates(shapely.line_interpolate_point(lines, high))
    step -= shapely.get_coordinates(shapely.line_interpolate_point(lines, low))
    return bearing_deg(step[:, 0], step[:, 1])


def _take(candidates: Candidates, rows: Integers) -> Candidates:
    return Candidates(
        fix=candidates.fix[rows],
        link=candidates.link[rows],
        offset_m=candidates.offset_m[rows],
        distance_m=candidates.distance_m[rows],
        cost=candidates.cost[rows],
    )
