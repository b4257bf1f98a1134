"""Sections, findings and pictures.

Ids come from the owner's network and may hold ``:``, ``#`` or ``/``: they travel as query
parameters, where no proxy rewrites them.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from numpy.typing import NDArray

from gatusyn.model import Finding, Permission, SectionCondition, Visitor
from gatusyn.serve.answers import (
    PICTURES_PATH,
    finding_out,
    owners_of,
    picture_out,
    section_card,
    section_row,
)
from gatusyn.serve.answers_outlook import outlook_out
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex
from gatusyn.serve.layout import Bounds, Ints
from gatusyn.serve.ogc import read_box
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_city import Month, Offset, Period, ProgrammeName
from gatusyn.serve.schemas import (
    FindingOut,
    PairOut,
    PicturePair,
    SectionCard,
    SectionPage,
)
from gatusyn.serve.schemas_themes import SectionOutlookOut
from gatusyn.serve.selection import Selection, selection_of
from gatusyn.serve.themes import Theme
from gatusyn.serve.visitor import Looking, needs

Identifier = Annotated[str, Query(min_length=1, max_length=500)]


class Order(StrEnum):
    """How a list of sections is sorted."""

    WORST = "worst"
    BEST = "best"
    STREET = "street"


def section_routes(whole: CityReader) -> APIRouter:
    """Return the routes of sections and findings."""
    router = APIRouter(prefix="/api/v1")
    add_section_list(router, whole)
    add_section(router, whole)

    @router.get("/finding")
    def finding(visitor: Looking, finding_id: Identifier) -> FindingOut:
        """Return a finding."""
        reader = whole.seen_by(visitor)
        found = reader.finding(finding_id)
        if found is None:
            raise MissingError(f"Finding {finding_id}", "is not known (any more)")
        return finding_out(found, reader.index().layout.projection)

    return router


def add_section_list(router: APIRouter, whole: CityReader) -> None:
    """Add the list of sections."""

    @router.get("/sections")
    def sections(
        *,
        visitor: Looking,
        period: Period = None,
        at: Month = None,
        selection: Annotated[Selection, Depends(selection_of)],
        grade: Annotated[list[int] | None, Query(description="0 to 5, may be repeated")] = None,
        theme: Annotated[Theme, Query(description="what ``class`` is of")] = Theme.GRADE,
        programme: ProgrammeName = None,
        number: Annotated[
            list[int] | None, Query(alias="class", description="0 to 6, may be repeated")
        ] = None,
        bbox: Annotated[
            str | None, Query(max_length=200, description="west,south,east,north in degrees")
        ] = None,
        order: Order = Order.WORST,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        offset: Offset = 0,
    ) -> SectionPage:
        """List sections, the worst first; a street is given by a part of its name."""
        reader = whole.seen_by(visitor)
        index = reader.index(period, at)
        wanted = selection.mask(index.layout)
        if grade is not None:
            wanted &= np.isin(index.columns.grades, grade)
        if number is not None:
            painted = reader.painted(index, theme, programme=programme, visitor=visitor)
            wanted &= np.isin(painted.classes, number)
        box = read_box(bbox)
        if box is not None:
            wanted &= _touching(index, box)
        found = _ordered(index, wanted, order)
        return SectionPage(
            total=len(found),
            limit=limit,
            offset=offset,
            items=[
                section_row(index, position) for position in found[offset : offset + limit].tolist()
            ],
        )


def add_section(router: APIRouter, whole: CityReader) -> None:
    """Add what there is to know of one section, and what is planned for it."""

    @router.get("/section")
    def section(
        visitor: Looking, section_id: Identifier, period: Period = None, at: Month = None
    ) -> SectionCard:
        """Return a section with its grade, reasons, findings and pictures.

        With a month: what was known of it then. Sizes of findings are those known now.
        """
        reader = whole.seen_by(visitor)
        index = reader.index(period, at)
        position = place_of(index, section_id)
        may_look = visitor.may(Permission.SEE_PICTURES)
        pictures = reader.pictures(section_id, until_s=index.at_s) if may_look else ()
        findings, history = reader.findings(section_id), reader.history(section_id)
        if index.at_s is not None:
            findings, history = known_then(findings, history, index.at_s)
        return section_card(
            index,
            position,
            condition=reader.condition(index, section_id),
            findings=findings,
            near=reader.findings_around(pictures),
            pictures=pictures,
            history=history,
        )

    @router.get("/section/outlook")
    def outlook(
        visitor: Looking,
        section_id: Identifier,
        period: Period = None,
        programme: ProgrammeName = None,
    ) -> SectionOutlookOut:
        """Return a section's debt, remaining life and what a saved programme does to it."""
        reader = whole.seen_by(visitor)
        index = reader.index(period)
        place_of(index, section_id)
        plan = reader.plans.programme(programme, visitor)
        return outlook_out(
            reader.plans.outlook(index), plan, section_id, tells_costs=reader.plans.tells_costs
        )


