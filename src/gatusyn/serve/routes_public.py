"""The page for everybody: how the streets are, without pictures and without log-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

import numpy as np
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from gatusyn.model import CitySettings, Grade, Permission, Visitor
from gatusyn.pipeline import City
from gatusyn.serve.answers import grade_out
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_city import Offset
from gatusyn.serve.schemas import PublicStreetOut, PublicStreetPage
from gatusyn.serve.visitor import needs

ON_A_PAGE = 100

Anybody = Annotated[Visitor, Depends(needs(Permission.SEE_PUBLIC))]
Search = Annotated[str, Query(max_length=100)]
Town = Annotated[str, Query(max_length=200, description="its name, where there are several")]


def public_routes(
    desk: Desk, whole: CityReader, settings: CitySettings, now: Callable[[], City] | None = None
) -> APIRouter:
    """Return the routes; they answer only if the town's settings say so at the moment.

    Parameters
    ----------
    now
        Gives the city with the settings of the moment; None takes those given.
    """

    def require_open(town: str) -> None:
        _require_open(now().settings if now else settings, town)

    router = APIRouter()

    @router.get("/api/v1/public/streets")
    def streets(
        visitor: Anybody,
        search: Search = "",
        town: Town = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = ON_A_PAGE,
        offset: Offset = 0,
    ) -> PublicStreetPage:
        """Every street whose name holds the words: its grade, and that of its worst stretch."""
        require_open(town)
        return public_streets(whole.index(), search, limit=limit, offset=offset)

    @router.get("/public", response_class=HTMLResponse, include_in_schema=False)
    def page(
        request: Request,
        visitor: Anybody,
        search: Search = "",
        town: Town = "",
        offset: Offset = 0,
    ) -> Response:
        """Show them."""
        require_open(town)
        found = public_streets(whole.index(), search, limit=ON_A_PAGE, offset=offset)

        def at(place: int) -> str:
            asked = {"town": town, "search": search, "offset": str(place)}
            return f"/public?{urlencode({name: own for name, own in asked.items() if own})}"

        return desk.show(
            request,
            "public.html",
            organisation=town,
            search=search,
            found=found,
            before=at(max(offset - ON_A_PAGE, 0)) if offset else None,
            after=at(offset + ON_A_PAGE) if offset + ON_A_PAGE < found.total else None,
        )

    return router


def _require_open(settings: CitySettings, town: str) -> None:
    if not settings.public.page or town not in ("", settings.name):
        raise MissingError(
            "The public page", "is not open here", "The town switches it on: [public] page = true."
        )


def public_streets(index: CityIndex, search: str, *, limit: int, offset: int) -> PublicStreetPage:
    """Return a page of the streets, by the alphabet."""
    named = index.layout.streets_with(search)
    found = [own for own, wanted in zip(index.summaries, named, strict=True) if wanted]
    items = [
        PublicStreetOut(
            street=own.street,
            length_km=own.length_m / 1000,
            graded_share=own.graded_m / own.length_m if own.length_m else 0.0,
            grade=grade_out(typical_grade(index, own.street)),
            worst=grade_out(own.worst),
        )
        for own in found[offset : offset + limit]
    ]
    return PublicStreetPage(total=len(found), limit=limit, offset=offset, items=items)


def typical_grade(index: CityIndex, street: str) -> Grade:
    """Return the grade such that half of a street's graded length is no worse; unknown if none."""
    members = index.members(street)
    grades, lengths = index.columns.grades[members], index.layout.lengths_m[members]
    grades, lengths = grades[grades > 0], lengths[grades > 0]
    if not len(grades):
        return Grade.UNKNOWN
    order = np.argsort(grades, kind="stable")
    reached = np.cumsum(lengths[order])
    return Grade.of_number(int(grades[order][np.searchsorted(reached, reached[-1] / 2)]))
