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
_MAX_BEARING_COST = 4.0
# Degrees of freedom of Student's t: errors of receivers have heavy tails and last for many fixes,
# so a street far off costs little more than one somewhat off.
_FREEDOM = 3.0
_MOST = 8
# A candidate this much dearer than the fix's cheapest is left out.
_HOPELESS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """The straight pieces of the links, in the order of the links.

    Parameters
    ----------
    start_m, step_m
        First point and the way to the last, easting and northing, shape [p, 2].
    base_m
        Metres from the link's start to the piece's start, shape [p].
    length_m
        Metres, shape [p].
    first
        The first piece of each link, shape [n + 1]; the last entry is the number of pieces.
    """

    start_m: Floats
    step_m: Floats
    base_m: Floats
    length_m: Floats
    first: Integers

    @classmethod
    def of(cls, lines: NDArray[np.object_]) -> Segments:
        """Cut lines into their straight pieces."""
        places, line = shapely.get_coordinates(lines, return_index=True)
        inner = np.flatnonzero(line[1:] == line[:-1])
        step = places[inner + 1] - places[inner]
        length = np.hypot(step[:, 0], step[:, 1])
        first = np.searchsorted(line[inner], np.arange(lines.size + 1))
        driven = np.concatenate(([0.0], np.cumsum(length)))
        return cls(
            start_m=places[inner],
            step_m=step,
            base_m=driven[:-1] - driven[first[line[inner]]],
            length_m=length,
            first=first,
        )


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
    cost
        Minus the logarithm of the likelihood, up to a constant, shape [m].
    """

    fix: Integers
    link: Integers
    offset_m: Floats
    cost: Floats


def fix_sigma_m(track: GroundTrack, params: MatchParams) -> Floats:
    """Return each fix's standard deviation against the link lines, in metres, shape [n]."""
    given = np.isfinite(track.sigma_m) & (track.sigma_m > 0)
    own = np.where(given, track.sigma_m, params.sigma_m)
    return np.asarray(np.hypot(own, _LINE_SIGMA_M), dtype=np.float64)


def find_candidates(
    tree: STRtree,
    segments: Segments,
    allowed: Booleans,
    track: GroundTrack,
    fixes: Integers,
    params: MatchParams,
    *,
    most: int = _MOST,
) -> Candidates:
    """Find the likeliest places of some fixes on the links near them, in allowed directions.

    Parameters
    ----------
    tree
        Over the link lines.
    segments
        Of the same lines.
    allowed
        Whether driving on each directed link is allowed, shape [2 links].
    fixes
        Indexes into the track, ascending; ``Candidates.fix`` refers to this list.
    most
        Directed links kept for a fix.
    """
    east, north = track.easting_m[fixes], track.northing_m[fixes]
    sigma = fix_sigma_m(track, params)[fixes]
    points = np.asarray(shapely.points(east, north), dtype=object)
    fix, link = tree.query(points, predicate="dwithin", distance=params.search_m)
    distance, offset, bearing, length = nearest_places(segments, link, east[fix], north[fix])
    place_cost = _student(distance / sigma[fix])
    away = angle_between_deg(bearing, track.bearing_deg[fixes][fix])
    blind = ~np.isfinite(away) | ~(track.speed_ms[fixes][fix] >= _SLOW_MS)

    def bearing_cost(angle: Floats) -> Floats:
        cost = np.minimum(0.5 * (angle / params.bearing_sigma_deg) ** 2, _MAX_BEARING_COST)
        return np.where(blind, 0.0, cost)

    fix = np.concatenate((fix, fix))
    directed = np.concatenate((2 * link, 2 * link + 1))
    offset = np.concatenate((offset, length - offset))
    cost = np.concatenate(
        (place_cost + bearing_cost(away), place_cost + bearing_cost(180.0 - away))
    )
    rows = np.flatnonzero(allowed[directed])
    rows = rows[np.lexsort((cost[rows], fix[rows]))]
    first = np.searchsorted(fix[rows], fix[rows], side="left")
    likely = (np.arange(rows.size) - first < most) & (cost[rows] <= cost[rows][first] + _HOPELESS)
    rows = rows[likely]
    return Candidates(fix=fix[rows], link=directed[rows], offset_m=offset[rows], cost=cost[rows])


def _student(sigmas: Floats) -> Floats:
    """Return the cost of a distance in standard deviations (Student's t, ``_FREEDOM``)."""
    return 0.5 * (_FREEDOM + 1.0) * np.log1p(sigmas**2 / _FREEDOM)


def nearest_places(
    segments: Segments, link: Integers, east: Floats, north: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return for pairs of link and point: distance, metres from the start, bearing, link length."""
    first, count = segments.first[link], np.diff(segments.first)[link]
    pair = np.repeat(np.arange(link.size), count)
    begin = np.cumsum(count) - count
    piece = np.arange(pair.size) + np.repeat(first - begin, count)
    step, length = segments.step_m[piece], segments.length_m[piece]
    away = np.column_stack((east, north))[pair] - segments.start_m[piece]
    share = (away * step).sum(axis=1) / np.maximum(length, 1e-9) ** 2
    share = np.clip(share, 0.0, 1.0)
    off = away - share[:, None] * step
    distance = np.hypot(off[:, 0], off[:, 1])
    if pair.size > link.size:
        best = np.lexsort((distance, pair))[begin]
        piece, share, distance = piece[best], share[best], distance[best]
    step, length = segments.step_m[piece], segments.length_m[piece]
    last = segments.first[link + 1] - 1
    return (
        distance,
        segments.base_m[piece] + share * length,
        bearing_deg(step[:, 0], step[:, 1]),
        segments.base_m[last] + segments.length_m[last],
    )
