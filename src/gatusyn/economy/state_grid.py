"""The grid of courses, ages and treatments at work that states are cut from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.effects import index_after, meets_trigger
from gatusyn.model import NOT_ALLOWED, Course, EconomyParams, Family, Treatment

Reals = NDArray[np.float64]
Whole = NDArray[np.int32]
_LOWEST_INDEX = 5.0
"""A course's states end where the index has fallen so far: a section there stays there."""


FREE = -1
"""Of a state in which no treatment of the surface is at work."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A treatment at work on a surface that stays: which, and for how many more years."""

    treatment: int
    years: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateGrid:
    """Every course, age and work, before what cannot be reached is left out."""

    params: EconomyParams
    families: tuple[Family, ...]
    works: tuple[_Work, ...]
    course: Whole
    step: Whole
    work: Whole
    last_step: Whole
    first: Whole

    @classmethod
    def of(cls, params: EconomyParams, families: tuple[Family, ...]) -> StateGrid:
        """Lay out the courses, long enough for the family that lives longest."""
        treatments = params.treatments_in_use
        longest = max(families, key=lambda family: family.life_years)
        factors = [1.0, *(_life_factor(one, params) for one in treatments)]
        ends = [
            float(_course(longest, params).lasting(factor).age_at(_LOWEST_INDEX))
            if number == 0 or treatments[number - 1].is_new_surface
            else 0.0
            for number, factor in enumerate(factors)
        ]
        steps = [int(np.ceil(end * params.steps_per_year)) + 1 if end else 0 for end in ends]
        works = (_Work(FREE, 0), *_works(treatments))
        parts = [
            (number, work, count)
            for work in range(len(works))
            for number, count in enumerate(steps)
            if count
        ]
        sizes = [count for *_, count in parts]
        first = np.zeros((len(steps), len(works)), np.int32)
        for (number, work, _), start in zip(
            parts, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True
        ):
            first[number, work] = start
        return cls(
            params=params,
            families=families,
            works=works,
            course=np.repeat([number for number, *_ in parts], sizes).astype(np.int32),
            step=np.concatenate([np.arange(count) for count in sizes]).astype(np.int32),
            work=np.repeat([work for _, work, _ in parts], sizes).astype(np.int32),
            last_step=np.array(steps, np.int32) - 1,
            first=first,
        )

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.step)

    @property
    def years_left(self) -> Whole:
        """For how many more years a treatment is at work, in every state."""
        return np.array([one.years for one in self.works], np.int32)[self.work]

    @property
    def at_work(self) -> Whole:
        """Which treatment is at work in every state; ``FREE`` where none is."""
        return np.array([one.treatment for one in self.works], np.int32)[self.work]

    @property
    def pace_steps(self) -> Whole:
        """How many steps a state's surface ages in the coming year."""
        return np.array([self._pace(one) for one in self.works], np.int32)[self.work]

    def _pace(self, work: _Work) -> int:
        steps = self.params.steps_per_year
        if work.treatment == FREE:
            return steps
        return round(self.params.treatments_in_use[work.treatment].hold_pace * steps)

    def state(self, course: Whole, step: Whole, work: Whole) -> Whole:
        """Return the number of a state; a step past a course's end is its last one."""
        states: Whole = self.first[course, work] + np.minimum(step, self.last_step[course])
        return states

    def course_index_of(self, family: Family) -> Reals:
        """Return the index of a family's surface in every state, without what is at work on it."""
        index = np.empty(self.size)
        for number in np.unique(self.course).tolist():
            mine = self.course == number
            ages = self.step[mine] / self.params.steps_per_year
            index[mine] = self._course_of(family, number).index_at(ages)
        return index

    def index_of(self, family: Family) -> Reals:
        """Return the index of a family in every state: its course's, and what is at work on it."""
        index = self.course_index_of(family)
        for k, treatment in enumerate(self.params.treatments_in_use):
            mine = self.at_work == k
            index[mine] = index_after(treatment, index[mine])
        return index

    def _course_of(self, family: Family, number: int) -> Course:
        own = _course(family, self.params)
        if number == 0:
            return own
        return own.lasting(_life_factor(self.params.treatments_in_use[number - 1], self.params))

    def next_state(self) -> Whole:
        """Return every state's next: older by its pace, what is at work a year nearer its end."""
        following = np.zeros(len(self.works), np.int32)
        for work, one in enumerate(self.works):
            if one.years > 1:
                following[work] = self.works.index(_Work(one.treatment, one.years - 1))
        return self.state(self.course, self.step + self.pace_steps, following[self.work])

    def after(self, treatment: Treatment, k: int, index: Reals) -> Whole:
        """Return the state after a treatment, shape [F, S]."""
        allowed = meets_trigger(treatment, index)
        if treatment.is_new_surface:
            states = self._renewed(treatment, k, index.shape)
        else:
            works = np.full_like(self.work, self.works.index(_Work(k, _years(treatment))))
            own = self.state(self.course, self.step, works)
            # What is at work is not done again before it ends; only what is better replaces it.
            gains = np.take(index, own, axis=1) - index
            slows = self.pace_steps[own] < self.pace_steps
            allowed &= (self.at_work != k) & (gains >= 0.0) & ((gains > 0.0) | slows)
            states = np.broadcast_to(own, index.shape)
        return np.where(allowed, states, NOT_ALLOWED).astype(np.int32)

    def _renewed(self, treatment: Treatment, k: int, shape: tuple[int, ...]) -> Whole:
        ages = [
            self._course_of(family, k + 1).age_at([treatment.reach or 100.0])
            for family in self.families
        ]
        steps = np.rint(np.stack(ages) * self.params.steps_per_year).astype(np.int32)
        course, work = np.full_like(steps, k + 1), np.zeros_like(steps)
        return np.broadcast_to(self.state(course, steps, work), shape)


def _course(family: Family, params: EconomyParams) -> Course:
    return params.course_of(family)


def _life_factor(treatment: Treatment, params: EconomyParams) -> float:
    """Return how long a new surface lives, as a share of the family's own."""
    return treatment.life_years / params.typical_life_years


def _years(treatment: Treatment) -> int:
    """Return for how many whole years a treatment is at work."""
    return max(1, round(treatment.life_years))


def _works(treatments: Sequence[Treatment]) -> list[_Work]:
    """Return every treatment of a surface that stays, with every number of years left."""
    return [
        _Work(k, years)
        for k, one in enumerate(treatments)
        if not one.is_new_surface
        for years in range(1, _years(one) + 1)
    ]
