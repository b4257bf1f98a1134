"""A town whose projects join: multipliers, plans of its streets, and a bound on every plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gatusyn.economy.choose import Pool
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.mix import best_mix
from gatusyn.economy.multipliers import highest
from gatusyn.economy.pacing import Pace, paced
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.streets import Streets
from gatusyn.economy.tally import Choice, tally

_RAISES = 12
_COLUMNS = 5
_PACES = (Pace(parts=20, step=0.1),)


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


_WORKS = (
    _Work(rounds=1, soft=0.001, listed=64, width=32),
    _Work(rounds=10, soft=0.02, listed=128, width=64),
    _Work(rounds=40, soft=0.15, listed=512, width=256),
)


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
        self.open = np.ones(prepared.chains, bool)

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
        for pace, rounds in zip(_PACES, (self.effort.rounds,), strict=True):
            whole = self.locked.copy()

            def plan(asked: Floats, chains: Ints, whole: Choice = whole, rounds: int = rounds) -> Floats:
                choice = self._best(asked, chains, rounds)
                rows = np.isin(self.prepared.chain, chains)
                whole[rows] = choice[rows]
                return self._use(choice, rows)

            multipliers = paced(plan, area, self.rows.allowed, idle, multipliers, pace)
            self._keep(whole, multipliers)
        return self._generated(multipliers)

    def _generated(self, multipliers: Floats) -> Floats:
        """Return the best multipliers met while plans are added that the best mix asks for."""
        best, height = multipliers, -np.inf
        asked = multipliers
        for number in range(_COLUMNS):
            self.plan_at(asked, self.everywhere, rounds=1 if number else 24)
            if self.least > height:
                best, height = asked, self.least
            if number + 1 < _COLUMNS:
                worth = best_mix(self._pool(), best)[1]
                asked = best * np.clip(worth / np.maximum(best, 1e-12), 0.92, 1.08)
        return best

    def _pool(self) -> Pool:
        counted = [tally(self.prepared, self.staked, one) for _, one in self.kept]
        chain, chains = self.prepared.chain, self.prepared.chains
        uses = [self.rows.use(self.prepared, one) for one in counted]
        return Pool(
            value=np.stack([np.bincount(chain, self.rows.value(one), chains) for one in counted], 1),
            use=np.stack(
                [
                    np.stack([np.bincount(chain, column, chains) for column in use.T], axis=1)
                    for use in uses
                ],
                axis=1,
            ),
            allowed=self.rows.allowed,
        )

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
        """Return the best plans found; those of chains that were not exact are worked on more."""
        prices = self.prices(multipliers)
        still = self.open[chains]
        if rounds > 4:
            self.streets.even(prices, chains[still], rounds=rounds)
            self.streets.even(prices, chains[~still], rounds=2, soft=0.002)
        else:
            self.streets.even(prices, chains[~still], rounds=1, soft=0.001)
            self.streets.even(prices, chains[still], rounds=5, soft=0.01)
        plans = self.streets.best(prices, chains, listed=self.effort.listed, width=32)
        self.least = float(plans.least[chains].sum() - multipliers @ self.rows.allowed)
        self.open[chains] = (plans.found - plans.least > 1e-7 * np.abs(plans.found))[chains]
        return plans.choice

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
        prices, least = self.rows.prices(multipliers), np.full(len(self.everywhere), -np.inf)
        still, choice = self.everywhere, self.locked.copy()
        for work in _WORKS:
            if not still.size:
                break
            self.streets.even(prices, still, rounds=work.rounds, soft=work.soft)
            plans = self.streets.best(
                prices, still, listed=work.listed, width=work.width, known=self._known(multipliers)
            )
            rows = np.isin(self.prepared.chain, still[np.isfinite(plans.found[still])])
            choice = np.where(rows[:, None], plans.choice, self.kept[-1][1])
            self._keep(choice, multipliers)
            known = self._known(multipliers)
            least = np.maximum(least, plans.least)
            still = np.flatnonzero(known - least > 1e-7 * np.abs(known))
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
