"""The town as a whole: its summary, its streets and its tiles."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response

from gatusyn.model import CitySettings, Grade, Permission, Visitor
from gatusyn.serve.answers import grade_out
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex
from gatusyn.serve.mercator import Tile
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.schemas import (
    CityOut,
    LegendEntry,
    StreetOut,
    StreetPage,
    ThemeClass,
    ThemeOut,
)
from gatusyn.serve.themes import Theme
from gatusyn.serve.visitor import needs

COLOURS = {
    Grade.VERY_GOOD: "#2c7bb6",
    Grade.GOOD: "#abd9e9",
    Grade.FAIR: "#ffffbf",
    Grade.POOR: "#fdae61",
    Grade.VERY_POOR: "#d7191c",
    Grade.UNKNOWN: "#8d969b",
}
"""RdYlBu with five classes: told apart by the colour-blind and in print; grey is unknown."""

TILE_TYPE = "application/vnd.mapbox-vector-tile"

Period = Annotated[str | None, Query(max_length=40, description="the newest if left out")]

Offset = Annotated[int, Query(ge=0, le=10_000_000)]


SeesTown = Annotated[Visitor, Depends(needs(Permission.SEE_TOWN))]
"""The visitor, who may see the town or a part of it."""


def city_routes(whole: CityReader, settings: CitySettings) -> APIRouter:
    """Return the routes of the town as a whole."""
    router = APIRouter()

    @router.get("/api/v1/city")
    def city(visitor: SeesTown, period: Period = None) -> CityOut:
        """Name, extent, periods, and the kilometres of each grade."""
        reader = whole.seen_by(visitor)
        index = reader.index(period)
        drives = reader.drives()
        legend = _legend(index)
        return CityOut(
            name=settings.name,
            stamp=index.stamp,
            bounds=index.layout.total_bounds,
            periods=list(reader.periods()),
            period=index.period,
            method=index.method,
            index_name=index.index_name,
            legend=legend,
            total_km=sum(entry.km for entry in legend),
            graded_km=sum(entry.km for entry in legend if entry.grade.number > 0),
            seen_km=index.seen_m / 1000,
            findings=index.findings,
            drives=len(drives),
            last_driven_s=max((drive.ended_s for drive in drives), default=None),
            may_review=visitor.may(Permission.REVIEW),
        )

    @router.get("/api/v1/theme")
    def theme(visitor: SeesTown, theme: Theme = Theme.GRADE, period: Period = None) -> ThemeOut:
        """Kilometres in each class of what the map can be coloured by; class 0 is not known."""
        reader = whole.seen_by(visitor)
        painted = reader.painted(reader.index(period), theme)
        classes = [
            ThemeClass(number=number, colour=colour, km=metres / 1000, sections=sections)
            for number, colour in sorted((one.number, COLOURS[one]) for one in COLOURS)
            for sections, metres in [painted.by_class[number]]
        ]
        return ThemeOut(theme=theme, stamp=painted.stamp, classes=classes)

    @router.get("/api/v1/streets")
    def streets(
        visitor: SeesTown,
        period: Period = None,
        search: Annotated[str, Query(max_length=100)] = "",
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
        offset: Offset = 0,
    ) -> StreetPage:
        """Every street whose name holds the words, in order of the alphabet."""
        index = whole.seen_by(visitor).index(period)
        named = index.layout.streets_with(search)
        found = [own for own, wanted in zip(index.summaries, named, strict=True) if wanted]
        items = [
            StreetOut(
                street=own.street,
                sections=own.sections,
                length_km=own.length_m / 1000,
                graded_km=own.graded_m / 1000,
                mean_index=own.mean_index,
                worst=grade_out(own.worst),
                bounds=own.bounds,
            )
            for own in found[offset : offset + limit]
        ]
        return StreetPage(total=len(found), limit=limit, offset=offset, items=items)

    return router


def tile_routes(whole: CityReader) -> APIRouter:
    """Return the route of the vector tiles."""
    router = APIRouter()

    @router.get(
        "/tiles/{z}/{x}/{y}.mvt",
        response_class=Response,
        responses={200: {"content": {TILE_TYPE: {}}}, 304: {"description": "not changed"}},
    )
    def tile(
        visitor: SeesTown,
        z: int,
        x: int,
        y: int,
        period: Period = None,
        theme: Theme = Theme.GRADE,
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Layers ``streets``, ``sections``, and from zoom 15 ``findings``, ``finding_marks``."""
        wanted = Tile(z=z, x=x, y=y)
        if not wanted.exists:
            raise MissingError(f"Tile {z}/{x}/{y}", "is outside the grid")
        reader = whole.seen_by(visitor)
        index = reader.index(period)
        stamp = index.stamp if theme is Theme.GRADE else reader.painted(index, theme).stamp
        tag = f'"{stamp}-{z}-{x}-{y}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if if_none_match and tag in if_none_match:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(reader.tile(index, wanted, theme), media_type=TILE_TYPE, headers=headers)

    return router


def _legend(index: CityIndex) -> list[LegendEntry]:
    entries = []
    for grade, colour in COLOURS.items():
        sections, metres = index.by_grade[grade]
        entries.append(
            LegendEntry(grade=grade_out(grade), colour=colour, km=metres / 1000, sections=sections)
        )
    return entries
