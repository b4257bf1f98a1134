"""The programme: treatments, places and years within the budgets, with a bound on any better."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from gatusyn.economy.choose import BARRED, Pool, choose, fitting
from gatusyn.economy.crossed import crossed
from gatusyn.economy.exact_mix import FEW, choose_exactly
from gatusyn.economy.exhaust import best_of_all
from gatusyn.economy.fitted import fitted
from gatusyn.economy.impossible import require_room, unreached
from gatusyn.economy.joined import JoinedTown
from gatusyn.economy.lone import Prices, Stakes, stakes
from gatusyn.economy.lone_town import SPARED, LoneTown
from gatusyn.economy.many_streets import chosen_of_many
from gatusyn.economy.mix import best_mix, mixed
from gatusyn.economy.moved_ends import moved_ends
from gatusyn.economy.pace import MANY, is_large
from gatusyn.economy.prepared import Floats, Ints, Prepared, prepare
from gatusyn.economy.rows import Rows, group_columns, rows_of
from gatusyn.economy.short_projects import lengthen, only_allowed, without_short
from gatusyn.economy.solve_params import SolveParams
from gatusyn.economy.swaps import swapped
from gatusyn.economy.tally import Choice, Tally, tally
from gatusyn.economy.told import told
from gatusyn.model import ProgrammePlan, ProgrammeProblem

_AGAIN = 12_000
"""So many sections are planned again, at prices far away and near by: small towns more often."""
_SMALL = 2_000
"""Of no more sections than this, streets' plans are chosen by branch and bound."""
_DEARER = (1.0, 1.03, 1.1, 1.3)
_ENDS = 8
"""At so many places of a street at most its projects' ends are moved, to spend what is left."""
_OTHERS, _FITTED = 11, 40
"""With so many plans streets that use more than a year's budget are crossed, into so many."""
_FAR, _FITTING = 0.1, 3
"""Where the best mix of plans that fit is better by more than this share, so many more are kept."""
_CROSSED, _CROSSED_AGAIN = 8, 2
"""With so many plans one is crossed, at first and each time that what is left is tried."""
_ROUGHLY = 1e-3
"""In large towns the multipliers for sections alone, where a search only starts, are found to this
share of the bound."""
_FLOOR = 1e-4
"""Of two plans of one value the cheaper is taken: as if a krona were worth this much at least, as a
share of what all that is at stake is worth for each krona that all could cost."""


def solve_programme(
    problem: ProgrammeProblem, *, params: SolveParams | None = None
) -> ProgrammePlan:
    """Choose treatments, places and years for a problem's aim within its budgets.

    The budgets are given prices at which a bound on every plan is highest; at these prices each
    street is best on its own. What the streets' best plans lack or leave of the budgets is then
    made good by changes that lose least.

    Raises
    ------
    ProgrammeError
        If locked choices break a budget, or the target cannot be reached.
    """
    made = _Work.begin(problem, params or SolveParams())
    looked, best = best_of_all(made.prepared, made.staked, made.rows, most=made.params.exhaust)
    if looked:
        if best is None:
            raise unreached(problem, "no plan reaches it")
        counted = tally(made.prepared, made.staked, best)
        value = float(made.rows.value(counted).sum())
        return told(made.prepared, counted, made.rows, value, np.zeros(len(made.rows.allowed)))
    return made.solve()


