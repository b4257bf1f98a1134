"""A town whose projects join: multipliers, plans of its streets, and a bound on every plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.choose import Pool
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.mix import best_mix
from gatusyn.economy.multipliers import highest
from gatusyn.economy.pacing import Pace, paced
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.rows import Rows, group_columns, group_sums
from gatusyn.economy.streets import Streets
from gatusyn.economy.tally import Choice, tally

_RAISES = 12
_COLUMNS, _ADDED = 3, 3
_MIXED = 10
_MOST_AWAY = 0.08
_WIDEST, _APART = 2.0, 0.3
"""How far, in logarithms, multipliers are varied: all alike, and each by itself."""
_WIDTH, _THOROUGH = 32, 50
_NEAR = 1e-7
"""Streets whose bound lies below their plan by no more than this share are taken to be exact."""
_PACE = Pace(parts=20, step=0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard streets are worked on: see `SolveParams`."""

    evaluations: int
    tolerance: float
    groups: int
    sample: int
    listed: int
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    rounds: int
    soft: float
    listed: int
    width: int


class JoinedTown:
    """Looks for multipliers at which streets are best, and keeps the plans found on the way.

    Parameters
    ----------
    locked
        The plan in which nothing is done but what is locked.
    prices
        From multipliers to the prices to plan at.
    """

    def __init__(
        self,
        prepared: Prepared,
        staked: Stakes,
        rows: Rows,
        locked: Choice,
        prices: Callable[[Floats], Prices],
        effort: Effort,
    ) -> None:
        self.prepared, self.staked, self.rows, self.effort = prepared, staked, rows, effort
        self.prices, self.locked = prices, locked
        self.streets = Streets(prepared, staked)
        self.kept: list[Choice] = []
        self.everywhere = np.arange(prepared.chains)
        self.open = np.ones(prepared.chains, bool)
        self.least = -np.inf

    def search(self, start: Floats, scale: Floats) -> Floats:
        """Return the multipliers at which streets are best."""
        if not len(start):
            self.plan_at(start, self.everywhere, fresh=True)
            return start
        each = max(1, len(self.prepared.rows) // self.effort.sample)
        multipliers = self._highest(start, scale, self.everywhere[::each])
        return multipliers if each == 1 else self._generated(self._paced(multipliers))

    def _paced(self, multipliers: Floats) -> Floats:
        """Return multipliers that follow what all streets spend, planned in turn."""
        chain, whole = self.prepared.chain, self.locked.copy()
        area = group_sums(chain, self.prepared.area_m2, self.prepared.chains)
        idle = self._use(self.locked, np.ones(len(chain), bool))

        def plan(asked: Floats, chains: Ints) -> Floats:
            choice, rows = self._best(asked, chains, fresh=True), np.isin(chain, chains)
            whole[rows] = choice[rows]
            return self._use(choice, rows)

        multipliers = paced(plan, area, self.rows.allowed, idle, multipliers, _PACE)
        self.kept.append(whole)
        return multipliers

    def _generated(self, multipliers: Floats) -> Floats:
        """Return the best multipliers met while plans are added that the best mix asks for."""
        best, height = multipliers, -np.inf
        asked = multipliers
        for number in range(_COLUMNS):
            self.plan_at(asked, self.everywhere, fresh=not number)
            if self.least > height:
                best, height = asked, self.least
            if number + 1 < _COLUMNS:
                asked = self._asked(best, _MOST_AWAY)
        return best

    def add_plans(self, multipliers: Floats) -> None:
        """Keep plans that the best mix of those kept asks for, near some multipliers."""
        if not len(multipliers) or self.rows.has_target:
            return
        for _ in range(_ADDED):
            self.plan_at(self._asked(multipliers, 0.3 * _MOST_AWAY), self.everywhere)

    def vary(self, multipliers: Floats, times: int) -> None:
        """Keep plans at other multipliers around some: few streets do not divide budgets finely."""
        generator = np.random.default_rng(0)
        for number in range(times if len(multipliers) else 0):
            together = _WIDEST * (2.0 * number / (times - 1) - 1.0) if times > 1 else 0.0
            apart = generator.normal(0.0, _APART, len(multipliers))
            self.plan_at(multipliers * np.exp(together + apart), self.everywhere)

    def _asked(self, near: Floats, most: float) -> Floats:
        """Return what the rows are worth in the best mix, no further away than by a share."""
        worth = best_mix(self._pool(), near)[1]
        return np.asarray(near * np.clip(worth / np.maximum(near, 1e-12), 1.0 - most, 1.0 + most))

    def _pool(self) -> Pool:
        counted = [tally(self.prepared, self.staked, one) for one in self.kept[-_MIXED:]]
        chain, chains = self.prepared.chain, self.prepared.chains
        uses = [self.rows.use(self.prepared, one) for one in counted]
        return Pool(
            value=np.stack(
                [group_sums(chain, self.rows.value(one), chains) for one in counted], axis=1
            ),
            use=np.stack([group_columns(chain, use, chains) for use in uses], axis=1),
            allowed=self.rows.allowed,
        )

    def _highest(self, start: Floats, scale: Floats, chains: Ints) -> Floats:
        rows = np.isin(self.prepared.chain, chains)
        share = float(self.prepared.area_m2[rows].sum() / self.prepared.area_m2.sum())
        groups, fresh = self.effort.groups, iter([True])
        group = self.prepared.chain % groups

        def sums(multipliers: Floats) -> tuple[Floats, Floats]:
            choice = self.plan_at(multipliers, chains, fresh=next(fresh, False))
            counted = tally(self.prepared, self.staked, choice)
            value = np.where(rows, self.rows.value(counted), 0.0)
            use = self.rows.use(self.prepared, counted) * rows[:, None]
            return group_sums(group, value, groups), group_columns(group, use, groups)

        return highest(
            sums,
            share * self.rows.allowed,
            start,
            scale,
            most=self.effort.evaluations,
            tolerance=self.effort.tolerance,
            radius=0.2,
        ).multipliers

    def plan_at(self, multipliers: Floats, chains: Ints, *, fresh: bool = False) -> Choice:
        """Return the best plan of some chains; keep it, if it is of all.

        Parameters
        ----------
        fresh
            Whether what sections pay for actions may be far from right.
        """
        choice = self._best(multipliers, chains, fresh=fresh)
        if len(chains) == self.prepared.chains:
            self.kept.append(choice)
        return choice

    def _best(self, multipliers: Floats, chains: Ints, *, fresh: bool) -> Choice:
        """Return the best plans found; chains that were not exact are worked on more."""
        prices, still = self.prices(multipliers), self.open[chains]
        if fresh:
            self.streets.even(prices, chains[still], rounds=self.effort.rounds)
            self.streets.even(prices, chains[~still], rounds=2, soft=0.002)
        else:
            self.streets.even(prices, chains[still], rounds=5, soft=0.01)
            self.streets.even(prices, chains[~still], rounds=1, soft=0.001)
        plans = self.streets.best(prices, chains, listed=self.effort.listed, width=_WIDTH)
        self.least = float(plans.least[chains].sum() - multipliers @ self.rows.allowed)
        # Where no plan was found what lacks is infinite: there is the most to do.
        lacking = plans.found[chains] - plans.least[chains]
        self.open[chains] = lacking > _NEAR * np.abs(plans.least[chains])
        return plans.choice

    def _use(self, choice: Choice, rows: NDArray[np.bool_]) -> Floats:
        counted = tally(self.prepared, self.staked, choice)
        return np.asarray(self.rows.use(self.prepared, counted)[rows].sum(axis=0))

    def reach_target(self, multipliers: Floats) -> None:
        """Keep a plan that reaches the target, if a higher price for it finds one."""
        asked = multipliers.copy()
        for _ in range(_RAISES):
            counted = tally(self.prepared, self.staked, self.kept[-1])
            missed = self.rows.use(self.prepared, counted).sum(axis=0)[-1] - self.rows.allowed[-1]
            if missed <= 1e-6 * (1 + abs(self.rows.allowed[-1])):
                break
            asked[-1] *= 1.3
            self.plan_at(asked, self.everywhere)

    def bound(self, multipliers: Floats) -> float:
        """Return a bound on every plan."""
        prices, least = self.rows.prices(multipliers), np.full(len(self.everywhere), -np.inf)
        still = self.everywhere
        for work in self._works():
            if not still.size:
                break
            self.streets.even(prices, still, rounds=work.rounds, soft=work.soft)
            plans = self.streets.best(
                prices, still, listed=work.listed, width=work.width, known=self._known(multipliers)
            )
            rows = np.isin(self.prepared.chain, still[np.isfinite(plans.found[still])])
            choice = np.where(rows[:, None], plans.choice, self.kept[-1])
            self.kept.append(choice)
            known = self._known(multipliers)
            least = np.maximum(least, plans.least)
            still = np.flatnonzero(known - least > _NEAR * np.abs(known))
        return float(least.sum() - multipliers @ self.rows.allowed)

    def _works(self) -> list[_Work]:
        """Return how streets are worked on for the bound, harder while theirs is not exact."""
        rounds, listed = self.effort.rounds, self.effort.listed
        works = [
            _Work(rounds=1, soft=0.001, listed=listed, width=_WIDTH),
            _Work(rounds=rounds // 2, soft=0.02, listed=2 * listed, width=2 * _WIDTH),
            _Work(rounds=2 * rounds, soft=0.15, listed=8 * listed, width=8 * _WIDTH),
        ]
        if rounds >= _THOROUGH:
            works.append(_Work(rounds=4 * rounds, soft=0.3, listed=64 * listed, width=32 * _WIDTH))
        return works

    def _known(self, multipliers: Floats) -> Floats:
        """Return the least that a kept plan of each chain comes to."""
        least = np.full(self.prepared.chains, np.inf)
        for choice in self.kept[-4:]:
            one = tally(self.prepared, self.staked, choice)
            priced = self.rows.value(one) + self.rows.use(self.prepared, one) @ multipliers
            sums = np.bincount(self.prepared.chain, priced, self.prepared.chains)
            least = np.minimum(least, sums)
        return least
