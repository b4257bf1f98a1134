"""Streets as plain arrays for compiled loops: every section's ways, and how long runs must be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.prepared import Floats, Ints, Prepared

_NEVER = 30_000


class StreetArrays(NamedTuple):
    """Chains one after another, and the ways of their sections' kinds.

    Nodes and edges of a kind follow one another, year by year; actions are year * K + treatment.

    Parameters
    ----------
    order
        Layout row of each section.
    chain_start
        The first section of each chain, and (last) their number.
    kind, member, area_m2
        By section.
    year_nodes
        The first node of each year and of those after the last, within the kind, and (last) their
        number, shape [kinds, T + 2].
    node_start
        The first node of each kind.
    first
        The first edge of each node, and (last) the number of edges.
    target, action
        By edge: node within the kind; -1 for nothing.
    money, reward
        By edge, per m².
    last, measure
        By node after the last year, per m²; 0 for others.
    edge_member, edge_action
        Of each edge that does something, as is `edge_at`, its number.
    may
        Whether a section may do an action in a run that is long enough, shape [N, T * K].
    never
        Whether its ways could do it, but no run is long enough, shape [N, T * K].
    run
        Of how many sections the shortest run is that starts at a section, shape [N, T * K].
    longest
        The most of these that a section may do.
    """

    order: Ints
    chain_start: Ints
    kind: Ints
    member: Ints
    area_m2: Floats
    year_nodes: Ints
    node_start: Ints
    first: Ints
    target: NDArray[np.int32]
    action: NDArray[np.int16]
    money: Floats
    reward: Floats
    last: Floats
    measure: Floats
    edge_at: Ints
    edge_member: Ints
    edge_action: Ints
    may: NDArray[np.bool_]
    never: NDArray[np.bool_]
    run: NDArray[np.int16]
    longest: int


class Ways(NamedTuple):
    """What compiled loops read: as in `StreetArrays`, with costs at some prices.

    Parameters
    ----------
    cost
        By edge, per m².
    worth
        By node after the last year, per m².
    start
        Mobilisation, shape [M, T * K].
    years, treatments
        Their numbers.
    longest
        Of how many sections the longest of the shortest runs is.
    dear
        What nothing is worth.
    """

    chain_start: Ints
    kind: Ints
    member: Ints
    area_m2: Floats
    year_nodes: Ints
    node_start: Ints
    first: Ints
    target: NDArray[np.int32]
    action: NDArray[np.int16]
    cost: Floats
    worth: Floats
    may: NDArray[np.bool_]
    run: NDArray[np.int16]
    start: Floats
    years: int
    treatments: int
    longest: int
    dear: float


def priced(arrays: StreetArrays, prepared: Prepared, staked: Stakes, prices: Prices) -> Ways:
    """Return the ways with what they cost at some prices."""
    krona = staked.per_krona(prepared, prices)[:, :, :-1]
    flat = krona.reshape(len(krona), -1)
    cost = arrays.reward.copy()
    cost[arrays.edge_at] += arrays.money * flat[arrays.edge_member, arrays.edge_action]
    start = (krona * prepared.problem.mobilisation_sek).reshape(len(krona), -1)
    return Ways(
        chain_start=arrays.chain_start,
        kind=arrays.kind,
        member=arrays.member,
        area_m2=arrays.area_m2,
        year_nodes=arrays.year_nodes,
        node_start=arrays.node_start,
        first=arrays.first,
        target=arrays.target,
        action=arrays.action,
        cost=cost,
        worth=arrays.last - prices.target * arrays.measure,
        may=arrays.may,
        run=arrays.run,
        start=np.ascontiguousarray(start),
        years=prepared.problem.years,
        treatments=len(prepared.problem.space.treatments),
        longest=arrays.longest,
        dear=1e12,
    )


def street_arrays(prepared: Prepared, staked: Stakes) -> StreetArrays:
    """Return the streets of a problem as arrays."""
    ways, years = staked.ways, prepared.problem.years
    none, kinds = len(prepared.problem.space.treatments), len(prepared.kinds.family)
    counts = [np.diff(one.unit_nodes) for one in ways.years] + [np.diff(ways.last_nodes)]
    year_nodes = _sums_along(np.stack(counts, axis=1))
    year_edges = _sums_along(np.stack([np.diff(one.unit_edges) for one in ways.years], axis=1))
    node_start = np.concatenate([[0], np.cumsum(year_nodes[:, -1])])
    edge_start = np.concatenate([[0], np.cumsum(year_edges[:, -1])])
    edges = int(edge_start[-1])
    target, action = np.empty(edges, np.int32), np.empty(edges, np.int16)
    money, reward = np.empty(edges), np.empty(edges)
    first = np.full(int(node_start[-1]) + 1, edges)
    for t, one in enumerate(ways.years):
        after = ways.years[t + 1].unit_nodes if t + 1 < years else ways.last_nodes
        moved = edge_start[:-1] + year_edges[:, t] - one.unit_edges[:-1]
        at = np.arange(len(one.unit)) + moved[one.unit]
        target[at] = one.target + (year_nodes[:, t + 1] - after[:-1])[one.unit]
        action[at] = np.where(one.treatment < none, t * none + one.treatment, -1)
        money[at], reward[at] = staked.money[t], staked.reward[t]
        unit = np.repeat(np.arange(kinds), counts[t])
        node = (
            np.arange(len(unit)) + (node_start[:-1] + year_nodes[:, t] - one.unit_nodes[:-1])[unit]
        )
        first[node] = one.first[:-1] + moved[unit]
    unit = np.repeat(np.arange(kinds), counts[-1])
    node = (
        np.arange(len(unit)) + (node_start[:-1] + year_nodes[:, years] - ways.last_nodes[:-1])[unit]
    )
    first[node] = edge_start[1:][unit]
    last, measure = np.zeros(int(node_start[-1])), np.zeros(int(node_start[-1]))
    last[node], measure[node] = staked.last, staked.measure
    acts = np.flatnonzero(action >= 0)
    unit = np.repeat(np.arange(kinds), np.diff(edge_start))[acts]
    could = np.zeros((kinds, years * none), bool)
    could[unit, action[acts]] = True
    place = np.repeat(np.arange(len(prepared.steps) - 1), np.diff(prepared.steps))
    order = np.lexsort((place, prepared.chain))
    chain_start = np.concatenate([[0], np.cumsum(np.bincount(prepared.chain))])
    kind = prepared.kind[order]
    run = _shortest_runs(prepared, order, chain_start)
    may = _long_enough(could[kind], run, chain_start)
    return StreetArrays(
        order=order,
        chain_start=chain_start,
        kind=kind,
        member=prepared.kinds.membership[kind],
        area_m2=prepared.area_m2[order],
        year_nodes=year_nodes,
        node_start=node_start,
        first=first,
        target=target,
        action=action,
        money=money[acts],
        reward=reward,
        last=last,
        measure=measure,
        edge_at=acts,
        edge_member=prepared.kinds.membership[unit],
        edge_action=action[acts].astype(np.int64),
        may=may,
        never=could[kind] & ~may,
        run=run,
        longest=int(run[may & (run < _NEVER)].max(initial=1)),
    )


def _sums_along(counts: Ints) -> Ints:
    return np.concatenate([np.zeros((len(counts), 1), np.int64), np.cumsum(counts, axis=1)], axis=1)


def _shortest_runs(prepared: Prepared, order: Ints, chain_start: Ints) -> NDArray[np.int16]:
    """Return of how many sections a run must be that starts at each; beyond the end if it cannot.

    A run that holds a lock may have any length.
    """
    problem, count = prepared.problem, len(order)
    end = np.repeat(chain_start[1:], np.diff(chain_start))
    here = np.arange(count)
    reach = np.concatenate([[0.0], np.cumsum(prepared.length_m[order])])
    run = np.empty((count, problem.years, len(problem.minimum_length_m)), np.int16)
    for k, least_m in enumerate(problem.minimum_length_m):
        until = np.searchsorted(reach, reach[:-1] + least_m - 1e-6)
        run[:, :, k] = np.minimum(np.where(until > end, _NEVER, until - here), _NEVER)[:, None]
    held = np.array([one.must for one in prepared.rules])[
        prepared.kinds.rules[prepared.kind[order]]
    ]
    for t in np.flatnonzero((held >= 0).any(axis=0)):
        locked = np.append(np.flatnonzero(held[:, t] >= 0), count)
        following = locked[np.searchsorted(locked, here)]
        some = np.where(following < end, following - here + 1, _NEVER)
        run[:, t] = np.minimum(run[:, t], some[:, None])
    return np.maximum(run.reshape(count, -1), 1)


def _long_enough(
    could: NDArray[np.bool_], run: NDArray[np.int16], chain_start: Ints
) -> NDArray[np.bool_]:
    """Return where a section may do an action: where some run over it is long enough.

    Shortest runs that do not fit are noted as never.
    """
    ends = np.zeros(len(could) + 1, bool)
    ends[chain_start] = True
    may = np.zeros_like(could)
    row = np.arange(len(could))
    for a in range(could.shape[1]):
        on = could[:, a]
        new = on & (ends[:-1] | ~np.concatenate([[False], on[:-1]]))
        number = np.cumsum(new) - 1
        rows = row[on]
        if not rows.size:
            continue
        stretch = number[on]
        size = np.bincount(stretch)
        begin = rows[np.concatenate([[0], np.cumsum(size)[:-1]])]
        left = (begin + size)[stretch] - rows
        fits = run[rows, a] <= left
        run[rows[~fits], a] = _NEVER
        enough = np.zeros(len(size), bool)
        enough[stretch[fits]] = True
        may[rows, a] = enough[stretch]
    return may
