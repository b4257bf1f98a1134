"""Joins treated sections to projects, with what each costs to the öre and why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import (
    NOTHING,
    PlannedMeasure,
    PlannedProject,
    ProjectReason,
    ReasonKind,
    Section,
    Treatment,
)
from gatusyn.pipeline.ore import rounded_ore
from gatusyn.pipeline.programme_course import ProgrammeCourse, course_of, debt_by_state
from gatusyn.pipeline.programme_problem import PosedProgramme
from gatusyn.pipeline.street_places import StreetPlaces
from gatusyn.pipeline.town_stock import TownStock

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Parts:
    """What projects are made from."""

    posed: PosedProgramme
    course: ProgrammeCourse
    town: TownStock
    treatments: Sequence[Treatment]
    sections: Sequence[Section]
    avoided_sek: Reals


def planned_projects(
    posed: PosedProgramme,
    course: ProgrammeCourse,
    town: TownStock,
    treatments: Sequence[Treatment],
) -> tuple[PlannedProject, ...]:
    """Return the projects of a programme by year, street and place; their öre add up.

    Each year's sections together cost what the course says, rounded to the öre.
    """
    by_id = {one.section_id: one for one in town.network.sections}
    parts = _Parts(
        posed=posed,
        course=course,
        town=town,
        treatments=treatments,
        sections=[by_id[name] for name in posed.problem.sections.ids],
        avoided_sek=_avoided(posed, course),
    )
    places = StreetPlaces(town.network, town.stock)
    projects = []
    for year in range(posed.problem.years):
        projects += _projects_of(year, parts, places)
    ordered = sorted(projects, key=lambda one: (one.year, one.street, one.measures[0].section_id))
    return tuple(replace(one, number=n) for n, one in enumerate(ordered, start=1))


def _projects_of(year: int, parts: _Parts, places: StreetPlaces) -> list[PlannedProject]:
    course, sections = parts.course, parts.posed.problem.sections
    treated = np.flatnonzero(course.choice[:, year] != NOTHING)
    if not len(treated):
        return []
    order = np.lexsort((sections.position[treated], course.project[treated, year]))
    rows = treated[order]
    groups = np.split(rows, np.flatnonzero(np.diff(course.project[rows, year])) + 1)
    level = parts.posed.problem.price_level[year]
    sek = []
    for group in groups:
        area = sections.area_m2[group]
        kind = int(course.choice[group[0], year])
        way = parts.posed.problem.mobilisation_sek[kind] * level
        sek.append(course.cost_sek[group, year] + way * area / area.sum())
    # Over the whole year: its sections' öre add up to the rounded sum that is spent in it.
    ore = rounded_ore(np.concatenate(sek))
    ends = np.cumsum([len(group) for group in groups]).tolist()
    return [
        _project(year, group, ore[end - len(group) : end], parts, places)
        for group, end in zip(groups, ends, strict=True)
    ]


def _project(
    year: int, rows: NDArray[np.intp], ore: Sequence[int], parts: _Parts, places: StreetPlaces
) -> PlannedProject:
    posed, course, stock = parts.posed, parts.course, parts.town.stock
    problem = posed.problem
    kind = int(course.choice[rows[0], year])
    family = problem.sections.family[rows]
    before = problem.space.index[family, course.before[rows, year]]
    after = problem.space.index[family, course.after[rows, year]]
    area = problem.sections.area_m2[rows]
    start, end = places.ends_of(posed.rows[rows].tolist())
    first = int(posed.rows[rows[0]])
    mean_before, mean_after = (float((one * area).sum() / area.sum()) for one in (before, after))
    return PlannedProject(
        number=0,
        year=posed.first_year + year,
        treatment=problem.space.treatments[kind],
        street=str(stock.street[first]),
        road_class=str(stock.road_class[first]),
        district=str(stock.district[first]) if parts.town.places.district else "",
        start=start,
        end=end,
        length_m=float(stock.length_m[posed.rows[rows]].sum()),
        area_m2=float(area.sum()),
        index_before=mean_before,
        index_after=mean_after,
        ore=sum(ore),
        mobilisation_ore=round(problem.mobilisation_sek[kind] * problem.price_level[year] * 100.0),
        reason=_reason(year, rows, mean_before, parts),
        measures=tuple(
            PlannedMeasure(
                section_id=parts.sections[row].section_id,
                element_id=parts.sections[row].element_id,
                start_measure=parts.sections[row].start_measure,
                end_measure=parts.sections[row].end_measure,
                length_m=float(stock.length_m[posed.rows[row]]),
                area_m2=float(problem.sections.area_m2[row]),
                index_before=float(before[place]),
                index_after=float(after[place]),
                ore=ore[place],
                is_estimated=bool(posed.is_estimated[row]),
            )
            for place, row in enumerate(rows.tolist())
        ),
    )


def _reason(year: int, rows: NDArray[np.intp], index: float, parts: _Parts) -> ProjectReason:
    problem, course = parts.posed.problem, parts.course
    trigger = float(problem.trigger_index[problem.sections.family[rows[0]]])
    words = [
        parts.posed.lock_words[problem.sections.ids[row], year]
        for row in rows
        if (problem.sections.ids[row], year) in parts.posed.lock_words
    ]
    treatment = parts.treatments[int(course.choice[rows[0], year])]
    if words:
        kind = ReasonKind.LOCKED
    elif index < trigger:
        kind = ReasonKind.DUE
    elif treatment.is_preventive:
        kind = ReasonKind.IN_TIME
    else:
        kind = ReasonKind.SOON_DUE
    return ProjectReason(
        kind=kind,
        trigger=trigger,
        words="; ".join(dict.fromkeys(one for one in words if one)),
        avoided_sek=float(parts.avoided_sek[rows, year].sum()),
    )


def _avoided(posed: PosedProgramme, course: ProgrammeCourse) -> Reals:
    """Return how much higher each section's debt would be at the end without a year's treatment.

    The section's other treatments stay.
    """
    problem = posed.problem
    with_all = debt_by_state(problem, course.last)
    avoided = np.zeros(course.choice.shape)
    for year in range(problem.years):
        if (course.choice[:, year] == NOTHING).all():
            continue
        without = course.choice.copy()
        without[:, year] = NOTHING
        avoided[:, year] = debt_by_state(problem, course_of(problem, without).last) - with_all
    return avoided
