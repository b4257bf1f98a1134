"""Choose one of several plans for each piece of the town, so that the budgets hold."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats, Ints

_PASSES = 40
BARRED = 1e15
"""What a plan that cannot be chosen is said to cost."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """Plans to choose from, by piece: P pieces, J plans, R rows of use.

    Parameters
    ----------
    value
        What a plan adds to what is to be small, shape [P, J]; `BARRED` or more where it cannot be
        chosen.
    use
        Shape [P, J, R].
    allowed
        Shape [R].
    """

    value: Floats
    use: Floats
    allowed: Floats


def choose(pool: Pool, multipliers: Floats, start: Ints, *, safe: Ints) -> Ints:
    """Return the plan of each piece: as at the start, but for what is not allowed or not best.

    Parameters
    ----------
    multipliers
        What use is worth, shape [R].
    safe
        A choice that keeps to what is allowed, as far as one is known.
    """
    picked = start.copy()
    left = pool.allowed - _used(pool, picked)
    picked = _mend(pool, multipliers, picked, left)
    if (pool.allowed - _used(pool, picked) < -_slack(pool)).any():
        picked = safe.copy()
    return _improve(pool, multipliers, picked)


def _slack(pool: Pool) -> Floats:
    return np.asarray(1e-12 * np.abs(pool.allowed) + 1e-6)


def _used(pool: Pool, picked: Ints) -> Floats:
    return np.asarray(pool.use[np.arange(len(picked)), picked].sum(axis=0))


def _moves(pool: Pool, multipliers: Floats, picked: Ints) -> tuple[Floats, Floats, Floats]:
    """Return what changing each piece's plan changes: the value, the use, and both at a price."""
    rows = np.arange(len(picked))
    value = pool.value - pool.value[rows, picked][:, None]
    use = pool.use - pool.use[rows, picked][:, None, :]
    return value, use, value + use @ multipliers


def _mend(pool: Pool, multipliers: Floats, picked: Ints, left: Floats) -> Ints:
    """Change plans until nothing is used beyond what is allowed, at the least loss."""
    picked = picked.copy()
    for _ in range(_PASSES):
        over = left < -_slack(pool)
        if not over.any():
            break
        _, use, priced = _moves(pool, multipliers, picked)
        base = np.maximum(np.abs(pool.allowed), 1e-9)
        after = np.maximum(use - left, 0.0) / base
        relief = _excess(left, base) - after.sum(axis=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = np.where(relief > 1e-12, np.maximum(priced, 0.0) / relief, np.inf)
        best = rate.argmin(axis=1)
        rate = rate[np.arange(len(rate)), best]
        changed = False
        dearest = 2.0 * float(rate.min()) + 1e-3 * float(multipliers @ base)
        for piece in np.argsort(rate, kind="stable"):
            if not rate[piece] <= dearest:
                break
            after = left - use[piece, best[piece]]
            if _excess(after, base) < _excess(left, base) - 1e-13:
                left, picked[piece], changed = after, best[piece], True
                if not (left < -_slack(pool)).any():
                    break
        if not changed:
            break
    return picked


def _excess(left: Floats, base: Floats) -> float:
    return float((np.maximum(-left, 0.0) / base).sum())


def _improve(pool: Pool, multipliers: Floats, picked: Ints) -> Ints:
    """Change plans for better ones while what is left allows it."""
    picked = picked.copy()
    left = pool.allowed - _used(pool, picked)
    for _ in range(_PASSES):
        value, use, priced = _moves(pool, multipliers, picked)
        fits = (use <= np.maximum(left, 0.0)).all(axis=2)
        better = fits & (value < -1e-9)
        if not better.any():
            break
        gain = np.where(better, priced, np.inf)
        best = gain.argmin(axis=1)
        gain = gain[np.arange(len(gain)), best]
        changed = False
        for piece in np.argsort(gain, kind="stable"):
            if not np.isfinite(gain[piece]):
                break
            step = use[piece, best[piece]]
            if (step <= np.maximum(left, 0.0)).all():
                left, picked[piece], changed = left - step, best[piece], True
        if not changed:
            break
    return picked


def fitting(pool: Pool) -> Pool:
    """Return the plans, with those barred that alone use more than is allowed of a row of money.

    A piece that has no other keeps its plans.
    """
    over = (pool.use > np.where(pool.allowed > 0.0, pool.allowed + 1e-6, np.inf)).any(axis=2)
    over &= ~(over | (pool.value >= BARRED)).all(axis=1, keepdims=True)
    return replace(pool, value=np.where(over, BARRED, pool.value))


def same_plans(value: Floats, use: Floats) -> NDArray[np.bool_]:
    """Return, by piece and plan, whether an earlier plan of the piece is the same in all sums."""
    repeated = np.zeros(value.shape, bool)
    for later in range(1, value.shape[1]):
        same = (value[:, :later] == value[:, later, None]) & (
            use[:, :later] == use[:, later, None]
        ).all(axis=2)
        repeated[:, later] = same.any(axis=1)
    return repeated
