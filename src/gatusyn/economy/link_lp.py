"""The best prices at the links of a chain, as a linear problem says them."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from gatusyn.economy.bound import LinkPrices, Sections
from gatusyn.economy.joining import mobilisation
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.prepared import Floats, Ints, Prepared


def better_links(
    prepared: Prepared,
    staked: Stakes,
    prices: Prices,
    links: LinkPrices,
    high: Floats,
    *,
    at_once: int = 150,
    tolerance: float = 1e-4,
) -> LinkPrices:
    """Solve the chains whose bound is below what a known plan comes to.

    Parameters
    ----------
    high
        What a known plan comes to, by chain.
    at_once
        About how many sections are put into one linear problem.
    tolerance
        Chains that are this near, as a share, are left as they are.
    """
    count = prepared.chains
    low = np.bincount(prepared.chain, links.least, count)
    open_ = np.flatnonzero(high - low > tolerance * np.maximum(np.abs(high), 1.0))
    sizes = np.bincount(prepared.chain, minlength=count)[open_]
    batch = np.cumsum(sizes) // at_once
    due, least = links.due.copy(), links.least.copy()
    member = np.full(count, -1)
    member[open_] = batch
    batch_of = member[prepared.chain]
    order = np.argsort(batch_of, kind="stable")
    ends = np.searchsorted(batch_of[order], np.arange(int(batch.max(initial=-1)) + 2))
    previous = prepared.previous
    for first, last in itertools.pairwise(ends):
        rows = np.sort(order[first:last])
        if rows.size:
            found = _solve(prepared, staked, prices, rows, previous)
            better = _improved(prepared, least, found[1], rows)
            due[rows[better]], least[rows[better]] = found[0][better], found[1][better]
    return LinkPrices(due=due, least=least)


def _improved(prepared: Prepared, old: Floats, new: Floats, rows: Ints) -> Ints:
    """Return which of some rows lie in chains that have become better."""
    chain = prepared.chain[rows]
    gain = np.bincount(chain, new - old[rows])
    return np.flatnonzero(gain[chain] > 0.0)


def _solve(
    prepared: Prepared, staked: Stakes, prices: Prices, rows: Ints, previous: Ints
) -> tuple[Floats, Floats]:
    """Return dues and least sums of whole chains' sections at the linear problem's best."""
    start = mobilisation(prepared, staked, prices)[prepared.kinds.membership[prepared.kind[rows]]]
    width = start.shape[1]
    sections = Sections.of(prepared, staked, prices, staked.per_krona(prepared, prices), rows)
    before = np.searchsorted(rows, previous[rows])
    before[previous[rows] < 0] = -1
    marginal = _linear(sections, start, before, width)
    due = start.copy()
    linked = np.flatnonzero(before >= 0)
    due[linked] = np.clip(marginal[linked], 0.0, start[linked])
    due[:, -1] = 0.0
    got = np.zeros_like(due)
    got[before[linked]] = due[linked]
    return due, sections.backward((due - got).ravel())[0][1]


def _linear(sections: Sections, start: Floats, before: Ints, width: int) -> Floats:
    """Return the marginal value of each link and action, [n, width]."""
    years, count = sections.years, len(before)
    edges = np.cumsum([0] + [len(one.unit) for one in years])
    nodes = np.cumsum([0] + [len(one.first) - 1 for one in years])
    cost = np.concatenate(sections.cost)
    action = np.concatenate(sections.action)
    cost[edges[-2] :] += sections.last[years[-1].target]
    row, column, sign = [], [], []
    for t, one in enumerate(years):
        here = edges[t] + np.arange(len(one.unit))
        row.append(nodes[t] + one.source)
        column.append(here)
        sign.append(np.ones(len(here)))
        if t + 1 < len(years):
            row.append(nodes[t + 1] + one.target)
            column.append(here)
            sign.append(-np.ones(len(here)))
    right = np.zeros(nodes[-1])
    right[: nodes[1]] = 1.0
    acts = np.flatnonzero(action % width < width - 1)
    unit = action[acts] // width
    alone = before[unit] < 0
    cost[acts[alone]] += start.ravel()[action[acts[alone]]]
    used, place = np.unique(action[acts[~alone]], return_inverse=True)
    link = np.full(count * width, -1)
    link[used] = np.arange(len(used))
    after = np.full(count, -1)
    after[before[before >= 0]] = np.flatnonzero(before >= 0)
    next_action = after[unit] * width + action[acts] % width
    paid = np.flatnonzero(after[unit] >= 0)
    paid = paid[link[next_action[paid]] >= 0]
    total = edges[-1] + len(used)
    link_rows = np.concatenate([place, link[next_action[paid]], np.arange(len(used))])
    link_columns = np.concatenate([acts[~alone], acts[paid], edges[-1] + np.arange(len(used))])
    link_signs = np.concatenate([np.ones(len(place)), -np.ones(len(paid)), -np.ones(len(used))])
    unit_cost = max(float(np.abs(cost).mean()), 1e-9)
    solved = linprog(
        np.concatenate([cost, start.ravel()[used]]) / unit_cost,
        A_ub=coo_matrix((link_signs, (link_rows, link_columns)), shape=(len(used), total)).tocsr(),
        b_ub=np.zeros(len(used)),
        A_eq=coo_matrix(
            (np.concatenate(sign), (np.concatenate(row), np.concatenate(column))),
            shape=(nodes[-1], total),
        ).tocsr(),
        b_eq=right,
        bounds=(0, None),
        method="highs",
    )
    marginal = np.zeros(count * width)
    if solved.x is not None and len(used):
        marginal[used] = -solved.ineqlin.marginals * unit_cost
    return marginal.reshape(count, width)
