"""Map matching: the most likely way through the links (hidden Markov model).

After P. Newson and J. Krumm, Hidden Markov map matching through noise and sparseness, ACM
SIGSPATIAL GIS 2009: a fix is near its link (normal), and the way between two fixes is about as long
as the straight line (exponential). Added here: the direction of travel, U-turns at a cost, and
places where the vehicle is on no link.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.model import (
    Direction,
    GroundTrack,
    MatchedTrack,
    MatchParams,
    Network,
    NetworkType,
)
from gatusyn.network.candidates import find_candidates
from gatusyn.network.decoding import decode
from gatusyn.network.graph import build_graph
from gatusyn.network.placing import place_fixes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CARS: frozenset[NetworkType] = frozenset({NetworkType.CAR})

# Fixes nearer than this to the one before add noise and no knowledge; they are placed afterwards.
_THIN_M = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """A matched track and the ways driven.

    Parameters
    ----------
    track
        A place for each fix.
    ways
        For each unbroken stretch the links in the order driven, as (index into ``Network.links``,
        True when driven in the digitised direction).
    """

    track: MatchedTrack
    ways: tuple[tuple[tuple[int, bool], ...], ...]


class Matcher:
    """Matches tracks to one network; keeps its index and graph between tracks.

    Parameters
    ----------
    network
        The links, in metres.
    params
        Settings of the model.
    network_types
        The links that the vehicle may use.
    """

    def __init__(
        self,
        network: Network,
        params: MatchParams,
        *,
        network_types: Collection[NetworkType] = CARS,
    ) -> None:
        self._params = params
        chosen = [
            (index, link)
            for index, link in enumerate(network.links)
            if link.network_type in network_types
        ]
        self._link_index = np.array([index for index, _ in chosen], dtype=np.int64)
        lines = np.array([link.line for _, link in chosen], dtype=object)
        self._tree = STRtree(lines)
        self._graph = build_graph(
            lines,
            np.array([link.direction is not Direction.AGAINST for _, link in chosen], dtype=bool),
            np.array([link.direction is not Direction.WITH for _, link in chosen], dtype=bool),
        )

    def match(self, track: GroundTrack) -> Matching:
        """Find the most likely way of a track.

        Fixes with no link within ``search_m`` stay unmatched, and where no way leads on a new
        stretch begins; nothing is forced.
        """
        fixes = thin_out(track, _THIN_M)
        if self._link_index.size == 0 or fixes.size == 0:
            return Matching(track=_unmatched(len(track)), ways=())
        candidates = find_candidates(self._tree, self._graph.allowed, track, fixes, self._params)
        chains = decode(self._graph, candidates, track, fixes, self._params)
        directed, offset = place_fixes(self._graph, chains, track, fixes, self._tree.geometries)
        return Matching(
            track=self._matched(track, directed, offset),
            ways=tuple(
                tuple((int(self._link_index[d // 2]), d % 2 == 0) for d in chain.way)
                for chain in chains
            ),
        )

    def _matched(self, track: GroundTrack, directed: Integers, offset: Floats) -> MatchedTrack:
        result = _unmatched(len(track))
        on = np.flatnonzero(directed >= 0)
        lines = self._tree.geometries[directed[on] // 2]
        with_link = directed[on] % 2 == 0
        length = self._graph.length_m[directed[on]]
        from_start = np.clip(np.where(with_link, offset[on], length - offset[on]), 0.0, length)
        points = shapely.points(track.easting_m[on], track.northing_m[on])
        result.link_index[on] = self._link_index[directed[on] // 2]
        result.offset_m[on] = from_start
        result.with_link[on] = with_link
        places = shapely.line_interpolate_point(lines, from_start)
        result.distance_m[on] = shapely.distance(points, places)
        return result


def match_track(
    network: Network,
    track: GroundTrack,
    params: MatchParams,
    *,
    network_types: Collection[NetworkType] = CARS,
) -> MatchedTrack:
    """Match one track to a network; for many tracks make one ``Matcher`` and keep it.

    Parameters
    ----------
    network
        The links, in the same projected system as the track (metres).
    track
        Fixes in order of time.
    network_types
        The links that the vehicle may use: only those for cars unless said otherwise.
    """
    return Matcher(network, params, network_types=network_types).match(track).track


def thin_out(track: GroundTrack, spacing_m: float) -> Integers:
    """Return the indexes of fixes at least ``spacing_m`` metres from the one kept before.

    Fixes without a finite place are never kept.
    """
    kept: list[int] = []
    last_east = last_north = np.inf
    reach = spacing_m * spacing_m
    places = zip(track.easting_m.tolist(), track.northing_m.tolist(), strict=True)
    for index, (east, north) in enumerate(places):
        squared = (east - last_east) ** 2 + (north - last_north) ** 2
        if squared >= reach and np.isfinite(east + north):
            kept.append(index)
            last_east, last_north = east, north
    return np.array(kept, dtype=np.int64)


def _unmatched(count: int) -> MatchedTrack:
    return MatchedTrack(
        link_index=np.full(count, -1, dtype=np.int64),
        offset_m=np.full(count, np.nan),
        with_link=np.zeros(count, dtype=np.bool_),
        distance_m=np.full(count, np.nan),
    )
