"""Compiled loops over a year's edges: what is best from every node, and by which edge."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.prepared import Floats, Ints
from gatusyn.model.compiled import compiled_loop


@compiled_loop
def add_following(value: Floats, target: Ints, first: Ints, edge: Floats, least: Floats) -> None:
    """Add to edges what follows them at least, and find the least from each node.

    Parameters
    ----------
    value
        What follows from each node of the next year.
    target, first
        By edge, and by node, with the number of edges last: see `YearOfWays`.
    edge
        What each edge comes to; changed in place.
    least
        Set, by node.
    """
    for node in range(len(least)):
        low = np.inf
        for e in range(first[node], first[node + 1]):
            edge[e] += value[target[e]]
            low = min(low, edge[e])
        least[node] = low


@compiled_loop
def find_best(first: Ints, edge: Floats, node: Ints, best: Ints) -> None:
    """Find the first best edge of each of some nodes."""
    for i in range(len(node)):
        at = first[node[i]]
        for e in range(at + 1, first[node[i] + 1]):
            at = e if edge[e] < edge[at] else at
        best[i] = at