def pair_routes(whole: CityReader) -> APIRouter:
    """Return the route of the pictures of then and now."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/section/pictures-then-and-now")
    def pair(
        visitor: Annotated[Visitor, Depends(needs(Permission.SEE_PICTURES))],
        section_id: Identifier,
        finding_id: Annotated[str | None, Query(max_length=500)] = None,
        at: Month = None,
    ) -> PairOut:
        """Return the earliest and the newest picture of one place on a section, or of a finding."""
        reader = whole.seen_by(visitor)
        index = reader.index(at=at)
        place_of(index, section_id)
        found = reader.picture_pair(section_id, finding_id, until_s=index.at_s)
        if found is None:
            return PairOut(pair=None)
        owners = owners_of(reader.findings_around(found))
        before, after = (
            picture_out(view, section_id, owners, index.layout.projection) for view in found
        )
        return PairOut(pair=PicturePair(before=before, after=after))

    return router


def picture_routes(whole: CityReader) -> APIRouter:
    """Return the route of the blurred pictures."""
    router = APIRouter()

    @router.get(
        PICTURES_PATH + "{picture_id:path}",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}}}},
    )
    def picture(
        visitor: Annotated[Visitor, Depends(needs(Permission.SEE_PICTURES))],
        request: Request,
        picture_id: str,
    ) -> Response:
        """Return a blurred picture as JPEG; the store alone knows where it lies."""
        request.state.about = picture_id
        content = whole.seen_by(visitor).picture(picture_id)
        # A browser that kept it would show what has been hidden or removed since.
        headers = {"Cache-Control": "private, no-store"}
        return Response(content, media_type="image/jpeg", headers=headers)

    return router


def place_of(index: CityIndex, section_id: str) -> int:
    """Return a section's place in the network.

    Raises
    ------
    MissingError
        If there is no such section.
    """
    position = index.position.get(section_id)
    if position is None:
        raise MissingError(f"Section {section_id}", "is not in the road network")
    return position


def as_then(finding: Finding, at_s: float) -> Finding:
    """Return a finding without what became of it after a moment."""
    gone_s, repaired_s = (
        None if moment is None or moment > at_s else moment
        for moment in (finding.gone_s, finding.repaired_s)
    )
    return replace(finding, gone_s=gone_s, repaired_s=repaired_s)


def known_then(
    findings: tuple[Finding, ...], history: tuple[SectionCondition, ...], at_s: float
) -> tuple[tuple[Finding, ...], tuple[SectionCondition, ...]]:
    """Return what of a section's findings and history was known at a moment."""
    return (
        tuple(as_then(one, at_s) for one in findings if one.was_there(at_s)),
        tuple(own for own in history if own.last_look_s is not None and own.last_look_s < at_s),
    )


def _touching(index: CityIndex, box: Bounds) -> NDArray[np.bool_]:
    west, south, east, north = index.layout.bounds.T
    touching: NDArray[np.bool_] = (
        (west <= box[2]) & (south <= box[3]) & (east >= box[0]) & (north >= box[1])
    )
    return touching


def _ordered(index: CityIndex, wanted: NDArray[np.bool_], order: Order) -> Ints:
    found = index.worst_first[wanted[index.worst_first]]
    if order is Order.BEST:
        known = ~np.isnan(index.columns.indices[found])
        return np.concatenate([found[known][::-1], found[~known]])
    if order is Order.STREET:
        return found[np.lexsort((found, index.layout.street_of[found]))]
    return found
