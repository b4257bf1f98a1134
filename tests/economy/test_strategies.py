"""Other plans for the same money, and the reasons for each section."""

from __future__ import annotations

import numpy as np
import pytest
from tests.economy.made_programmes import small_town

from gatusyn.economy import (
    Why,
    do_nothing,
    explain,
    over_budgets,
    own_plan,
    solve_programme,
    worst_first,
)
from gatusyn.evaluate import check_programme
from gatusyn.model import ProgrammePlan, ProgrammeProblem
from gatusyn.simulate import made_paving_town


@pytest.fixture(scope="module")
def town() -> ProgrammeProblem:
    return made_paving_town(sections=400, years=5, budget_share=0.5)


@pytest.fixture(scope="module")
def plan(town: ProgrammeProblem) -> ProgrammePlan:
    return solve_programme(town)


def test_ours_leaves_less_debt_than_worst_first_and_that_less_than_nothing(
    town: ProgrammeProblem, plan: ProgrammePlan
) -> None:
    nothing, worst = do_nothing(town), worst_first(town)
    for one in (nothing, worst):
        assert check_programme(town, one).violations == ()
        assert one.gap is None
    assert plan.value < worst.value < nothing.value
    assert nothing.cost_sek.sum() == 0.0


def test_a_list_of_ones_own_is_counted_and_what_cannot_be_done_is_named() -> None:
    town = small_town(1, sections=3, years=2)
    choice = np.full((3, 2), -1, np.int8)
    state = town.sections.state
    choice[:, 0] = 1
    own = own_plan(town, choice)
    barred = tuple((row, 0) for row in range(3) if town.space.after[1, 0, state[row]] < 0)
    assert own.dropped == barred
    assert own.plan.cost_sek[0] > 0


def test_budgets_from_half_to_double_bring_debt_down(town: ProgrammeProblem) -> None:
    plans = over_budgets(town, shares=(0.5, 2.0))
    assert plans[2.0].value < plans[0.5].value


def test_every_section_has_a_reason(town: ProgrammeProblem, plan: ProgrammePlan) -> None:
    reasons = explain(town, plan)
    assert [one.section_id for one in reasons] == list(town.sections.ids)
    treated: list[bool] = np.asarray((plan.choice >= 0).any(axis=1)).tolist()
    for row, one in enumerate(reasons):
        assert treated[row] == (one.why in (Why.WORTH_IT, Why.JOINED, Why.LOCKED))
        if one.why is Why.NOT_WORTH_IT:
            assert one.gain_per_krona <= one.price_of_money + 1e-9
        if one.why is Why.NO_TRIGGER:
            assert one.treatment is None
    spent = sum(one.cost_sek for one, done in zip(reasons, treated, strict=True) if done)
    assert spent == pytest.approx(plan.cost_sek.sum(), abs=0.01)


def test_what_is_locked_is_said_to_be() -> None:
    town = small_town(2, sections=3, years=2, locks=True)
    reasons = explain(town, do_nothing(town))
    assert reasons[0].why is Why.LOCKED
    assert reasons[0].treatment == "sealing"
