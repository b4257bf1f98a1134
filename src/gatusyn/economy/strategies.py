"""Other ways to spend the same money: nothing, worst first, a list of one's own; other budgets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.lone import Stakes, stakes
from gatusyn.economy.prepared import Prepared, prepare
from gatusyn.economy.programme import solve_programme
from gatusyn.economy.rows import rows_of
from gatusyn.economy.short_projects import only_allowed
from gatusyn.economy.solve_params import SolveParams
from gatusyn.economy.tally import Choice, tally
from gatusyn.economy.told import told
from gatusyn.economy.worst_first import worst_first_choice
from gatusyn.model import NOTHING, ProgrammePlan, ProgrammeProblem

HALF_TO_DOUBLE = (0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnPlan:
    """A plan of the user's own, and what of it could not be done.

    Parameters
    ----------
    dropped
        Section row and year of treatments whose trigger was not met when their year came.
    """

    plan: ProgrammePlan
    dropped: tuple[tuple[int, int], ...]


def do_nothing(problem: ProgrammeProblem) -> ProgrammePlan:
    """Return the plan in which nothing is done but what is locked."""
    nothing = np.full((len(problem.sections), problem.years), NOTHING, np.int8)
    return own_plan(problem, nothing).plan


def own_plan(problem: ProgrammeProblem, choice: NDArray[np.int8]) -> OwnPlan:
    """Return what a list of the user's own comes to; budgets and lengths are not held against it.

    Parameters
    ----------
    choice
        As `ProgrammePlan.choice`; what is locked is added.
    """
    prepared = prepare(problem)
    staked = stakes(prepared)
    wanted = _laid(prepared, choice)
    done = only_allowed(prepared, staked, wanted)
    rows, years = np.nonzero((done != wanted) & (wanted != len(problem.space.treatments)))
    plan = _plan(prepared, staked, done)
    dropped = sorted(zip(prepared.rows[rows].tolist(), years.tolist(), strict=True))
    return OwnPlan(plan=plan, dropped=tuple(dropped))


def worst_first(problem: ProgrammeProblem) -> ProgrammePlan:
    """Return the plan that each year mends the worst stretches, until the budgets are spent.

    A stretch is a row of neighbours below their trigger whose debt is measured by the same
    treatment, and gets it; a stretch that does not fit what is left is passed over.
    """
    prepared = prepare(problem)
    staked = stakes(prepared)
    return _plan(prepared, staked, worst_first_choice(prepared, staked))


def over_budgets(
    problem: ProgrammeProblem,
    *,
    shares: tuple[float, ...] = HALF_TO_DOUBLE,
    params: SolveParams | None = None,
) -> dict[float, ProgrammePlan]:
    """Return the programme for each share of the yearly budgets."""
    return {
        share: solve_programme(
            replace_problem(problem, budget_sek=problem.budget_sek * share), params=params
        )
        for share in shares
    }


def replace_problem(problem: ProgrammeProblem, **changes: object) -> ProgrammeProblem:
    """Return the problem with some of its parts changed."""
    return replace(problem, **changes)  # type: ignore[arg-type]


def _laid(prepared: Prepared, choice: NDArray[np.int8]) -> Choice:
    none = len(prepared.problem.space.treatments)
    return np.where(choice == NOTHING, none, choice)[prepared.rows].astype(np.int8)


def _plan(prepared: Prepared, staked: Stakes, choice: Choice) -> ProgrammePlan:
    rows = rows_of(prepared, staked)
    counted = tally(prepared, staked, choice)
    return told(prepared, counted, rows, None, np.zeros(len(rows.allowed)))
