"""Map matching: the most likely way through the links (hidden Markov model).

After P. Newson and J. Krumm, Hidden Markov map matching through noise and sparseness, ACM
SIGSPATIAL GIS 2009: a fix is near its link, and the way between two fixes is about as long as the
straight line (exponential). Added here: errors with heavy tails (Student's t), the direction of
travel, U-turns at a cost, slipping back by noise, and a vehicle that is away from the network,
before, during or after the drive. Places are smoothed along the way by the vehicle's speed.
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
    UnmatchedReason,
    UnmatchedStretch,
)
from gatusyn.network.candidates import Segments, find_candidates
from gatusyn.network.decoding import decode, transition_scale_m
from gatusyn.network.graph import build_graph
from gatusyn.network.placing import place_fixes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CARS: frozenset[NetworkType] = frozenset({NetworkType.CAR})

# Fixes nearer than this to the one before add noise and no knowledge; they are placed afterwards.
_THIN_M = 12.0
# What a U-turn costs.
_U_TURN_COST = 12.0


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
    unmatched
        The fixes on no link and why, in order.
    """

    track: MatchedTrack
    ways: tuple[tuple[tuple[int, bool], ...], ...]
    unmatched: tuple[UnmatchedStretch, ...]


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
        links = network.links
        types = frozenset(network_types)
        index = [at for at, link in enumerate(links) if link.network_type in types]
        self._link_index = np.array(index, dtype=np.int64)
        lines = np.empty(len(index), dtype=object)
        lines[:] = [links[at].line for at in index]
        directions = [links[at].direction for at in index]
        along, against = Direction.WITH, Direction.AGAINST
        self._tree = STRtree(lines)
        self._segments = Segments.of(lines)
        self._graph = build_graph(
            lines,
            np.array([way is not against for way in directions], dtype=bool),
            np.array([way is not along for way in directions], dtype=bool),
            u_turn_m=_U_TURN_COST * transition_scale_m(params),
        )

    def match(self, track: GroundTrack) -> Matching:
        """Find the most likely way of a track.

        Fixes with no link within ``search_m`` stay unmatched, and so do those that a drive off the
        network explains better; where no way leads on a new stretch begins. Nothing is forced.
        """
        fixes = thin_out(track, _THIN_M)
        candidates = find_candidates(
            self._tree, self._segments, self._graph.allowed, track, fixes, self._params
        )
        chains = decode(self._graph, candidates, track, fixes, self._params)
        directed, offset = place_fixes(
            self._graph, chains, track, fixes, self._segments, self._params
        )
        return Matching(
            track=self._matched(track, directed, offset),
            ways=tuple(
                tuple((int(self._link_index[d // 2]), d % 2 == 0) for d in chain.way)
                for chain in chains
            ),
            unmatched=_unmatched_stretches(track, directed, fixes, candidates.fix),
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


def _unmatched_stretches(
    track: GroundTrack, directed: Integers, fixes: Integers, with_candidates: Integers
) -> tuple[UnmatchedStretch, ...]:
    """Return the fixes without a link; ``with_candidates`` are places in ``fixes``."""
    reasons = (
        UnmatchedReason.NO_PLACE,
        UnmatchedReason.NO_LINK_NEAR,
        UnmatchedReason.NO_LINK_FITS,
    )
    leader = np.searchsorted(fixes, np.arange(len(track)), side="right") - 1
    code = np.where(np.isin(leader, with_candidates), 2, 1)
    code[~np.isfinite(track.easting_m + track.northing_m)] = 0
    code[directed >= 0] = -1
    first = np.flatnonzero(np.diff(code, prepend=-2))
    last = np.append(first[1:], code.size)[: first.size] - 1
    return tuple(
        UnmatchedStretch(first=start, last=end, reason=reasons[code[start]])
        for start, end in zip(first.tolist(), last.tolist(), strict=True)
        if code[start] >= 0
    )


def _unmatched(count: int) -> MatchedTrack:
    return MatchedTrack(
        link_index=np.full(count, -1, dtype=np.int64),
        offset_m=np.full(count, np.nan),
        with_link=np.zeros(count, dtype=np.bool_),
        distance_m=np.full(count, np.nan),
    )
