"""Streets at prices: as good as trying every plan, never below their bound."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.economy.made_programmes import small_town

from gatusyn.economy import SolveParams, solve_programme
from gatusyn.economy.choose import Pool
from gatusyn.economy.exact_mix import choose_exactly
from gatusyn.economy.exhaust import _ways
from gatusyn.economy.lone import Prices, stakes
from gatusyn.economy.prepared import prepare
from gatusyn.economy.rows import rows_of
from gatusyn.economy.short_projects import is_short
from gatusyn.economy.street_bound import street_bound
from gatusyn.economy.streets import Streets, list_plans, lone_least
from gatusyn.economy.tally import tally
from gatusyn.model import Aim, AimKind, ProgrammeError


@pytest.mark.parametrize("least_m", [0.0, 40.0, 60.0])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), dear=st.floats(0.05, 3.0), locks=st.booleans())
def test_streets_are_planned_as_by_plain_search(
    least_m: float, seed: int, dear: float, locks: bool
) -> None:
    town = small_town(seed, sections=4, years=2, locks=locks)
    town = replace(town, minimum_length_m=np.array([0.0, least_m]))
    prepared = prepare(town)
    staked = stakes(prepared)
    rows = rows_of(prepared, staked)
    money = np.full(len(rows.allowed), dear)
    prices = Prices(krona=np.full((1, 2), dear))

    def priced(choice: np.ndarray) -> np.ndarray:
        counted = tally(prepared, staked, choice)
        each = rows.value(counted) + rows.use(prepared, counted) @ money
        return np.bincount(prepared.chain, each, prepared.chains)

    best = np.full(prepared.chains, np.inf)
    for chain in range(prepared.chains):
        members = np.flatnonzero(prepared.chain == chain)
        streets = Streets.of(prepared, staked, list_plans(prepared, staked, prices, few=9, most=9))
        for ways in itertools.product(*(_ways(staked, int(prepared.kind[row])) for row in members)):
            choice = streets.idle.copy()
            choice[members] = np.array(ways)
            if not is_short(prepared, choice)[members].any():
                best[chain] = min(best[chain], priced(choice)[chain])
    plans = streets.best(prices, width=30)
    scale = 1.0 + np.abs(best)
    assert np.all(np.abs(priced(plans.choice) - best) <= 1e-5 * scale)
    assert np.all(np.abs(plans.least - best) <= 1e-5 * scale)
    assert not is_short(prepared, plans.choice).any()
    for rounds in (0, 30):
        bound = street_bound(streets, prices, best, rounds=rounds)
        assert np.all(bound <= best + 1e-6 * scale)
        assert np.all(bound >= lone_least(prepared, staked, prices) - 1e-6 * scale)
    assert bound.sum() >= best.sum() - 0.05 * np.abs(best).sum()


@pytest.mark.parametrize("kind", list(AimKind))
@pytest.mark.parametrize("least_m", [0.0, 40.0, 60.0])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.1, 0.9), locks=st.booleans())
def test_no_plan_of_a_small_town_is_better_than_its_bound(
    kind: AimKind, least_m: float, seed: int, share: float, locks: bool
) -> None:
    target = 55.0 if kind is AimKind.LEAST_COST else None
    aim = Aim(kind=kind, mean_index=target)
    town = small_town(seed, sections=4, years=2, aim=aim, locks=locks, share=share)
    town = replace(town, minimum_length_m=np.array([0.0, least_m]))
    try:
        exact = solve_programme(town, params=SolveParams(exhaust=100_000_000))
        plan = solve_programme(town, params=SolveParams(exhaust=1))
    except ProgrammeError:
        return
    assert plan.bound is not None
    sign = -1.0 if kind is AimKind.BEST_CONDITION else 1.0
    slack = 1e-6 * (1.0 + abs(exact.value))
    assert sign * plan.bound <= sign * exact.value + slack
    assert sign * exact.value <= sign * plan.value + slack


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
    found = choose_exactly(pool, np.zeros(4, np.int64))
    assert value[at, found].sum() == pytest.approx(best, abs=1e-3)
    assert np.all(use[at, found].sum(axis=0) <= pool.allowed + 1e-6)
