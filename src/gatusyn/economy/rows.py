"""The budgets and the target as rows of use that is allowed, and the aim as a sum made small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.tally import Choice, Tally
from gatusyn.model import AimKind

_DEAR = 1e6
_ORE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """R rows: each budget and year that has a limit above 0, and then the target, if there is one.

    Parameters
    ----------
    budget, year
        Which, for the rows that are money.
    allowed
        SEK; for the target, minus what must be reached.
    closed
        Budgets and years with nothing to spend, shape [L, T].
    own
        What the aim counts of a krona spent each year, shape [T].
    has_target
        Whether the last row is a target.
    """

    budget: Ints
    year: Ints
    allowed: Floats
    closed: Floats
    own: Floats
    has_target: bool
    counts: Floats

    def prices(self, multipliers: Floats) -> Prices:
        """Return the prices that multipliers, one a row, stand for."""
        krona = np.where(self.closed > 0, _DEAR * max(1.0, float(multipliers.max(initial=0))), 0.0)
        money = len(self.budget)
        krona[self.budget, self.year] = multipliers[:money]
        return Prices(krona=krona, target=float(multipliers[-1]) if self.has_target else 0.0)

    def is_barred(self, prepared: Prepared, counted: Tally) -> NDArray[np.bool_]:
        """Return which sections spend of a budget that is nothing, [N]."""
        spent = counted.cost_sek + counted.mobilisation_sek
        member = prepared.kinds.membership[prepared.kind]
        barred = np.zeros(len(member), bool)
        for budget in np.flatnonzero(self.closed.any(axis=1)):
            counts = self.counts[budget][member[:, None], counted.choice]
            barred |= (spent * counts) @ self.closed[budget] > _ORE
        return barred

    def is_closed(self, prepared: Prepared, choice: Choice) -> NDArray[np.bool_]:
        """Return which of sections' treatments count in a budget that is nothing then, [N, T]."""
        member = prepared.kinds.membership[prepared.kind]
        closed = np.zeros(choice.shape, bool)
        for budget in np.flatnonzero(self.closed.any(axis=1)):
            counts = self.counts[budget][member[:, None], choice]
            closed |= (counts * self.closed[budget]) > 0
        return closed

    def use(self, prepared: Prepared, counted: Tally) -> Floats:
        """Return what each section uses of each row, [N, R]."""
        spent = counted.cost_sek + counted.mobilisation_sek
        use = np.empty((len(spent), len(self.allowed)))
        if len(self.counts) == 1:
            use[:, : len(self.year)] = spent[:, self.year]
        else:
            member = prepared.kinds.membership[prepared.kind]
            for budget in range(len(self.counts)):
                rows = np.flatnonzero(self.budget == budget)
                counts = self.counts[budget][member[:, None], counted.choice]
                use[:, rows] = (spent * counts)[:, self.year[rows]]
        if self.has_target:
            use[:, -1] = -counted.measure
        return use

    def value(self, counted: Tally) -> Floats:
        """Return what each section adds to the sum that is to be small, [N]."""
        spent = counted.cost_sek + counted.mobilisation_sek
        return np.asarray(counted.value + spent @ self.own)

    def by_street(self, prepared: Prepared, counted: Tally) -> tuple[Floats, Floats]:
        """Return what each chain adds to the sum that is to be small, [P], and uses, [P, R]."""
        chain, chains = prepared.chain, prepared.chains
        value = group_sums(chain, self.value(counted), chains)
        return value, group_columns(chain, self.use(prepared, counted), chains)


def rows_of(prepared: Prepared, staked: Stakes) -> Rows:
    """Return the rows of a problem."""
    budgets, aim = prepared.budgets, prepared.problem.aim
    budget, year = np.nonzero(np.isfinite(budgets.sek) & (budgets.sek > 0.0))
    allowed = budgets.sek[budget, year]
    target = aim.kind is AimKind.LEAST_COST
    if target:
        mass = prepared.area_m2 * prepared.kinds.weight[prepared.kind]
        wanted = aim.mean_index if aim.mean_index is not None else aim.share
        assert wanted is not None
        allowed = np.append(allowed, -wanted * mass.sum())
    none = np.zeros((*budgets.counts.shape[:2], 1))
    return Rows(
        budget=budget,
        year=year,
        allowed=allowed,
        closed=(budgets.sek == 0.0).astype(np.float64),
        own=staked.own,
        has_target=target,
        counts=np.concatenate([budgets.counts.astype(np.float64), none], axis=2),
    )


def group_sums(group: Ints, values: Floats, groups: int) -> Floats:
    """Return the sum of values, [n], by group, [groups]."""
    return np.asarray(np.bincount(group, values, groups), np.float64)


def group_columns(group: Ints, values: Floats, groups: int) -> Floats:
    """Return the sums of columns of values, [n, R], by group, [groups, R]."""
    summed = [np.bincount(group, column, groups) for column in values.T]
    return np.array(summed, np.float64).T.reshape(groups, values.shape[1])
