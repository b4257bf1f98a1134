"""The cheapest sequence of candidates and the way it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import GroundTrack, MatchParams
from gatusyn.network.candidates import Candidates
from gatusyn.network.graph import LinkGraph
from gatusyn.network.viterbi import BACK_M, Steps, cheapest_stretches

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# How much longer than the straight line a way may be: first look (in scales of the difference),
# then second look.
_NEAR_FACTOR, _NEAR_SCALES = 1.5, 20.0
_FAR_FACTOR, _FAR_M = 3.0, 1000.0
# Between fixes farther apart than this a way differs from the straight line in proportion.
_DENSE_M = 50.0
# Nobody drives faster: a way longer than this leaves time for is not looked for, but for a margin.
_FASTEST_MS = 70.0
# Fixes farther apart than this belong to two chains.
_MAX_GAP_M = 2000.0


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


def transition_scale_m(params: MatchParams) -> float:
    """Return the scale of the difference between driven and straight distance, in metres.

    Two noisy ends make it no smaller than their own noise.
    """
    return max(params.beta_m, params.sigma_m)


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
    numbers, first = np.unique(candidates.fix, return_index=True)
    if numbers.size == 0:
        return []
    fix = fixes[numbers]
    straight = np.hypot(np.diff(track.easting_m[fix]), np.diff(track.northing_m[fix]))
    scale = transition_scale_m(params)
    near = _NEAR_FACTOR * straight + _NEAR_SCALES * scale
    far = _far_limit_m(straight, np.diff(track.time_s[fix]), near)
    steps = Steps(
        bounds=[*first.tolist(), candidates.fix.size],
        link=candidates.link.tolist(),
        offset_m=candidates.offset_m.tolist(),
        cost=candidates.cost.tolist(),
        straight_m=straight.tolist(),
        scale_m=(scale * np.maximum(1.0, straight / _DENSE_M)).tolist(),
        near_m=near.tolist(),
        far_m=far.tolist(),
        cut=(straight > _MAX_GAP_M).tolist(),
    )
    stretches = cheapest_stretches(graph, steps)
    return [_chain(graph, steps, rows, at, fix) for at, rows in stretches]


def _far_limit_m(straight: Floats, seconds: Floats, near: Floats) -> Floats:
    far = _FAR_FACTOR * straight + _FAR_M
    return np.where(seconds > 0, np.minimum(far, near + _FASTEST_MS * seconds), far)


def _chain(graph: LinkGraph, steps: Steps, rows: list[int], first: int, fix: Integers) -> Chain:
    links = [steps.link[row] for row in rows]
    offsets = [steps.offset_m[row] for row in rows]
    way = [links[0]]
    place = [0]
    for index, (source, target) in enumerate(pairwise(links)):
        start, end = offsets[index], offsets[index + 1]
        if source != target or start - end > BACK_M:
            way += _leg(graph, source, target, start, end, steps.far_m[first + index])
        place.append(len(way) - 1)
    return Chain(
        fix=fix[first : first + len(rows)],
        offset_m=np.array(offsets),
        place=np.array(place, dtype=np.int64),
        way=tuple(way),
    )


def _leg(
    graph: LinkGraph, source: int, target: int, start: float, end: float, limit_m: float
) -> list[int]:
    """Return the directed links driven after ``source``, the last of them ``target``."""
    around = graph.reach(source, 0.0).cost_m.get(target)
    if target == graph.reverse[source]:
        rest = float(graph.length_m[source]) - start
        turned = abs(rest - end) + graph.u_turn_m
        if around is None or turned <= around + rest + end:
            return [target]
    return graph.way(source, target, limit_m if around is None else 0.0)
