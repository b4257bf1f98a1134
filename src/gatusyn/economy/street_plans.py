"""Compiled loops that follow plans of streets: what they come to, and moving them in time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.street_arrays import StreetArrays
from gatusyn.economy.tally import Choice
from gatusyn.model.compiled import compiled_loop

_ORE = 0.005


class Counted(NamedTuple):
    """What plans are followed through, and counted by: see `StreetArrays` and `Rows`.

    Parameters
    ----------
    money
        By edge, SEK per m² at fixed prices; 0 where nothing is done.
    mobilisation, level
        SEK by treatment, and what a krona has become by year.
    counts
        Whether a treatment counts for a budget, by budget and membership, [L, M, K + 1].
    row
        The row of each budget and year, or -1, [L, T].
    closed
        Budgets and years with nothing to spend, [L, T].
    own
        What the aim counts of a krona by year, [T].
    target
        The row of the target, or -1.
    """

    chain_start: Ints
    kind: Ints
    member: Ints
    area_m2: Floats
    node_start: Ints
    first: Ints
    next: NDArray[np.int32]
    action: NDArray[np.int16]
    run: NDArray[np.int16]
    money: Floats
    reward: Floats
    last: Floats
    measure: Floats
    mobilisation: Floats
    level: Floats
    counts: Floats
    row: Ints
    closed: Floats
    own: Floats
    target: int


def counted_by(arrays: StreetArrays, prepared: Prepared, rows: Rows) -> Counted:
    """Return what plans of streets are followed through, and counted by."""
    problem = prepared.problem
    money = np.zeros(len(arrays.action))
    money[arrays.edge_at] = arrays.money
    row = np.full(rows.closed.shape, -1)
    row[rows.budget, rows.year] = np.arange(len(rows.budget))
    return Counted(
        chain_start=arrays.chain_start,
        kind=arrays.kind,
        member=arrays.member,
        area_m2=arrays.area_m2,
        node_start=arrays.node_start,
        first=arrays.first,
        next=arrays.target,
        action=arrays.action,
        run=arrays.run,
        money=money,
        reward=arrays.reward,
        last=arrays.last,
        measure=arrays.measure,
        mobilisation=np.append(problem.mobilisation_sek.astype(np.float64), 0.0),
        level=np.asarray(problem.price_level, np.float64),
        counts=rows.counts,
        row=row,
        closed=rows.closed,
        own=np.asarray(rows.own, np.float64),
        target=len(rows.allowed) - 1 if rows.has_target else -1,
    )


@compiled_loop
def add_up(
    by: Counted,
    chains: Ints,
    plan: Choice,
    value: Floats,
    use: Floats,
    spent: Floats,
    barred: NDArray[np.bool_],
) -> None:
    """Add up what a plan of streets comes to in some chains.

    Parameters
    ----------
    plan
        By section in the streets' order; K for nothing, [N, T].
    value, use, spent, barred
        By chain: what it adds to the sum that is to be small, uses of each row, and spends, SEK;
        whether it spends of a budget that is nothing; [P], [P, R], [P], [P].
    """
    years, none, budgets = plan.shape[1], len(by.mobilisation) - 1, len(by.row)
    for chain in chains:
        value[chain], use[chain], spent[chain], barred[chain] = 0.0, 0.0, 0.0, False
        for i in range(by.chain_start[chain], by.chain_start[chain + 1]):
            area, start, node, over = by.area_m2[i], by.node_start[by.kind[i]], 0, 0.0
            for t in range(years):
                k = int(plan[i, t])
                edge = _edge(by, start + node, t, k, none)
                value[chain] += by.reward[edge] * area
                node = by.next[edge]
                if k == none:
                    continue
                sek = by.money[edge] * area * by.level[t]
                if i == by.chain_start[chain] or plan[i - 1, t] != k:
                    sek += by.mobilisation[k] * by.level[t]
                spent[chain] += sek
                value[chain] += sek * by.own[t]
                for budget in range(budgets):
                    share = sek * by.counts[budget, by.member[i], k]
                    over += share * by.closed[budget, t]
                    if by.row[budget, t] >= 0:
                        use[chain, by.row[budget, t]] += share
            barred[chain] |= over > _ORE
            value[chain] += by.last[start + node] * area
            if by.target >= 0:
                use[chain, by.target] -= by.measure[start + node] * area


@compiled_loop
def _edge(by: Counted, node: int, t: int, k: int, none: int) -> int:
    """Return a node's edge by which a treatment is done, or nothing; -1 if there is none."""
    wanted = -1 if k == none else t * none + k
    for edge in range(by.first[node], by.first[node + 1]):
        if by.action[edge] == wanted:
            return edge
    return -1


@compiled_loop
def move(by: Counted, chains: Ints, plan: Choice, years_on: int, moved: Choice) -> None:
    """Move a plan of some chains by some years, as far as states, locks and budgets allow it.

    What then falls into a year whose budget is nothing is left out, and so are projects that become
    too short.
    """
    years, none = plan.shape[1], len(by.mobilisation) - 1
    for chain in chains:
        begin, end = by.chain_start[chain], by.chain_start[chain + 1]
        for i in range(begin, end):
            for t in range(years):
                k = plan[i, t - years_on] if 0 <= t - years_on < years else none
                for budget in range(len(by.closed)):
                    if by.closed[budget, t] > 0.0 and by.counts[budget, by.member[i], k] > 0.0:
                        k = none
                moved[i, t] = k
            _keep_allowed(by, i, moved, none)
        while _drop_short(by, begin, end, moved, none):
            for i in range(begin, end):
                _keep_allowed(by, i, moved, none)


@compiled_loop
def _keep_allowed(by: Counted, i: int, plan: Choice, none: int) -> None:
    """Drop what a section's state does not allow when its year has come."""
    start, node = by.node_start[by.kind[i]], 0
    for t in range(plan.shape[1]):
        edge = _edge(by, start + node, t, int(plan[i, t]), none)
        if edge < 0:
            plan[i, t] = none
            edge = _edge(by, start + node, t, none, none)
        if edge < 0:
            edge = by.first[start + node]
            plan[i, t] = by.action[edge] - t * none
        node = by.next[edge]


@compiled_loop
def _drop_short(by: Counted, begin: int, end: int, plan: Choice, none: int) -> bool:
    """Drop a street's projects that are too short; return whether there were any."""
    dropped = False
    for t in range(plan.shape[1]):
        first = begin
        while first < end:
            k, after = int(plan[first, t]), first + 1
            while after < end and plan[after, t] == k:
                after += 1
            if k < none and by.run[first, t * none + k] > after - first:
                plan[first:after, t] = none
                dropped = True
            first = after
    return dropped
