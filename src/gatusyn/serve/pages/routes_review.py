"""The queue of what the machine is unsure of, one finding at a time."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from gatusyn.model import DamageKind, Finding, Permission, VerdictKind
from gatusyn.serve.answers import picture_out
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.links import map_link, page_link
from gatusyn.serve.pages.routes_findings import street_of
from gatusyn.serve.pages.words import KINDS, REASONS, STATES
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_verdicts import UNCERTAIN_BELOW, Below, Judge, Reviewing, queue_filter
from gatusyn.serve.schemas import PictureOut
from gatusyn.serve.visitor import whole_town
from gatusyn.store.protocol_lookup import FindingOrder

WHY = "judged by its picture in the review queue"
TAKEN_BACK = "taken back in the review queue"

At = Annotated[int, Query(ge=0, le=10_000_000)]
Id = Annotated[str, Form(min_length=1, max_length=500)]
NamedId = Annotated[str, Query(max_length=500)]


def review_pages(desk: Desk, reader: CityReader, judge: Judge) -> APIRouter:
    """Return the routes of the queue."""
    router = APIRouter(
        prefix="/review",
        dependencies=[Depends(whole_town(Permission.REVIEW))],
        include_in_schema=False,
    )

    @router.get("")
    def queue(
        request: Request,
        at: At = 0,
        below: Below = UNCERTAIN_BELOW,
        finding_id: NamedId = "",
        said: NamedId = "",
    ) -> Response:
        total, page = reader.list_findings(
            queue_filter(below), order=FindingOrder.UNCERTAIN, limit=1, offset=at
        )
        if total and not page:
            return RedirectResponse(page_link("/review", below=str(below)), HTTPStatus.SEE_OTHER)
        finding = reader.finding(finding_id) if finding_id else None
        if finding is None and page:
            finding = page[0]
        picture = None if finding is None else picture_of(reader, finding)
        return desk.show(
            request,
            "review.html",
            finding=finding,
            picture=picture,
            street="" if finding is None else street_of(reader.index(), finding),
            kind=None if finding is None else KINDS[finding.kind],
            state=None if finding is None else STATES[finding.state],
            reason=None if finding is None else REASONS[finding.severity_reason],
            kinds=list(KINDS.items()),
            link=""
            if finding is None
            else map_link(section=finding.section_id, finding=finding.finding_id),
            total=total,
            at=at,
            below=below,
            said=said,
        )

    @router.post("")
    def judged(
        visitor: Reviewing,
        finding_id: Id,
        verdict: Annotated[VerdictKind, Form()],
        said_kind: Annotated[str, Form(max_length=40)] = "",
        why: Annotated[str, Form(max_length=500)] = "",
        at: Annotated[int, Form(ge=0, le=10_000_000)] = 0,
        below: Annotated[float, Form(ge=0.0, le=1.0)] = UNCERTAIN_BELOW,
    ) -> Response:
        is_other = verdict is VerdictKind.OTHER_KIND
        kind = next((own for own in DamageKind if is_other and own.value == said_kind), None)
        judge.say(finding_id, verdict, why=why.strip() or WHY, by=visitor.name, said_kind=kind)
        after = page_link("/review", at=str(at), below=str(below), said=finding_id)
        return RedirectResponse(after, HTTPStatus.SEE_OTHER)

    @router.post("/undo")
    def undone(
        visitor: Reviewing,
        finding_id: Id,
        at: Annotated[int, Form(ge=0, le=10_000_000)] = 0,
        below: Annotated[float, Form(ge=0.0, le=1.0)] = UNCERTAIN_BELOW,
    ) -> Response:
        judge.say(finding_id, VerdictKind.WITHDRAWN, why=TAKEN_BACK, by=visitor.name)
        back = page_link("/review", at=str(at), below=str(below), finding_id=finding_id)
        return RedirectResponse(back, HTTPStatus.SEE_OTHER)

    return router


def picture_of(reader: CityReader, finding: Finding) -> PictureOut | None:
    """Return the newest picture in which a finding is seen, with its outline only."""
    owners = dict.fromkeys(finding.observation_ids, finding)
    projection = reader.index().layout.projection
    for view in reader.pictures(finding.section_id):
        shown = picture_out(view, finding.section_id, owners, projection)
        own = [one for one in shown.outlines if one.finding_id == finding.finding_id]
        if own:
            return shown.model_copy(update={"outlines": own})
    return None
