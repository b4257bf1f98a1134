"""The plan that a programme is made of: the solver's, or the usual way's where that is better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy import solve_programme, worst_first
from gatusyn.model import AimKind, ProgrammeError, ProgrammePlan, ProgrammeProblem
from gatusyn.pipeline.programme_course import ProgrammeCourse, course_of, debt_by_state
from gatusyn.pipeline.without_idle import without_idle

Choice = NDArray[np.int8]


def chosen_plan(
    problem: ProgrammeProblem, known: Sequence[Choice] = ()
) -> tuple[ProgrammePlan, Choice]:
    """Return the solver's plan, and the choice to take.

    The choice is the plan's without what it does not need. In a small town with little money, the
    worst street first, or a choice that is known, may be better than what the solver found; then
    that is taken, and the plan's bound holds for it too.

    Parameters
    ----------
    known
        Choices that keep the problem's budgets and locks, as those of smaller budgets do.

    Raises
    ------
    ProgrammeError
        As ``solve_programme``.
    """
    plan = solve_programme(problem)
    _require_same(plan, course_of(problem, plan.choice))
    choice = without_idle(problem, plan.choice)
    if problem.aim.kind is not AimKind.LEAST_DEBT:
        return plan, choice
    others = list(known)
    if np.isfinite(problem.budget_sek).all():
        others.append(without_idle(problem, worst_first(problem).choice))
    # The solver's stays where another is no better than by rounding.
    for other in others:
        if value_of(problem, other) < value_of(problem, choice) - 0.005:
            choice = other
    return plan, choice


def value_of(problem: ProgrammeProblem, choice: Choice) -> float:
    """Return what the aim sums, of a choice."""
    sections, course = problem.sections, course_of(problem, choice)
    if problem.aim.kind is AimKind.LEAST_DEBT:
        return float((sections.weight * debt_by_state(problem, course.last)).sum())
    if problem.aim.kind is AimKind.LEAST_COST:
        worth = (1.0 + problem.discount_rate) ** -np.arange(problem.years)
        return float((course.yearly_sek * worth).sum())
    mass = sections.area_m2 * sections.weight
    index = problem.space.index[sections.family[:, None], course.after]
    return float((mass[:, None] * index).sum())


def gap_of(value: float, bound: float | None) -> float | None:
    """Return how far a value is from its bound at most, as a share of the value."""
    return None if bound is None else abs(value - bound) / max(abs(value), 1e-9)


def _require_same(plan: ProgrammePlan, course: ProgrammeCourse) -> None:
    """Check that a plan's money is what its choices come to, reckoned here anew."""
    if not np.allclose(plan.cost_sek, course.yearly_sek, rtol=1e-9, atol=0.005):
        raise ProgrammeError(
            "programme",
            f"its cost {plan.cost_sek.sum():.2f} SEK is not what its choices come to "
            f"({course.yearly_sek.sum():.2f} SEK)",
            "This is a fault of Gatusyn: please report it.",
        )
