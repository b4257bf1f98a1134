"""A town whose projects join: multipliers, plans of its streets, and a bound on every plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.choose import fitting
from gatusyn.economy.kept_plans import KeptPlans
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.mix import best_mix, softened_best
from gatusyn.economy.most_spent import most_spent
from gatusyn.economy.pace import (
    AGAIN,
    ALL,
    BOUND,
    FRESH,
    REACHED,
    SWEEP,
    WIDER,
    Pace,
    Work,
    pace_of,
)
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.streets import Streets, in_parts
from gatusyn.economy.tally import Choice, tally

_RAISES = 12
_MOST_AWAY, _NEAR_BY = 0.08, 0.03
_FURTHEST, _HELD = 0.2, 0.95
"""However often steps grow, none is longer than this, in logarithms; and a step that takes so much
of the length allowed is taken to have been held back by it."""
_SHARPER, _SHARPEST = 0.8, 0.02
_MIXES = 12
"""So many plans are kept at most that the best mix asks for where multipliers begin far off."""
_WIDEST, _APART = 2.0, 0.3
"""How far, in logarithms, multipliers are varied: all alike, and each by itself."""
_NEAR = 1e-7
"""Streets whose bound lies below their plan by no more than this share are taken to be exact."""
_PLANS = 3_000_000
"""Of all streets together no more plans are followed from section to section, for time's sake."""
_USUAL = 10
"""Over more years than this sections are treated more often: what they pay is set more often, and
fewer plans are followed, as each takes longer."""
_LITTLE = 1e-3
"""A bound that a little price lowers by no more than this share is good enough."""
_MUCH = 1e-3
"""A street whose plan exceeds its bound by more than this share of all streets' plans is tried to
the end."""
_FAR_OFF = 6e-4
"""A bound that may be higher by more than this share is sought again."""
_NEARLY = 3e-4
"""How near its best a plan of a street takes part in telling whether it may be, as a share."""
_LOST = 0.05
"""A street whose bound lies below the best plan known by more than this share is lost."""


