"""The usual way of choosing: the worst street first, until the year's money is gone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import NOT_ALLOWED, NOTHING, LockKind, ProgrammeProblem
from gatusyn.pipeline.programme_course import course_of


def worst_first(problem: ProgrammeProblem) -> NDArray[np.int8]:
    """Choose for each year the worst stretches below their trigger, as the budgets allow.

    A stretch is neighbours below their trigger that the same treatment brings to target cheapest;
    the stretch with the lowest mean index comes first, and one that does not fit is passed over.
    Minimum lengths, budgets of parts and locks are kept; what must be done is paid for first.
    """
    space, sections = problem.space, problem.sections
    choice = _musts(problem)
    barred = _barred(problem)
    locked = course_of(problem, choice)
    order = np.lexsort((sections.position, sections.street))
    state = sections.state.astype(np.int64)
    for year in range(problem.years):
        wanted, sek = _due(problem, state)
        is_must = choice[:, year] != NOTHING
        wanted[is_must] = NOTHING
        for row in np.flatnonzero(wanted != NOTHING).tolist():
            if year < barred.get((row, int(wanted[row])), 0):
                wanted[row] = NOTHING
        left = [problem.budget_sek[year] - locked.yearly_sek[year]]
        left += [
            float(one.sek[year])
            - sum(
                _use(problem, np.array([row]), int(choice[row, year]), locked.cost_sek[:, year], n)
                for row in np.flatnonzero(is_must)
            )
            for n, one in enumerate(problem.limits)
        ]
        for rows in _stretches(problem, wanted, order, state):
            kind = int(wanted[rows[0]])
            if sections.length_m[rows].sum() < problem.minimum_length_m[kind]:
                continue
            level = problem.price_level[year]
            cost = (sek[rows].sum() + problem.mobilisation_sek[kind]) * level
            uses = [cost, *(_use(problem, rows, kind, sek * level, n) for n in _range(problem))]
            if all(use <= room for use, room in zip(uses, left, strict=True)):
                left = [room - use for use, room in zip(uses, left, strict=True)]
                choice[rows, year] = kind
        picked = choice[:, year].astype(np.int64)
        then = space.after[np.maximum(picked, 0), sections.family, state]
        state = np.where((picked != NOTHING) & (then != NOT_ALLOWED), then, state)
        state = space.next_state[sections.family, state].astype(np.int64)
    return choice


def _musts(problem: ProgrammeProblem) -> NDArray[np.int8]:
    """Return the choice that is locked."""
    choice = np.full((len(problem.sections), problem.years), NOTHING, np.int8)
    row_of = {name: row for row, name in enumerate(problem.sections.ids)}
    for lock in problem.locks:
        if lock.kind is LockKind.MUST and lock.treatment is not None and lock.year is not None:
            kind = problem.space.treatments.index(lock.treatment)
            choice[row_of[lock.section_id], lock.year] = kind
    return choice


def _barred(problem: ProgrammeProblem) -> dict[tuple[int, int], int]:
    """Return the first year allowed, by section and treatment, where a lock says one."""
    row_of = {name: row for row, name in enumerate(problem.sections.ids)}
    barred: dict[tuple[int, int], int] = {}
    for lock in problem.locks:
        if lock.kind is LockKind.MUST:
            continue
        year = problem.years if lock.year is None else lock.year
        for kind, name in enumerate(problem.space.treatments):
            if lock.treatment in (None, name):
                key = (row_of[lock.section_id], kind)
                barred[key] = max(barred.get(key, 0), year)
    return barred


def _range(problem: ProgrammeProblem) -> range:
    return range(len(problem.limits))


def _use(
    problem: ProgrammeProblem, rows: NDArray[np.intp], kind: int, sek: NDArray[np.float64], n: int
) -> float:
    """Return what a stretch uses of a limit."""
    limit = problem.limits[n]
    if limit.treatments is not None and problem.space.treatments[kind] not in limit.treatments:
        return 0.0
    members = np.ones(len(rows), bool) if limit.sections is None else limit.sections[rows]
    first = problem.mobilisation_sek[kind] if members[0] else 0.0
    return float(sek[rows][members].sum() + first)


def _due(
    problem: ProgrammeProblem, state: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each section's cheapest treatment to target where it is due, and what it costs."""
    space, sections = problem.space, problem.sections
    family = sections.family
    after = space.after[:, family, state]
    reached = np.where(after != NOT_ALLOWED, space.index[family, np.maximum(after, 0)], -1.0)
    goal = np.minimum(problem.target_index[family], reached.max(axis=0))
    price = sections.cost_sek_m2.T * space.cost_share[:, family, state] * sections.area_m2
    price = np.where((after != NOT_ALLOWED) & (reached >= goal), price, np.inf)
    best = price.argmin(axis=0)
    due = space.index[family, state] < problem.trigger_index[family]
    due &= np.isfinite(price.min(axis=0))
    return np.where(due, best, NOTHING), np.where(due, price.min(axis=0), 0.0)


def _stretches(
    problem: ProgrammeProblem,
    wanted: NDArray[np.int64],
    order: NDArray[np.intp],
    state: NDArray[np.int64],
) -> list[NDArray[np.intp]]:
    """Return the stretches that are due, the worst first."""
    street, position = problem.sections.street[order], problem.sections.position[order]
    kind = wanted[order]
    breaks = np.ones(len(order), bool)
    breaks[1:] = (street[1:] != street[:-1]) | (position[1:] != position[:-1] + 1)
    breaks[1:] |= (kind[1:] != kind[:-1]) | (street[1:] < 0)
    parts = np.split(order, np.flatnonzero(breaks)[1:])
    due = [part for part in parts if wanted[part[0]] != NOTHING]
    index = problem.space.index[problem.sections.family, state]
    area = problem.sections.area_m2
    return sorted(
        due, key=lambda rows: ((index[rows] * area[rows]).sum() / area[rows].sum(), rows[0])
    )
