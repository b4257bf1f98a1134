"""Use up what is allowed by changing the plans of one or two pieces of the town at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from threading import Event

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.choose import Pool, same_plans
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.swap_search import find_swaps, lost_of
from gatusyn.model import usable_cores

_STAGES = ((4_000, 2.0), (8_000, 2.0), (12_000, 3.0), (16_000, 10.0), (16_000, 1e3))
"""So many plans are looked at, and so many times its price costs what is used beyond what is
allowed: at first little, as what one change uses too much of another gives back."""
_MANY, _DEAR = 16_000, 10.0
"""Likewise where less is aimed at instead: what comes of either is a matter of chance."""
_PASSES = 20
_LITTLE = 2e-6
"""A pass that gains no more than this share ends its stage."""
_ENOUGH = 5e-5
"""No other start is tried where no choice can be better by more than this share."""
Tries = Sequence[tuple[tuple[int, float], tuple[int, float]]]
TRIES: Tries = (
    ((2_000, 2.0), (3_000, 2.0)),
    ((4_000, 2.0), (4_000, 4.0)),
    ((6_000, 3.0), (9_000, 3.0)),
)
"""Two tries at a time, the longest last: how many plans are looked at, and what costs what is
beyond the aim."""
SHORT_TRIES: Tries = (
    ((2_000, 4.0), (3_000, 4.0)),
    ((4_000, 4.0), (4_000, 2.0)),
)
"""Likewise from starts of which there are others: long tries take seconds. Which tries are best is
a matter of chance."""
_AIMS = 8
"""So often less is aimed at, at most."""
_DEARER = 4.0
"""So many times more costs what is beyond what is aimed at then."""
_NEVER = Event()
"""Of work that is asked for to the end: it is not set."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Changes:
    """Plans that pieces may change to, nearest their piece's best first: C of them, R rows.

    Parameters
    ----------
    excess
        What each piece's plans come to more than its best at the prices, [P, J].
    piece, plan
        Which piece each changes, and to which plan, [C].
    priced, paid
        What it comes to more than the piece's best, [C], and uses, at its price, [C, R].
    allowed
        At its price, [R].
    whole
        What all comes to; shares are of this.
    """

    pool: Pool
    multipliers: Floats
    excess: Floats
    piece: Ints
    plan: Ints
    priced: Floats
    paid: Floats
    allowed: Floats
    whole: float

    @classmethod
    def of(cls, pool: Pool, multipliers: Floats) -> _Changes:
        excess = pool.value + pool.use @ multipliers
        excess -= excess.min(axis=1, keepdims=True)
        piece, plan = _nearest(pool, multipliers, excess)
        return cls(
            pool=pool,
            multipliers=multipliers,
            excess=excess,
            piece=piece,
            plan=plan,
            priced=excess[piece, plan],
            paid=pool.use[piece, plan] * multipliers,
            allowed=pool.allowed * multipliers,
            whole=float(np.abs(pool.value[np.arange(len(excess)), excess.argmin(axis=1)]).sum()),
        )

    def made(
        self, picked: Ints, target: Floats, most: int, dear: float, done: Event = _NEVER
    ) -> Ints:
        """Return a choice after passes over the first changes, until one gains little.

        Parameters
        ----------
        target
            What is to be used up, at its price, [R].
        dear
            How many times its price what is used beyond it costs.
        done
            Set where the choice is no longer asked for.
        """
        picked, at = picked.copy(), np.arange(len(picked))
        for _ in range(_PASSES):
            now, now_paid = self.excess[at, picked], self.pool.use[at, picked] * self.multipliers
            left = target - now_paid.sum(axis=0)
            lost, piece = lost_of(left, dear), self.piece[:most]
            more = self.priced[:most] - now[piece]
            taken = _found(piece, more, self.paid[:most] - now_paid[piece], dear, left)
            picked[piece[taken]] = self.plan[taken]
            gained = lost - lost_of(left, dear) - more[taken].sum()
            if gained <= _LITTLE * self.whole or done.is_set():
                break
        return picked

    def gap(self, picked: Ints) -> float:
        """Return by what share any choice may be better; infinite where too much is used."""
        at = np.arange(len(picked))
        used = self.pool.use[at, picked].sum(axis=0)
        if (used > self.pool.allowed + 1e-12 * np.abs(self.pool.allowed)).any():
            return np.inf
        left = float((self.pool.allowed - used) @ self.multipliers)
        return (float(self.excess[at, picked].sum()) + left) / max(self.whole, 1e-9)


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
    changes = _Changes.of(pool, multipliers)
    for start, is_aimed in product(starts, (False, True)):
        found = _aimed(changes, start, _MANY, _DEAR) if is_aimed else _in_stages(changes, start)
        gap = changes.gap(found)
        if gap < np.inf and pool.value[at, found].sum() < pool.value[at, picked].sum():
            picked = found
            if gap <= _ENOUGH:
                break
    return picked


def swapped_soon(
    pool: Pool,
    multipliers: Floats,
    picked: Ints,
    starts: Iterable[Ints],
    *,
    enough: float,
    tries: Tries = TRIES,
) -> tuple[Ints, float]:
    """Return a choice as `swapped` does, at least as good as one that is known, in less time.

    Where a little too much is used in the end, less is aimed at there: that costs far less than to
    forbid it. From each start some tries are made, two at a time: which is best is a matter of
    chance, so many together come near the best.

    Parameters
    ----------
    picked
        Keeps to what is allowed.
    starts
        Choices to start from: the best mix of plans, rounded, is best where the multipliers are
        what its rows are worth.
    enough
        No other tries are made where no choice can be better by more than this share.
    tries
        Those made from each start, in turn.

    Returns
    -------
        The choice, and by what share any other may be better.
    """
    changes = _Changes.of(pool, multipliers)
    least = changes.gap(picked)
    done = Event()
    with ThreadPoolExecutor(min(2, usable_cores())) as threads:
        for start, both in product(starts, tries):
            work = partial(_aimed, changes, start, done=done)
            for found in threads.map(work, *zip(*both, strict=True)):
                gap = changes.gap(found)
                if gap < least:
                    picked, least = found, gap
                if least <= enough:
                    done.set()
                    return picked, least
    return picked, least


def _in_stages(changes: _Changes, start: Ints) -> Ints:
    """Return a choice for which what is beyond what is allowed costs more stage by stage."""
    found = start
    for most, dear in _STAGES:
        found = changes.made(found, changes.allowed, most, dear)
    return found


def _aimed(changes: _Changes, start: Ints, most: int, dear: float, done: Event = _NEVER) -> Ints:
    """Return a choice that is aimed lower until it keeps to what is allowed, if it ever does.

    What is beyond the aim costs more each time: else the same changes are the best again.

    Parameters
    ----------
    done
        Set where it is no longer asked for: what is returned then is worth nothing.
    """
    picked, target = start, changes.allowed
    lower = _LITTLE * changes.whole
    for _ in range(_AIMS):
        picked = changes.made(picked, target, most, dear, done)
        used = changes.pool.use[np.arange(len(picked)), picked].sum(axis=0)
        over = used * changes.multipliers - changes.allowed
        if changes.gap(picked) < np.inf or done.is_set():
            break
        target = target - np.where(over > 0.0, 1.5 * over + lower, 0.0)
        lower, dear = 2.0 * lower, _DEARER * dear
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
