"""Which streets below their trigger are left out of a programme, and what they would give."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import NOT_ALLOWED, NOTHING, StreetOut
from gatusyn.pipeline.programme_course import ProgrammeCourse, course_of, debt_by_state
from gatusyn.pipeline.programme_problem import PosedProgramme
from gatusyn.pipeline.town_stock import TownStock

MOST_STREETS = 200
Reals = NDArray[np.float64]


def streets_out(
    posed: PosedProgramme, course: ProgrammeCourse, town: TownStock
) -> tuple[StreetOut, ...]:
    """Return streets below their trigger now that are not treated, the largest debt first.

    A street is told with what is left out of it; at most ``MOST_STREETS`` are.
    """
    problem = posed.problem
    sections = problem.sections
    index = problem.space.index[sections.family, sections.state]
    untreated = (course.choice == NOTHING).all(axis=1)
    is_out = untreated & (index < problem.trigger_index[sections.family])
    if not is_out.any():
        return ()
    debt = debt_by_state(problem, course.last)
    saved, cost = _first_year_treatments(posed, course)
    chain = town.stock.chain[posed.rows]
    streets = town.stock.street[posed.rows]
    # Streets without a name are told apart by their chain.
    key = np.where(streets == "", np.char.add("\0", chain.astype(str)), streets)
    out = np.flatnonzero(is_out)
    names, group = np.unique(key[out], return_inverse=True)
    members = np.split(out[np.argsort(group, kind="stable")], np.cumsum(np.bincount(group))[:-1])
    found = []
    for rows in members[: len(names)]:
        area = sections.area_m2[rows]
        found.append(
            StreetOut(
                street=str(streets[rows[0]]),
                length_m=float(town.stock.length_m[posed.rows[rows]].sum()),
                mean_index=float((index[rows] * area).sum() / area.sum()),
                debt_sek=float(debt[rows].sum()),
                worth_sek=_best_worth(saved[:, rows], cost[:, rows], problem.mobilisation_sek),
            )
        )
    return tuple(
        sorted(found, key=lambda one: (-one.debt_sek, one.street, -one.length_m))[:MOST_STREETS]
    )


def _first_year_treatments(posed: PosedProgramme, course: ProgrammeCourse) -> tuple[Reals, Reals]:
    """Return what each treatment in the first year would take off the last debt, and its cost.

    Shape [K, N]; nothing where its trigger is not met.
    """
    problem = posed.problem
    sections = problem.sections
    nothing = np.full_like(course.choice, NOTHING)
    left = debt_by_state(problem, course_of(problem, nothing).last)
    saved = np.zeros((len(problem.space.treatments), len(sections)))
    cost = np.zeros_like(saved)
    for k in range(len(saved)):
        allowed = problem.space.after[k, sections.family, sections.state] != NOT_ALLOWED
        if not allowed.any():
            continue
        choice = nothing.copy()
        choice[allowed, 0] = k
        then = course_of(problem, choice)
        saved[k] = left - debt_by_state(problem, then.last)
        cost[k] = then.cost_sek[:, 0]
    return saved, cost


def _best_worth(saved: Reals, cost: Reals, mobilisation_sek: Reals) -> float | None:
    """Return the debt that a krona takes off at best, all of a street's sections treated alike."""
    spent = cost.sum(axis=1) + mobilisation_sek
    done = cost.sum(axis=1) > 0.0
    if not done.any():
        return None
    worth = np.where(done, saved.sum(axis=1) / np.where(done, spent, 1.0), -np.inf)
    return float(worth.max())
