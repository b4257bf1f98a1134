"""Streets at prices: as good as trying every plan, never below their bound."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.economy.made_programmes import small_town
from tests.economy.made_streets import evened_streets
from tests.economy.made_year_apart import a_year_apart

from gatusyn.economy import SolveParams, solve_programme
from gatusyn.economy.choose import Pool
from gatusyn.economy.exact_mix import choose_exactly
from gatusyn.economy.exhaust import _ways
from gatusyn.economy.lone import Prices, stakes
from gatusyn.economy.pace import ALL
from gatusyn.economy.prepared import prepare
from gatusyn.economy.rows import rows_of
from gatusyn.economy.short_projects import is_short
from gatusyn.economy.streets import Streets
from gatusyn.economy.tally import tally
from gatusyn.model import Aim, AimKind, ProgrammeError, ProgrammeProblem
from gatusyn.simulate import made_paving_town


class Tried:
    """A town's streets at one price for money, and the best of each by trying every plan."""

    def __init__(self, town: ProgrammeProblem, dear: float) -> None:
        self.prepared = prepare(town)
        self.staked = stakes(self.prepared)
        self.rows = rows_of(self.prepared, self.staked)
        self.money = np.full(len(self.rows.allowed), dear)
        self.prices = Prices(krona=np.full((1, town.years), dear))
        self.streets = Streets(self.prepared, self.staked)
        self.chains = np.arange(self.prepared.chains)
        self.best = np.array([self._best(int(chain)) for chain in self.chains])
        self.scale = 1e-7 * (1.0 + np.abs(self.best))

    def even(self, rounds: int) -> None:
        self.streets.even(self.prices, self.chains, rounds=rounds, soft=0.15, hard=0.0005)

    def priced(self, choice: np.ndarray) -> np.ndarray:
        counted = tally(self.prepared, self.staked, choice)
        each = self.rows.value(counted) + self.rows.use(self.prepared, counted) @ self.money
        return np.bincount(self.prepared.chain, each, self.prepared.chains)

    def _best(self, chain: int) -> float:
        members = np.flatnonzero(self.prepared.chain == chain)
        best = np.inf
        kinds = self.prepared.kind[members]
        for ways in itertools.product(*(_ways(self.staked, int(kind)) for kind in kinds)):
            choice = self.streets.idle.copy()
            choice[members] = np.array(ways)
            if not is_short(self.prepared, choice)[members].any():
                best = min(best, self.priced(choice)[chain])
        return best


@pytest.mark.parametrize("least_m", [0.0, 40.0, 60.0])
@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    dear=st.floats(0.05, 3.0),
    locks=st.booleans(),
    uneven=st.booleans(),
)
def test_streets_are_planned_as_by_plain_search(
    least_m: float, seed: int, dear: float, locks: bool, uneven: bool
) -> None:
    town = small_town(seed, sections=4, years=2, locks=locks)
    town = replace(town, minimum_length_m=np.array([0.0, least_m]))
    if uneven:
        lengths = np.random.default_rng(seed).uniform(9.0, 35.0, 4)
        town = replace(town, sections=replace(town.sections, length_m=lengths))
    tried = Tried(town, dear)
    for rounds in (0, 20):
        tried.even(rounds)
        plans = tried.streets.best(tried.prices, tried.chains, listed=100, width=200)
        assert not is_short(tried.prepared, plans.choice).any()
        assert np.all(np.abs(tried.priced(plans.choice) - tried.best) <= tried.scale)
        assert np.all(np.abs(plans.found - tried.best) <= tried.scale)
        # Nothing was cut short, so the bound is the best itself: 0.1 % more or less would show.
        assert np.all(np.abs(plans.least - tried.best) <= tried.scale)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    dear=st.floats(0.05, 3.0),
    spread=st.floats(0.0, 5_000.0),
    listed=st.integers(1, 6),
    width=st.integers(1, 4),
)
def test_what_is_cut_short_is_in_the_bound_at_any_prices_of_actions(
    seed: int, dear: float, spread: float, listed: int, width: int
) -> None:
    tried = Tried(small_town(seed, sections=4, years=2), dear)
    tried.even(0)
    random = np.random.default_rng(seed)
    tried.streets.price += random.normal(0.0, spread, tried.streets.price.shape)
    for known in (None, 1.2 * np.abs(tried.best) + tried.best):
        plans = tried.streets.best(
            tried.prices, tried.chains, listed=listed, width=width, known=known
        )
        assert np.all(plans.least <= tried.best + tried.scale)
        assert np.all(plans.found >= tried.best - tried.scale)


