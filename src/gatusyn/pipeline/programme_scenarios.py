"""What a programme is compared with: nothing, worst first, the engineer's list, other budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy import OwnPlan, do_nothing, own_plan, worst_first
from gatusyn.model import (
    NOTHING,
    Limit,
    LockKind,
    ProgrammeError,
    ProgrammePlan,
    ProgrammeProblem,
    Remark,
    Scenario,
    ScenarioKind,
)
from gatusyn.pipeline.chosen_plan import chosen_plan
from gatusyn.pipeline.programme_course import (
    course_of,
    debt_by_state,
    mean_by_surface,
    years_left,
)
from gatusyn.pipeline.programme_lists import WantedTreatment
from gatusyn.pipeline.programme_problem import PosedProgramme
from gatusyn.pipeline.progress import Progress

BUDGET_SHARES = (0.5, 0.75, 1.5, 2.0)
"""The budgets that a programme is worked out for besides its own."""

Choice = NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SolvedBudgets:
    """A programme worked out for its own budget, for others, and without sealing.

    Parameters
    ----------
    plan, choice
        For its own budget.
    others
        By kind and share of the budget: the problem and its choice. Those that cannot pay for
        what is locked are left out.
    """

    plan: ProgrammePlan
    choice: Choice
    others: dict[tuple[ScenarioKind, float], tuple[ProgrammeProblem, Choice]]


def solve_budgets(
    problem: ProgrammeProblem,
    *,
    sealing: Sequence[str],
    progress: Progress,
    others: Sequence[float] = BUDGET_SHARES,
) -> SolvedBudgets:
    """Work a programme out for all budgets, from the smallest: more money is never worse.

    Parameters
    ----------
    sealing
        Treatments that hold ageing off; empty if none is planned, or it is not to be compared.
    others
        Budgets to work it out for besides, as shares of its own.

    Raises
    ------
    ProgrammeError
        As ``solve_programme``, for its own budget.
    """
    made: dict[tuple[ScenarioKind, float], tuple[ProgrammeProblem, Choice]] = {}
    shares = [1.0]
    if np.isfinite(problem.budget_sek).all():
        shares = sorted((*others, 1.0))
    without = _without_sealing(problem, sealing)
    steps, known = len(shares) + (without is not None), []
    if without is not None:
        progress.step("choosing without sealing", 0, steps)
        if (solved := _solved(without)) is not None:
            made[ScenarioKind.NO_SEALING, 1.0] = without, solved
    for place, share in enumerate(shares):
        progress.step(f"choosing for {share:.0%} of the budget", steps - len(shares) + place, steps)
        if share == 1.0:
            if (ScenarioKind.NO_SEALING, 1.0) in made:
                known.append(made[ScenarioKind.NO_SEALING, 1.0][1])
            plan, choice = chosen_plan(problem, known)
            known = [choice]
            continue
        other = changed(problem, budget_sek=problem.budget_sek * share)
        solved = _solved(other, known)
        if solved is not None:
            made[ScenarioKind.OURS, share] = other, solved
            known = [solved]
    progress.step("comparing", steps, steps)
    return SolvedBudgets(plan=plan, choice=choice, others=made)


def _solved(problem: ProgrammeProblem, known: Sequence[Choice] = ()) -> Choice | None:
    """Return the choice for another budget; None where it cannot pay for what is locked."""
    try:
        return chosen_plan(problem, known)[1]
    except ProgrammeError:
        return None


def _without_sealing(problem: ProgrammeProblem, sealing: Sequence[str]) -> ProgrammeProblem | None:
    """Return the problem without sealing; None where none is planned, or some is locked."""
    is_locked = any(
        lock.kind is LockKind.MUST and lock.treatment in sealing for lock in problem.locks
    )
    if not sealing or is_locked:
        return None
    limit = Limit(name="no sealing", sek=np.zeros(problem.years), treatments=tuple(sealing))
    return changed(problem, limits=(*problem.limits, limit))


def scenarios_of(
    posed: PosedProgramme, solved: SolvedBudgets, own_list: Sequence[WantedTreatment]
) -> tuple[Scenario, ...]:
    """Return what the programme is compared with; ours comes first.

    Parameters
    ----------
    own_list
        The engineer's own; none is told where it is empty.
    """
    problem = posed.problem
    made = [scenario_of(problem, solved.choice, ScenarioKind.OURS)]
    made.append(scenario_of(problem, do_nothing(problem).choice, ScenarioKind.NOTHING))
    if np.isfinite(problem.budget_sek).all():
        made.append(scenario_of(problem, worst_first(problem).choice, ScenarioKind.WORST_FIRST))
    if own_list:
        choice, lacks = own_choice(posed, own_list)
        made.append(scenario_of(problem, choice, ScenarioKind.OWN_LIST, lacks=lacks))
    made += [
        scenario_of(other, choice, kind, budget_share=share)
        for (kind, share), (other, choice) in solved.others.items()
    ]
    return tuple(made)


def scenario_of(
    problem: ProgrammeProblem,
    choice: Choice,
    kind: ScenarioKind,
    *,
    budget_share: float = 1.0,
    lacks: tuple[Remark, ...] = (),
) -> Scenario:
    """Return what comes of a choice over the years."""
    course = course_of(problem, choice)
    family, left = problem.sections.family, years_left(problem)
    states = course.states
    return Scenario(
        kind=kind,
        budget_share=budget_share,
        cost_ore=tuple(round(sek * 100.0) for sek in course.yearly_sek.tolist()),
        debt_sek=tuple(float(debt_by_state(problem, one).sum()) for one in states.T),
        mean_index=tuple(
            mean_by_surface(problem, problem.space.index[family, one]) for one in states.T
        ),
        remaining_years=tuple(mean_by_surface(problem, left[family, one]) for one in states.T),
        projects=course.projects,
        lacks=lacks,
    )


def own_choice(
    posed: PosedProgramme, own_list: Sequence[WantedTreatment]
) -> tuple[Choice, tuple[Remark, ...]]:
    """Return the engineer's own list as a choice, and what is wrong with it.

    Raises
    ------
    ProgrammeError
        Names the row whose year is not the programme's.
    """
    problem = posed.problem
    row_of = {name: row for row, name in enumerate(problem.sections.ids)}
    names = {name: k for k, name in enumerate(problem.space.treatments)}
    choice = np.full((len(row_of), problem.years), NOTHING, np.int8)
    ungraded = 0
    for one in own_list:
        year = one.year - posed.first_year
        if not 0 <= year < problem.years:
            last = posed.first_year + problem.years - 1
            raise one.row.fault(
                f"year {one.year} is not one of {posed.first_year} to {last}",
                "Move it, or change --years or programme.first_year.",
            )
        row = row_of.get(one.section.section_id)
        if row is None:
            ungraded += 1
        else:
            choice[row, year] = names[one.treatment]
    made = own_plan(problem, choice)
    return made.plan.choice, tuple(_lacks(posed, made, ungraded))


def _lacks(posed: PosedProgramme, made: OwnPlan, ungraded: int) -> list[Remark]:
    lacks = []
    if ungraded:
        lacks.append(Remark(key="ungraded", values={"sections": ungraded}))
    if made.dropped:
        lacks.append(Remark(key="untriggered", values={"sections": len(made.dropped)}))
    for year, (spent, budget) in enumerate(
        zip(made.plan.cost_sek, posed.problem.budget_sek, strict=True)
    ):
        if spent > budget + 0.005:
            told = str(posed.first_year + year)
            lacks.append(
                Remark(key="over budget", values={"year": told, "sek": round(float(spent))})
            )
    return lacks


def changed(problem: ProgrammeProblem, **changes: Any) -> ProgrammeProblem:
    """Return a problem with some of its parts changed."""
    parts = {one.name: getattr(problem, one.name) for one in fields(problem)}
    return ProgrammeProblem(**(parts | changes))
