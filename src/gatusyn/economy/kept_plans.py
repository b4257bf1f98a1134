"""Plans of a town's streets that are kept to choose from, and what they come to, by street."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.choose import BARRED, Pool
from gatusyn.economy.mix import best_mix
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.street_arrays import StreetArrays
from gatusyn.economy.streets import in_parts
from gatusyn.economy.tally import Choice


class KeptPlans:
    """Plans of the whole town, in the order in which they were kept, of which streets take theirs.

    Parameters
    ----------
    floor
        What a krona costs at least at prices to plan at.

    Attributes
    ----------
    kept
        The plans, [N, T] each.
    values, uses, spent, barred
        Of each: what it adds by street to what is to be small [P], uses of rows [P, R], and spends,
        SEK [P]; and whether it spends of a budget that is nothing [P].
    """

    def __init__(self, prepared: Prepared, rows: Rows, arrays: StreetArrays, floor: float) -> None:
        # Compiled code is loaded where it is needed: that takes half a second.
        from gatusyn.economy.street_plans import counted_by

        self.prepared, self.rows, self.floor = prepared, rows, floor
        self.order, self.by = arrays.order, counted_by(arrays, prepared, rows)
        self.kept: list[Choice] = []
        self.values: list[Floats] = []
        self.uses: list[Floats] = []
        self.spent: list[Floats] = []
        self.barred: list[NDArray[np.bool_]] = []

    def keep(self, choice: Choice) -> None:
        """Keep a plan, [N, T]."""
        from gatusyn.economy.street_plans import add_up

        chains = self.prepared.chains
        value, use = np.empty(chains), np.empty((chains, len(self.rows.allowed)))
        spent, barred = np.empty(chains), np.empty(chains, bool)
        plan = choice[self.order]
        work = partial(add_up, self.by, plan=plan, value=value, use=use, spent=spent, barred=barred)
        in_parts(np.arange(chains), work)
        self.kept.append(choice)
        self.values.append(value)
        self.uses.append(use)
        self.spent.append(spent)
        self.barred.append(barred)

    def pool(self) -> Pool:
        """Return what the plans come to, street by street."""
        return Pool(
            value=np.stack(self.values, axis=1),
            use=np.stack(self.uses, axis=1),
            allowed=self.rows.allowed,
        )

    def judged(self) -> Pool:
        """Return what the plans are chosen by: their value, and a little for their money."""
        pool, spent = self.pool(), np.stack(self.spent, axis=1)
        value = pool.value + self.floor * spent
        return replace(pool, value=np.where(np.stack(self.barred, axis=1), BARRED, value))

    def known(self, multipliers: Floats) -> Floats:
        """Return the least that a plan of each street comes to, at prices to plan at, [P]."""
        priced = [
            value + use @ multipliers + self.floor * spent
            for value, use, spent in zip(self.values, self.uses, self.spent, strict=True)
        ]
        return np.asarray(np.min(priced, axis=0))

    def laid(self, picked: Ints) -> Choice:
        """Return the plan in which each street follows one of those kept, by its number."""
        plan = picked[self.prepared.chain]
        return np.asarray(np.stack(self.kept)[plan, np.arange(len(plan))])

    def of_best_mix(self, multipliers: Floats) -> list[Choice]:
        """Return what streets do mostly in the best mix of the plans, and what besides."""
        weights, _ = best_mix(self.judged(), multipliers)
        mostly, at = weights.argmax(axis=1), np.arange(len(weights))
        weights[at, mostly] = 0.0
        besides = np.where(weights.any(axis=1), weights.argmax(axis=1), mostly)
        return [self.laid(mostly), self.laid(besides)]
