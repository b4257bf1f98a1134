"""Use up what is allowed by changing the plans of one or two pieces of the town at a time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.choose import Pool, same_plans
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.swap_search import find_swaps, lost_of

_STAGES = ((4_000, 2.0), (8_000, 2.0), (12_000, 3.0), (16_000, 10.0), (16_000, 1e3))
"""So many plans are looked at, and so many times its price costs what is used beyond what is
allowed: at first little, as what one change uses too much of another gives back."""
_PASSES = 20
_LITTLE = 2e-6
"""A pass that gains no more than this share ends its stage."""
_ENOUGH = 5e-5
"""No other start is tried where no choice can be better by more than this share."""


def swapped(pool: Pool, multipliers: Floats, picked: Ints, starts: Iterable[Ints]) -> Ints:
    """Return a choice that keeps to what is allowed, at least as good as one that is known.

    Of ten yearly budgets each is nearly used up only if what one piece spends less is what another
    spends more: single changes leave most of a section's price in each.

    Parameters
    ----------
    multipliers
        What use is worth, shape [R].
    picked
        Keeps to what is allowed.
    starts
        Choices near the best at the multipliers, to start from in turn; they may use too much.
    """
    if not len(multipliers):
        return picked
    at = np.arange(len(picked))
    excess = pool.value + pool.use @ multipliers
    excess -= excess.min(axis=1, keepdims=True)
    piece, plan = _nearest(pool, multipliers, excess)
    whole = float(np.abs(pool.value[at, picked]).sum())
    for start in starts:
        found = _from(pool, multipliers, excess, piece, plan, start, _LITTLE * whole)
        used = pool.use[at, found].sum(axis=0)
        better = pool.value[at, found].sum() < pool.value[at, picked].sum()
        if better and (used <= pool.allowed + 1e-12 * np.abs(pool.allowed)).all():
            picked = found
            left = (pool.allowed - used) @ multipliers
            if excess[at, found].sum() + left <= _ENOUGH * whole:
                break
    return picked


def _from(
    pool: Pool,
    multipliers: Floats,
    excess: Floats,
    piece: Ints,
    plan: Ints,
    start: Ints,
    little: float,
) -> Ints:
    """Return a choice that is reached from a start, in stages; it may use too much at the end."""
    picked, at = start.copy(), np.arange(len(start))
    priced, paid = excess[piece, plan], pool.use[piece, plan] * multipliers
    for most, dear in _STAGES:
        for _ in range(_PASSES):
            now, now_paid = excess[at, picked], pool.use[at, picked] * multipliers
            left = pool.allowed * multipliers - now_paid.sum(axis=0)
            lost = lost_of(left, dear)
            more, more_paid = (priced - now[piece])[:most], (paid - now_paid[piece])[:most]
            taken = _found(piece[:most], more, more_paid, dear, left)
            picked[piece[taken]] = plan[taken]
            if lost - lost_of(left, dear) - more[taken].sum() <= little:
                break
    return picked


def _nearest(pool: Pool, multipliers: Floats, excess: Floats) -> tuple[Ints, Ints]:
    """Return pieces and plans that come nearest their piece's best at the prices, in order.

    A piece's best comes with the nearest other of it. Half of them are nearest by what they come
    to more than the best, and use up little; half by that for what they use.
    """
    excess = np.where(same_plans(pool.value, pool.use), np.inf, excess)
    at, best = np.arange(len(excess)), excess.argmin(axis=1)
    other = np.abs(pool.use - pool.use[at, best][:, None]) @ multipliers
    excess[at, best] = np.inf
    rank = np.minimum(_ranked(excess), _ranked(excess / np.maximum(other, 1e-9)))
    rank[at, best] = rank.min(axis=1)
    flat, plans = rank.ravel(), excess.shape[1]
    order = np.argsort(flat, kind="stable")[: _STAGES[-1][0]]
    order = order[flat[order] < flat.size]
    return order // plans, order % plans


def _ranked(value: Floats) -> Ints:
    """Return the place of each in order; beyond all where it is infinite."""
    flat = value.ravel()
    finite = np.flatnonzero(np.isfinite(flat))
    rank = np.full(flat.size, flat.size)
    rank[finite[np.argsort(flat[finite], kind="stable")]] = np.arange(len(finite))
    return rank.reshape(value.shape)


def _found(
    piece: Ints, priced: Floats, paid: Floats, dear: float, left: Floats
) -> NDArray[np.int64]:
    """Return which changes to make, of each piece no more than one."""
    changes = np.flatnonzero((priced != 0.0) | (paid != 0.0).any(axis=1))
    order = changes[np.argsort(priced[changes], kind="stable")]
    taken = np.empty(2 * len(order), np.int64)
    count = find_swaps(piece[order], paid[order], priced[order], dear, left, taken)
    return np.asarray(order[taken[:count]])
