"""What a programme is compared with: nothing, worst first, the engineer's list, other budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy import solve_programme
from gatusyn.model import (
    NOTHING,
    Limit,
    LockKind,
    ProgrammeError,
    ProgrammeProblem,
    Scenario,
    ScenarioKind,
)
from gatusyn.pipeline.ore import rounded_ore
from gatusyn.pipeline.programme_course import (
    course_of,
    debt_by_state,
    mean_by_surface,
    years_left,
)
from gatusyn.pipeline.programme_lists import WantedTreatment
from gatusyn.pipeline.programme_problem import PosedProgramme
from gatusyn.pipeline.progress import Progress
from gatusyn.pipeline.without_idle import without_idle
from gatusyn.pipeline.worst_first import worst_first

BUDGET_SHARES = (0.5, 0.75, 1.5, 2.0)
"""The budgets that a programme is worked out for besides its own."""

Choice = NDArray[np.int8]


def scenarios_of(
    posed: PosedProgramme,
    ours: Choice,
    *,
    own_list: Sequence[WantedTreatment],
    sealing: Sequence[str],
    progress: Progress,
) -> tuple[Scenario, ...]:
    """Work out what the programme is compared with; ours comes first.

    Parameters
    ----------
    own_list
        The engineer's own; none is told where it is empty.
    sealing
        Treatments that hold ageing off: the programme is worked out once more without them.
    """
    problem = posed.problem
    made = [scenario_of(problem, ours, ScenarioKind.OURS)]
    nothing = np.full_like(ours, NOTHING)
    made.append(scenario_of(problem, nothing, ScenarioKind.NOTHING))
    if np.isfinite(problem.budget_sek).all():
        made.append(scenario_of(problem, worst_first(problem), ScenarioKind.WORST_FIRST))
    if own_list:
        choice, lacks = own_choice(posed, own_list)
        made.append(scenario_of(problem, choice, ScenarioKind.OWN_LIST, lacks=lacks))
    others: list[tuple[ScenarioKind, float, ProgrammeProblem]] = []
    if sealing:
        limit = Limit(name="no sealing", sek=np.zeros(problem.years), treatments=tuple(sealing))
        free = not any(
            lock.kind is LockKind.MUST and lock.treatment in sealing for lock in problem.locks
        )
        if free:
            without = changed(problem, limits=(*problem.limits, limit))
            others.append((ScenarioKind.NO_SEALING, 1.0, without))
    if np.isfinite(problem.budget_sek).all():
        others += [
            (ScenarioKind.OURS, share, changed(problem, budget_sek=problem.budget_sek * share))
            for share in BUDGET_SHARES
        ]
    for place, (kind, share, other) in enumerate(others):
        progress.step("comparing", place, len(others))
        try:
            choice = without_idle(other, solve_programme(other).choice)
        except ProgrammeError:
            # Half the budget may not pay for what is locked: then it is not compared.
            continue
        made.append(scenario_of(other, choice, kind, budget_share=share))
    return tuple(made)


def scenario_of(
    problem: ProgrammeProblem,
    choice: Choice,
    kind: ScenarioKind,
    *,
    budget_share: float = 1.0,
    lacks: tuple[str, ...] = (),
) -> Scenario:
    """Return what comes of a choice over the years."""
    course = course_of(problem, choice)
    family, left = problem.sections.family, years_left(problem)
    states = course.states
    return Scenario(
        kind=kind,
        budget_share=budget_share,
        cost_ore=tuple(rounded_ore(course.yearly_sek)),
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
) -> tuple[Choice, tuple[str, ...]]:
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
    return choice, tuple(_lacks(posed, choice, ungraded))


def _lacks(posed: PosedProgramme, choice: Choice, ungraded: int) -> list[str]:
    problem = posed.problem
    course = course_of(problem, choice)
    lacks = []
    if ungraded:
        lacks.append(f"{ungraded} sections on the list are not graded and were left out")
    idle = int(((choice != NOTHING) & (course.after == course.before)).sum())
    if idle:
        lacks.append(f"{idle} treatments are done where their trigger is not met")
    for year, (spent, budget) in enumerate(zip(course.yearly_sek, problem.budget_sek, strict=True)):
        if spent > budget + 0.005:
            lacks.append(
                f"{posed.first_year + year} costs {spent:,.0f} SEK, more than its budget".replace(
                    ",", " "
                )
            )
    return lacks


def changed(problem: ProgrammeProblem, **changes: Any) -> ProgrammeProblem:
    """Return a problem with some of its parts changed."""
    parts = {one.name: getattr(problem, one.name) for one in fields(problem)}
    return ProgrammeProblem(**(parts | changes))
