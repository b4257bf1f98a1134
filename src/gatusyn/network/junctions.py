"""Which ends of links lie in a junction, by topology."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Link, NetworkType
from gatusyn.network.graph import end_nodes

Booleans = NDArray[np.bool_]

# Ends so near to each other meet, as when matching.
_SNAP_M = 0.5
_FEWEST = 3


def junction_ends(links: Sequence[Link]) -> tuple[Booleans, Booleans]:
    """Say for each link whether its first and its last point lie where three or more ends meet.

    Streets meet streets, and paths meet paths: a path that reaches a street makes no junction of
    it. A bridge over a road has no end there, so it makes none either. Both ends of a roundabout's
    links lie in a junction, whatever meets there.

    Returns
    -------
    first, last
        Shape [n] each.
    """
    first = np.array([link.is_roundabout for link in links], dtype=np.bool_)
    last = first.copy()
    is_street = np.array([link.network_type is NetworkType.CAR for link in links], dtype=np.bool_)
    for group in (np.flatnonzero(is_street), np.flatnonzero(~is_street)):
        lines = np.empty(group.size, dtype=object)
        lines[:] = [links[at].line for at in group.tolist()]
        start, end = end_nodes(lines, _SNAP_M)
        ends = np.bincount(np.concatenate((start, end)))
        first[group] |= ends[start] >= _FEWEST
        last[group] |= ends[end] >= _FEWEST
    return first, last
