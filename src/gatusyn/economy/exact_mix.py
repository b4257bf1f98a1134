"""Choose one of several plans for each piece of a small town by branch and bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, csr_matrix, vstack

from gatusyn.economy.choose import BARRED, Pool, same_plans
from gatusyn.economy.mix import best_mix
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.model.muted import muted

_NODES, _MANY_NODES = 300, 20
_NEAR, _SOME = 1e-4, 1e-12
FEW = 500
"""Of more pieces than this few branches are looked at."""
_NEAREST, _MORE_NEAREST, _MANY_NEAREST = 800, 3_200, 2_500
"""Beside one plan a piece so many are looked at, of few pieces (then more of them) and of many."""


def choose_exactly(pool: Pool, picked: Ints, multipliers: Floats) -> Ints:
    """Return a choice within what is allowed, at least as good as one that is known.

    HiGHS looks at a given number of branches at most, so that the answer is the same anywhere.

    Parameters
    ----------
    multipliers
        What use is worth, shape [R]: of many plans those are looked at that come near the best at
        these prices; of few pieces, at those of the best mix.
    """
    pieces, _, rows = pool.use.shape
    if not rows:
        return picked
    if pieces > FEW:
        return _search(pool, picked, multipliers, _MANY_NEAREST)
    # Multipliers may tell nothing: where money is to spare as a whole all plans are as near.
    worth = np.maximum(best_mix(pool, np.maximum(multipliers, _SOME))[1], 0.0)
    picked = _search(pool, picked, worth, _NEAREST)
    if 10 * pieces > _NEAREST:
        picked = _search(pool, picked, worth, _MORE_NEAREST)
    return picked


def _search(pool: Pool, picked: Ints, multipliers: Floats, most: int) -> Ints:
    pieces, plans, rows = pool.use.shape
    piece, plan = np.nonzero(_near(pool, picked, multipliers, most))
    count = len(piece)
    one_each = coo_matrix((np.ones(count), (piece, np.arange(count))), (pieces, count))
    scale = np.maximum(np.abs(pool.allowed), 1.0)
    use = csr_matrix((pool.use[piece, plan] / scale).T)
    unit = max(float(np.abs(pool.value[np.arange(pieces), picked]).sum()), 1e-9)
    high = np.append(np.ones(pieces), pool.allowed / scale)
    nodes = _NODES if pieces <= FEW else _MANY_NODES
    with muted():
        solved = milp(
            pool.value[piece, plan] / unit,
            constraints=LinearConstraint(
                vstack([one_each, use]).tocsc(),
                np.append(np.ones(pieces), np.full(rows, -np.inf)),
                high,
            ),
            integrality=np.ones(count),
            bounds=Bounds(0.0, 1.0),
            options={"node_limit": nodes, "mip_rel_gap": _NEAR},
        )
    if solved.x is None:
        return picked
    weight = np.zeros((pieces, plans))
    weight[piece, plan] = solved.x
    found, at = weight.argmax(axis=1), np.arange(pieces)
    better = pool.value[at, found].sum() < pool.value[at, picked].sum()
    better |= not _keeps_to(pool, picked)
    return np.asarray(found) if better and _keeps_to(pool, found) else picked


def _near(pool: Pool, picked: Ints, multipliers: Floats, most: int) -> NDArray[np.bool_]:
    """Return which plans are worth a look, by piece and plan: what is picked, and the nearest."""
    excess = pool.value + pool.use @ multipliers
    excess = excess - excess.min(axis=1, keepdims=True)
    excess[same_plans(pool.value, pool.use) | (pool.value >= BARRED)] = np.inf
    near = np.isfinite(excess)
    if (excess[near] > 0).sum() > most:
        near &= excess <= np.partition(excess[near & (excess > 0)], most)[most]
    near[np.arange(len(picked)), picked] = True
    return np.asarray(near)


def _keeps_to(pool: Pool, picked: Ints) -> bool:
    used = pool.use[np.arange(len(picked)), picked].sum(axis=0)
    return bool(np.all(used <= pool.allowed + 1e-6 + 1e-12 * np.abs(pool.allowed)))
