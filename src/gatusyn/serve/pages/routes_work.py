"""What saved programmes have done where: for those who do it, their streets only."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from gatusyn.model import FormFault, GatusynError, Permission, ProgrammeError, Visitor
from gatusyn.serve.city_now import CityNow
from gatusyn.serve.errors import QueryError, http_code
from gatusyn.serve.pages.asked import Words, choices, numbers
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.form_words import told_error
from gatusyn.serve.pages.formats import local_moment
from gatusyn.serve.pages.jobs import JOBS, ONE_JOB, WORK_STATES, Job, Work, WorkState
from gatusyn.serve.pages.lists import (
    Filter,
    FilterKind,
    ListPage,
    Part,
    Shown,
    add_list,
    sorted_listing,
)
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.reader import Reader
from gatusyn.serve.pages.settings_form import number_in
from gatusyn.serve.saved import SavedProgrammes
from gatusyn.serve.visitor import Looking, needs

Noting = Annotated[Visitor, Depends(needs(Permission.NOTE_DONE))]
Name = Annotated[str, Query(min_length=1, max_length=100)]
Number = Annotated[int, Query(ge=1, le=1_000_000)]

LIST = ListPage(
    path="/work",
    name="work",
    words=N_("Work"),
    are_cards=True,
    empty=N_(
        "Work is what saved programmes plan: make a programme on the page Programme and save "
        "it under a name. A contractor sees what is planned on their own streets."
    ),
)


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
        return Shown(
            columns=JOBS,
            listing=sorted_listing(rows, JOBS, query, by="year"),
            filters=filters_of(
                speaker, jobs, programme=programme, year=year, state=state, street=street
            ),
        )

    add_list(router, desk, LIST, found, base)
    router.include_router(one_job_routes(desk, work))
    return router


def filters_of(
    reader: Reader, jobs: Sequence[Job], *, programme: str, year: str, state: str, street: str
) -> tuple[Filter, ...]:
    """Return the filters of the list, with what was chosen.

    A programme in which they have nothing is not named to a contractor.
    """
    named = list(dict.fromkeys(own.programme for own in jobs))
    all_years = sorted({own.project.year for own in jobs})
    choice = FilterKind.CHOICE
    return (
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
            options=[(own.value, reader.say(text)) for own, text in WORK_STATES.items()],
        ),
    )


def one_job_routes(desk: Desk, work: Work) -> APIRouter:
    """Return the routes of the page of one project."""
    router = APIRouter(include_in_schema=False)

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

    @router.get(ONE_JOB)
    def project(
        request: Request,
        visitor: Looking,
        programme: Name,
        number: Number,
        noted: Annotated[str, Query(max_length=10)] = "",
    ) -> Response:
        job = work.job(visitor, programme, number, desk.reader_of(request).language)
        return shown(request, visitor, job, is_noted=bool(noted))

    @router.post(ONE_JOB)
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
