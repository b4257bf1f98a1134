"""The cheapest sequence of candidates (Viterbi) and the way it stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import GroundTrack, MatchParams
from gatusyn.network.candidates import Candidates, fix_sigma_m
from gatusyn.network.graph import LinkGraph
from gatusyn.network.transitions import candidate_pairs, route_lengths

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# How much longer than the straight line a way may be: first look, then second look.
_NEAR_FACTOR, _NEAR_M = 1.5, 150.0
_FAR_FACTOR, _FAR_M = 3.0, 1500.0
# Fixes farther apart than this belong to two chains.
_MAX_GAP_M = 2000.0
# A fix may slip back on its link by this many standard deviations.
_BACK_SIGMAS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """An unbroken stretch of the most likely way.

    Parameters
    ----------
    fix
        Indexes of decoded fixes, rising, shape [s].
    offset_m
        Metres from the start of the directed link, shape [s].
    place
        Index into ``way``, not falling, shape [s].
    way
        Directed links in the order driven.
    """

    fix: Integers
    offset_m: Floats
    place: Integers
    way: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lattice:
    """Candidates by step: ``first`` row and ``count`` of each, ways and costs between steps."""

    candidates: Candidates
    first: Integers
    count: Integers
    limit_m: Floats
    back_m: Floats
    cost: Floats

    def between(self, step: int, begin: int) -> Floats:
        """Return the costs from a step to the next, shape [candidates, candidates of the next]."""
        shape = int(self.count[step]), int(self.count[step + 1])
        return self.cost[begin : begin + shape[0] * shape[1]].reshape(shape)


def decode(
    graph: LinkGraph,
    candidates: Candidates,
    track: GroundTrack,
    fixes: Integers,
    params: MatchParams,
) -> list[Chain]:
    """Find the cheapest sequence of candidates, in one chain for each unbroken stretch.

    Parameters
    ----------
    candidates
        ``fix`` refers to ``fixes``, which are indexes into the track.
    """
    steps, first, count = np.unique(candidates.fix, return_index=True, return_counts=True)
    if steps.size == 0:
        return []
    lattice = _lattice(graph, candidates, track, fixes[steps], first, count, params)
    back, totals = _forward(lattice)
    rows, starts = _backward(lattice, back, totals)
    chains = np.split(np.arange(steps.size), np.flatnonzero(starts)[1:])
    return [_chain(graph, lattice, rows, chain, fixes[steps[chain]]) for chain in chains]


def _lattice(
    graph: LinkGraph,
    candidates: Candidates,
    track: GroundTrack,
    fixes: Integers,
    first: Integers,
    count: Integers,
    params: MatchParams,
) -> _Lattice:
    straight = np.hypot(np.diff(track.easting_m[fixes]), np.diff(track.northing_m[fixes]))
    back = _BACK_SIGMAS * fix_sigma_m(track, params)[fixes]
    one, other, step = candidate_pairs(first, count)
    limit = _NEAR_FACTOR * straight + _NEAR_M
    limit[straight > _MAX_GAP_M] = -1.0
    route = route_lengths(graph, candidates, one, other, limit[step], back[step])
    open_steps = np.zeros(straight.size, dtype=np.bool_)
    open_steps[step[np.isfinite(route)]] = True
    lost = ~open_steps & (straight <= _MAX_GAP_M)
    if lost.any():
        limit[lost] = _FAR_FACTOR * straight[lost] + _FAR_M
        again = lost[step]
        route[again] = route_lengths(
            graph, candidates, one[again], other[again], limit[step[again]], back[step[again]]
        )
    route[straight[step] > _MAX_GAP_M] = np.inf
    return _Lattice(
        candidates=candidates,
        first=first,
        count=count,
        limit_m=limit,
        back_m=back,
        cost=np.abs(route - straight[step]) / params.beta_m,
    )


def _forward(lattice: _Lattice) -> tuple[list[Integers], list[Floats]]:
    """Return for each step after the first the best candidate before, and every step's costs."""
    own, begin = lattice.candidates.cost, 0
    total = own[lattice.first[0] : lattice.first[0] + lattice.count[0]]
    back: list[Integers] = []
    totals = [total]
    for step in range(lattice.first.size - 1):
        here = own[lattice.first[step + 1] : lattice.first[step + 1] + lattice.count[step + 1]]
        through = total[:, None] + lattice.between(step, begin)
        begin += through.size
        best = through.argmin(axis=0)
        total = through[best, np.arange(best.size)] + here
        if not np.isfinite(total).any():
            best, total = np.full(best.size, -1), here
        back.append(best)
        totals.append(total)
    return back, totals


def _backward(
    lattice: _Lattice, back: list[Integers], totals: list[Floats]
) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the chosen candidate row of each step, and whether a chain starts there."""
    count = len(totals)
    rows = np.empty(count, dtype=np.int64)
    starts = np.zeros(count, dtype=np.bool_)
    choice = int(totals[-1].argmin())
    for step in range(count - 1, -1, -1):
        rows[step] = lattice.first[step] + choice
        before = -1 if step == 0 else int(back[step - 1][choice])
        if before < 0:
            starts[step] = True
            choice = int(totals[step - 1].argmin()) if step else 0
        else:
            choice = before
    return rows, starts


def _chain(
    graph: LinkGraph, lattice: _Lattice, rows: Integers, steps: Integers, fix: Integers
) -> Chain:
    links = lattice.candidates.link[rows[steps]].tolist()
    offsets = lattice.candidates.offset_m[rows[steps]]
    way = [links[0]]
    place = np.zeros(steps.size, dtype=np.int64)
    for index, step in enumerate(steps[:-1].tolist()):
        source, target = links[index], links[index + 1]
        start, end = float(offsets[index]), float(offsets[index + 1])
        if source != target or start - end > lattice.back_m[step]:
            way += _leg(graph, source, target, start, end, float(lattice.limit_m[step]))
        place[index + 1] = len(way) - 1
    return Chain(fix=fix, offset_m=offsets, place=place, way=tuple(way))


def _leg(
    graph: LinkGraph, source: int, target: int, start: float, end: float, limit_m: float
) -> list[int]:
    """Return the directed links driven after ``source``, the last of them ``target``."""
    if target == source ^ 1:
        rest = float(graph.length_m[source]) - start
        turned = abs(float(graph.length_m[target]) - end - start) + graph.u_turn_m
        around = graph.reach(source, 0.0).cost_m.get(target, np.inf) + rest + end
        if turned <= around:
            return [target]
    return graph.way(source, target, limit_m)