@dataclass(slots=True, kw_only=True, eq=False)
class _Work:
    prepared: Prepared
    staked: Stakes
    rows: Rows
    params: SolveParams
    joining: bool
    locked: Tally
    lone: LoneTown
    floor: float
    town: JoinedTown | None

    @classmethod
    def begin(cls, problem: ProgrammeProblem, params: SolveParams) -> _Work:
        prepared = prepare(problem)
        staked = stakes(prepared)
        rows = rows_of(prepared, staked)
        joining = bool(problem.mobilisation_sek.any() or problem.minimum_length_m.any())
        none = len(problem.space.treatments)
        nothing = np.full((len(prepared.rows), problem.years), none, np.int8)
        locked = tally(prepared, staked, only_allowed(prepared, staked, nothing))
        require_room(prepared, rows, locked)
        floor = 0.0
        if not rows.has_target:
            dearest = prepared.kinds.price_sek_m2[prepared.kind].max(axis=1)
            stake = float(np.abs(rows.value(locked)).sum())
            floor = _FLOOR * stake / max(float(dearest @ prepared.area_m2), 1e-9)
        return cls(
            prepared=prepared,
            staked=staked,
            rows=rows,
            params=params,
            joining=joining,
            locked=locked,
            lone=LoneTown(
                prepared, staked, rows, locked, params, partial(_prices, rows, floor), floor
            ),
            floor=floor,
            town=None,
        )

    def solve(self) -> ProgrammePlan:
        """Find prices, a bound, and the plan."""
        pieces = self.prepared.chain if self.joining else np.arange(len(self.prepared.rows))
        multipliers = self._search()
        if self.town is not None and self._is_large():
            return self._of_many(self.town, multipliers)
        bound = self._bound(multipliers)
        if self.town is not None:
            again = _AGAIN / len(self.prepared.rows) / self.town.patience
            self.town.vary(multipliers, int(np.clip(again, 0, 30)))
            self.town.add_plans(multipliers, int(np.clip(again, 1, 8)))
        if self.town is not None and self.rows.has_target:
            self.town.reach_target(multipliers)
        counted = self._choose(multipliers, pieces)
        if self.rows.has_target and self._over(counted).any():
            raise unreached(self.prepared.problem, "no plan that reaches it was found")
        return told(self.prepared, counted, self.rows, bound, multipliers)

    def _of_many(self, town: JoinedTown, multipliers: Floats) -> ProgrammePlan:
        """Find a bound and the plan, of the plans kept."""
        bound = self._bound(multipliers)
        if (nearer := town.nearer(multipliers, bound)) is not None:
            again = self._bound(nearer)
            bound, multipliers = (again, nearer) if again > bound else (bound, multipliers)
        town.add_plans(multipliers, town.pace.added, rough=True)
        town.keep_apart(town.plans.kept[-1])
        choice = town.plans.laid(chosen_of_many(town.plans.judged(), multipliers, bound))
        counted = tally(self.prepared, self.staked, choice)
        return told(self.prepared, counted, self.rows, bound, multipliers)

    def _is_large(self) -> bool:
        return is_large(len(self.prepared.rows), has_target=self.rows.has_target)

    def _over(self, counted: Tally) -> Floats:
        use = self.rows.use(self.prepared, counted).sum(axis=0)
        return np.asarray(use > self.rows.allowed + 1e-6 * (1 + np.abs(self.rows.allowed)))

    def _search(self) -> Floats:
        if not self.joining:
            return self.lone.finer(self.lone.search())
        with ThreadPoolExecutor(1) as beside:
            # Where no budget is limited this finds nothing to start from.
            tolerance = _ROUGHLY if self._is_large() else None
            lone = beside.submit(self.lone.search, tolerance=tolerance)
            self.town = JoinedTown(
                self.prepared,
                self.staked,
                self.rows,
                self.locked.choice,
                self.lone.prices,
                self.floor,
            )
            start = lone.result()
        return self.town.search(start)

    def _bound(self, multipliers: Floats) -> float:
        """Return a bound on every plan; keep the streets' best plans, if they were looked for."""
        # What sections come to alone is a bound with joining, too.
        alone = self.lone.bound(multipliers)
        return alone if self.town is None else max(alone, self.town.bound(multipliers))

    def _choose(self, multipliers: Floats, pieces: Ints) -> Tally:
        """Choose plans piece by piece; then try others for what is left of the budgets."""
        options = [*self._options(multipliers), *self._fitted(multipliers)]
        counted = [self.locked, *self._counted(options)]
        pool = self._pool(counted, pieces)
        if self.town is None:
            starts = [np.full(len(pool.value), 1 + number) for number in range(len(SPARED))]
        else:
            near = (pool.value + pool.use @ multipliers).argmin(axis=1)
            starts = [mixed(pool, multipliers).argmax(axis=1), near]
        start = starts[0]
        picked = choose(pool, multipliers, start, safe=np.zeros(len(start), np.int64))
        if self.town is None:
            picked = swapped(pool, multipliers, picked, starts)
            if len(picked) <= FEW:
                picked = choose_exactly(pool, picked, multipliers)
            return self._assembled(counted, picked, pieces)
        picked = self._from_dearer(pool, picked, multipliers)
        picked = choose_exactly(pool, picked, multipliers)
        best = self._better(self._assembled(counted, picked, pieces), multipliers)
        best = self._fitting(best, multipliers, pieces)
        met = counted
        for number in range(self._rounds()):
            tried = self._counted(self._others(best, multipliers, number))
            met, counted = [*met, *tried], [best, *tried, self.locked]
            pool, start = self._pool(counted, pieces), np.zeros(len(start), np.int64)
            picked = choose(pool, multipliers, start, safe=start)
            best = self._assembled(counted, picked, pieces)
        if len(self.prepared.rows) <= _SMALL:
            counted = [best, *met]
            picked = choose_exactly(
                self._pool(counted, pieces), np.zeros(len(start), np.int64), multipliers
            )
            best = self._assembled(counted, picked, pieces)
        return best

    def _better(self, best: Tally, multipliers: Floats) -> Tally:
        """Return the better of a plan and what is chosen of the plans kept as in large towns."""
        assert self.town is not None
        choice = self.town.plans.laid(chosen_of_many(self.town.plans.judged(), multipliers))
        other = tally(self.prepared, self.staked, choice)
        is_better = self._judged(other).sum() < self._judged(best).sum()
        return other if is_better and not self._over(other).any() else best

    def _fitting(self, best: Tally, multipliers: Floats, pieces: Ints) -> Tally:
        """Return the better of a plan and what is chosen of plans made to fit, if it is far off."""
        assert self.town is not None
        if not len(multipliers) or self.rows.has_target or not self._is_far(best, multipliers):
            return best
        self.town.add_fitting(multipliers, _FITTING)
        best = self._better(best, multipliers)
        if self._is_far(best, multipliers):
            counted = [best, *self._counted(self.town.plans.kept), self.locked]
            pool, start = self._pool(counted, pieces), np.zeros(int(pieces.max()) + 1, np.int64)
            picked = choose_exactly(fitting(pool), start, multipliers)
            best = self._assembled(counted, picked, pieces)
        return best

    def _is_far(self, best: Tally, multipliers: Floats) -> bool:
        """Return whether the best mix of the plans kept that fit is far better than a plan."""
        assert self.town is not None
        pool, value = fitting(self.town.plans.judged()), float(self._judged(best).sum())
        least = float((best_mix(pool, multipliers)[0] * pool.value).sum())
        return value - least > _FAR * abs(value)

    def _assembled(self, counted: list[Tally], picked: Ints, pieces: Ints) -> Tally:
        return tally(self.prepared, self.staked, _assembled(counted, picked, pieces))

    def _from_dearer(self, pool: Pool, picked: Ints, multipliers: Floats) -> Ints:
        """Return a better choice, if there is one that starts where money is dearer."""
        at, safe = np.arange(len(picked)), np.zeros(len(picked), np.int64)
        for dearer in _DEARER if len(self.prepared.rows) <= MANY else ():
            start = (pool.value + pool.use @ (multipliers * dearer)).argmin(axis=1)
            other = choose(pool, multipliers, start, safe=safe)
            if pool.value[at, other].sum() < pool.value[at, picked].sum():
                picked = other
        return picked

    def _others(self, best: Tally, multipliers: Floats, number: int) -> list[Choice]:
        """Return plans that may spend what the best so far leaves."""
        assert self.town is not None
        left = self.rows.allowed - self.rows.use(self.prepared, best).sum(axis=0)
        spare = np.clip(left / np.maximum(np.abs(self.rows.allowed), 1e-9), 0.0, 1.0)
        asked = multipliers * (1.0 - 0.6 * spare)
        near = [self.town.plan_at(asked, rough=True)] if len(self.prepared.rows) <= MANY else []
        return [
            *near,
            *moved_ends(self.prepared, self.staked, best.choice, most=_ENDS),
            *self._crossed(best.choice, number * _CROSSED_AGAIN, _CROSSED_AGAIN),
        ]

    def _rounds(self) -> int:
        """Return how often what is left is tried again: more often in small towns."""
        assert self.town is not None
        often = 10_000 // len(self.prepared.rows) / self.town.patience
        return int(np.clip(often, 2, 10))

    def _options(self, multipliers: Floats) -> list[Choice]:
        """Return plans of the whole town to choose from, piece by piece."""
        if not self.joining:
            return self.lone.options(multipliers)
        assert self.town is not None
        # Later ones are nearer the best multipliers, and of better plans of each street.
        ranked = self.town.plans.kept[::-1]
        keep = int(np.clip(80_000 // len(self.prepared.rows), self.params.keep, 60))
        # The first may spend what the nearest at prices that are too high do not.
        first = self._crossed(self.town.plans.kept[1], 0, _CROSSED)
        # Not all plans kept are looked at: what the best mix of them does is.
        best = self.town.plans.of_best_mix(multipliers) if len(multipliers) else []
        return [*ranked[1:keep], *best, *self._variants(ranked[0]), *first]

    def _fitted(self, multipliers: Floats) -> list[Choice]:
        """Return plans of streets that alone would use more than a year's budget."""
        if self.town is None:
            return []
        best, *others = self.town.plans.kept[:0:-1]
        others = others[:_OTHERS]
        return fitted(
            self.prepared, self.staked, self.rows, best, others, multipliers,
            apart=self.town.apart, most=_FITTED,
        )  # fmt: skip

    def _variants(self, choice: Choice) -> list[Choice]:
        return [choice, *self._by_year(choice), *self._crossed(choice, 0, _CROSSED)]

    def _crossed(self, choice: Choice, first: int, most: int) -> list[Choice]:
        """Return a plan crossed with others, from some place on: with more of them in small towns.

        The others are what is locked, the plan itself a year later or sooner, and the plans kept.
        """
        assert self.town is not None
        others = [self.locked.choice, *self.town.apart(choice), *self.town.plans.kept[:0:-1]]
        most = min(most, 1 + _AGAIN // len(self.prepared.rows), len(others))
        picked = [others[(first + number) % len(others)] for number in range(most)]
        return crossed(self.prepared, self.staked, choice, picked)

    def _by_year(self, choice: Choice) -> list[Choice]:
        """Return the plan without each of its years, and with each of its years alone."""
        none = len(self.prepared.problem.space.treatments)
        made = []
        for year in range(self.prepared.problem.years):
            for alone in (False, True):
                other = np.where(
                    (np.arange(choice.shape[1]) == year) != alone, none, choice
                ).astype(np.int8)
                made.append(only_allowed(self.prepared, self.staked, other))
        return made

    def _counted(self, options: list[Choice]) -> list[Tally]:
        """Return what plans come to, with short projects made longer, and dropped."""
        if self.prepared.problem.minimum_length_m.any():
            longer = [lengthen(self.prepared, self.staked, one) for one in options[:2]]
            options = [
                without_short(self.prepared, self.staked, one) for one in [*options, *longer]
            ]
        return [tally(self.prepared, self.staked, one) for one in options]

    def _pool(self, counted: list[Tally], pieces: Ints) -> Pool:
        count = int(pieces.max()) + 1
        value = [np.bincount(pieces, self._judged(one), count) for one in counted]
        return Pool(
            value=np.stack(value, axis=1),
            use=np.stack([self._use(one, pieces) for one in counted], axis=1),
            allowed=self.rows.allowed,
        )

    def _judged(self, counted: Tally) -> Floats:
        """Return what plans are chosen by: their value, and a little for their money.

        What spends of a budget that is nothing cannot be chosen.
        """
        spent = (counted.cost_sek + counted.mobilisation_sek).sum(axis=1)
        judged = self.rows.value(counted) + self.floor * spent
        return np.asarray(np.where(self.rows.is_barred(self.prepared, counted), BARRED, judged))

    def _use(self, counted: Tally, pieces: Ints) -> Floats:
        use = self.rows.use(self.prepared, counted)
        return group_columns(pieces, use, int(pieces.max()) + 1)


def _prices(rows: Rows, floor: float, multipliers: Floats) -> Prices:
    """Return prices to choose at: a little for money that is left over, too."""
    prices = rows.prices(multipliers)
    krona = prices.krona.copy()
    krona[0] = np.maximum(krona[0], floor)
    return Prices(krona=krona, target=prices.target)


def _assembled(counted: list[Tally], picked: Ints, pieces: Ints) -> Choice:
    stacked = np.stack([one.choice for one in counted])
    return np.asarray(stacked[picked[pieces], np.arange(len(pieces))])
