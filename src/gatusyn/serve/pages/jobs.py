"""The projects of saved programmes as work: how far each has come, for those who do it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gatusyn.model import DoneTreatment, PlannedProject, TownProgramme, Visitor
from gatusyn.pipeline import ProjectRow, done_of, note_project_done, project_rows
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.errors import MissingError
from gatusyn.serve.pages.links import map_link, page_link
from gatusyn.serve.pages.lists import Column, Kind
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.part import projects_seen_by
from gatusyn.serve.saved import SavedProgrammes

ONE_JOB = "/work/project"
"""Where the page of one project is."""

NEARLY = 0.99
"""A project of which so much was done is done: lengths are rounded."""


class WorkState(StrEnum):
    """How far a project has come."""

    WAITING = "waiting"
    PARTLY = "partly"
    DONE = "done"


WORK_STATES = {
    WorkState.WAITING: N_("not done yet"),
    WorkState.PARTLY: N_("partly done"),
    WorkState.DONE: N_("done"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A project of a saved programme.

    Parameters
    ----------
    done_m
        Metres of it that were done.
    """

    programme: str
    row: ProjectRow
    done_m: float
    last_day: date | None

    @property
    def project(self) -> PlannedProject:
        """The project itself."""
        return self.row.project

    @property
    def state(self) -> WorkState:
        """How far it has come."""
        if self.done_m >= NEARLY * self.project.length_m:
            return WorkState.DONE
        return WorkState.PARTLY if self.done_m else WorkState.WAITING

    @property
    def link(self) -> str:
        """The address of its page."""
        return page_link(ONE_JOB, programme=self.programme, number=str(self.project.number))

    @property
    def place(self) -> str:
        """The address of where it begins on the map."""
        return map_link(section=self.project.measures[0].section_id)


JOBS: Sequence[Column[Job]] = (
    Column(
        key="street",
        words=N_("Street"),
        value=lambda row: row.project.street or None,
        link=lambda row: row.link,
    ),
    Column(key="year", words=N_("Year"), value=lambda row: str(row.project.year)),
    Column(key="treatment", words=N_("Treatment"), value=lambda row: row.row.treatment_name),
    Column(key="from", words=N_("From"), value=lambda row: row.row.from_place, is_sortable=False),
    Column(key="to", words=N_("To"), value=lambda row: row.row.to_place, is_sortable=False),
    Column(
        key="length",
        words=N_("Length, m"),
        value=lambda row: row.project.length_m,
        kind=Kind.NUMBER,
    ),
    Column(
        key="surface",
        words=N_("Area, m²"),
        value=lambda row: row.project.area_m2,
        kind=Kind.NUMBER,
    ),
    Column(
        key="state", words=N_("State"), value=lambda row: WORK_STATES[row.state], kind=Kind.WORD
    ),
    Column(
        key="done",
        words=N_("Last done on"),
        value=lambda row: None if row.last_day is None else row.last_day.isoformat(),
    ),
    Column(key="programme", words=N_("Programme"), value=lambda row: row.programme),
    Column(
        key="number",
        words=N_("Project"),
        value=lambda row: row.project.number,
        kind=Kind.NUMBER,
    ),
)


class Work:
    """The projects of saved programmes, as a visitor may see them."""

    def __init__(self, town: CityNow, saved: SavedProgrammes) -> None:
        self._town = town
        self.saved = saved

    def jobs(
        self, visitor: Visitor, programmes: Sequence[TownProgramme], language: str
    ) -> list[Job]:
        """Return the projects that a visitor may see."""
        done: dict[str, list[DoneTreatment]] = {}
        for one in self._town.now().store.programmes.done():
            done.setdefault(one.element_id, []).append(one)
        found: list[Job] = []
        for programme in programmes:
            seen = projects_seen_by(visitor, programme.projects)
            wanted = {own.number for own in seen}
            found += [
                job_of(programme, row, done)
                for row in project_rows(programme, language)
                if row.project.number in wanted
            ]
        return found

    def job(self, visitor: Visitor, name: str, number: int, language: str) -> Job:
        """Return a project.

        Raises
        ------
        MissingError
            If the visitor sees none of that programme and number.
        """
        project = f"Project {number} of {name}"
        missing = MissingError(project, "is not there", "See the list of work.")
        try:
            programme = self.saved.programme(name)
        except MissingError:
            # Whether a programme is there is not told to who has nothing in it.
            raise missing from None
        for job in self.jobs(visitor, [programme], language):
            if job.project.number == number:
                return job
        raise missing

    def note(
        self, visitor: Visitor, job: Job, day: date, *, cost_sek: float | None, note: str
    ) -> int:
        """Note that a project was done; return how many of its sections were new."""
        return note_project_done(
            self._town.now(),
            job.project,
            day,
            cost_sek=cost_sek,
            note=note,
            by=visitor.name,
            now_s=time.time(),
        )


def job_of(
    programme: TownProgramme, row: ProjectRow, done: Mapping[str, Sequence[DoneTreatment]]
) -> Job:
    """Return a project with what was done of it.

    Parameters
    ----------
    done
        By link sequence.
    """
    elements = dict.fromkeys(own.element_id for own in row.project.measures)
    near = [one for own in elements for one in done.get(own, ())]
    done_m, last_day = done_of(row.project, near, made_s=programme.made_s)
    return Job(programme=programme.name, row=row, done_m=done_m, last_day=last_day)
