"""What saved programmes have done where: for those who do it, their streets only."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from gatusyn.model import (
    DoneTreatment,
    FormFault,
    GatusynError,
    Permission,
    PlannedProject,
    ProgrammeError,
    TownProgramme,
    Visitor,
)
from gatusyn.pipeline import (
    ProjectRow,
    done_of,
    note_project_done,
    project_rows,
)
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.errors import MissingError, QueryError, http_code
from gatusyn.serve.pages.asked import Words, choices, numbers
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.form_words import told_error
from gatusyn.serve.pages.formats import local_moment
from gatusyn.serve.pages.links import map_link, page_link
from gatusyn.serve.pages.lists import (
    Column,
    Filter,
    FilterKind,
    Kind,
    ListPage,
    Part,
    Shown,
    add_list,
    sorted_listing,
)
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.settings_form import number_in
from gatusyn.serve.part import projects_seen_by
from gatusyn.serve.saved import SavedProgrammes
from gatusyn.serve.visitor import Looking, needs

ONE = "/work/project"
NEARLY = 0.99
"""A project of which so much was done is done: lengths are rounded."""

Noting = Annotated[Visitor, Depends(needs(Permission.NOTE_DONE))]
Name = Annotated[str, Query(min_length=1, max_length=100)]
Number = Annotated[int, Query(ge=1, le=1_000_000)]


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
        return page_link(ONE, programme=self.programme, number=str(self.project.number))

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


def work_pages(
    desk: Desk, town: CityNow, saved: SavedProgrammes, base: Callable[[Request], str]
) -> APIRouter:
    """Return the routes of the list and of one project."""
    router = APIRouter(include_in_schema=False)
    work = Work(town, saved)

    def found(
        request: Request,
        visitor: Looking,
        query: Part,
        programme: Annotated[str, Query(max_length=100)] = "",
        year: Words = "",
        state: Words = "",
        street: Words = "",
    ) -> Shown[Job]:
        speaker, known = desk.reader_of(request), work.saved.all()
        jobs = work.jobs(visitor, known, speaker.language)
        years = numbers("year", [year], low=1950, high=2200)
        states = choices(WorkState, "state", [state])
        words = street.strip().casefold()
        rows = [
            own
            for own in jobs
            if (not programme or own.programme == programme)
            and (not years or own.project.year in years)
            and (not states or own.state in states)
            and words in own.project.street.casefold()
        ]
        # A programme in which they have nothing is not named to a contractor.
        named = list(dict.fromkeys(own.programme for own in jobs))
        all_years = sorted({own.project.year for own in jobs})
        choice = FilterKind.CHOICE
        return Shown(
            columns=JOBS,
            listing=sorted_listing(rows, JOBS, query, by="year"),
            filters=(
                Filter(name="street", words=N_("Street"), value=street),
                Filter(
                    name="programme",
                    words=N_("Programme"),
                    kind=choice,
                    value=programme,
                    options=[(own, own) for own in named],
                ),
                Filter(
                    name="year",
                    words=N_("Year"),
                    kind=choice,
                    value=year,
                    options=[(str(own), str(own)) for own in all_years],
                ),
                Filter(
                    name="state",
                    words=N_("State"),
                    kind=choice,
                    value=state,
                    options=[(own.value, speaker.say(text)) for own, text in WORK_STATES.items()],
                ),
            ),
        )

    page = ListPage(
        path="/work",
        name="work",
        words=N_("Work"),
        are_cards=True,
        empty=N_(
            "Work is what saved programmes plan: make a programme on the page Programme and save "
            "it under a name. A contractor sees what is planned on their own streets."
        ),
    )
    add_list(router, desk, page, found, base)

    def shown(
        request: Request,
        visitor: Visitor,
        job: Job,
        *,
        is_noted: bool = False,
        typed: Mapping[str, str] | None = None,
        error: GatusynError | None = None,
    ) -> Response:
        today = local_moment(time.time()).date().isoformat()
        return desk.show(
            request,
            "work_one.html",
            status=HTTPStatus.OK if error is None else http_code(type(error)),
            job=job,
            state=WORK_STATES[job.state],
            today=today,
            typed=typed or {"day": today, "cost": "", "note": ""},
            fault=told_error(error, desk.reader_of(request)),
            is_noted=is_noted,
            shows_cost=visitor.areas is None,
        )

    @router.get(ONE)
    def project(
        request: Request,
        visitor: Looking,
        programme: Name,
        number: Number,
        noted: Annotated[str, Query(max_length=10)] = "",
    ) -> Response:
        job = work.job(visitor, programme, number, desk.reader_of(request).language)
        return shown(request, visitor, job, is_noted=bool(noted))

    @router.post(ONE)
    def noted(
        request: Request,
        visitor: Noting,
        programme: Annotated[str, Form(min_length=1, max_length=100)],
        number: Annotated[int, Form(ge=1, le=1_000_000)],
        day: Annotated[str, Form(max_length=10)],
        note: Annotated[str, Form(max_length=500)] = "",
        cost: Annotated[str, Form(max_length=40)] = "",
    ) -> Response:
        request.state.about = f"{programme}, {number}"
        job = work.job(visitor, programme, number, desk.reader_of(request).language)
        try:
            work.note(visitor, job, day_of(day), cost_sek=cost_of(cost), note=note.strip())
        except (ProgrammeError, QueryError) as error:
            typed = {"day": day, "cost": cost, "note": note}
            return shown(request, visitor, job, typed=typed, error=error)
        return RedirectResponse(f"{job.link}&noted=1", HTTPStatus.SEE_OTHER)

    return router


def day_of(text: str) -> date:
    """Return a day that was typed.

    Raises
    ------
    QueryError
        If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QueryError(
            "day", "is no day", "Write it as 2026-11-29.", form=FormFault.NO_DAY
        ) from None


def cost_of(text: str) -> float | None:
    """Return what was paid, if anything was typed.

    Raises
    ------
    QueryError
        If it is no sum.
    """
    if not text.strip():
        return None
    cost = number_in(text)
    if cost is None or not 0.0 <= cost <= 1e12:
        raise QueryError(
            "cost", "is no sum", "Write kronor, without thousands' points.", form=FormFault.NO_SUM
        )
    return cost
