"""Metres driven between the candidates of one fix and those of the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.network.candidates import Candidates
from gatusyn.network.graph import LinkGraph

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def candidate_pairs(first: Integers, count: Integers) -> tuple[Integers, Integers, Integers]:
    """Pair every candidate of a step with every candidate of the next step.

    Parameters
    ----------
    first, count
        Each step's first row among the candidates, and its number of rows, shape [s].

    Returns
    -------
    one, other
        Rows of the candidates, ordered by step, then by ``one``, then by ``other``, shape [p].
    step
        The step of ``one``, shape [p].
    """
    sizes = count[:-1] * count[1:]
    step = np.repeat(np.arange(sizes.size), sizes)
    inner = np.arange(step.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    one = first[:-1][step] + inner // count[1:][step]
    other = first[1:][step] + inner % count[1:][step]
    return one, other, step


def route_lengths(
    graph: LinkGraph,
    candidates: Candidates,
    one: Integers,
    other: Integers,
    limit_m: Floats,
    back_m: Floats,
) -> Floats:
    """Return the metres driven from candidate ``one`` to ``other``, infinite where there is no way.

    Parameters
    ----------
    one, other
        Rows of the candidates, shape [p].
    limit_m
        Ways longer than this need not be found, shape [p].
    back_m
        How far a fix may seem to slip back on its link by noise; each metre counts twice, [p].

    Notes
    -----
    A way is the rest of the first link, the links between (``LinkGraph.reach``), and the part of
    the second link; a U-turn counts ``graph.u_turn_m`` metres on top.
    """
    source, target = candidates.link[one], candidates.link[other]
    start, end = candidates.offset_m[one], candidates.offset_m[other]
    rest = graph.length_m[source] - start
    length = rest + end + _between(graph, source, target, limit_m - rest - end)

    ahead = end - start
    on_link = np.where(ahead >= 0, ahead, np.where(-ahead <= back_m, -2.0 * ahead, np.inf))
    length = np.where(source == target, np.minimum(length, on_link), length)
    turned = np.abs(graph.length_m[target] - end - start) + graph.u_turn_m
    is_back = (source ^ 1) == target
    return np.where(is_back, np.minimum(length, turned), length)


def _between(graph: LinkGraph, source: Integers, target: Integers, limit_m: Floats) -> Floats:
    """Return metres from the end of each source to the start of its target."""
    found = np.full(source.size, np.inf)
    wanted = np.flatnonzero(limit_m >= 0)
    if wanted.size == 0:
        return found
    order = wanted[np.argsort(source[wanted], kind="stable")]
    bounds = np.flatnonzero(np.diff(source[order])) + 1
    for rows in np.split(order, bounds):
        reach = graph.reach(int(source[rows[0]]), float(limit_m[rows].max()))
        get = reach.cost_m.get
        found[rows] = [get(link, np.inf) for link in target[rows].tolist()]
    return found
