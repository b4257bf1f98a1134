"""A city's sections in the classes of a theme, with what is told of each class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Grade, TownProgramme
from gatusyn.pipeline import SectionOutlook
from gatusyn.serve.index import CityIndex
from gatusyn.serve.layout import Ints
from gatusyn.serve.map_layers import FarSections, near_sections
from gatusyn.serve.outlook import in_order
from gatusyn.serve.themes import (
    COLOURS,
    NOT_PLANNED,
    NOT_PLANNED_COLOUR,
    SEK_M2_AT_MOST,
    YEAR_COLOURS,
    YEARS_AT_LEAST,
    rising,
)
from gatusyn.serve.tile_columns import Properties
from gatusyn.serve.tiles import TileLayer


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSpan:
    """What is told of a class besides its length.

    Parameters
    ----------
    low, high
        Mean 95 % interval of what the class is by, weighted by length; None where there is none.
    from_year, to_year
        Of a programme's class.
    sek
        What its sections cost together.
    """

    low: float | None = None
    high: float | None = None
    from_year: int | None = None
    to_year: int | None = None
    sek: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Painted:
    """A city's sections in the classes of a theme.

    Parameters
    ----------
    stamp
        Changes when what is shown does.
    classes
        Of every section, [sections].
    colours
        By class.
    spans
        What else is told of some classes.
    told
        What the map is told of some sections besides, by their place in the network.
    treatment_m
        Metres of each treatment of the programme that is shown.
    """

    stamp: str
    index: CityIndex
    classes: Ints
    colours: Mapping[int, str] = field(
        default_factory=lambda: {one.number: colour for one, colour in COLOURS.items()}
    )
    spans: Mapping[int, ClassSpan] = field(default_factory=dict)
    told: Mapping[int, Properties] = field(default_factory=dict)
    treatment_m: Mapping[str, float] = field(default_factory=dict)
    programme: TownProgramme | None = None

    def by_class(self, wanted: NDArray[np.bool_]) -> Mapping[int, tuple[int, float]]:
        """Return counted sections of each class, and their metres.

        Parameters
        ----------
        wanted
            Which sections count, bool [sections].
        """
        layout = self.index.layout
        counted = layout.counted & wanted
        masks = {one: counted & (self.classes == one) for one in sorted(self.colours)}
        return {
            one: (int(own.sum()), float(layout.lengths_m[own].sum())) for one, own in masks.items()
        }

    @cached_property
    def far_sections(self) -> FarSections:
        """Sections for a whole town."""
        return FarSections(self.index.layout, self.classes, self.order, are_grades=False)

    @cached_property
    def near_sections(self) -> TileLayer:
        """Sections one by one."""
        index = self.index
        return near_sections(
            index.layout,
            index.columns,
            self.order,
            method=index.method_word,
            classes=self.classes,
            told=self.told,
        )

    @cached_property
    def order(self) -> Ints:
        """Places of sections, the most urgent first: the worst, or in a programme the soonest."""
        urgency = self.classes
        if self.programme is not None:
            planned = (urgency > 0) & (urgency < NOT_PLANNED)
            urgency = np.where(planned, NOT_PLANNED + 1 - urgency, np.minimum(urgency, 1))
        return np.argsort(-urgency, kind="stable")


def paint_debt(index: CityIndex, outlook: SectionOutlook | None, stamp: str) -> Painted:
    """Return sections by their debt a square metre."""
    if outlook is None:
        return Painted(stamp=stamp, index=index, classes=_none(index))
    layout = index.layout
    whole, low, high = (
        in_order(outlook, layout, one)
        for one in (outlook.debt_sek, outlook.debt_low_sek, outlook.debt_high_sek)
    )
    area_m2 = in_order(outlook, layout, outlook.area_m2)
    rates = whole / area_m2
    classes = rising(rates, SEK_M2_AT_MOST)
    spans = {
        number: ClassSpan(
            low=float(low[own].sum() / area_m2[own].sum()),
            high=float(high[own].sum() / area_m2[own].sum()),
            sek=float(whole[own].sum()),
        )
        for number, own in _members(index, classes)
    }
    told: dict[int, Properties] = {
        place: {"sek_m2": round(float(rates[place]))} for place in np.flatnonzero(classes).tolist()
    }
    return Painted(stamp=stamp, index=index, classes=classes, spans=spans, told=told)


def paint_life(index: CityIndex, outlook: SectionOutlook | None, stamp: str) -> Painted:
    """Return sections by how many years they have left."""
    if outlook is None:
        return Painted(stamp=stamp, index=index, classes=_none(index))
    low, middle, high = (
        in_order(outlook, index.layout, one)
        for one in (outlook.low_years, outlook.median_years, outlook.high_years)
    )
    classes = rising(-middle, tuple(-one for one in YEARS_AT_LEAST))
    lengths_m = index.layout.lengths_m
    spans = {
        number: ClassSpan(
            low=float(np.average(low[own], weights=lengths_m[own])),
            high=float(np.average(high[own], weights=lengths_m[own])),
        )
        for number, own in _members(index, classes)
    }
    told: dict[int, Properties] = {
        place: {
            "years": round(float(middle[place]), 1),
            "years_low": round(float(low[place]), 1),
            "years_high": round(float(high[place]), 1),
        }
        for place in np.flatnonzero(classes).tolist()
    }
    return Painted(stamp=stamp, index=index, classes=classes, spans=spans, told=told)


def paint_programme(index: CityIndex, programme: TownProgramme | None, stamp: str) -> Painted:
    """Return sections by the year in which a programme treats them first."""
    if programme is None:
        return Painted(stamp=stamp, index=index, classes=_none(index))
    years_a_class = -(-len(programme.years) // len(YEAR_COLOURS))
    classes = np.where(index.columns.grades > 0, NOT_PLANNED, 0)
    told: dict[int, Properties] = {}
    treatment_m: dict[str, float] = {}
    sek: dict[int, float] = {}
    for project in programme.projects:
        number = 1 + (project.year - programme.first_year) // years_a_class
        sek[number] = sek.get(number, 0.0) + project.ore / 100.0
        for measure in project.measures:
            place = index.position.get(measure.section_id)
            if place is None:
                continue
            metres = treatment_m.get(project.treatment, 0.0) + measure.length_m
            treatment_m[project.treatment] = metres
            if place not in told or project.year < int(told[place]["year"]):
                told[place] = {"year": project.year, "treatment": project.treatment}
                classes[place] = number
    colours = {0: COLOURS[Grade.UNKNOWN], NOT_PLANNED: NOT_PLANNED_COLOUR}
    spans = {}
    for number, colour in enumerate(YEAR_COLOURS, start=1):
        begin = programme.first_year + (number - 1) * years_a_class
        if begin > programme.years[-1]:
            break
        colours[number] = colour
        end = min(begin + years_a_class - 1, programme.years[-1])
        spans[number] = ClassSpan(from_year=begin, to_year=end, sek=sek.get(number, 0.0))
    return Painted(
        stamp=stamp,
        index=index,
        classes=classes.astype(np.int64),
        colours=colours,
        spans=spans,
        told=told,
        treatment_m=treatment_m,
        programme=programme,
    )


def _none(index: CityIndex) -> Ints:
    return np.zeros(len(index.columns.grades), dtype=np.int64)


def _members(index: CityIndex, classes: Ints) -> list[tuple[int, Ints]]:
    """Return the places of the counted sections of each class that has any, but for the unknown."""
    found = [(one, np.flatnonzero(index.layout.counted & (classes == one))) for one in range(1, 6)]
    return [(number, own) for number, own in found if len(own)]
