"""Programmes that programs ask for: worked out apart, looked at, taken as documents, saved."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from gatusyn.model import Permission, ProgrammeError, TownProgramme, Visitor
from gatusyn.pipeline import (
    Language,
    StreetLock,
    TownStock,
    document_of,
    read_stock,
)
from gatusyn.serve.errors import QueryError
from gatusyn.serve.planner import DOCUMENTS, Job, Planner, Wish
from gatusyn.serve.schemas import ProgrammeLine
from gatusyn.serve.schemas_plans import FaultOut, LockIn, PlanIn, PlanJobOut, SaveIn
from gatusyn.serve.visitor import whole_town

AGAIN_S = "2"
"""After how many seconds to ask again for what is being worked out."""

Planning = Annotated[Visitor, Depends(whole_town(Permission.PLAN))]
Kind = Annotated[str, Query(pattern="^(xlsx|pdf|gpkg)$", description="xlsx, pdf or gpkg")]
Name = Annotated[str, Query(min_length=1, max_length=100)]
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {one: {} for one in DOCUMENTS.values()}},
}


def plan_routes(planner: Planner, base: Callable[[Request], str]) -> APIRouter:
    """Return the routes."""
    router = APIRouter(
        prefix="/api/v1/programmes", dependencies=[Depends(whole_town(Permission.SEE_TOWN))]
    )

    @router.post("", status_code=HTTPStatus.ACCEPTED)
    def ask(wanted: PlanIn, response: Response, _: Planning) -> PlanJobOut:
        """Ask for a programme; the answer says where to see how far it has come (`Location`).

        The same is worked out once: asking again gives the same job.
        """
        job = planner.ask(_wish_of(wanted, planner.city.settings.programme.years))
        response.headers["Location"] = f"/api/v1/programmes/jobs/{job.number}"
        response.headers["Retry-After"] = AGAIN_S
        return job_out(job)

    @router.get("/jobs/{job}")
    def progress(job: str, response: Response) -> PlanJobOut:
        """Return how far a programme has come, or why there is none."""
        own = planner.job(job)
        if not own.is_done:
            response.headers["Retry-After"] = AGAIN_S
        return job_out(own)

    @router.get("/jobs/{job}/programme", response_class=JSONResponse)
    def programme(job: str) -> dict[str, Any]:
        """Return a programme that was worked out with all its figures."""
        return document_of(_made(planner, job)[0])

    @router.get("/jobs/{job}/document", response_class=Response, responses=FILES)
    def document(
        request: Request, job: str, kind: Kind, language: Language = Language.SV
    ) -> Response:
        """Return a programme that was worked out as a document."""
        return _document(request, _made(planner, job), kind, language)

    @router.post("/jobs/{job}/save", status_code=HTTPStatus.CREATED)
    def save(job: str, wanted: SaveIn, request: Request, visitor: Planning) -> ProgrammeLine:
        """Keep a programme that was worked out under a name; a name is taken once."""
        request.state.about = wanted.name
        made, _ = _made(planner, job)
        kept = planner.save(made, name=wanted.name, by=visitor.name)
        return ProgrammeLine(name=kept.name, made_s=kept.made_s, made_by=kept.made_by)

    @router.get("/document", response_class=Response, responses=FILES)
    def saved_document(
        request: Request, name: Name, kind: Kind, language: Language = Language.SV
    ) -> Response:
        """Return a saved programme as a document."""
        made = planner.saved.programme(name), read_stock(planner.city)
        return _document(request, made, kind, language)

    def _document(
        request: Request, made: tuple[TownProgramme, TownStock], kind: str, language: Language
    ) -> Response:
        link = base(request).rstrip("/") + "/#section={section}"
        content = planner.document(made, kind, language=language.value, link=link)
        headers = {"Content-Disposition": f'attachment; filename="programme.{kind}"'}
        return Response(content, media_type=DOCUMENTS[kind], headers=headers)

    return router


def job_out(job: Job) -> PlanJobOut:
    """Return how far a job has come."""
    fault = job.fault
    state: Literal["working", "done", "failed"] = "done" if job.is_done else "working"
    if fault is not None:
        state = "failed"
    return PlanJobOut(
        job=job.number,
        state=state,
        what=job.what,
        done=job.done,
        total=job.total,
        fault=None
        if fault is None
        else FaultOut(detail=f"{fault.source}: {fault.problem}", remedy=fault.remedy),
    )


def _wish_of(wanted: PlanIn, years: int) -> Wish:
    locks = tuple(_lock_of(number, one) for number, one in enumerate(wanted.locks, start=1))
    return Wish(budget_sek=wanted.budget_sek, years=wanted.years or years, locks=locks)


def _lock_of(number: int, lock: LockIn) -> StreetLock:
    if (lock.treatment is None) != (lock.year is None):
        raise QueryError(
            f"locks, {number}",
            "has a treatment without a year, or a year without a treatment",
            "Give both to put a street in, neither to leave it out.",
        )
    return StreetLock(street=lock.street, treatment=lock.treatment, year=lock.year)


def _made(planner: Planner, number: str) -> tuple[TownProgramme, TownStock]:
    job = planner.job(number)
    if job.fault is not None:
        raise job.fault
    made = job.result
    if made is None:
        raise ProgrammeError(f"Programme {number}", "is being worked out", "Ask again in a while.")
    return made
