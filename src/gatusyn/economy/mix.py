"""The best mix of known plans: which share of each piece of the town follows which of its plans."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from gatusyn.economy.choose import BARRED, Pool, same_plans
from gatusyn.economy.prepared import Floats, Ints

_DEAR = 1e3


def mixed(pool: Pool, multipliers: Floats, *, most: int = 30_000) -> Floats:
    """Return weights, summing to 1 for each piece, that are best within what is allowed, [P, J]."""
    return best_mix(pool, multipliers, most=most)[0]


def best_mix(pool: Pool, multipliers: Floats, *, most: int = 30_000) -> tuple[Floats, Floats]:
    """Return the best weights [P, J], and what more of each row would be worth then [R].

    Parameters
    ----------
    multipliers
        What use is worth: where there are more plans than ``most``, those that cost most more
        than their piece's best at these prices are left out.
    """
    pieces, plans = pool.value.shape
    priced = pool.value + pool.use @ multipliers
    excess = priced - priced.min(axis=1, keepdims=True)
    excess[same_plans(pool.value, pool.use)] = np.inf
    barred = pool.value >= BARRED
    excess[barred & ~barred.all(axis=1, keepdims=True)] = np.inf
    if np.isfinite(excess).sum() > most + pieces:
        limit = np.partition(excess[excess > 0], most)[most]
        excess[excess > limit] = np.inf
    piece, plan = np.nonzero(np.isfinite(excess))
    alone = np.bincount(piece, minlength=pieces) == 1
    weights = np.zeros((pieces, plans))
    weights[alone, excess[alone].argmin(axis=1)] = 1.0
    if alone.all():
        return weights, multipliers
    left = pool.allowed - (weights[:, :, None] * pool.use).sum(axis=(0, 1))
    free = np.flatnonzero(~alone[piece])
    share, worth = _solve(pool, multipliers, piece[free], plan[free], left)
    weights[piece[free], plan[free]] = share
    return weights, worth


def softened_best(pool: Pool, near: Floats, *, most: float, soft: float) -> Floats:
    """Return the multipliers at which the sum of the pieces' best plans is highest.

    Plans that come within ``soft`` of a piece's best take part in it, so that what is used changes
    smoothly with the multipliers.

    Parameters
    ----------
    near
        Where to start, shape [R]; no multiplier is further away than by ``most``, in logarithms.
    """
    # Compiled code is loaded where it is needed: that takes half a second.
    from gatusyn.economy.softening import highest_softened

    return highest_softened(pool.value, pool.use, pool.allowed, near, most, soft)


def _solve(
    pool: Pool, multipliers: Floats, piece: Ints, plan: Ints, left: Floats
) -> tuple[Floats, Floats]:
    """Solve the linear problem; what is used beyond ``left`` is allowed, and dear."""
    columns, rows = len(piece), len(left)
    value, use = pool.value[piece, plan], pool.use[piece, plan]
    unit = np.maximum(np.abs(pool.allowed), 1e-9)
    money = max(float(np.abs(value).sum()) / max(columns, 1), 1e-9)
    _, row = np.unique(piece, return_inverse=True)
    order = np.argsort(row, kind="stable")
    first = np.flatnonzero(np.diff(row[order], prepend=-1))
    wide = np.arange(columns)
    one_each = coo_matrix((np.ones(columns), (row, wide)), shape=(row.max() + 1, columns + rows))
    used = np.concatenate([use / unit, -np.eye(rows)])
    # Nor is it ever cheaper to use too much than to do nothing: all that there is to lose is less.
    lost = np.maximum.reduceat(value[order], first) - np.minimum.reduceat(value[order], first)
    dear = _DEAR * np.maximum(multipliers, multipliers.sum() / max(rows, 1)) * unit / money
    dear = np.maximum(dear, 2.0 * float(lost.sum()) / money)
    solved = linprog(
        np.concatenate([value / money, np.maximum(dear, 1.0)]),
        A_ub=coo_matrix(used.T),
        b_ub=left / unit,
        A_eq=one_each.tocsr(),
        b_eq=np.ones(row.max() + 1),
        bounds=(0, None),
        method="highs",
    )
    if solved.x is None:
        best = np.zeros(columns)
        priced = value + use @ multipliers
        order = np.lexsort((priced, row))
        best[order[np.unique(row[order], return_index=True)[1]]] = 1.0
        return best, multipliers
    worth = -np.asarray(solved.ineqlin.marginals) * money / unit
    return np.asarray(solved.x[:columns]), worth


def split(weights: Floats, piece: Ints, size: Floats) -> Ints:
    """Return a plan for each section of each piece, so that sizes come near the weights.

    Parameters
    ----------
    piece, size
        Of each section.
    """
    order = np.lexsort((np.arange(len(piece)), piece))
    sized = size[order]
    ends = np.cumsum(sized)
    total = np.bincount(piece, size, len(weights))
    start = np.concatenate([[0.0], np.cumsum(total)[:-1]])[piece[order]]
    middle = (ends - 0.5 * sized - start) / total[piece[order]]
    shares = np.cumsum(weights, axis=1)[piece[order]]
    plan = (shares < middle[:, None] - 1e-12).sum(axis=1)
    picked = np.empty(len(piece), np.int64)
    picked[order] = np.minimum(plan, weights.shape[1] - 1)
    return picked
