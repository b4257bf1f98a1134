"""Sections, findings and pictures.

Ids come from the owner's network and may hold ``:``, ``#`` or ``/``: they travel as query
parameters, where no proxy rewrites them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response

from gatusyn.model import Permission, Visitor
from gatusyn.serve.answers import PICTURES_PATH, finding_out, section_card, section_row
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex
from gatusyn.serve.layout import Ints
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_city import Offset, Period, SeesTown
from gatusyn.serve.schemas import FindingOut, SectionCard, SectionPage
from gatusyn.serve.visitor import needs

Identifier = Annotated[str, Query(min_length=1, max_length=500)]


class Order(StrEnum):
    """How a list of sections is sorted."""

    WORST = "worst"
    BEST = "best"
    STREET = "street"


def section_routes(whole: CityReader) -> APIRouter:
    """Return the routes of sections, findings and pictures."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/sections")
    def sections(
        visitor: SeesTown,
        period: Period = None,
        street: Annotated[str, Query(max_length=100)] = "",
        grade: Annotated[list[int] | None, Query(description="0 to 5, may be repeated")] = None,
        order: Order = Order.WORST,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        offset: Offset = 0,
    ) -> SectionPage:
        """List sections, the worst first; a street is given by a part of its name."""
        index = whole.seen_by(visitor).index(period)
        found = _found(index, street, grade, order)
        return SectionPage(
            total=len(found),
            limit=limit,
            offset=offset,
            items=[
                section_row(index, position) for position in found[offset : offset + limit].tolist()
            ],
        )

    @router.get("/section")
    def section(visitor: SeesTown, section_id: Identifier, period: Period = None) -> SectionCard:
        """Return a section with its grade, reasons, findings and pictures."""
        reader = whole.seen_by(visitor)
        index = reader.index(period)
        position = index.position.get(section_id)
        if position is None:
            raise MissingError(f"Section {section_id}", "is not in the road network")
        may_look = visitor.may(Permission.SEE_PICTURES)
        pictures = reader.pictures(section_id) if may_look else ()
        return section_card(
            index,
            position,
            condition=reader.condition(index, section_id),
            findings=reader.findings(section_id),
            near=reader.findings_around(pictures),
            pictures=pictures,
            history=reader.history(section_id),
        )

    @router.get("/finding")
    def finding(visitor: SeesTown, finding_id: Identifier) -> FindingOut:
        """Return a finding."""
        reader = whole.seen_by(visitor)
        found = reader.finding(finding_id)
        if found is None:
            raise MissingError(f"Finding {finding_id}", "is not known (any more)")
        return finding_out(found, reader.index().layout.projection)

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


def _found(index: CityIndex, street: str, grades: list[int] | None, order: Order) -> Ints:
    wanted = np.ones(len(index.network.sections), dtype=bool)
    if grades is not None:
        wanted &= np.isin(index.columns.grades, grades)
    if street.strip():
        wanted &= index.layout.streets_with(street)[index.layout.street_of]
    found = index.worst_first[wanted[index.worst_first]]
    if order is Order.BEST:
        known = ~np.isnan(index.columns.indices[found])
        return np.concatenate([found[known][::-1], found[~known]])
    if order is Order.STREET:
        return found[np.lexsort((found, index.layout.street_of[found]))]
    return found
