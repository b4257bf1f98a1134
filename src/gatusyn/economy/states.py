"""Builds the states that sections go through: courses, ages on a grid, treatments at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gatusyn.economy.costs import Prices, prices_of
from gatusyn.economy.effects import due_treatment, laid_share
from gatusyn.economy.state_grid import FREE, StateGrid
from gatusyn.model import NOT_ALLOWED, EconomyParams, Family, StateSpace

Reals = NDArray[np.float64]
Whole = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SectionStates:
    """A ``StateSpace`` with what its states stand for.

    A state is a course (the surface that is there: the family's own, or what a treatment left), the
    surface's age on it in steps, and which treatment is at work on it for how many more years (it
    lifts the index and slows ageing until then). A year is a whole number of steps, so ageing is
    exact. What is rounded: the age at which a section enters (`place`) or a new surface of less
    than 100 begins, by ``0.5 / steps_per_year`` years at most, and the index with it by
    ``index_error``; a pace, to whole steps a year; and the years that a treatment is at work, to
    whole ones.

    Parameters
    ----------
    space
        The tables, F families, S states, K treatments (those in use, in the settings' order).
    course
        0 for the family's own surface, k + 1 for that of treatment k, shape [S].
    age_years
        Age of the surface on its course, held-off years not counted, shape [S].
    pace
        How fast it ages at present: 1, or a treatment's ``hold_pace``, shape [S].
    at_work
        The treatment at work, shape [S]; -1 where none is.
    work_years
        For how many more years, shape [S]; 0 where none is.
    debt_sek_m2
        What it costs in each state to come up to target by the cheapest treatment that reaches it,
        a square metre of a large area, shape [F, S]; 0 at the trigger and above. By the surface
        alone: a repair that lifts the index for some years takes no debt away.
    index_error
        By how many points the index of a section put into a state can be off, for each family.
    """

    space: StateSpace
    course: Whole
    age_years: Reals
    pace: Reals
    at_work: Whole
    work_years: Whole
    debt_sek_m2: Reals
    index_error: Reals

    def place(self, index: ArrayLike, family: ArrayLike) -> Whole:
        """Return the state of sections of which no treatment is known.

        Parameters
        ----------
        index
            Condition index, 0..100, shape [N].
        family
            Number of the family in ``space.families``, shape [N].

        Raises
        ------
        ValueError
            If an index is unknown (NaN): believe something of it first.
        """
        values, of = np.asarray(index, np.float64), np.asarray(family)
        if not np.isfinite(values).all():
            raise ValueError("a section of unknown index has no state")
        own = np.flatnonzero((self.course == 0) & (self.at_work == FREE)).astype(np.int32)
        states = np.empty(len(values), np.int32)
        for f in range(len(self.space.families)):
            # Falling with age: the nearest of the two neighbours in age has the nearest index.
            rising = self.space.index[f, own][::-1]
            middles = (rising[1:] + rising[:-1]) / 2.0
            mine = of == f
            states[mine] = own[::-1][np.searchsorted(middles, values[mine])]
        return states


def section_states(
    params: EconomyParams, *, families: Sequence[Family] | None = None
) -> SectionStates:
    """Build the states of families under the treatments in use.

    Parameters
    ----------
    families
        By default the settings'; give others to let lives be those fitted to the town, or to split
        a family by pace (``dataclasses.replace`` its name and life).

    Raises
    ------
    SettingsError
        If no treatment brings a state below its trigger up to target.
    """
    chosen = tuple(families or params.families.values())
    grid = StateGrid.of(params, chosen)
    treatments, prices = params.treatments_in_use, prices_of(params)
    index = np.stack([grid.index_of(family) for family in chosen])
    bare = np.stack([grid.course_index_of(family) for family in chosen])
    next_state = np.broadcast_to(grid.next_state(), index.shape).astype(np.int32)
    after = np.stack([grid.after(one, k, index) for k, one in enumerate(treatments)])
    share = np.stack([laid_share(one, index) for one in treatments])
    share[after == NOT_ALLOWED] = 0.0
    kept = _reachable(grid, next_state, after)
    number = np.full(grid.size, NOT_ALLOWED, np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    # States in which nothing is at work are all kept.
    bare_state = number[grid.state(grid.course, grid.step, np.zeros_like(grid.work))][kept]
    space = StateSpace(
        families=tuple(family.name for family in chosen),
        treatments=prices.treatments,
        index=index[:, kept],
        next_state=number[next_state[:, kept]],
        after=np.where(after == NOT_ALLOWED, NOT_ALLOWED, number[after])[:, :, kept],
        cost_share=share[:, :, kept],
        surface=np.broadcast_to(bare_state, (len(chosen), len(kept))),
    )
    return SectionStates(
        space=space,
        course=grid.course[kept],
        age_years=grid.step[kept] / params.steps_per_year,
        pace=grid.pace_steps[kept] / params.steps_per_year,
        at_work=grid.at_work[kept],
        work_years=grid.years_left[kept],
        debt_sek_m2=_debts(bare[:, kept], chosen, params, prices),
        index_error=_index_error(index, grid),
    )


def _debts(
    index: Reals, families: Sequence[Family], params: EconomyParams, prices: Prices
) -> Reals:
    triggers = np.array([[family.trigger] for family in families])
    targets = np.array([[family.target] for family in families])
    return due_treatment(index, triggers, targets, params, prices)[1]


def _index_error(index: Reals, grid: StateGrid) -> Reals:
    """Return half the largest fall of the index in one step of the family's own course."""
    own = (grid.course == 0) & (grid.at_work == FREE)
    error: Reals = np.abs(np.diff(index[:, own], axis=1)).max(axis=1) / 2.0
    return error


def _reachable(grid: StateGrid, next_state: Whole, after: Whole) -> NDArray[np.intp]:
    """Return the states that a section of some family can come to where nothing is at work now."""
    reached = grid.at_work == FREE
    while True:
        size = int(reached.sum())
        reached[next_state[:, reached]] = True
        targets = after[:, :, reached]
        reached[targets[targets != NOT_ALLOWED]] = True
        if int(reached.sum()) == size:
            return np.flatnonzero(reached)
