"""What became of a programme: what was done, what it cost, and what the next drive shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gatusyn.model import (
    DoneTreatment,
    Network,
    PlannedMeasure,
    PlannedProject,
    SectionCondition,
    TownProgramme,
)
from gatusyn.pipeline.city import City
from gatusyn.pipeline.derive import bring_up_to_date
from gatusyn.pipeline.programme_document import read_document


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedProject:
    """What became of a project.

    Parameters
    ----------
    done_m
        Length of its sections on which the planned treatment was done since the plan was made.
    last_day
        When, at the latest; None if nothing was done.
    planned_ore, paid_ore
        Of the sections that were done; ``paid_ore`` is None where a cost is not known.
    expected_index, seen_index
        Mean condition index right after, as planned, and as a survey in the year of the treatment
        or later shows it; None where none does.
    """

    project: PlannedProject
    done_m: float
    last_day: date | None
    planned_ore: int
    paid_ore: int | None
    expected_index: float
    seen_index: float | None
    seen_period: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What became of a programme.

    Parameters
    ----------
    besides
        What was done since that is not in it.
    """

    programme: TownProgramme
    projects: tuple[FollowedProject, ...]
    besides: tuple[DoneTreatment, ...]


def follow_up(city: City, name: str) -> FollowUp:
    """Compare a saved programme with what was done and seen since.

    Raises
    ------
    ProgrammeError
        If there is none of that name.
    """
    programme = read_document(city.store.programmes.get(name))
    bring_up_to_date(city)
    made_on = date.fromtimestamp(programme.made_s)
    done = [
        one
        for one in city.store.programmes.done()
        if one.done_on >= made_on or one.noted_s >= programme.made_s
    ]
    network, periods = city.store.read_network(), city.store.periods()
    seen = {one.section_id: one for one in city.store.conditions()} if periods else {}
    used: set[int] = set()
    projects = tuple(
        _followed(project, done, used, _Seen(network=network, conditions=seen))
        for project in programme.projects
    )
    besides = tuple(one for place, one in enumerate(done) if place not in used)
    return FollowUp(programme=programme, projects=projects, besides=besides)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    network: Network
    conditions: Mapping[str, SectionCondition]

    def of(self, measure: PlannedMeasure) -> SectionCondition | None:
        """Return what the newest survey says of a section, found by its place if it was renamed."""
        condition = self.conditions.get(measure.section_id)
        if condition is not None:
            return condition
        middle = (measure.start_measure + measure.end_measure) / 2.0
        for section in self.network.counted_sections:
            if (
                section.element_id == measure.element_id
                and section.start_measure <= middle < section.end_measure
            ):
                return self.conditions.get(section.section_id)
        return None


def _followed(
    project: PlannedProject, done: Sequence[DoneTreatment], used: set[int], seen: _Seen
) -> FollowedProject:
    found: list[tuple[PlannedMeasure, DoneTreatment]] = []
    for measure in project.measures:
        for place, one in enumerate(done):
            if place not in used and one.treatment == project.treatment and _same(measure, one):
                used.add(place)
                found.append((measure, one))
                break
    costs = [one.ore for _, one in found]
    last_day = max((one.done_on for _, one in found), default=None)
    expected, index, period = _indices(project, found, seen)
    return FollowedProject(
        project=project,
        done_m=sum(measure.length_m for measure, _ in found),
        last_day=last_day,
        planned_ore=sum(measure.ore for measure, _ in found),
        paid_ore=None
        if not costs or any(ore is None for ore in costs)
        else sum(ore or 0 for ore in costs),
        expected_index=expected,
        seen_index=index,
        seen_period=period,
    )


def done_of(
    project: PlannedProject, done: Sequence[DoneTreatment], *, made_s: float
) -> tuple[float, date | None]:
    """Return the metres of a project that were done since it was planned, and the last day.

    Parameters
    ----------
    made_s
        When it was planned.
    """
    made_on = date.fromtimestamp(made_s)
    own = [
        one
        for one in done
        if one.treatment == project.treatment and (one.done_on >= made_on or one.noted_s >= made_s)
    ]
    metres, days = 0.0, list[date]()
    for measure in project.measures:
        found = next((one for one in own if _same(measure, one)), None)
        if found is not None:
            metres += measure.length_m
            days.append(found.done_on)
    return metres, max(days, default=None)


def _same(measure: PlannedMeasure, one: DoneTreatment) -> bool:
    """Say whether something was done on most of a section."""
    if measure.section_id == one.section_id:
        return True
    if measure.element_id != one.element_id:
        return False
    overlap = min(measure.end_measure, one.end_measure) - max(
        measure.start_measure, one.start_measure
    )
    return overlap > (measure.end_measure - measure.start_measure) / 2.0


def _indices(
    project: PlannedProject, found: Sequence[tuple[PlannedMeasure, DoneTreatment]], seen: _Seen
) -> tuple[float, float | None, str | None]:
    """Return the index expected, and the one seen since with its period."""
    values = []
    for measure, one in found:
        condition = seen.of(measure)
        if (
            condition is not None
            and condition.index is not None
            and int(condition.period[:4]) >= one.done_on.year
        ):
            values.append((measure.area_m2, measure.index_after, condition.index, condition.period))
    if not values:
        return project.index_after, None, None
    area = sum(one[0] for one in values)
    expected = sum(one[0] * one[1] for one in values) / area
    return expected, sum(one[0] * one[2] for one in values) / area, values[0][3]