class _Height(NamedTuple):
    """What the sum comes to by the plans known, and what it does not come to less than."""

    known: float
    least: float


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
        floor: float,
    ) -> None:
        self.prepared, self.staked, self.rows = prepared, staked, rows
        self.prices, self.locked = prices, locked
        self.pace = pace_of(len(prepared.rows), has_target=rows.has_target)
        self.streets = Streets(prepared, staked, begin=self.pace.begin)
        self.plans = KeptPlans(prepared, rows, self.streets.arrays, floor)
        self.floor = floor
        self.everywhere = np.arange(prepared.chains)
        self.patience = max(1.0, (prepared.problem.years / _USUAL) ** 2)

    def search(self, start: Floats) -> Floats:
        """Return the best multipliers met: each time those at which the plans known are best."""
        self.plans.keep(self.locked)
        pace = self.pace
        asked, most, works, among = start, _MOST_AWAY, pace.first, self.everywhere
        best, height, is_held = start, -np.inf, False
        for number in range(pace.sweeps):
            choice, _, _ = self._planned(self.prices(asked), asked, works, among)
            self.plans.keep(choice)
            if not len(start):
                break
            is_far = not number and self._is_far_off(asked)
            # What is nearly as good in another year tells how far money must move between years.
            if number < pace.moved:
                self.keep_apart(choice)
            # What was reached before is judged by the plans found since, too: the first are poor.
            reached, height = self._promised(asked), self._promised(best)
            if reached >= height:
                most = min(most * pace.further, _FURTHEST) if is_held else most * pace.nearer
                best, height = asked, reached
            else:
                most *= pace.failed
            if is_far:
                best, height = self._from_mixes(best, pace)
            soft = pace.soft * max(_SHARPER**number, _SHARPEST)
            asked = self._asked(best, most, soft)
            is_held = bool((np.abs(asked - best) > _HELD * (1.0 - np.exp(-most)) * best).any())
            # What rises by so much within a small box rises by no more times that further away.
            times = max(1.0, pace.reach / most)
            if (self._promised(asked) - height) * times <= pace.enough * abs(height):
                return asked
            works, among = pace.works, self.everywhere[number % pace.parts :: pace.parts]
        return best

    def _is_far_off(self, multipliers: Floats) -> bool:
        """Return whether small steps from multipliers at which sections alone are best may not do.

        Sections alone have money to spare where mobilisation uses it up, or where it is short at
        first; and no share of a multiplier that is nothing is anything. Of several budgets one may
        be short only with mobilisation, and then another is not.
        """
        money = slice(len(self.rows.budget))
        over = self.plans.uses[-1].sum(axis=0) > self.rows.allowed
        is_short_of_free = (over & (multipliers <= self.floor))[money].any()
        return bool(is_short_of_free) or len(self.rows.counts) > 1

    def _from_mixes(self, start: Floats, pace: Pace) -> tuple[Floats, float]:
        """Return multipliers where the plans of streets are better, and what these come to there.

        Where money is worth next to nothing a street's plans of many years are alike, and all
        streets take the same: at little prices that differ by year they part. Then the multipliers
        lie between the best known and what the best mix says, and so on; each time the plans there
        are kept, so that the next mix knows them. Where money comes to be worth something plans are
        all others, and some of them poor: what none comes to less than tells what is better.
        """
        best, height = start, self._reached(start, BOUND[:2])
        asked = best
        paid, generator = self.streets.paid(), np.random.default_rng(0)
        parted = int(np.ceil(pace.parted / self.patience))
        for _ in range(parted if self.floor > 0.0 else 0):
            little = self.floor * np.exp(generator.normal(1.0, 1.0, len(start)))
            self._reached(start + little, REACHED)
        for _ in range(_MIXES):
            pool = self.plans.pool()
            weights, worth = best_mix(pool, best)
            more = float((weights * pool.value).sum()) - height.least
            if more <= pace.enough * abs(height.least):
                break
            before, asked = asked, 0.5 * (best + np.maximum(worth, 0.0))
            if np.abs(asked - best).max() <= self.floor or (asked == before).all():
                break
            reached = self._reached(asked, REACHED)
            if reached.least > height.least:
                best, height, paid = asked, reached, self.streets.paid()
            else:
                self.streets.pay(paid)
        self.streets.pay(paid)
        return best, height.known

    def _reached(self, multipliers: Floats, works: Sequence[Work]) -> _Height:
        """Keep the best plans at some multipliers, and return what the sum comes to there."""
        choice, known, least = self._planned(self.prices(multipliers), multipliers, works)
        self.plans.keep(choice)
        used = float(multipliers @ self.rows.allowed)
        return _Height(known=float(known.sum()) - used, least=float(least.sum()) - used)

    def _promised(self, multipliers: Floats) -> float:
        """Return what the sum cannot exceed at some multipliers, by the plans kept."""
        return float(self.plans.known(multipliers).sum() - multipliers @ self.rows.allowed)

    def add_plans(self, multipliers: Floats, times: int, *, rough: bool = False) -> None:
        """Keep plans that the best mix of those kept asks for, near some multipliers.

        Parameters
        ----------
        rough
            Whether prices of actions stay as they are for them.
        """
        if not len(multipliers) or self.rows.has_target:
            return
        for _ in range(times):
            worth = best_mix(self.plans.pool(), multipliers)[1]
            away = np.clip(worth / np.maximum(multipliers, 1e-12), 1.0 - _NEAR_BY, 1.0 + _NEAR_BY)
            self._plan_at(multipliers * away, SWEEP if rough else (*AGAIN, WIDER))

    def add_fitting(self, multipliers: Floats, times: int) -> None:
        """Keep plans that the best mix asks for of plans that fit a year's budget, each alone.

        Where money is nearly enough few years have a price at the bound, and streets leave the
        others alone; not all fits into these few.
        """
        if not len(multipliers) or self.rows.has_target:
            return
        for _ in range(times):
            worth = best_mix(fitting(self.plans.judged()), multipliers)[1]
            self._plan_at(np.maximum(worth, 0.0), SWEEP)

    def vary(self, multipliers: Floats, times: int) -> None:
        """Keep plans at other multipliers around some: few streets do not divide budgets finely."""
        generator = np.random.default_rng(0)
        for number in range(times if len(multipliers) else 0):
            together = _WIDEST * (2.0 * number / (times - 1) - 1.0) if times > 1 else 0.0
            apart = generator.normal(0.0, _APART, len(multipliers))
            asked = multipliers * np.exp(together + apart)
            self.plan_at(asked, rough=True)

    def _asked(self, near: Floats, most: float, soft: float) -> Floats:
        """Return the multipliers at which plans kept are best, no further away than by a share."""
        pool = self.plans.pool()
        # At least cost plans that do nothing come to nothing; what they use has a price.
        typical = float(np.abs(pool.value).mean() or (np.abs(pool.use) @ near).mean() or 1.0)
        return softened_best(pool, near, most=most, soft=soft * typical)

    def apart(self, choice: Choice) -> list[Choice]:
        """Return a plan a year later and a year sooner, as far as states, locks and budgets allow.

        What then falls into a year whose budget is nothing is left out, and so are projects that
        become too short.
        """
        from gatusyn.economy.street_plans import move

        order, moved = self.streets.arrays.order, np.empty_like(choice)
        made = []
        for years in (1, -1):
            work = partial(move, self.plans.by, plan=choice[order], years_on=years, moved=moved)
            in_parts(self.everywhere, work)
            laid = np.empty_like(choice)
            laid[order] = moved
            made.append(laid)
        return made

    def keep_apart(self, choice: Choice) -> None:
        """Keep a plan a year later and a year sooner, too."""
        for one in self.apart(choice):
            self.plans.keep(one)

    def plan_at(self, multipliers: Floats, *, rough: bool = False) -> Choice:
        """Keep the best plan at some multipliers; where it is hard to find, a good one if rough."""
        return self._plan_at(multipliers, AGAIN if rough else (*AGAIN, WIDER))

    def _plan_at(self, multipliers: Floats, works: Sequence[Work]) -> Choice:
        choice, _, _ = self._planned(self.prices(multipliers), multipliers, works)
        self.plans.keep(choice)
        return choice

    def _planned(
        self, prices: Prices, multipliers: Floats, works: Sequence[Work], among: Ints | None = None
    ) -> tuple[Choice, Floats, Floats]:
        """Return the best plans found, what they come to, and what none comes to less than.

        Each street is worked on until its plan is known to be the best.

        Parameters
        ----------
        among
            The streets to plan; the others do nothing but what is locked. None for all.
        """
        known, still = self.plans.known(multipliers), self.everywhere if among is None else among
        least, choice = np.full(len(known), -np.inf), self.locked.copy()
        for work in works:
            lack = known - least
            lost = (lack > _LOST * np.abs(known))[still]
            chains = still[lost] if work.lost else still
            if not chains.size:
                continue
            rounds = int(work.rounds * self.patience)
            self.streets.even(prices, chains, rounds=rounds, soft=work.soft, hard=work.hard)
            most = max(int(_PLANS / self.patience**3) // len(chains), FRESH[0].width)
            plans = self.streets.best(
                prices,
                chains,
                listed=min(work.listed, most),
                width=min(work.width, most),
                answers=work.answers,
                tried=np.where(lack > _MUCH * abs(known.sum()), ALL, work.tried),
                known=known,
                idle=work.idle,
                sure=work.sure,
            )
            rows = np.isfinite(plans.found)[self.prepared.chain]
            choice[rows] = plans.choice[rows]
            known, least = np.minimum(known, plans.found), np.maximum(least, plans.least)
            still = still[~_is_exact(known, least)[still]]
        return choice, known, least

    def reach_target(self, multipliers: Floats) -> None:
        """Keep a plan that reaches the target, if a higher price for it finds one."""
        asked = multipliers.copy()
        for _ in range(_RAISES):
            counted = tally(self.prepared, self.staked, self.plans.kept[-1])
            missed = self.rows.use(self.prepared, counted).sum(axis=0)[-1] - self.rows.allowed[-1]
            if missed <= 1e-6 * (1 + abs(self.rows.allowed[-1])):
                break
            asked[-1] *= 1.3
            self.plan_at(asked)

    def bound(self, multipliers: Floats) -> float:
        """Return a bound on every plan, and keep the best plan of each street at its prices.

        Where money is free too many plans are as good as the best: a little price parts them, at
        the loss of what it takes for money that is left; in years without a budget, of the most
        that can be spent.
        """
        asked = multipliers.copy()
        town = np.flatnonzero(self.rows.budget == 0)
        asked[town] = np.maximum(asked[town], self.floor)
        little = np.where(np.isinf(self.prepared.budgets.sek[0]), self.floor, 0.0)
        lost = 0.0
        if little.any():
            lost = float(most_spent(self.prepared, self.staked, little).sum())
        bound = self._bound_at(asked, self.pace.bound, little) - lost
        if lost + (asked - multipliers) @ self.rows.allowed <= _LITTLE * abs(bound):
            return bound
        return max(bound, self._bound_at(multipliers, SWEEP, np.zeros(len(little))))

    def nearer(self, multipliers: Floats, bound: float) -> Floats | None:
        """Return multipliers at which the bound may be much higher than at some, by the plans kept.

        No choice of these plans comes near the bound at some. None where it is near enough.
        """
        if not len(multipliers):
            return None
        asked = self._asked(multipliers, _MOST_AWAY, _NEARLY)
        is_far = self._promised(asked) - bound > _FAR_OFF * abs(bound)
        return asked if is_far else None

    def _bound_at(self, multipliers: Floats, works: Sequence[Work], little: Floats) -> float:
        prices = self.rows.prices(multipliers)
        prices.krona[0] += little
        choice, _, least = self._planned(prices, multipliers, works)
        self.plans.keep(choice)
        return float(least.sum() - multipliers @ self.rows.allowed)


def _is_exact(known: Floats, least: Floats) -> NDArray[np.bool_]:
    # Where no plan was found what lacks is infinite: there is the most to do.
    return np.asarray(known - least <= _NEAR * np.abs(least))