def test_long_streets_come_to_what_their_plans_are_said_to_come_to() -> None:
    # Plans of many actions are put together from what they share: a wrong share would show in sums.
    town = made_paving_town(sections=400, years=8, seed=3)
    prepared, staked = prepare(town), stakes(prepare(town))
    rows, money = rows_of(prepared, staked), np.full(town.years, 2.0)
    streets, chains = Streets(prepared, staked), np.arange(prepared.chains)
    prices = Prices(krona=money[None])
    streets.even(prices, chains, rounds=12, soft=0.15, hard=0.001)
    exact = {}
    for listed in (16, 4_000):
        plans = streets.best(prices, chains, listed=listed, width=listed)
        counted = tally(prepared, staked, plans.choice)
        each = rows.value(counted) + rows.use(prepared, counted) @ money
        come = np.bincount(prepared.chain, each, prepared.chains)
        met = np.isfinite(plans.found)
        assert come[met] == pytest.approx(plans.found[met])
        assert not is_short(prepared, plans.choice).any()
        assert np.all(plans.least <= plans.found * (1 + 1e-12) + 1e-6)
        exact[listed] = met & (plans.found - plans.least <= 1e-7 * np.abs(plans.found))
    assert exact[16].mean() > 0.3
    assert exact[4_000].all(), "with room for all plans that are worth following all are known"


def test_who_wants_to_be_sure_gets_the_best_plan_or_none() -> None:
    streets, prices, chains = evened_streets(years=8, rounds=12, hard=0.001)
    best = streets.best(prices, chains, listed=4_000, width=4_000).found
    some = streets.best(prices, chains, listed=16, width=16, known=best)
    sure = streets.best(prices, chains, listed=16, width=16, known=best, sure=True)
    met = np.isfinite(sure.found)
    assert sure.found[met] == pytest.approx(best[met], rel=1e-9)
    assert (some.found - some.least)[met] == pytest.approx(0.0, abs=1e-7 * np.abs(best).max())
    assert 0 < met.sum() < np.isfinite(some.found).sum(), "some were cut short"
    assert np.all(sure.least <= best * (1 + 1e-9) + 1e-6)


@pytest.mark.parametrize("tried", [1, 200, 20_000])
def test_a_street_that_takes_too_long_is_given_up_and_its_bound_holds(tried: int) -> None:
    streets, prices, chains = evened_streets(years=8, rounds=12, hard=0.001)
    best = streets.best(prices, chains, listed=4_000, width=4_000)
    some = streets.best(prices, chains, listed=4_000, width=4_000, tried=tried)
    given_up = ~np.isfinite(some.found)
    assert given_up.any()
    assert np.all(some.least <= best.found * (1 + 1e-9) + 1e-6)
    assert some.found[~given_up] == pytest.approx(best.found[~given_up], rel=1e-9)
    if tried == 20_000:
        assert not given_up.all()
        parts = streets.best(prices, chains, listed=4_000, width=4_000, tried=1)
        assert np.all(some.least >= parts.least - 1e-6)
        assert (some.least > parts.least + 1.0)[given_up].any(), "what was followed tells more"


def test_streets_on_which_much_hangs_are_tried_to_the_end_beside_others() -> None:
    streets, prices, chains = evened_streets(years=8, rounds=12, hard=0.001)
    best = streets.best(prices, chains, listed=4_000, width=4_000).found
    much = np.arange(len(chains)) % 3 == 0
    some = streets.best(prices, chains, listed=4_000, width=4_000, tried=np.where(much, ALL, 1))
    assert some.found[much] == pytest.approx(best[much], rel=1e-9)
    assert not np.isfinite(some.found[~much]).all(), "the others are given up"


