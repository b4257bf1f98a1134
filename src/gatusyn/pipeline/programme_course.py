"""What a town's sections go through when they are treated so: states, costs, debt, projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import NOT_ALLOWED, NOTHING, ProgrammeProblem

Reals = NDArray[np.float64]
Whole = NDArray[np.int32]
_LONGEST_YEARS = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProgrammeCourse:
    """The years of a choice, N sections and T years.

    Parameters
    ----------
    choice
        Row of the treatment; ``NOTHING`` for none, shape [N, T].
    before, after
        State at each year's start and after its treatment, shape [N, T].
    last
        State after the last year, shape [N].
    cost_sek
        At the year's prices, without mobilisation, shape [N, T].
    project
        Number of the project within its year, also where nothing is done, shape [N, T].
    mobilisation_sek
        Each year's, shape [T].
    projects
        How many.
    """

    choice: NDArray[np.int8]
    before: Whole
    after: Whole
    last: Whole
    cost_sek: Reals
    project: NDArray[np.intp]
    mobilisation_sek: Reals
    projects: int

    @property
    def yearly_sek(self) -> Reals:
        """All that is spent each year, shape [T]."""
        total: Reals = self.cost_sek.sum(axis=0) + self.mobilisation_sek
        return total

    @property
    def states(self) -> Whole:
        """States before the first year and after each, shape [N, T + 1]."""
        return np.column_stack([self.before, self.last])


def course_of(problem: ProgrammeProblem, choice: NDArray[np.int8]) -> ProgrammeCourse:
    """Follow sections through the years of a choice.

    A treatment whose trigger is not met costs its whole surface and changes nothing.
    """
    space, sections = problem.space, problem.sections
    family = sections.family
    shape = choice.shape
    before, after = np.empty(shape, np.int32), np.empty(shape, np.int32)
    cost, project = np.zeros(shape), np.zeros(shape, np.intp)
    mobilisation, projects = np.zeros(shape[1]), 0
    order, follows = _neighbours(problem)
    state = sections.state.astype(np.int32)
    for year in range(shape[1]):
        picked = choice[:, year].astype(np.int64)
        treated, level = picked != NOTHING, problem.price_level[year]
        row = np.maximum(picked, 0)
        then = np.where(treated, space.after[row, family, state], state)
        share = np.where(then == NOT_ALLOWED, 1.0, space.cost_share[row, family, state])
        price = sections.cost_sek_m2[np.arange(len(row)), row]
        cost[:, year] = np.where(treated, sections.area_m2 * price * share * level, 0.0)
        before[:, year], after[:, year] = state, np.where(then == NOT_ALLOWED, state, then)
        project[:, year], kind = _joined(picked, order, follows)
        real = kind[kind != NOTHING]
        mobilisation[year] = (problem.mobilisation_sek[real] * level).sum()
        projects += len(real)
        state = space.next_state[family, after[:, year]].astype(np.int32)
    return ProgrammeCourse(
        choice=choice,
        before=before,
        after=after,
        last=state,
        cost_sek=cost,
        project=project,
        mobilisation_sek=mobilisation,
        projects=projects,
    )


def _neighbours(problem: ProgrammeProblem) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the sections' order along streets, and which follow the one before."""
    street, position = problem.sections.street, problem.sections.position
    order = np.lexsort((position, street))
    follows = np.zeros(len(order), np.bool_)
    ordered = street[order]
    follows[1:] = (np.diff(ordered) == 0) & (np.diff(position[order]) == 1) & (ordered[1:] >= 0)
    return order, follows


def _joined(
    picked: NDArray[np.int64], order: NDArray[np.intp], follows: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return each section's project, and each project's treatment: neighbours treated alike."""
    ordered = picked[order]
    begins = np.ones(len(ordered), np.bool_)
    begins[1:] = ~follows[1:] | (ordered[1:] != ordered[:-1])
    project = np.empty(len(ordered), np.intp)
    project[order] = np.cumsum(begins) - 1
    return project, ordered[begins]


def debt_by_state(
    problem: ProgrammeProblem,
    state: NDArray[np.signedinteger[Any]],
    rows: NDArray[np.intp] | None = None,
) -> Reals:
    """Return each section's debt in a state, SEK at today's prices, shape [N].

    The cheapest treatment that brings it to target; where none does, the cheapest of those that
    bring it highest; 0 at the trigger and above. By the surface alone: what is at work on it for
    some years takes no debt away.

    Parameters
    ----------
    rows
        Of which sections the states are; of all if None.
    """
    space, sections = problem.space, problem.sections
    rows = np.arange(len(sections)) if rows is None else rows
    family = sections.family[rows]
    state = space.bare(family, state)
    due = np.flatnonzero(space.index[family, state] < problem.trigger_index[family])
    debt = np.zeros(len(family))
    family, state, rows = family[due], state[due], rows[due]
    after = space.after[:, family, state]
    allowed = after != NOT_ALLOWED
    reached = np.where(allowed, space.index[family, np.maximum(after, 0)], -1.0)
    wanted = np.minimum(problem.target_index[family], reached.max(axis=0, initial=-1.0))
    price = sections.cost_sek_m2[rows].T * space.cost_share[:, family, state]
    cheapest = np.where(allowed & (reached >= wanted), price, np.inf).min(axis=0, initial=np.inf)
    debt[due] = cheapest * sections.area_m2[rows]
    return debt


def years_left(problem: ProgrammeProblem) -> Reals:
    """Return the years until the index is below the trigger, nothing done, shape [F, S]."""
    space = problem.space
    family = np.arange(len(space.families))[:, None]
    state = np.tile(np.arange(space.index.shape[1], dtype=np.int32), (len(family), 1))
    left = np.zeros(space.index.shape)
    alive = np.ones(space.index.shape, bool)
    for _ in range(_LONGEST_YEARS):
        alive = alive & (space.index[family, state] >= problem.trigger_index[:, None])
        left += alive
        state = space.next_state[family, state]
    return left


def mean_by_surface(problem: ProgrammeProblem, values: Reals) -> float:
    """Return the mean of the sections' values, weighted by surface."""
    area = problem.sections.area_m2
    return float((values * area).sum() / area.sum())
