"""A city as it is shown: laid out once for each state of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gatusyn.model import ConditionMethod, Grade, Network, SectionCondition
from gatusyn.serve.layout import Bounds, Floats, Ints, Layout, SectionColumns
from gatusyn.serve.map_layers import FarSections, near_sections
from gatusyn.serve.past import month_end_s
from gatusyn.serve.tiles import TileLayer
from gatusyn.store.protocol_lookup import GradeColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetSummary:
    """A street's sections taken together.

    Parameters
    ----------
    length_m, graded_m
        All sections, and those that have a grade.
    mean_index
        Weighted by length over the graded sections; None if there are none.
    worst
        The worst grade on the street; unknown only if nothing was graded.
    """

    street: str
    sections: int
    length_m: float
    graded_m: float
    mean_index: float | None
    worst: Grade
    bounds: Bounds


@dataclass(frozen=True, kw_only=True, eq=False)
class CityIndex:
    """Everything of one period that the map and the lists look up.

    Cards ask the store for the rest. What takes long is worked out when it is first asked for.

    Parameters
    ----------
    stamp
        Names the state of the store and the period: changes when what is shown does.
    method, index_name
        Which method the grades are by, and the curves or table behind it; None if nothing has been
        graded.
    findings
        How many are there.
    at
        The month at whose end the town is shown as it was known then; None for now.
    past_periods
        With ``at``: the period of each section's grade or looks; None where nobody had looked.
    """

    stamp: str
    period: str | None
    layout: Layout
    columns: SectionColumns
    method: str | None
    index_name: str | None
    findings: int
    at: str | None = None
    past_periods: tuple[str | None, ...] | None = None

    @property
    def at_s(self) -> float | None:
        """The moment that is shown; None for now."""
        return None if self.at is None else month_end_s(self.at)

    def period_of(self, position: int) -> str | None:
        """Return the period that a section's grade is of; None where it has none."""
        return self.period if self.past_periods is None else self.past_periods[position]

    @property
    def network(self) -> Network:
        """The network shown."""
        return self.layout.network

    @property
    def method_word(self) -> str:
        """The method that grades are by, or would be."""
        return self.method or ConditionMethod.DEDUCT.value

    @property
    def position(self) -> Mapping[str, int]:
        """Each section's place in the network."""
        return self.layout.position

    def street(self, position: int) -> str:
        """Return the name of a section's street, or its link sequence's id."""
        return self.layout.street_names[int(self.layout.street_of[position])]

    def grade(self, position: int) -> Grade:
        """Return a section's grade."""
        return Grade.of_number(int(self.columns.grades[position]))

    def index(self, position: int) -> float | None:
        """Return a section's condition index; None where unknown."""
        value = float(self.columns.indices[position])
        return None if np.isnan(value) else value

    @cached_property
    def worst_first(self) -> Ints:
        """Indices of sections: falling grade, rising index, unknown last, [sections]."""
        unknown = np.isnan(self.columns.indices)
        return np.lexsort(
            (
                np.where(unknown, 0.0, self.columns.indices),
                np.where(unknown, 0, -self.columns.grades),
                unknown,
            )
        )

    @cached_property
    def summaries(self) -> tuple[StreetSummary, ...]:
        """Every street, in order of the alphabet."""
        order = np.argsort(self.layout.street_of, kind="stable")
        edges = np.searchsorted(
            self.layout.street_of[order], np.arange(len(self.layout.street_names) + 1)
        )
        return tuple(
            self._summary(street, order[edges[place] : edges[place + 1]])
            for place, street in enumerate(self.layout.street_names)
            if edges[place] < edges[place + 1]
        )

    def members(self, street: str) -> Ints:
        """Return the places of a street's sections, in the network's order."""
        return np.flatnonzero(self.layout.street_of == self.layout.street_names.index(street))

    def _summary(self, street: str, members: Ints) -> StreetSummary:
        lengths, indices = self.layout.lengths_m[members], self.columns.indices[members]
        graded = ~np.isnan(indices)
        graded_m = float(lengths[graded].sum())
        bounds = self.layout.bounds[members]
        low, high = bounds.min(axis=0), bounds.max(axis=0)
        worst = int(self.columns.grades[members][graded].max(initial=0))
        mean = float((lengths * indices)[graded].sum()) / graded_m if graded_m > 0 else None
        return StreetSummary(
            street=street,
            sections=len(members),
            length_m=float(lengths.sum()),
            graded_m=graded_m,
            mean_index=mean,
            worst=Grade.of_number(worst),
            bounds=(float(low[0]), float(low[1]), float(high[2]), float(high[3])),
        )

    @cached_property
    def by_grade(self) -> Mapping[Grade, tuple[int, float]]:
        """Counted sections of each grade, and their metres."""
        grades, lengths = self.columns.grades, self.layout.lengths_m
        return {
            grade: (int(own.sum()), float(lengths[own].sum()))
            for grade in Grade
            for own in [self.layout.counted & (grades == grade.number)]
        }

    @cached_property
    def seen_m(self) -> float:
        """Metres of counted sections, each times the share of it that was looked at."""
        shares: Floats = np.minimum(self.columns.observed_shares, 1.0)
        return float((self.layout.lengths_m * shares)[self.layout.counted].sum())

    @cached_property
    def far_sections(self) -> FarSections:
        """Sections for a whole town."""
        return FarSections(self.layout, self.columns.grades, self.worst_first)

    @cached_property
    def near_sections(self) -> TileLayer:
        """Sections one by one."""
        return near_sections(self.layout, self.columns, self.worst_first, method=self.method_word)


def unknown_condition(section_id: str, period: str, method: ConditionMethod) -> SectionCondition:
    """Return the condition of a section that nobody looked at."""
    return SectionCondition(
        section_id=section_id,
        period=period,
        grade=Grade.UNKNOWN,
        index=None,
        observed_share=0.0,
        observed_m2=0.0,
        frames=0,
        confidence=0.0,
        extents=(),
        reasons=(),
        method=method,
    )


def columns_of(layout: Layout, graded: GradeColumns | None) -> SectionColumns:
    """Return grades in the network's order; a section that has none is unknown, never good."""
    count = len(layout.network.sections)
    grades, shares = np.zeros(count, dtype=np.int64), np.zeros(count)
    indices, lows, highs, looks = (np.full(count, np.nan) for _ in range(4))
    if graded is not None and graded.section_ids:
        places = np.array([layout.position.get(name, -1) for name in graded.section_ids])
        there = places >= 0
        # An index without a grade is none; so is a grade without an index.
        known = there & (graded.grades > 0) & ~np.isnan(graded.indices)
        shares[places[there]] = graded.observed_shares[there]
        looks[places[there]] = graded.last_looks_s[there]
        grades[places[known]], indices[places[known]] = graded.grades[known], graded.indices[known]
        lows[places[known]], highs[places[known]] = graded.lows[known], graded.highs[known]
    return SectionColumns(
        grades=grades,
        indices=indices,
        lows=lows,
        highs=highs,
        observed_shares=shares,
        last_looks_s=looks,
    )