def test_a_plan_a_year_apart_keeps_to_states_locks_lengths_and_years_without_money() -> None:
    town = made_paving_town(sections=300, years=5, seed=2)
    budget = town.budget_sek.copy()
    budget[2] = 0.0
    town = replace(town, budget_sek=budget)
    prepared, staked = prepare(town), stakes(prepare(town))
    rows = rows_of(prepared, staked)
    plan = solve_programme(town, params=SolveParams(exhaust=1)).choice[prepared.rows]
    none = len(town.space.treatments)
    choice = np.where(plan < 0, none, plan).astype(np.int8)
    for other, ahead in zip(a_year_apart(prepared, staked, rows, choice), (1, -1), strict=True):
        did = other != none
        assert did.sum() > 5
        assert not did[:, 2].any(), "there is no money in the third year"
        assert not is_short(prepared, other).any()
        assert np.isfinite(tally(prepared, staked, other).value).all()
        assert (np.roll(choice, ahead, axis=1)[did] == other[did]).all()


def test_prices_of_actions_bring_the_bound_near_the_best() -> None:
    gaps = []
    for seed in range(12):
        tried = Tried(small_town(seed, sections=5, years=2), 1.0)
        never = np.full(tried.prepared.chains, -1e9)
        lows = []
        for rounds in (0, 20):
            tried.even(rounds)
            plans = tried.streets.best(tried.prices, tried.chains, listed=1, width=1, known=never)
            lows.append(float(plans.least.sum()))
        gaps.append((tried.best.sum() - np.array(lows)) / np.abs(tried.best).sum())
    before, after = np.mean(gaps, axis=0)
    assert after < 0.01
    assert after < 0.5 * before


@pytest.mark.parametrize("kind", list(AimKind))
@pytest.mark.parametrize("least_m", [0.0, 40.0, 60.0])
@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    share=st.sampled_from([0.1, 0.3, 0.6, 0.9, 1000.0]),
    locks=st.booleans(),
)
def test_no_plan_of_a_small_town_is_better_than_its_bound(
    kind: AimKind, least_m: float, seed: int, share: float, locks: bool
) -> None:
    target = 55.0 if kind is AimKind.LEAST_COST else None
    aim = Aim(kind=kind, mean_index=target)
    town = small_town(seed, sections=4, years=2, aim=aim, locks=locks, share=share)
    town = replace(town, minimum_length_m=np.array([0.0, least_m]))
    try:
        exact = solve_programme(town, params=SolveParams(exhaust=100_000_000))
    except ProgrammeError:
        return
    try:
        plan = solve_programme(town, params=SolveParams(exhaust=1))
    except ProgrammeError:
        assert kind is AimKind.LEAST_COST, "only a target can be missed"
        return
    assert plan.bound is not None
    sign = -1.0 if kind is AimKind.BEST_CONDITION else 1.0
    slack = 1e-6 * (1.0 + abs(exact.value))
    assert sign * plan.bound <= sign * exact.value + slack
    assert sign * exact.value <= sign * plan.value + slack
    if share == 1000.0 and target is None:
        # With money to spare the bound is the best itself: any error in it would show.
        assert plan.bound == pytest.approx(exact.value, rel=1e-6, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_small_pool_is_chosen_from_as_by_trying_all(seed: int) -> None:
    random = np.random.default_rng(seed)
    value, use = -random.uniform(0, 9, (4, 3)), random.uniform(0, 9, (4, 3, 2))
    value[:, 0], use[:, 0] = 0.0, 0.0
    pool = Pool(value=value, use=use, allowed=np.array([12.0, random.choice([0.0, 9.0])]))
    at = np.arange(4)
    best = min(
        value[at, list(one)].sum()
        for one in itertools.product(range(3), repeat=4)
        if np.all(use[at, list(one)].sum(axis=0) <= pool.allowed)
    )
    found = choose_exactly(pool, np.zeros(4, np.int64), np.ones(2))
    assert value[at, found].sum() == pytest.approx(best, abs=1e-3)
    assert np.all(use[at, found].sum(axis=0) <= pool.allowed + 1e-6)
