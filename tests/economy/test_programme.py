"""Programmes: never beyond their bound, as good as plain search, within every budget and lock."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.economy.made_programmes import best_by_search, refused, shuffled, small_town

from gatusyn.economy import SolveParams, do_nothing, solve_programme
from gatusyn.evaluate import check_programme
from gatusyn.model import Aim, AimKind, Limit, ProgrammePlan, ProgrammeProblem
from gatusyn.simulate import made_paving_town

AIMS = {
    "debt": Aim(kind=AimKind.LEAST_DEBT),
    "condition": Aim(kind=AimKind.BEST_CONDITION),
    "cost": Aim(kind=AimKind.LEAST_COST, mean_index=60.0),
    "share": Aim(kind=AimKind.LEAST_COST, share=0.6, share_index=60.0),
}
EVERY_PLAN = SolveParams(exhaust=5_000_000)
ON_ITS_OWN = SolveParams(exhaust=1)


def solved(problem: ProgrammeProblem, params: SolveParams | None = None) -> ProgrammePlan:
    plan = solve_programme(problem, params=params)
    assert check_programme(problem, plan).violations == ()
    return plan


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("locks", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_small_towns_are_solved_as_by_plain_search(aim: str, locks: bool, seed: int) -> None:
    problem = small_town(seed, sections=3, aim=AIMS[aim], locks=locks, share=0.8)
    best = best_by_search(problem)
    if best is None:
        assert "Lower it" in refused(partial(solve_programme, problem))
        return
    plan = solved(problem)
    assert plan.value == pytest.approx(best, rel=1e-9)
    assert plan.gap == pytest.approx(0.0, abs=1e-9)


def test_with_joining_a_large_town_comes_near_its_bound() -> None:
    # More sections than those of a town that is small enough to be chosen for at length.
    plan = solved(made_paving_town(sections=12_100, years=3))
    assert plan.gap is not None
    assert plan.gap < 1e-3


@pytest.mark.parametrize(
    ("sections", "years", "most"), [(600, 4, 0.05), (12_100, 3, 0.01), (12_100, 6, 1e-3)]
)
def test_money_that_only_mobilisation_makes_short_has_its_price(
    sections: int, years: int, most: float
) -> None:
    # Sections alone have money to spare: their prices are nothing, and so is any share of them.
    plan = solved(made_paving_town(sections=sections, years=years, budget_share=0.8))
    assert plan.gap is not None
    assert plan.gap < most


def test_years_without_money_leave_the_other_years_as_good() -> None:
    town = made_paving_town(sections=600, years=6)
    budget = np.where(np.arange(6) % 2 == 1, 0.0, town.budget_sek)
    plan = solved(replace(town, budget_sek=budget))
    assert plan.gap is not None
    assert plan.gap < 0.05


def test_with_joining_a_large_town_reaches_a_target_near_its_bound() -> None:
    town = made_paving_town(sections=12_100, years=6, aim=AIMS["cost"], budget_share=0.5)
    plan = solved(town)
    assert plan.gap is not None
    assert plan.gap < 3e-3


@pytest.mark.parametrize("aim", ["debt", "condition"])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), locks=st.booleans())
def test_the_best_plan_lies_between_bound_and_value(aim: str, seed: int, locks: bool) -> None:
    problem = small_town(seed, sections=4, years=3, aim=AIMS[aim], locks=locks)
    exact, plan = solved(problem, EVERY_PLAN), solved(problem, ON_ITS_OWN)
    assert plan.bound is not None
    low, high = sorted([plan.bound, plan.value])
    assert low - 1e-6 <= exact.value <= high + 1e-6


@pytest.mark.parametrize("joining", [False, True])
@pytest.mark.parametrize("aim", ["debt", "condition", "cost"])
def test_a_town_is_solved_within_its_budgets(aim: str, joining: bool) -> None:
    problem = made_paving_town(
        sections=400, years=5, joining=joining, aim=AIMS[aim], budget_share=0.6
    )
    plan = solved(problem)
    assert plan.bound is not None
    assert plan.gap is not None
    assert (plan.bound - plan.value) * (1 if aim == "condition" else -1) >= 0
    left = abs(plan.bound - plan.value)
    gain = abs(do_nothing(problem).value - plan.value)
    assert joining or aim == "cost" or left < 0.05 * gain


def test_without_joining_a_town_comes_near_its_bound() -> None:
    plan = solved(made_paving_town(sections=4_000, joining=False))
    assert plan.gap is not None
    assert plan.gap < 1e-2


@pytest.mark.parametrize("aim", ["debt", "condition"])
def test_money_to_spare_buys_nothing_that_gains_nothing(aim: str) -> None:
    town = made_paving_town(sections=120, years=4, joining=False, aim=AIMS[aim])
    town = replace(town, budget_sek=1000.0 * town.budget_sek)
    plan, tried = solved(town), 0
    for row, year in np.argwhere(plan.choice >= 0):
        other = plan.choice.copy()
        other[row, year] = -1
        without = check_programme(town, other)
        if not any("trigger" in fault for fault in without.violations):
            worse = without.value - plan.value if aim == "debt" else plan.value - without.value
            assert worse > 0.0
            tried += 1
    assert tried


@pytest.mark.parametrize("joining", [False, True])
def test_more_budget_never_gives_more_debt(joining: bool) -> None:
    town = made_paving_town(sections=300, years=4, joining=joining)
    plans = [
        solved(replace(town, budget_sek=town.budget_sek * share)) for share in (0.5, 1.0, 2.0, 8.0)
    ]
    for less, more in pairwise(plans):
        assert less.bound is not None
        assert more.bound is not None
        assert more.bound <= less.bound * (1 + 1e-6) + 1.0
        assert more.value <= less.value + (less.value - less.bound) + 1.0


def test_what_costs_more_and_does_less_is_never_chosen() -> None:
    town = made_paving_town(sections=300, years=4, joining=False)
    good = town.space.treatments.index("mill and overlay")
    after = town.space.after.copy()
    states = town.space.index.shape[1]
    worse = np.where(after[good] >= 0, np.minimum(after[good] + 6, states - 1), -1)
    space = replace(
        town.space,
        treatments=(*town.space.treatments, "dear"),
        after=np.concatenate([after, worse[None]]),
        cost_share=np.concatenate([town.space.cost_share, town.space.cost_share[good : good + 1]]),
    )
    prices = town.sections.cost_sek_m2
    sections = replace(town.sections, cost_sek_m2=np.column_stack([prices, 1.2 * prices[:, good]]))
    plan = solved(
        replace(
            town,
            space=space,
            sections=sections,
            mobilisation_sek=np.zeros(9),
            minimum_length_m=np.zeros(9),
        )
    )
    assert (plan.choice == good).any()
    assert not (plan.choice == 8).any()


def test_sums_conserve_to_the_ore() -> None:
    problem = replace(made_paving_town(sections=300, years=4), price_growth=0.03)
    plan = solved(problem)
    checked = check_programme(problem, plan)
    parts = checked.section_cost_sek.sum() + checked.mobilisation_sek.sum()
    assert round(parts, 2) == round(plan.cost_sek.sum(), 2)
    assert round(checked.cost_sek.sum(), 2) == round(plan.cost_sek.sum(), 2)


@pytest.mark.parametrize("joining", [False, True])
def test_the_order_of_the_sections_does_not_matter(joining: bool) -> None:
    problem = made_paving_town(sections=300, years=4, joining=joining)
    order = np.random.default_rng(3).permutation(300)
    plan, other = solved(problem), solved(shuffled(problem, order))
    assert other.value == plan.value
    assert other.bound == plan.bound
    assert (other.choice == plan.choice[order]).all()


def test_budgets_of_parts_are_kept() -> None:
    town = made_paving_town(sections=300, years=4)
    half = np.arange(300) < 150
    limits = (
        Limit(name="north", sek=town.budget_sek * 0.3, sections=half),
        Limit(name="cracks", sek=town.budget_sek * 0.1, treatments=("crack sealing",)),
    )
    plan = solved(replace(town, limits=limits))
    assert set(plan.next_krona) == {"budget", "north", "cracks"}
    assert (plan.choice >= 0).any()


def test_a_budget_of_nothing_leaves_all_but_the_locked() -> None:
    problem = small_town(1, sections=4, years=2, locks=True)
    opened = np.array([0.0, 50_000.0])
    plan = solved(replace(problem, budget_sek=opened), ON_ITS_OWN)
    assert not (plan.choice[:, 0] >= 0).any()
    assert plan.choice[0, 1] == 0
    assert "s0" in refused(partial(solve_programme, replace(problem, budget_sek=0 * opened)))


@pytest.mark.parametrize("joining", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_spent_of_a_budget_of_nothing(joining: bool, seed: int) -> None:
    town = small_town(seed, sections=4, years=2, joining=joining)
    none = Limit(name="no sealing", sek=np.zeros(2), treatments=("sealing",))
    for problem in (
        replace(town, limits=(none,)),
        replace(town, budget_sek=np.array([0.0, town.budget_sek[1]])),
        replace(town, budget_sek=np.zeros(2)),
    ):
        exact = solve_programme(problem, params=SolveParams(exhaust=5_000_000))
        plan = solve_programme(problem, params=SolveParams(exhaust=1))
        assert check_programme(problem, plan).violations == ()
        assert plan.bound is not None
        assert plan.bound - 1e-6 <= exact.value <= plan.value + 1e-6


def test_a_target_out_of_reach_is_refused() -> None:
    problem = small_town(1, aim=Aim(kind=AimKind.LEAST_COST, mean_index=99.0))
    for params in (None, ON_ITS_OWN):
        assert "target" in refused(partial(solve_programme, problem, params=params))
