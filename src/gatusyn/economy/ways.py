"""All ways that sections can go through their states: a graph of nodes and edges, year by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.economy.prepared import Floats, Ints, Prepared, numbered
from gatusyn.model import NOT_ALLOWED


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class YearOfWays:
    """The edges of one year, sorted by unit and then by the node that they leave.

    A unit is a kind of section, or a section. Nodes are numbered over all units, apart for each
    year; every node has an edge.

    Parameters
    ----------
    unit
        Whose edge it is.
    source, target
        Nodes of this year and of the next.
    treatment
        What is done, or K for nothing.
    share
        Cost as a share of that over the whole surface (0 for nothing).
    during
        State for the rest of the year.
    first
        The first edge of each node, and (last) the number of edges.
    unit_edges, unit_nodes
        The first edge and node of each unit, and (last) their number.
    state
        State of each node.
    """

    unit: Ints
    source: Ints
    target: Ints
    treatment: Ints
    share: Floats
    during: Ints
    first: Ints
    unit_edges: Ints
    unit_nodes: Ints
    state: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """The graph of all years, and the nodes after the last of them.

    Parameters
    ----------
    last_state, last_unit, last_nodes
        State and unit of each node after the last year; the first node of each unit.
    """

    years: tuple[YearOfWays, ...]
    last_state: Ints
    last_unit: Ints
    last_nodes: Ints


def ways_of_kinds(prepared: Prepared) -> Ways:
    """Return all ways of every kind of section."""
    kinds = prepared.kinds
    starts = np.stack([kinds.family, kinds.state, kinds.rules])
    starts, start_of = np.unique(starts, axis=1, return_inverse=True)
    start_of = np.asarray(start_of).ravel()
    unit, state = np.arange(starts.shape[1]), starts[1]
    years = []
    for t in range(prepared.problem.years):
        grown, unit, state = _grow(prepared, starts, t, unit, state)
        years.append(expand(grown, start_of, _offsets_of(unit, starts.shape[1]))[0])
    nodes = _offsets_of(unit, starts.shape[1])
    counts = np.diff(nodes)[start_of]
    return Ways(
        years=tuple(years),
        last_state=state[ragged(nodes[:-1][start_of], counts)],
        last_unit=np.repeat(np.arange(len(start_of)), counts),
        last_nodes=_offsets(counts),
    )


def _offsets(counts: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)])


def _offsets_of(unit: Ints, units: int) -> Ints:
    return _offsets(np.bincount(unit, minlength=units))


def _grow(
    prepared: Prepared, starts: Ints, year: int, unit: Ints, state: Ints
) -> tuple[YearOfWays, Ints, Ints]:
    """Return a year's edges from the given nodes, and the nodes that they lead to."""
    space = prepared.problem.space
    none, states = len(space.treatments), space.index.shape[1]
    family, rules = starts[0][unit], starts[2][unit]
    after = np.concatenate([space.after[:, family, state], state[None]]).astype(np.int64)
    share = np.concatenate([space.cost_share[:, family, state], np.zeros((1, len(state)))])
    free = after != NOT_ALLOWED
    free[:none] &= np.array([one.allowed[year] for one in prepared.rules]).T[:, rules]
    must = np.array([one.must[year] for one in prepared.rules])[rules]
    bound = np.flatnonzero(must >= 0)
    if bound.size:
        which = must[bound]
        unmet = ~free[which, bound]
        after[which, bound] = np.where(unmet, state[bound], after[which, bound])
        share[which, bound] = np.where(unmet, 1.0, share[which, bound])
        free[:, bound] = False
        free[which, bound] = True
    source, treatment = np.nonzero(free.T)
    during = after[treatment, source]
    code = unit[source] * states + space.next_state[family[source], during]
    following, target = numbered(code)
    units = starts.shape[1]
    grown = YearOfWays(
        unit=unit[source],
        source=source,
        target=target,
        treatment=treatment.astype(np.int32),
        share=share[treatment, source],
        during=during.astype(np.int32),
        first=_firsts(source),
        unit_edges=_offsets_of(unit[source], units),
        unit_nodes=_offsets_of(unit, units),
        state=state.astype(np.int32),
    )
    return grown, following // states, following % states


def expand(year: YearOfWays, of: Ints, following: Ints) -> tuple[YearOfWays, Ints]:
    """Return the edges of units that each go the ways of unit ``of`` in ``year``, and whence.

    Parameters
    ----------
    following
        The first node of each unit of ``year`` in the year after it.
    """
    edges, nodes = np.diff(year.unit_edges)[of], np.diff(year.unit_nodes)[of]
    edge = ragged(year.unit_edges[:-1][of], edges)
    # Half the memory of whole numbers of 64 bits: there may be tens of millions of edges.
    unit = np.repeat(np.arange(len(of), dtype=np.int32), edges)
    unit_nodes = _offsets(nodes)
    next_nodes = _offsets(np.diff(following)[of])
    moved = (unit_nodes[:-1] - year.unit_nodes[:-1][of])[unit]
    source = (year.source[edge] + moved).astype(np.int32)
    expanded = YearOfWays(
        unit=unit,
        source=source,
        target=(year.target[edge] + (next_nodes[:-1] - following[:-1][of])[unit]).astype(np.int32),
        treatment=year.treatment[edge],
        share=year.share[edge],
        during=year.during[edge],
        first=_firsts(source),
        unit_edges=_offsets(edges),
        unit_nodes=unit_nodes,
        state=year.state[ragged(year.unit_nodes[:-1][of], nodes)],
    )
    return expanded, edge


def _firsts(source: Ints) -> Ints:
    new = np.flatnonzero(np.diff(source)) + 1
    return np.concatenate([[0], new, [len(source)]])


def ragged(starts: Ints, counts: Ints) -> Ints:
    """Return the ranges ``starts[i] .. starts[i] + counts[i]`` one after another."""
    total = int(counts.sum())
    shift = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    return shift + np.arange(total)
