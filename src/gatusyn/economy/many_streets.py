"""One plan for each of many streets, which divide budgets finely."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.choose import Pool, choose
from gatusyn.economy.exact_mix import FEW, choose_exactly
from gatusyn.economy.mix import best_mix
from gatusyn.economy.prepared import Floats, Ints
from gatusyn.economy.swaps import swapped_soon

_MIXED = 8_000
"""So many plans, the nearest their street's best, are mixed."""
_SOON, _ENOUGH = 5e-4, 7e-4
"""Few tries are made where no choice can be better by more than the first share; and no more after
them where it cannot be by more than the second."""


def chosen_of_many(pool: Pool, multipliers: Floats) -> Ints:
    """Return one of each street's plans, so that the budgets hold; the first keeps to them.

    The best mix of plans has one plan for all streets but one for each row: it is rounded, and
    pairs of streets change plans.

    Parameters
    ----------
    multipliers
        Near what rows are worth, shape [R].
    """
    near = (pool.value + pool.use @ multipliers).argmin(axis=1)
    if not len(multipliers):
        return np.asarray(near)
    weights, worth = best_mix(pool, multipliers, most=_MIXED)
    prices, start = np.maximum(worth, 0.0), weights.argmax(axis=1)
    first = choose(pool, prices, start, safe=np.zeros(len(start), np.int64))
    picked, gap = swapped_soon(pool, prices, first, [start], enough=_SOON)
    for other in (prices, multipliers) if gap > _ENOUGH else ():
        picked, _ = swapped_soon(pool, other, picked, [start, near, first], enough=_SOON)
    if len(picked) <= FEW:
        picked = choose_exactly(pool, picked, prices)
    return picked
