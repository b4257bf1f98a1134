"""A town whose projects do not join: sections of a kind do alike, and the budgets have prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gatusyn.economy.choose import Pool
from gatusyn.economy.kind_plans import KindPlans, best_of_kinds
from gatusyn.economy.labels import list_labels, price_labels
from gatusyn.economy.lone import Prices, Stakes, lone_values
from gatusyn.economy.mix import best_mix, mixed, split
from gatusyn.economy.multipliers import highest
from gatusyn.economy.prepared import Floats, Prepared
from gatusyn.economy.rows import Rows, group_columns, group_sums
from gatusyn.economy.solve_params import SolveParams
from gatusyn.economy.tally import Choice, Tally, choices_of_labels

_FINER, _LITTLE = 3, 2e-6
"""So often multipliers are made finer at most, while the bound rises by more than such a share."""
_REACH = 0.5
"""Where multipliers are found roughly none so far away, as a share of them, are better."""
_NEAR_MIX = 8_000
"""So many of the kinds' plans, the nearest their best, are mixed."""
SPARED = (0.0, 0.5)
"""Without joining, so much of each budget is left at first, in means of what a section uses."""


class LoneTown:
    """Looks for multipliers at which the kinds are best, and keeps the plans found on the way.

    Parameters
    ----------
    locked
        What is done where nothing is but what is locked.
    prices
        From multipliers to the prices to plan at.
    floor
        What a krona costs at least at these prices.
    """

    def __init__(
        self,
        prepared: Prepared,
        staked: Stakes,
        rows: Rows,
        locked: Tally,
        params: SolveParams,
        prices: Callable[[Floats], Prices],
        floor: float,
    ) -> None:
        self.prepared, self.staked, self.rows = prepared, staked, rows
        self.locked, self.params = locked, params
        self.prices, self.floor = prices, floor
        self.kinds: list[KindPlans] = []

    def search(self, *, tolerance: float | None = None) -> Floats:
        """Return the multipliers at which the bound is highest, nearly.

        Parameters
        ----------
        tolerance
            How nearly, as a share, where not as `SolveParams` has it.
        """
        if not len(self.rows.allowed):
            self._lone_sums(np.zeros(0))
            return np.zeros(0)
        start, scale = self._start()
        return highest(
            self._lone_sums,
            self.rows.allowed,
            start,
            scale,
            most=self.params.evaluations,
            tolerance=self.params.tolerance if tolerance is None else tolerance,
            reach=0.0 if tolerance is None else _REACH,
        ).multipliers

    def finer(self, multipliers: Floats) -> Floats:
        """Return multipliers at which the bound is higher, if the kinds' best mix tells such."""
        bound = self.bound(multipliers)
        for _ in range(_FINER if len(multipliers) else 0):
            mix = best_mix(self._kinds_pool(), multipliers, most=_NEAR_MIX)
            worth = np.maximum(mix[1], 0.0)
            self._lone_sums(worth)
            gained = self.bound(worth) - bound
            if gained > 0.0:
                bound, multipliers = bound + gained, worth
            if gained <= _LITTLE * abs(bound):
                break
        return multipliers

    def options(self, multipliers: Floats) -> list[Choice]:
        """Return plans of the town to choose from: of ``SPARED`` first, then near the best."""
        return [
            *(self._mixed_kinds(multipliers, share * self._mean_use()) for share in SPARED),
            *self._near_best(multipliers),
        ]

    def bound(self, multipliers: Floats) -> float:
        """Return a bound on every plan."""
        lone = lone_values(self.prepared, self.staked, self.rows.prices(multipliers))
        first = self.staked.ways.years[0].unit_nodes[:-1][self.prepared.kind]
        used = float(multipliers @ self.rows.allowed)
        return float((lone.value[first] * self.prepared.area_m2).sum()) - used

    def _lone_sums(self, multipliers: Floats) -> tuple[Floats, Floats]:
        lone = lone_values(self.prepared, self.staked, self.prices(multipliers))
        best = best_of_kinds(self.prepared, self.staked, self.rows, lone)
        self.kinds = [*self.kinds[-3 * self.params.keep :], best]
        group = np.arange(len(best.value)) % self.params.groups
        area = np.bincount(self.prepared.kind, self.prepared.area_m2)
        groups = int(group.max()) + 1
        return (
            group_sums(group, best.value * area, groups),
            group_columns(group, best.use * area[:, None], groups),
        )

    def _start(self) -> tuple[Floats, Floats]:
        """Return multipliers to start from: alike for all years, and all together right."""
        allowed = self.rows.allowed
        if self.rows.has_target:
            unit = np.append(np.zeros(len(allowed) - 1), 1.0)
            guess = max(self._all_cost() / max(float(-allowed[-1]), 1e-9), 1e-9)
        else:
            unit = np.ones(len(allowed))
            all_value = float(np.abs(self.rows.value(self.locked)).sum())
            guess = max(all_value / max(float(allowed.sum()), 1e-9), 1e-9)
        low, high = guess * 1e-3, guess * 1e3
        for _ in range(12):
            middle = float(np.sqrt(low * high))
            _, use = self._lone_sums(middle * unit)
            low, high = (middle, high) if (use.sum(axis=0) - allowed) @ unit > 0 else (low, middle)
        scale = np.full(len(allowed), high)
        if self.rows.has_target:
            scale[:-1] = 0.2
        return high * unit, scale

    def _all_cost(self) -> float:
        price = self.prepared.kinds.price_sek_m2[self.prepared.kind].max(axis=1)
        return float((price * self.prepared.area_m2).sum())

    def _mean_use(self) -> Floats:
        """Return what a section that uses of a row at all uses of it in the mean."""
        used = self.kinds[-1].use[self.prepared.kind] * self.prepared.area_m2[:, None]
        return np.asarray(np.abs(used).sum(axis=0) / np.maximum((used != 0).sum(axis=0), 1))

    def _mixed_kinds(self, multipliers: Floats, spare: Floats) -> Choice:
        """Return the plan in which the sections of a kind are split among its plans as is best.

        Parameters
        ----------
        spare
            What is left of what is allowed.
        """
        pool = self._kinds_pool()
        pool = replace(pool, allowed=pool.allowed - spare)
        weights = mixed(pool, multipliers, most=_NEAR_MIX)
        plan = split(weights, self.prepared.kind, self.prepared.area_m2)
        choices = np.stack([one.choice for one in self.kinds])
        return np.asarray(choices[plan, self.prepared.kind])

    def _kinds_pool(self) -> Pool:
        area = np.bincount(self.prepared.kind, self.prepared.area_m2)
        return Pool(
            value=np.stack(
                [(one.value + self.floor * one.money) * area for one in self.kinds], axis=1
            ),
            use=np.stack([one.use * area[:, None] for one in self.kinds], axis=1),
            allowed=self.rows.allowed,
        )

    def _near_best(self, multipliers: Floats) -> list[Choice]:
        """Return plans in which every section does its best, its second best, and so on."""
        prices = self.prices(multipliers)
        lone = lone_values(self.prepared, self.staked, prices)
        labels = list_labels(self.prepared, self.staked)
        priced = price_labels(self.prepared, self.staked, labels, lone, prices)
        order = np.lexsort((priced.cost, labels.section))
        counts = np.diff(labels.first)
        return [
            choices_of_labels(
                self.prepared,
                self.staked,
                labels,
                lone,
                order[labels.first[:-1] + np.minimum(place, counts - 1)],
            )
            for place in range(self.params.keep)
        ]
