"""A town whose projects join: multipliers, plans of its streets, and a bound on every plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.multipliers import highest
from gatusyn.economy.pacing import Pace, paced
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.streets import Streets
from gatusyn.economy.tally import Choice, tally

_RAISES = 12
_PACES = (Pace(parts=20, step=0.1), Pace(parts=20, step=0.02))


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard streets are worked on: see `SolveParams`."""

    evaluations: int
    tolerance: float
    groups: int
    sample: int
    listed: int
    rounds: int


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
        self.kept: list[tuple[float, Choice]] = []
        self.everywhere = np.arange(prepared.chains)

    def search(self, start: Floats, scale: Floats) -> Floats:
        """Return the multipliers at which streets are best."""
        if not len(start):
            self.plan_at(start, self.everywhere, rounds=self.effort.rounds)
            return start
        sections = len(self.prepared.rows)
        each = max(1, sections // self.effort.sample)
        some = self.everywhere[::each]
        multipliers = self._highest(start, scale, some)
        if each == 1:
            return multipliers
        area = np.bincount(self.prepared.chain, self.prepared.area_m2, self.prepared.chains)
        idle = self.rows.use(
            self.prepared, tally(self.prepared, self.staked, self.locked)
        ).sum(axis=0)
        for pace, rounds in zip(_PACES, (self.effort.rounds, 2), strict=True):
            whole = self.locked.copy()

            def plan(asked: Floats, chains: Ints, whole: Choice = whole, rounds: int = rounds) -> Floats:
                choice = self._best(asked, chains, rounds)
                rows = np.isin(self.prepared.chain, chains)
                whole[rows] = choice[rows]
                return self._use(choice, rows)

            multipliers = paced(plan, area, self.rows.allowed, idle, multipliers, pace)
            self._keep(whole, multipliers)
        return multipliers

    def _highest(self, start: Floats, scale: Floats, chains: Ints) -> Floats:
        rows = np.isin(self.prepared.chain, chains)
        share = float(self.prepared.area_m2[rows].sum() / self.prepared.area_m2.sum())
        group = self.prepared.chain % self.effort.groups
        groups = self.effort.groups
        begun = False

        def sums(multipliers: Floats) -> tuple[Floats, Floats]:
            nonlocal begun
            rounds = 3 if begun else self.effort.rounds
            begun = True
            choice = self.plan_at(multipliers, chains, rounds=rounds)
            counted = tally(self.prepared, self.staked, choice)
            value = np.where(rows, self.rows.value(counted), 0.0)
            use = self.rows.use(self.prepared, counted) * rows[:, None]
            return (
                np.asarray(np.bincount(group, value, groups), np.float64),
                np.stack([np.bincount(group, one, groups) for one in use.T], axis=1),
            )

        return highest(
            sums,
            share * self.rows.allowed,
            start,
            scale,
            most=self.effort.evaluations,
            tolerance=self.effort.tolerance,
            radius=0.2,
        ).multipliers

    def plan_at(self, multipliers: Floats, chains: Ints, *, rounds: int) -> Choice:
        """Return the best plan of some chains; keep it, if it is of all."""
        choice = self._best(multipliers, chains, rounds)
        if len(chains) == self.prepared.chains:
            self._keep(choice, multipliers)
        return choice

    def _best(self, multipliers: Floats, chains: Ints, rounds: int) -> Choice:
        prices = self.prices(multipliers)
        soft = None if rounds > 4 else 0.01
        self.streets.even(prices, chains, rounds=rounds, soft=soft)
        return self.streets.best(prices, chains, listed=self.effort.listed, width=32).choice

    def _use(self, choice: Choice, rows: Ints) -> Floats:
        counted = tally(self.prepared, self.staked, choice)
        return np.asarray(self.rows.use(self.prepared, counted)[rows].sum(axis=0))

    def _keep(self, choice: Choice, multipliers: Floats) -> None:
        counted = tally(self.prepared, self.staked, choice)
        left = self.rows.use(self.prepared, counted).sum(axis=0) - self.rows.allowed
        height = float(self.rows.value(counted).sum() + multipliers @ left)
        self.kept.append((height, choice))

    def reach_target(self, multipliers: Floats) -> None:
        """Keep a plan that reaches the target, if a higher price for it finds one."""
        asked = multipliers.copy()
        for _ in range(_RAISES):
            counted = tally(self.prepared, self.staked, self.kept[-1][1])
            missed = self.rows.use(self.prepared, counted).sum(axis=0)[-1] - self.rows.allowed[-1]
            if missed <= 1e-6 * (1 + abs(self.rows.allowed[-1])):
                break
            asked[-1] *= 1.3
            self.plan_at(asked, self.everywhere, rounds=2)

    def bound(self, multipliers: Floats) -> float:
        """Return a bound on every plan."""
        prices = self.rows.prices(multipliers)
        self.streets.even(prices, self.everywhere, rounds=4, soft=0.01)
        known = self._known(multipliers)
        plans = self.streets.best(
            prices, self.everywhere, listed=self.effort.listed, width=64, known=known
        )
        least = plans.least
        self._keep(plans.choice, multipliers)
        known = np.minimum(known, plans.found)
        for listed in (256, 1024):
            still = np.flatnonzero(known - least > 1e-7 * np.abs(known))
            if not still.size:
                break
            self.streets.even(prices, still, rounds=16, soft=0.02)
            more = self.streets.best(prices, still, listed=listed, width=listed // 2, known=known)
            least = np.maximum(least, more.least)
            known = np.minimum(known, more.found)
        return float(least.sum() - multipliers @ self.rows.allowed)

    def _known(self, multipliers: Floats) -> Floats:
        """Return the least that a kept plan of each chain comes to."""
        least = np.full(self.prepared.chains, np.inf)
        for _, choice in self.kept[-4:]:
            one = tally(self.prepared, self.staked, choice)
            priced = self.rows.value(one) + self.rows.use(self.prepared, one) @ multipliers
            sums = np.bincount(self.prepared.chain, priced, self.prepared.chains)
            least = np.minimum(least, sums)
        return least
