"""The grid of courses, ages and holds that states are cut from."""

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


@dataclass(frozen=True, slots=True)
class _Hold:
    pace_steps: int
    years: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateGrid:
    """Every course, age and hold, before what cannot be reached is left out."""

    params: EconomyParams
    families: tuple[Family, ...]
    holds: tuple[_Hold, ...]
    course: Whole
    step: Whole
    hold: Whole
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
        holds = (_Hold(params.steps_per_year, 0), *_holds(treatments, params))
        parts = [
            (number, hold, count)
            for hold in range(len(holds))
            for number, count in enumerate(steps)
            if count
        ]
        sizes = [count for *_, count in parts]
        first = np.zeros((len(steps), len(holds)), np.int32)
        for (number, hold, _), start in zip(
            parts, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True
        ):
            first[number, hold] = start
        return cls(
            params=params,
            families=families,
            holds=holds,
            course=np.repeat([number for number, *_ in parts], sizes).astype(np.int32),
            step=np.concatenate([np.arange(count) for count in sizes]).astype(np.int32),
            hold=np.repeat([hold for _, hold, _ in parts], sizes).astype(np.int32),
            last_step=np.array(steps, np.int32) - 1,
            first=first,
        )

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.step)

    @property
    def held(self) -> Whole:
        """For how many more years ageing is held off, in every state."""
        return np.array([one.years for one in self.holds], np.int32)[self.hold]

    @property
    def pace_steps(self) -> Whole:
        """How many steps a state's surface ages in the coming year."""
        return np.array([one.pace_steps for one in self.holds], np.int32)[self.hold]

    def state(self, course: Whole, step: Whole, hold: Whole) -> Whole:
        """Return the number of a state; a step past a course's end is its last one."""
        states: Whole = self.first[course, hold] + np.minimum(step, self.last_step[course])
        return states

    def index_of(self, family: Family) -> Reals:
        """Return the index of a family in every state."""
        index = np.empty(self.size)
        for number in np.unique(self.course).tolist():
            mine = self.course == number
            ages = self.step[mine] / self.params.steps_per_year
            index[mine] = self._course_of(family, number).index_at(ages)
        return index

    def _course_of(self, family: Family, number: int) -> Course:
        own = _course(family, self.params)
        if number == 0:
            return own
        return own.lasting(_life_factor(self.params.treatments_in_use[number - 1], self.params))

    def next_state(self) -> Whole:
        """Return every state's next: older by its pace, and a year less held off."""
        following = np.zeros(len(self.holds), np.int32)
        for hold, one in enumerate(self.holds):
            left = _Hold(one.pace_steps, one.years - 1)
            following[hold] = self.holds.index(left) if left.years > 0 else 0
        return self.state(self.course, self.step + self.pace_steps, following[self.hold])

    def after(self, treatment: Treatment, k: int, index: Reals) -> Whole:
        """Return the state after a treatment, shape [F, S]."""
        allowed = meets_trigger(treatment, index)
        if treatment.is_new_surface:
            states = self._renewed(treatment, k, index.shape)
        else:
            states = self._improved(treatment, index)
            if treatment.is_preventive:
                # What already works is not done again before it ends.
                allowed &= self.held == 0
        allowed &= states != np.arange(self.size)
        return np.where(allowed, states, NOT_ALLOWED).astype(np.int32)

    def _renewed(self, treatment: Treatment, k: int, shape: tuple[int, ...]) -> Whole:
        ages = [
            self._course_of(family, k + 1).age_at([treatment.reach or 100.0])
            for family in self.families
        ]
        steps = np.rint(np.stack(ages) * self.params.steps_per_year).astype(np.int32)
        course, hold = np.full_like(steps, k + 1), np.zeros_like(steps)
        return np.broadcast_to(self.state(course, steps, hold), shape)

    def _improved(self, treatment: Treatment, index: Reals) -> Whole:
        hold = self.hold
        if treatment.is_preventive:
            hold = np.full_like(hold, self.holds.index(_hold(treatment, self.params)))
        states = np.empty(index.shape, np.int32)
        for f, family in enumerate(self.families):
            aims = index_after(treatment, index[f])
            for number in np.unique(self.course).tolist():
                mine = self.course == number
                age = self._course_of(family, number).age_at(aims[mine])
                step = np.rint(age * self.params.steps_per_year)
                younger = np.minimum(self.step[mine], np.minimum(step, 2**30).astype(np.int32))
                states[f, mine] = self.state(self.course[mine], younger, hold[mine])
        return states


def _course(family: Family, params: EconomyParams) -> Course:
    return params.course_of(family)


def _life_factor(treatment: Treatment, params: EconomyParams) -> float:
    """Return how long a new surface lives, as a share of the family's own."""
    return treatment.life_years / params.typical_life_years


def _hold(treatment: Treatment, params: EconomyParams) -> _Hold:
    years = max(1, round(treatment.life_years))
    return _Hold(round(treatment.hold_pace * params.steps_per_year), years)


def _holds(treatments: Sequence[Treatment], params: EconomyParams) -> list[_Hold]:
    """Return every way that ageing can be held off, for each pace with years left."""
    longest: dict[int, int] = {}
    for one in treatments:
        if one.is_preventive:
            hold = _hold(one, params)
            longest[hold.pace_steps] = max(hold.years, longest.get(hold.pace_steps, 0))
    return [_Hold(pace, years) for pace, most in longest.items() for years in range(1, most + 1)]
