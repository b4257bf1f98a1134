"""Sections, findings and pictures.

Ids come from the owner's network and may hold ``:``, ``#`` or ``/``: they travel as query
parameters, where no proxy rewrites them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response

from gatusyn.geo import Projection
from gatusyn.model import Section
from gatusyn.serve.answers import PICTURES_PATH, finding_out, section_card, section_row
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_city import Period
from gatusyn.serve.schemas import FindingOut, SectionCard, SectionPage

Identifier = Annotated[str, Query(min_length=1, max_length=500)]


class Order(StrEnum):
    """How a list of sections is sorted."""

    WORST = "worst"
    BEST = "best"
    STREET = "street"


def section_routes(reader: CityReader) -> APIRouter:
    """Return the routes of sections, findings and pictures."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/sections")
    def sections(
        period: Period = None,
        street: Annotated[str, Query(max_length=100)] = "",
        grade: Annotated[list[int] | None, Query(description="0 to 5, may be repeated")] = None,
        order: Order = Order.WORST,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> SectionPage:
        """List sections, the worst first; a street is given by a part of its name."""
        index = reader.index(period)
        found = _found(index, street.casefold().strip(), grade, order)
        return SectionPage(
            total=len(found),
            limit=limit,
            offset=offset,
            items=[section_row(index, position) for position in found[offset : offset + limit]],
        )

    @router.get("/section")
    def section(section_id: Identifier, period: Period = None) -> SectionCard:
        """Return a section with its grade, reasons, findings and pictures."""
        index = reader.index(period)
        position = index.position.get(section_id)
        if position is None:
            raise MissingError(f"Section {section_id}", "is not in the road network")
        return section_card(
            index,
            position,
            findings=reader.findings(section_id),
            pictures=reader.pictures(section_id),
            history=reader.history(section_id),
        )

    @router.get("/finding")
    def finding(finding_id: Identifier) -> FindingOut:
        """Return a finding."""
        index = reader.index()
        found = index.findings.get(finding_id)
        if found is None:
            raise MissingError(f"Finding {finding_id}", "is not known (any more)")
        return finding_out(found, Projection(index.network.epsg))

    return router


def picture_routes(reader: CityReader) -> APIRouter:
    """Return the route of the blurred pictures."""
    router = APIRouter()

    @router.get(
        PICTURES_PATH + "{picture_id:path}",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}}}},
    )
    def picture(picture_id: str) -> Response:
        """Return a blurred picture as JPEG; the store alone knows where it lies."""
        content = reader.picture(picture_id)
        # A browser that kept it would show what has been hidden or removed since.
        headers = {"Cache-Control": "private, no-store"}
        return Response(content, media_type="image/jpeg", headers=headers)

    return router


def _found(index: CityIndex, street: str, grades: list[int] | None, order: Order) -> list[int]:
    sections = index.network.sections

    def wanted(section: Section) -> bool:
        grade = index.condition(section.section_id).grade.number
        return (grades is None or grade in grades) and (
            not street or street in index.streets[section.link_id].casefold()
        )

    found = [position for position in index.worst_first if wanted(sections[position])]
    if order is Order.BEST:
        known = [i for i in found if index.condition(sections[i].section_id).index is not None]
        return [*reversed(known), *found[len(known) :]]
    if order is Order.STREET:
        return sorted(found, key=lambda i: (index.streets[sections[i].link_id], i))
    return found
