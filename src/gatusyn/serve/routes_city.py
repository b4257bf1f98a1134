"""The town as a whole: its summary, its streets and its tiles."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.concurrency import run_in_threadpool

from gatusyn.model import CitySettings, Visitor
from gatusyn.pipeline import treatment_words
from gatusyn.serve.answers import grade_out
from gatusyn.serve.answers_city import city_out, filters_out
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex
from gatusyn.serve.mercator import Tile
from gatusyn.serve.paint import ClassSpan, Painted
from gatusyn.serve.past import MONTH_PATTERN
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.read_tiles import EncodedTile
from gatusyn.serve.schemas import CityOut, StreetOut, StreetPage
from gatusyn.serve.schemas_themes import (
    FiltersOut,
    ThemeClass,
    ThemeOut,
    TreatmentOut,
)
from gatusyn.serve.selection import EVERYTHING, Selection, selection_of
from gatusyn.serve.themes import Theme
from gatusyn.serve.tiles import OVERVIEW_ZOOM
from gatusyn.serve.visitor import Looking

MAKERS = 2
"""Tiles that are encoded at once: more would only keep the others waiting, and so would those of
the whole town, of which there is one at a time besides."""

TILE_TYPE = "application/vnd.mapbox-vector-tile"

Period = Annotated[str | None, Query(max_length=40, description="the newest if left out")]

Month = Annotated[
    str | None,
    Query(
        pattern=MONTH_PATTERN,
        description="as it was known at a month's end, as 2026-05, whatever the period",
    ),
]

ProgrammeName = Annotated[
    str | None, Query(max_length=100, description="a saved programme; the latest if left out")
]

Offset = Annotated[int, Query(ge=0, le=10_000_000)]


def city_routes(whole: CityReader, settings: CitySettings) -> APIRouter:
    """Return the routes of the town as a whole."""
    router = APIRouter()

    @router.get("/api/v1/city")
    def city(visitor: Looking, period: Period = None, at: Month = None) -> CityOut:
        """Name, extent, periods, and the kilometres of each grade."""
        return city_out(whole.seen_by(visitor), settings, visitor, period=period, at=at)

    @router.get("/api/v1/theme")
    def theme(
        visitor: Looking,
        theme: Theme = Theme.GRADE,
        period: Period = None,
        at: Month = None,
        programme: ProgrammeName = None,
        selection: Annotated[Selection, Depends(selection_of)] = EVERYTHING,
    ) -> ThemeOut:
        """Kilometres in each class of what the map can be coloured by; class 0 is not known.

        Of chosen sections neither sums of money nor intervals are told.

        Debt, life and programme are of now: with a month everything is in class 0.
        """
        reader = whole.seen_by(visitor)
        painted = reader.painted(
            reader.index(period, at), theme, programme=programme, visitor=visitor
        )
        return _theme_out(painted, theme, reader, selection, visitor)

    @router.get("/api/v1/filters")
    def filters(visitor: Looking) -> FiltersOut:
        """Return what sections can be chosen by, and the groups that tiles name."""
        return filters_out(whole.seen_by(visitor))

    @router.get("/api/v1/streets")
    def streets(
        visitor: Looking,
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
    makers: RunVar[tuple[CapacityLimiter, CapacityLimiter]] = RunVar("makers")

    def limiter_of(zoom: int) -> CapacityLimiter:
        """Return what lets few tiles be encoded at once: far out one, which takes long."""
        known = makers.get(None)
        if known is None:
            known = CapacityLimiter(1), CapacityLimiter(MAKERS)
            makers.set(known)
        return known[zoom >= OVERVIEW_ZOOM]

    @router.get(
        "/tiles/{z}/{x}/{y}.mvt",
        response_class=Response,
        responses={200: {"content": {TILE_TYPE: {}}}, 304: {"description": "not changed"}},
    )
    async def tile(
        visitor: Looking,
        z: int,
        x: int,
        y: int,
        period: Period = None,
        theme: Theme = Theme.GRADE,
        at: Month = None,
        programme: ProgrammeName = None,
        street: Annotated[str, Query(max_length=100, description="a part of the name")] = "",
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Layers ``streets``, ``sections``, and from zoom 15 ``findings``, ``finding_marks``."""
        wanted = Tile(z=z, x=x, y=y)
        if not wanted.exists:
            raise MissingError(f"Tile {z}/{x}/{y}", "is outside the grid")

        def look() -> tuple[CityReader, CityIndex | Painted, EncodedTile | None]:
            reader = whole.seen_by(visitor)
            index = reader.index(period, at)
            shown: CityIndex | Painted = index
            if theme is not Theme.GRADE:
                shown = reader.painted(index, theme, programme=programme, visitor=visitor)
            return reader, shown, reader.tiles.kept_tile(shown, wanted, street=street)

        reader, shown, found = await run_in_threadpool(look)
        if found is None:
            make = partial(reader.tile, shown, wanted, street=street)
            found = await to_thread.run_sync(make, limiter=limiter_of(z))
        headers = {"ETag": found.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if if_none_match and found.tag in if_none_match:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(found.content, media_type=TILE_TYPE, headers=headers)

    return router


def _theme_out(
    painted: Painted, theme: Theme, reader: CityReader, selection: Selection, visitor: Visitor
) -> ThemeOut:
    programme = painted.programme
    nothing = ClassSpan()
    classes = []
    for number, (sections, metres) in painted.by_class(
        selection.mask(painted.index.layout)
    ).items():
        span = painted.spans.get(number, nothing)
        if not selection.is_all:
            span = ClassSpan(from_year=span.from_year, to_year=span.to_year)
        classes.append(
            ThemeClass(
                number=number,
                colour=painted.colours[number],
                km=metres / 1000,
                sections=sections,
                low=span.low,
                high=span.high,
                from_year=span.from_year,
                to_year=span.to_year,
                sek=span.sek if reader.plans.tells_costs else None,
            )
        )
    prices = programme.prices if programme else ()
    treatments = [
        TreatmentOut(name=name, words=dict(treatment_words(prices, name)), km=metres / 1000)
        for name, metres in sorted(painted.treatment_m.items(), key=lambda one: -one[1])
        if selection.is_all
    ]
    return ThemeOut(
        theme=theme,
        stamp=painted.stamp,
        classes=classes,
        programme=programme.name if programme else None,
        programmes=list(reader.plans.programmes(visitor)),
        treatments=treatments,
    )
