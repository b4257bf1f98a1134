"""Places for all fixes, those that were not decoded included."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.model import GroundTrack
from gatusyn.network.decoding import Chain
from gatusyn.network.graph import LinkGraph

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Between two fixes a way this much longer than the straight line is a turn on the link itself.
_DETOUR_FACTOR, _DETOUR_M = 2.0, 30.0


def place_fixes(
    graph: LinkGraph,
    chains: Sequence[Chain],
    track: GroundTrack,
    fixes: Integers,
    lines: NDArray[np.object_],
) -> tuple[Integers, Floats]:
    """Return each fix's directed link (-1 if there is none) and its metres from the link's start.

    A decoded fix has its own place. Those between two decoded fixes lie on the way between them, at
    the same share of the metres driven; those after a chain's last are projected onto its link.

    Parameters
    ----------
    fixes
        Indexes of the fixes that decoding looked at: what follows one without a link has none.
    lines
        The line of each link.
    """
    directed = np.full(len(track), -1, dtype=np.int64)
    offset = np.full(len(track), np.nan)
    decoded = np.concatenate([chain.fix for chain in chains]) if chains else fixes[:0]
    every = np.arange(len(track))
    leader = np.searchsorted(fixes, every, side="right") - 1
    has_place = (leader >= 0) & np.isin(fixes[leader], decoded)
    has_place &= np.isfinite(track.easting_m + track.northing_m)
    followers = np.searchsorted(fixes, fixes, side="right")
    for chain in chains:
        last = int(followers[np.searchsorted(fixes, chain.fix[-1])])
        stop = int(fixes[last]) if last < fixes.size else len(track)
        inner = every[chain.fix[0] : chain.fix[-1] + 1]
        inner = inner[has_place[inner]]
        directed[inner], offset[inner] = _between(graph, chain, track, inner, lines)
        tail = every[chain.fix[-1] + 1 : stop]
        tail = tail[has_place[tail]]
        link = np.full(tail.size, chain.way[-1], dtype=np.int64)
        directed[tail], offset[tail] = link, _project(graph, lines, link, track, tail)
    return directed, offset


def _between(
    graph: LinkGraph,
    chain: Chain,
    track: GroundTrack,
    fixes: Integers,
    lines: NDArray[np.object_],
) -> tuple[Integers, Floats]:
    way = np.array(chain.way, dtype=np.int64)
    length = graph.length_m[way]
    base = np.cumsum(length) - length
    along = base[chain.place] + chain.offset_m
    before = np.searchsorted(chain.fix, fixes, side="right") - 1
    after = np.minimum(before + 1, chain.fix.size - 1)

    one, other = chain.fix[before], chain.fix[after]
    driven = track.distance_m[other] - track.distance_m[one]
    share = (track.distance_m[fixes] - track.distance_m[one]) / np.where(driven > 0, driven, 1.0)
    share = np.clip(np.nan_to_num(share), 0.0, 1.0)
    where = along[before] + share * (along[after] - along[before])
    place = np.searchsorted(base, where, side="right") - 1
    place = np.clip(place, chain.place[before], chain.place[after])
    offset = np.clip(where - base[place], 0.0, length[place])

    straight = np.hypot(
        track.easting_m[other] - track.easting_m[one],
        track.northing_m[other] - track.northing_m[one],
    )
    turned = (along[after] - along[before] > _DETOUR_FACTOR * straight + _DETOUR_M) & (fixes != one)
    if turned.any():
        nearer = np.where(share < 0.5, before, after)[turned]
        place[turned] = chain.place[nearer]
        offset[turned] = _project(graph, lines, way[place[turned]], track, fixes[turned])
    return way[place], offset


def _project(
    graph: LinkGraph,
    lines: NDArray[np.object_],
    directed: Integers,
    track: GroundTrack,
    fixes: Integers,
) -> Floats:
    points = shapely.points(track.easting_m[fixes], track.northing_m[fixes])
    offset = shapely.line_locate_point(lines[directed // 2], points)
    return np.where(directed % 2 == 0, offset, graph.length_m[directed] - offset)
