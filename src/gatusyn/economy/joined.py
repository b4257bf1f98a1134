"""A town whose projects join: multipliers, plans of its streets, and a bound on every plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.choose import Pool
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.mix import best_mix, softened_best
from gatusyn.economy.multipliers import highest
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.rows import Rows, group_columns, group_sums
from gatusyn.economy.streets import Streets
from gatusyn.economy.tally import Choice, tally

_RAISES = 12
_CLIMBS, _CLIMBED = 7, 24_000
"""How often all streets are planned while multipliers climb: at least, and in so many sections."""
_MOST_AWAY, _NEAR_BY = 0.08, 0.03
_SHORTER, _SOFTENED, _SHARPER, _SHARPEST = 0.6, 0.01, 0.8, 0.02
_WIDEST, _APART = 2.0, 0.3
"""How far, in logarithms, multipliers are varied: all alike, and each by itself."""
_THOROUGH = 50
_NEAR = 1e-7
"""Streets whose bound lies below their plan by no more than this share are taken to be exact."""


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
    floor
        What a krona costs at least at these prices.
    """

    def __init__(
        self,
        prepared: Prepared,
        staked: Stakes,
        rows: Rows,
        locked: Choice,
        prices: Callable[[Floats], Prices],
        effort: Effort,
        floor: float,
    ) -> None:
        self.prepared, self.staked, self.rows, self.effort = prepared, staked, rows, effort
        self.prices, self.locked = prices, locked
        self.streets = Streets(prepared, staked)
        self.floor = floor
        self.kept: list[Choice] = []
        self.values: list[Floats] = []
        self.uses: list[Floats] = []
        self.spent: list[Floats] = []
        self.everywhere = np.arange(prepared.chains)
        self.open = np.ones(prepared.chains, bool)
        self.least = -np.inf

    def search(self, start: Floats, scale: Floats) -> Floats:
        """Return the multipliers at which streets are best."""
        self._keep(self.locked)
        if not len(start):
            self.plan_at(start, self.everywhere, fresh=True)
            return start
        each = max(1, len(self.prepared.rows) // self.effort.sample)
        return self._climbed(self._highest(start, scale, self.everywhere[::each]))

    def _climbed(self, multipliers: Floats) -> Floats:
        """Return the best multipliers met: each time those at which the plans known are best."""
        best, height, most = multipliers, -np.inf, _MOST_AWAY
        asked = multipliers
        for number in range(int(np.clip(_CLIMBED // len(self.prepared.rows), _CLIMBS, 16))):
            self.plan_at(asked, self.everywhere, fresh=not number, rough=True)
            if self.least > height:
                best, height = asked, self.least
            else:
                most *= _SHORTER
            asked = self._asked(best, most, _SOFTENED * max(_SHARPER**number, _SHARPEST))
        return best

    def add_plans(self, multipliers: Floats, times: int) -> None:
        """Keep plans that the best mix of those kept asks for, near some multipliers."""
        if not len(multipliers) or self.rows.has_target:
            return
        for _ in range(times):
            worth = best_mix(self.pool(), multipliers)[1]
            away = np.clip(worth / np.maximum(multipliers, 1e-12), 1.0 - _NEAR_BY, 1.0 + _NEAR_BY)
            self.plan_at(multipliers * away, self.everywhere)

    def vary(self, multipliers: Floats, times: int) -> None:
        """Keep plans at other multipliers around some: few streets do not divide budgets finely."""
        generator = np.random.default_rng(0)
        for number in range(times if len(multipliers) else 0):
            together = _WIDEST * (2.0 * number / (times - 1) - 1.0) if times > 1 else 0.0
            apart = generator.normal(0.0, _APART, len(multipliers))
            asked = multipliers * np.exp(together + apart)
            self.plan_at(asked, self.everywhere, rough=True)

    def _asked(self, near: Floats, most: float, soft: float) -> Floats:
        """Return the multipliers at which plans kept are best, no further away than by a share."""
        pool = self.pool()
        # At least cost plans that do nothing come to nothing; what they use has a price.
        typical = float(np.abs(pool.value).mean() or (np.abs(pool.use) @ near).mean() or 1.0)
        return softened_best(pool, near, most=most, soft=soft * typical)

    def pool(self) -> Pool:
        """Return what the plans kept come to, street by street."""
        return Pool(
            value=np.stack(self.values, axis=1),
            use=np.stack(self.uses, axis=1),
            allowed=self.rows.allowed,
        )

    def _keep(self, choice: Choice) -> None:
        counted, chain = tally(self.prepared, self.staked, choice), self.prepared.chain
        chains = self.prepared.chains
        self.kept.append(choice)
        self.values.append(group_sums(chain, self.rows.value(counted), chains))
        self.uses.append(group_columns(chain, self.rows.use(self.prepared, counted), chains))
        spent = (counted.cost_sek + counted.mobilisation_sek).sum(axis=1)
        self.spent.append(group_sums(chain, spent, chains))

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

    def plan_at(
        self, multipliers: Floats, chains: Ints, *, fresh: bool = False, rough: bool = False
    ) -> Choice:
        """Return the best plan of some chains; keep it, if it is of all.

        Parameters
        ----------
        fresh
            Whether what sections pay for actions may be far from right.
        rough
            Whether a good plan will do where the best is hard to find.
        """
        choice, known, least = self._best(multipliers, chains, fresh=fresh, rough=rough)
        self.open[chains] = ~_is_exact(known, least)[chains]
        self.least = float(least[chains].sum() - multipliers @ self.rows.allowed)
        if len(chains) == self.prepared.chains:
            self._keep(choice)
        return choice

    def _best(
        self, multipliers: Floats, chains: Ints, *, fresh: bool, rough: bool
    ) -> tuple[Choice, Floats, Floats]:
        """Return the best plans found, what they come to, and what none comes to less than."""
        prices, still = self.prices(multipliers), self.open[chains]
        if fresh:
            self.streets.even(prices, chains, rounds=self.effort.rounds)
        else:
            self.streets.even(prices, chains[still], rounds=4, soft=0.01)
            self.streets.even(prices, chains[~still], rounds=2, soft=0.002)
        known = self._known(multipliers)
        least, choice = np.full(len(known), -np.inf), self.locked.copy()
        for more, width in ((1, 64), (8, 256))[: 1 if rough else 2]:
            plans = self.streets.best(
                prices,
                chains,
                listed=more * self.effort.listed,
                width=width,
                known=known,
            )
            rows = np.isin(self.prepared.chain, chains[np.isfinite(plans.found[chains])])
            choice[rows] = plans.choice[rows]
            known, least = np.minimum(known, plans.found), np.maximum(least, plans.least)
            chains = chains[~_is_exact(known, least)[chains]]
        return choice, known, least

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
        """Return a bound on every plan, and keep the best plan of each street at its prices."""
        prices, least = self.rows.prices(multipliers), np.full(len(self.everywhere), -np.inf)
        still, known = self.everywhere, self._known(multipliers)
        choice = self.kept[-1].copy()
        for work in self._works():
            if not still.size:
                break
            self.streets.even(prices, still, rounds=work.rounds, soft=work.soft)
            plans = self.streets.best(
                prices, still, listed=work.listed, width=work.width, known=known
            )
            rows = np.isin(self.prepared.chain, still[np.isfinite(plans.found[still])])
            choice[rows] = plans.choice[rows]
            known, least = np.minimum(known, plans.found), np.maximum(least, plans.least)
            still = still[~_is_exact(known, least)[still]]
        self._keep(choice)
        return float(least.sum() - multipliers @ self.rows.allowed)

    def _works(self) -> list[_Work]:
        """Return how streets are worked on for the bound, harder while theirs is not exact."""
        rounds, listed = self.effort.rounds, self.effort.listed
        works = [
            _Work(rounds=1, soft=0.001, listed=listed, width=64),
            _Work(rounds=rounds, soft=0.02, listed=8 * listed, width=256),
            _Work(rounds=rounds, soft=0.1, listed=64 * listed, width=4096),
        ]
        if rounds >= _THOROUGH:
            works.append(_Work(rounds=4 * rounds, soft=0.3, listed=64 * listed, width=8192))
        return works

    def _known(self, multipliers: Floats) -> Floats:
        """Return the least that a kept plan of each chain comes to, at prices to plan at."""
        priced = [
            value + use @ multipliers + self.floor * spent
            for value, use, spent in zip(self.values, self.uses, self.spent, strict=True)
        ]
        return np.asarray(np.min(priced, axis=0))


def _is_exact(known: Floats, least: Floats) -> NDArray[np.bool_]:
    # Where no plan was found what lacks is infinite: there is the most to do.
    return np.asarray(known - least <= _NEAR * np.abs(least))
