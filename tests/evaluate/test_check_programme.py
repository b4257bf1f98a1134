"""The verifier finds what is wrong with a plan that was tampered with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.economy.made_programmes import small_town

from gatusyn.economy import solve_programme
from gatusyn.evaluate import check_programme
from gatusyn.model import Aim, AimKind, Lock, LockKind, ProgrammePlan, ProgrammeProblem


@pytest.fixture(scope="module")
def problem() -> ProgrammeProblem:
    return small_town(4, sections=4, years=2, locks=True)


@pytest.fixture(scope="module")
def plan(problem: ProgrammeProblem) -> ProgrammePlan:
    return solve_programme(problem)


def faults(problem: ProgrammeProblem, plan: ProgrammePlan) -> str:
    return "; ".join(check_programme(problem, plan).violations)


def test_a_true_plan_has_no_faults(problem: ProgrammeProblem, plan: ProgrammePlan) -> None:
    assert faults(problem, plan) == ""


def test_figures_that_do_not_follow_are_named(
    problem: ProgrammeProblem, plan: ProgrammePlan
) -> None:
    assert "value: the plan says" in faults(problem, replace(plan, value=plan.value * 0.99))
    assert "cost_sek: the plan says" in faults(problem, replace(plan, cost_sek=plan.cost_sek + 1))
    assert "is not a bound" in faults(problem, replace(plan, bound=plan.value + 100.0))


def test_a_broken_lock_is_named(problem: ProgrammeProblem, plan: ProgrammePlan) -> None:
    choice = plan.choice.copy()
    choice[0] = -1
    assert "section s0: the lock must sealing" in faults(problem, replace(plan, choice=choice))


def test_an_overspent_budget_is_named_with_its_year(problem: ProgrammeProblem) -> None:
    choice = np.array([[1, -1], [0, -1], [-1, -1], [1, -1]], np.int8)
    poor = replace(problem, budget_sek=np.array([1.0, 99_999.0]), locks=())
    assert "budget, year 1" in "; ".join(check_programme(poor, choice).violations)


def test_triggers_and_lengths_are_checked() -> None:
    town = small_town(1, sections=3, years=1)
    sections = replace(town.sections, state=np.array([0, 4, 4], np.int32))
    town = replace(town, sections=sections, budget_sek=np.array([1e9]))
    found = check_programme(town, np.array([[1], [1], [-1]], np.int8)).violations
    assert found == ("section s0, year 1: overlay's trigger is not met",)
    found = check_programme(town, np.array([[-1], [1], [-1]], np.int8)).violations
    assert found == ("section s1, year 1: a project of overlay is 20.0 m, shorter than 40.0 m",)
    held = (Lock(section_id="s1", kind=LockKind.MUST, treatment="overlay", year=0),)
    locked = replace(town, locks=held)
    assert check_programme(locked, np.array([[-1], [1], [-1]], np.int8)).violations == ()


def test_neighbours_share_one_mobilisation() -> None:
    town = small_town(1, sections=4, years=1)
    town = replace(town, sections=replace(town.sections, state=np.full(4, 4, np.int32)))
    together = check_programme(town, np.array([[1], [1], [-1], [-1]], np.int8))
    apart = check_programme(town, np.array([[1], [-1], [1], [-1]], np.int8))
    assert (together.projects, apart.projects) == (1, 2)
    assert together.mobilisation_sek[0] == 4_000.0
    assert apart.mobilisation_sek[0] == 8_000.0


def test_a_missed_target_is_named() -> None:
    town = small_town(1, aim=Aim(kind=AimKind.LEAST_COST, mean_index=90.0))
    nothing = np.full((4, 2), -1, np.int8)
    assert "the target is 90" in "; ".join(check_programme(town, nothing).violations)


def test_a_plan_of_another_shape_is_refused(problem: ProgrammeProblem) -> None:
    with pytest.raises(ValueError, match="not one for each section"):
        check_programme(problem, np.zeros((2, 2), np.int8))
