"""The page of one street: its sections and its findings, each also as a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import StreetSummary
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.links import map_link, page_link
from gatusyn.serve.pages.lists import ListQuery, Part, Shown, add_file, table_of
from gatusyn.serve.pages.routes_findings import (
    FINDINGS,
    FindingEntry,
    FindingsWanted,
    findings_found,
)
from gatusyn.serve.pages.routes_streets import (
    SectionEntry,
    SectionsWanted,
    columns_for,
    sections_found,
)
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.visitor import Looking

HERE = "/streets/street"
MOST_ROWS = 200
"""Sections and findings on the page; files have all of them."""

Name = Annotated[str, Query(min_length=1, max_length=200)]


def street_page(desk: Desk, whole: CityReader, base: Callable[[Request], str]) -> APIRouter:
    """Return the routes of a street."""
    router = APIRouter(prefix=HERE, include_in_schema=False)
    every = ListQuery(sort="", falling=False, page=1, size=MOST_ROWS)

    @router.get("")
    def street(request: Request, visitor: Looking, name: Name) -> Response:
        reader = whole.seen_by(visitor)
        summary = summary_of(reader, name)
        sections = sections_of(reader, name, every)
        findings = findings_of(reader, name, every)

        def table(shown: Shown[Any], kind: str) -> dict[str, object]:
            made = table_of(request, shown, every, path=f"{HERE}/{kind}")
            made["address"] = lambda **changes: page_link(changes.get("path") or HERE, name=name)
            return made

        first = sections.listing.rows(0, 1)
        return desk.show(
            request,
            "street.html",
            street=summary,
            sections=table(sections, "sections"),
            findings=table(findings, "findings"),
            map_link=map_link(section=first[0].section_id, street=name) if first else "/",
            all_sections=page_link("/sections", street=name),
            all_findings=page_link("/findings", street=name),
        )

    def listed(of: Callable[[CityReader, str, ListQuery], Shown[Any]]) -> Callable[..., Shown[Any]]:
        def found(visitor: Looking, query: Part, name: Name) -> Shown[Any]:
            reader = whole.seen_by(visitor)
            summary_of(reader, name)
            return of(reader, name, query)

        return found

    add_file(router, desk, "/sections", listed(sections_of), base, name="sections")
    add_file(router, desk, "/findings", listed(findings_of), base, name="findings")
    return router


def summary_of(reader: CityReader, name: str) -> StreetSummary:
    """Return a street.

    Raises
    ------
    MissingError
        If the visitor sees none of that name.
    """
    for own in reader.index().summaries:
        if own.street == name:
            return own
    raise MissingError(f"Street {name}", "is not on the map", "Look for it among the streets.")


def sections_of(reader: CityReader, name: str, query: ListQuery) -> Shown[SectionEntry]:
    """Return a street's sections, by place along it."""
    wanted = SectionsWanted(street=name, is_whole_name=True)
    asked = query if query.sort else replace(query, sort="section")
    listing = sections_found(reader.index(), wanted, asked, now_s=time.time())
    return Shown(columns=columns_for(reader.index()), listing=listing)


def findings_of(reader: CityReader, name: str, query: ListQuery) -> Shown[FindingEntry]:
    """Return a street's findings, the most severe first."""
    wanted = FindingsWanted(street=name, is_whole_name=True)
    return Shown(columns=FINDINGS, listing=findings_found(reader, wanted, query))
