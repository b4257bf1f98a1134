"""One plan for each of many streets, which divide budgets finely."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.choose import BARRED, Pool, choose
from gatusyn.economy.exact_mix import FEW, choose_exactly
from gatusyn.economy.mix import best_mix, softened_best
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.swaps import SHORT_TRIES, swapped_soon

_MIXED = 8_000
"""So many plans, the nearest their street's best, are mixed."""
_MOST = 2_000
"""Of more streets than this the best mix takes longer than to find prices at which streets' best
plans, softened, use what is allowed; and these are near enough."""
_AWAY, _SOFT = 0.1, (3e-4, 1e-4, 1e-3, 2e-4, 5e-4)
"""Such prices are no further away, in logarithms; and plans take part that come so near their
street's best, as a share of what a plan comes to: which is best is a matter of chance."""
_FAR = 2.5
"""Where a choice made from such prices is worse by more than so many times what would be enough,
others will be, too: some street has no plan near what the prices ask for."""
_SOON, _ENOUGH = 5e-4, 7e-4
"""Few tries are made where no choice can be better by more than the first share; and no more after
them where it cannot be by more than the second."""
_NEAR, _LEAST = 9.5e-4, 2e-4
"""Where a bound on all plans is known, few are made where none of these can be better by more than
the first share; at any rate where none of those kept can be by more than the second."""


def chosen_of_many(pool: Pool, multipliers: Floats, bound: float | None = None) -> Ints:
    """Return one of each street's plans, so that the budgets hold; the first keeps to them.

    Parameters
    ----------
    multipliers
        Near what rows are worth, shape [R].
    bound
        No plan comes to less, of those kept or of others; None if that is not known.
    """
    picked, gap = np.zeros(len(pool.value), np.int64), np.inf
    if not len(multipliers):
        return _nearest(pool, multipliers)
    typical = float(np.abs(pool.value[pool.value < BARRED]).mean())
    for soft in _SOFT if len(picked) > _MOST else ():
        prices = softened_best(pool, multipliers, most=_AWAY, soft=soft * typical)
        starts = [_nearest(pool, prices)]
        enough = _SOON if bound is None else _enough(pool, prices, bound)
        picked, gap = swapped_soon(pool, prices, picked, starts, enough=enough, tries=SHORT_TRIES)
        if gap <= enough:
            return picked
        if gap > _FAR * enough:
            break
    return picked if gap <= _ENOUGH else _of_best_mix(pool, multipliers, picked)


def _of_best_mix(pool: Pool, multipliers: Floats, safe: Ints) -> Ints:
    """Return a choice near the best mix: that has one plan for all streets but one for each row.

    It is no worse than the one that is known to keep to what is allowed.
    """
    weights, worth = best_mix(pool, multipliers, most=_MIXED)
    prices, start = np.maximum(worth, 0.0), weights.argmax(axis=1)
    first = choose(pool, prices, start, safe=safe)
    at = np.arange(len(start))
    known = min(first, safe, key=lambda one: float(pool.value[at, one].sum()))
    picked, gap = swapped_soon(pool, prices, known, [start], enough=_SOON)
    starts = [start, _nearest(pool, multipliers), first]
    for other in (prices, multipliers) if gap > _ENOUGH else ():
        picked, _ = swapped_soon(pool, other, picked, starts, enough=_SOON)
    if len(picked) <= FEW:
        picked = choose_exactly(pool, picked, prices)
    return picked


def _enough(pool: Pool, prices: Floats, bound: float) -> float:
    """Return by what share a choice may be worse than the best at prices, to be near a bound."""
    least = float((pool.value + pool.use @ prices).min(axis=1).sum() - prices @ pool.allowed)
    return max(_LEAST, _NEAR - (least - bound) / max(abs(least), 1e-9))


def _nearest(pool: Pool, prices: Floats) -> Ints:
    return np.asarray((pool.value + pool.use @ prices).argmin(axis=1))
