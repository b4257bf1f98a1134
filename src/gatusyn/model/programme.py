"""The question that a programme answers: which treatment, where, in which year, for what money."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from gatusyn.model.errors import ProgrammeError
from gatusyn.model.programme_checks import (
    check_by_treatment,
    check_debt,
    check_family_levels,
    check_limit,
    check_locks,
    check_sections,
    check_target,
    check_triggers,
    check_years,
)
from gatusyn.model.state_space import StateSpace

NOTHING = -1
"""In ``ProgrammePlan.choice``: the section is left alone that year."""
NO_STREET = -1
"""In ``ProgrammeSections.street``: the section has no neighbours."""


class AimKind(Enum):
    """What a programme is to make as small, or as large, as it can."""

    LEAST_DEBT = "least-debt"
    LEAST_COST = "least-cost"
    BEST_CONDITION = "best-condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a programme aims at. A section weighs its area times its weight.

    Parameters
    ----------
    kind
        ``LEAST_DEBT``: the sum over sections of weight x paving debt in the state after the last
        year, SEK. ``LEAST_COST``: the sum of what is spent, in today's value, with the target met.
        ``BEST_CONDITION``: the sum over years and sections of weight x area x the index in the
        state that a section is in for the rest of that year.
    mean_index
        For ``LEAST_COST``: the weighted mean index after the last year must reach this, 0..100.
    share, share_index
        For ``LEAST_COST``, instead: the weighted share of the surface, 0..1, whose index after the
        last year must reach ``share_index``.
    """

    kind: AimKind = AimKind.LEAST_DEBT
    mean_index: float | None = None
    share: float | None = None
    share_index: float | None = None

    def __post_init__(self) -> None:
        mean = self.mean_index is not None
        share = self.share is not None and self.share_index is not None
        if self.kind is AimKind.LEAST_COST and mean == share:
            raise ProgrammeError(
                "aim", "least cost needs one target", "Give a mean index, or a share and its index."
            )
        for name, top in (("mean_index", 100.0), ("share", 1.0), ("share_index", 100.0)):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value <= top:
                raise ProgrammeError(f"aim, {name}", f"is {value:g}", f"Set it within 0..{top:g}.")


