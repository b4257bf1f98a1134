"""Questions seldom asked: very many plans as good, streets too short, limits for an area alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.economy.made_programmes import small_town

from gatusyn.economy import SolveParams, solve_programme
from gatusyn.economy.lone import Prices, stakes
from gatusyn.economy.most_spent import most_spent
from gatusyn.economy.prepared import prepare
from gatusyn.economy.rows import rows_of
from gatusyn.economy.short_projects import is_short
from gatusyn.economy.streets import Streets
from gatusyn.economy.tally import tally
from gatusyn.model import ProgrammeProblem
from gatusyn.model.programme import Limit
from gatusyn.simulate import made_paving_town


def _at_one_price(town: ProgrammeProblem, dear: float, listed: int) -> tuple[np.ndarray, ...]:
    """Return what streets' plans come to, at least, and if nothing is done."""
    prepared, staked = prepare(town), stakes(prepare(town))
    streets, chains = Streets(prepared, staked), np.arange(prepared.chains)
    prices = Prices(krona=np.full((1, town.years), dear))
    nothing = rows_of(prepared, staked).by_street(prepared, tally(prepared, staked, streets.idle))
    streets.even(prices, chains, rounds=32, soft=0.15, hard=0.005)
    plans = streets.best(prices, chains, listed=listed, width=listed, known=nothing[0])
    assert not is_short(prepared, plans.choice).any()
    counted = tally(prepared, staked, plans.choice)
    value, use = rows_of(prepared, staked).by_street(prepared, counted)
    met = np.isfinite(plans.found)
    assert (value + dear * use.sum(axis=1))[met] == pytest.approx(plans.found[met])
    return np.minimum(plans.found, nothing[0]), plans.least, nothing[0]


def test_over_twenty_years_lists_that_are_cut_short_hold_plans_that_fit_together() -> None:
    found, least, nothing = _at_one_price(made_paving_town(sections=500, years=20), 4e-5, 64)
    assert np.all(least <= found + 1e-6 * (1.0 + found))
    lost = (found - least).sum() / nothing.sum()
    assert lost < 0.01


def test_where_money_is_worth_nothing_a_search_ends() -> None:
    found, least, _ = _at_one_price(made_paving_town(sections=150, years=20), 0.0, 16)
    assert np.all(least <= found + 1e-6 * (1.0 + found))


def test_a_street_that_is_too_short_for_a_treatment_is_bounded_by_what_it_has_to_lose() -> None:
    town = made_paving_town(sections=40, years=3, seed=4)
    # No street is long enough: nothing can be done, whatever there is to lose and money is worth.
    large = replace(town.sections, area_m2=1_000.0 * town.sections.area_m2)
    town = replace(town, minimum_length_m=np.full(8, 1e5), sections=large)
    found, least, nothing = _at_one_price(town, 1e-6, 64)
    assert found.sum() == pytest.approx(nothing.sum())
    assert nothing.max() > 1e6
    assert least == pytest.approx(nothing)


def _limited(town: ProgrammeProblem, share: float, *, alone: bool) -> ProgrammeProblem:
    inside = np.arange(len(town.sections)) < len(town.sections) // 3
    limit = Limit(name="centre", sek=share * town.budget_sek, sections=inside)
    budget = np.full(town.years, np.inf) if alone else town.budget_sek
    return replace(town, limits=(limit,), budget_sek=budget)


def test_streets_outside_an_area_with_a_limit_are_told_apart_as_finely_as_alone() -> None:
    town = _limited(made_paving_town(sections=600, years=6), 0.4, alone=True)
    prepared, staked = prepare(town), stakes(prepare(town))
    streets = Streets(prepared, staked)
    # Money costs next to nothing but in the area.
    prices = Prices(krona=np.array([np.full(6, 2e-5), np.full(6, 4.0)]))
    inside = prepared.budgets.counts[1].any(axis=1)[prepared.kinds.membership[prepared.kind]]
    outside = np.setdiff1d(np.arange(prepared.chains), prepared.chain[inside])
    streets.even(prices, outside, rounds=20, soft=0.15, hard=0.0005)
    plans = streets.best(prices, outside, listed=64, width=64)
    exact = plans.found - plans.least <= 1e-7 * np.abs(plans.found) + 1e-9
    assert exact[outside].mean() > 0.7


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    share=st.sampled_from([0.1, 0.5, 2.0]),
    alone=st.booleans(),
)
def test_no_plan_is_better_than_the_bound_with_a_limit_for_an_area(
    seed: int, share: float, alone: bool
) -> None:
    town = _limited(small_town(seed, sections=4, years=2, locks=False), share, alone=alone)
    exact = solve_programme(town, params=SolveParams(exhaust=100_000_000))
    plan = solve_programme(town, params=SolveParams(exhaust=1))
    assert plan.bound is not None
    slack = 1e-6 * (1.0 + abs(exact.value))
    assert plan.bound <= exact.value + slack
    assert exact.value <= plan.value + slack


def test_no_plan_spends_more_than_the_most() -> None:
    town = made_paving_town(sections=200, years=6)
    prepared, staked = prepare(town), stakes(prepare(town))
    worth = np.linspace(1.0, 0.5, town.years)
    most = most_spent(prepared, staked, worth)
    streets, chains = Streets(prepared, staked), np.arange(prepared.chains)
    prices = Prices(krona=np.full((1, town.years), 1e-6))
    streets.even(prices, chains, rounds=8, soft=0.15, hard=0.005)
    counted = tally(prepared, staked, streets.best(prices, chains, listed=64, width=64).choice)
    spent = (counted.cost_sek + counted.mobilisation_sek) @ worth
    assert np.all(np.bincount(prepared.chain, spent, prepared.chains) <= most + 1e-6)
    assert spent.sum() > 0.05 * most.sum()
