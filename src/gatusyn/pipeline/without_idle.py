"""Leaves out what a programme does not need: projects without which the debt is no higher."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import NOT_ALLOWED, NOTHING, AimKind, LockKind, ProgrammeProblem
from gatusyn.pipeline.programme_course import course_of, debt_by_state

_ONE_ORE = 0.005
_MOST_ROUNDS = 5
Choice = NDArray[np.int8]


def without_idle(problem: ProgrammeProblem, choice: Choice) -> Choice:
    """Return a choice without the projects that take nothing off the last debt.

    Where money is left over, they cost nothing in the aim of the least debt, but they cost money.
    The dearest are tried first. Other aims are left as they are, and so is what is locked.
    """
    if problem.aim.kind is not AimKind.LEAST_DEBT:
        return choice
    weight = problem.sections.weight
    kept = choice.copy()
    for _ in range(_MOST_ROUNDS):
        idle = _idle_projects(problem, kept)
        before = kept.copy()
        for rows, year in idle:
            then, fits = _last(problem, kept[rows], rows)
            tried = kept[rows].copy()
            tried[:, year] = NOTHING
            without, still_fits = _last(problem, tried, rows)
            more = debt_by_state(problem, without, rows) - debt_by_state(problem, then, rows)
            if (weight[rows] * more).sum() <= _ONE_ORE and (still_fits or not fits):
                kept[rows] = tried
        if (kept == before).all():
            break
    return kept


def _idle_projects(problem: ProgrammeProblem, choice: Choice) -> list[tuple[NDArray[np.intp], int]]:
    """Return the projects that may take nothing off, the dearest first, as rows and year."""
    course = course_of(problem, choice)
    debt = debt_by_state(problem, course.last) * problem.sections.weight
    must = {(lock.section_id, lock.year) for lock in problem.locks if lock.kind is LockKind.MUST}
    found = []
    for year in range(problem.years):
        treated = np.flatnonzero(choice[:, year] != NOTHING)
        if not len(treated):
            continue
        without = choice.copy()
        without[:, year] = NOTHING
        then = debt_by_state(problem, course_of(problem, without).last) * problem.sections.weight
        project = course.project[treated, year]
        order = np.argsort(project, kind="stable")
        parts = np.split(treated[order], np.flatnonzero(np.diff(project[order])) + 1)
        for rows in parts:
            is_locked = any((problem.sections.ids[row], year) in must for row in rows)
            if not is_locked and (then[rows] - debt[rows]).sum() <= _ONE_ORE:
                found.append((float(course.cost_sek[rows, year].sum()), rows, year))
    found.sort(key=lambda one: (-one[0], one[2], one[1][0]))
    return [(rows, year) for _, rows, year in found]


def _last(
    problem: ProgrammeProblem, choice: Choice, rows: NDArray[np.intp]
) -> tuple[NDArray[np.int64], bool]:
    """Return some sections' states after the last year, and whether every trigger was met."""
    space = problem.space
    family, state = problem.sections.family[rows], problem.sections.state[rows].astype(np.int64)
    fits = True
    for year in range(choice.shape[1]):
        picked = choice[:, year].astype(np.int64)
        then = np.where(picked == NOTHING, state, space.after[np.maximum(picked, 0), family, state])
        fits = fits and bool((then != NOT_ALLOWED).all())
        state = space.next_state[family, np.where(then == NOT_ALLOWED, state, then)].astype(
            np.int64
        )
    return state, fits
