"""Programmes: never beyond their bound, as good as plain search, within every budget and lock."""

from __future__ import annotations

from functools import partial

import pytest
from tests.economy.made_programmes import best_by_search, refused, small_town

from gatusyn.economy.programme import SolveParams, solve_programme
from gatusyn.evaluate.programme import check_programme
from gatusyn.model import Aim, AimKind, ProgrammePlan, ProgrammeProblem

AIMS = {
    "debt": Aim(kind=AimKind.LEAST_DEBT),
    "condition": Aim(kind=AimKind.BEST_CONDITION),
    "cost": Aim(kind=AimKind.LEAST_COST, mean_index=60.0),
    "share": Aim(kind=AimKind.LEAST_COST, share=0.6, share_index=60.0),
}
ON_ITS_OWN = SolveParams(exhaust=1)


def solved(problem: ProgrammeProblem, **settings: object) -> ProgrammePlan:
    plan = solve_programme(problem, **settings)  # type: ignore[arg-type]
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


@pytest.mark.parametrize("aim", ["debt", "condition"])
@pytest.mark.parametrize("seed", range(6))
def test_the_best_plan_lies_between_bound_and_value(aim: str, seed: int) -> None:
    problem = small_town(seed, sections=6, years=3, aim=AIMS[aim])
    exact, plan = solved(problem), solved(problem, params=ON_ITS_OWN)
    assert plan.bound is not None
    low, high = sorted([plan.bound, plan.value])
    assert low - 1e-6 <= exact.value <= high + 1e-6
