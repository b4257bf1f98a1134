"""Small problems are solved by looking at every plan there is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.lone import Stakes
from gatusyn.economy.prepared import Floats, Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.tally import Choice

_CHUNK = 20_000


def best_of_all(
    prepared: Prepared, staked: Stakes, rows: Rows, *, most: int
) -> tuple[bool, Choice | None]:
    """Look at every plan, if there are at most ``most``.

    Returns
    -------
        Whether they were looked at; the best, or None if none keeps to what is allowed.
    """
    counts = _counts(staked)[prepared.kind]
    if np.log(counts).sum() > np.log(most):
        return False, None
    ways = [_ways(staked, int(kind)) for kind in prepared.kind]
    sizes = tuple(len(one) for one in ways)
    best, least = None, np.inf
    for start in range(0, int(np.prod(sizes)), _CHUNK):
        picks = np.arange(start, min(start + _CHUNK, int(np.prod(sizes))))
        which = np.unravel_index(picks, sizes)
        plans = np.stack([one[pick] for one, pick in zip(ways, which, strict=True)], axis=1)
        value, fits = _judge(prepared, staked, rows, plans)
        value[~fits] = np.inf
        row = int(value.argmin())
        if value[row] < least:
            best, least = plans[row], float(value[row])
    return True, best


def _counts(staked: Stakes) -> Floats:
    paths = np.ones(len(staked.ways.last_state))
    for one in reversed(staked.ways.years):
        paths = np.add.reduceat(paths[one.target], one.first[:-1])
    return paths


def _ways(staked: Stakes, kind: int) -> Choice:
    """Return every way of a kind of section, [ways, T]."""
    nodes = np.array([staked.ways.years[0].unit_nodes[kind]])
    done = np.zeros((1, 0), np.int8)
    for one in staked.ways.years:
        parts, onward = [], []
        for row, node in enumerate(nodes):
            edges = np.arange(one.first[node], one.first[node + 1])
            repeated = np.repeat(done[row : row + 1], len(edges), axis=0)
            parts.append(np.column_stack([repeated, one.treatment[edges].astype(np.int8)]))
            onward.append(one.target[edges])
        done, nodes = np.concatenate(parts), np.concatenate(onward)
    return done


def _judge(
    prepared: Prepared, staked: Stakes, rows: Rows, plans: NDArray[np.int8]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the value of each plan, [M, N, T], and whether it keeps to what is allowed."""
    value = np.zeros(len(plans))
    use = np.zeros((len(plans), len(rows.allowed)))
    fits = np.ones(len(plans), bool)
    closed = np.zeros(len(plans))
    member = prepared.kinds.membership[prepared.kind]
    previous = prepared.previous
    for row in range(len(prepared.rows)):
        choice = plans[:, row]
        cost, own, measure = _one_section(prepared, staked, row, choice)
        start = np.append(prepared.problem.mobilisation_sek, 0.0)[choice]
        if previous[row] >= 0:
            start = np.where(choice == plans[:, previous[row]], 0.0, start)
        spent = cost + start * prepared.problem.price_level
        value += own + spent @ rows.own
        counts = rows.counts[:, member[row], :][:, choice]
        money = len(rows.budget)
        use[:, :money] += (spent[None] * counts)[rows.budget, :, rows.year].T
        closed += (spent[None] * counts * rows.closed[:, None, :]).sum(axis=(0, 2))
        if rows.has_target:
            use[:, -1] -= measure
    fits &= (use <= rows.allowed + 1e-6).all(axis=1) & (closed <= 1e-6)
    return value, fits & _long_enough(prepared, plans)


def _one_section(
    prepared: Prepared, staked: Stakes, row: int, choice: Choice
) -> tuple[Floats, Floats, Floats]:
    """Return cost [M, T], the aim's own units [M] and the target's measure [M]."""
    width = np.int64(len(prepared.problem.space.treatments) + 1)
    ways, area = staked.ways, prepared.area_m2[row]
    node = np.full(len(choice), ways.years[0].unit_nodes[prepared.kind[row]])
    cost, own = np.zeros(choice.shape), np.zeros(len(choice))
    for t, one in enumerate(ways.years):
        edge = staked.edge_at[t][node * width + choice[:, t]]
        cost[:, t] = staked.money[t][edge] * area * prepared.problem.price_level[t]
        own += staked.reward[t][edge] * area
        node = one.target[edge]
    return cost, own + staked.last[node] * area, staked.measure[node] * area


def _long_enough(prepared: Prepared, plans: NDArray[np.int8]) -> NDArray[np.bool_]:
    least = np.append(prepared.problem.minimum_length_m, 0.0)
    musts = np.array([one.must for one in prepared.rules])[prepared.kinds.rules[prepared.kind]]
    fits = np.ones(len(plans), bool)
    chains: dict[int, list[int]] = {}
    for row, chain in enumerate(prepared.chain):
        chains.setdefault(int(chain), []).append(row)
    for members in chains.values():
        length = np.zeros((len(plans), plans.shape[2]))
        held = np.zeros(length.shape, bool)
        last = np.full(length.shape, len(least) - 1, np.int8)
        for row in [*members, -1]:
            now = plans[:, row] if row >= 0 else np.full_like(last, len(least) - 1)
            same = now == last
            fits &= (same | held | (length >= least[last] - 1e-6)).all(axis=1)
            own = prepared.length_m[row] if row >= 0 else 0.0
            length = np.where(same, length, 0.0) + own
            held = (same & held) | ((musts[row] >= 0) if row >= 0 else False)
            last = now
    return fits