class LockKind(Enum):
    """What the user has settled about a section before anything is computed."""

    MUST = "must"
    NOT_BEFORE = "not-before"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A choice that is not the programme's to make.

    Parameters
    ----------
    section_id
        Which section.
    kind
        ``MUST``: the treatment is done in the year, whether its trigger is met or not (where it is
        not, it costs its full surface and leaves the state as it is). ``NOT_BEFORE``: neither it
        nor, where no treatment is named, any other in an earlier year. ``NEVER``: in no year.
    treatment
        Its name; None for all (not for ``MUST``).
    year
        0 for the first; None for ``NEVER``.
    reason
        In the user's words: contracted, a water main is coming, ...
    """

    section_id: str
    kind: LockKind
    treatment: str | None = None
    year: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limit:
    """A yearly budget for some of the sections, some of the treatments, or both.

    Parameters
    ----------
    sek
        What may be spent each year, shape [T]; infinite where there is no limit. A project's
        mobilisation counts where its first section counts.
    sections
        Which sections count, shape [N]; None for all.
    treatments
        Names of those that count; None for all.
    """

    name: str
    sek: NDArray[np.float64]
    sections: NDArray[np.bool_] | None = None
    treatments: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProgrammeSections:
    """The sections that a programme chooses for: a column each, N rows.

    Parameters
    ----------
    ids
        Unique names.
    family, state
        Row and column of the state space, now.
    area_m2, length_m
        Paved surface, and length along the street.
    weight
        What a square metre counts for in the aim (traffic, cycle paths, bus routes, schools);
        1 counts plainly.
    cost_sek_m2
        Price of each treatment over the whole surface, in fixed prices, shape [N, K].
    street, position
        Neighbours are two sections on one street whose positions differ by one; ``NO_STREET``
        for a section that stands alone.
    """

    ids: tuple[str, ...]
    family: NDArray[np.int32]
    state: NDArray[np.int32]
    area_m2: NDArray[np.float64]
    length_m: NDArray[np.float64]
    weight: NDArray[np.float64]
    cost_sek_m2: NDArray[np.float64]
    street: NDArray[np.int64]
    position: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProgrammeProblem:
    """What to choose from, under which budgets, to which end.

    In each of T years each section gets one treatment or none. What a treatment costs is area x
    price x the state's share x the year's price level. Neighbours that get the same treatment in
    the same year are one project, from the first to the last of them, with one mobilisation.

    A section's paving debt in a state is 0 where the index is not below the trigger, and else area
    x what the cheapest single treatment costs, there and at today's prices, that brings the index
    to the target; where none does, the cheapest of those that bring it highest.

    Parameters
    ----------
    budget_sek
        What may be spent each year, at that year's prices, shape [T]; infinite for no limit.
    mobilisation_sek
        What each project of a treatment costs besides, in fixed prices, shape [K].
    minimum_length_m
        What a project of a treatment must measure, shape [K]; 0 for any. A project that holds a
        section where the treatment is locked to that year may be shorter.
    trigger_index, target_index
        By family, shape [F]; the trigger is not above the target.
    limits
        Budgets of parts, besides.
    price_growth
        Yearly, of treatments and mobilisation: 0.02 for 2 % a year.
    discount_rate
        Yearly, for the sum that ``LEAST_COST`` makes small.

    Raises
    ------
    ProgrammeError
        Names the section (with its row), treatment, lock or year that is at fault.
    """

    space: StateSpace
    sections: ProgrammeSections
    budget_sek: NDArray[np.float64]
    mobilisation_sek: NDArray[np.float64]
    minimum_length_m: NDArray[np.float64]
    trigger_index: NDArray[np.float64]
    target_index: NDArray[np.float64]
    aim: Aim
    limits: tuple[Limit, ...] = ()
    locks: tuple[Lock, ...] = ()
    price_growth: float = 0.0
    discount_rate: float = 0.0

    def __post_init__(self) -> None:
        check_years("budget", self.budget_sek)
        check_sections(self.sections, self.space)
        check_target(self.aim, self.sections)
        check_triggers(self.space)
        check_by_treatment("mobilisation", self.mobilisation_sek, self.space.treatments)
        check_by_treatment("minimum length", self.minimum_length_m, self.space.treatments)
        check_family_levels(self.space.families, self.trigger_index, self.target_index)
        check_debt(self.space, self.trigger_index)
        for rate in ("price_growth", "discount_rate"):
            if not -0.5 < getattr(self, rate) < 1.0:
                raise ProgrammeError(
                    rate, f"is {getattr(self, rate):g}", "Give a share a year, as 0.02."
                )
        for limit in self.limits:
            check_limit(limit, len(self.sections), self.space.treatments, self.years)
        check_locks(self.locks, self.sections.ids, self.space.treatments, self.years)

    @property
    def years(self) -> int:
        """How many years the programme covers, T."""
        return len(self.budget_sek)

    @property
    def price_level(self) -> NDArray[np.float64]:
        """What a krona of today's prices costs each year, shape [T]."""
        return np.asarray((1.0 + self.price_growth) ** np.arange(self.years), np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProgrammePlan:
    """A programme: what is done where and when, and how near it is to the best possible.

    Parameters
    ----------
    choice
        Row of the treatment for each section and year, shape [N, T]; ``NOTHING`` for none.
    value
        What the aim sums, of this plan.
    bound
        No plan within the budgets has a better value; None for a plan that was not optimised.
    cost_sek, mobilisation_sek
        All that is spent each year at its prices, and the part that is mobilisation, shape [T].
    projects
        How many.
    debt_sek, mean_index
        After each year (and, first, before any): the sum of the sections' debt at today's prices,
        not weighted, and the mean index, weighted by area and weight, shape [T + 1].
    next_krona
        By budget (``budget`` and the limits' names): how much the bound gets better for one more
        krona each year, shape [T]; 0 where money is left over. For
        ``LEAST_COST`` besides ``target``: SEK for one more of what the target counts (weighted
        m², times index for a mean).
    """

    choice: NDArray[np.int8]
    value: float
    bound: float | None
    cost_sek: NDArray[np.float64]
    mobilisation_sek: NDArray[np.float64]
    projects: int
    debt_sek: NDArray[np.float64]
    mean_index: NDArray[np.float64]
    next_krona: dict[str, NDArray[np.float64]]

    @property
    def gap(self) -> float | None:
        """How far the value is from the bound at most, as a share of the value."""
        if self.bound is None:
            return None
        return abs(self.value - self.bound) / max(abs(self.value), 1e-9)
