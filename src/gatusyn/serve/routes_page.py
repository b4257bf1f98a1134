"""The map page: the shell from the server, the map by the script that Vite built."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from gatusyn.model import CitySettings
from gatusyn.serve.answers_city import city_out, filters_out
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.visitor import Looking

NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Gatusyn</title></head>
<body>
<h1>The map page has not been built</h1>
<p>Run <code>make web</code> in Gatusyn's folder, then start the service again.</p>
<p>The data are there: see <a href="/api/v1/city">the town</a>
and <a href="/api/v1/sections">its sections</a>.</p>
</body>
</html>
"""


def page_routes(desk: Desk, whole: CityReader, settings: CitySettings) -> APIRouter:
    """Return the route of the map page."""
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse, include_in_schema=False)
    def page(request: Request, visitor: Looking) -> Response:
        if not desk.built:
            return HTMLResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE)
        reader = whole.seen_by(visitor)
        # What the map begins with comes with it where it is known: asked for, it comes later.
        start = None
        if reader.is_laid_out():
            city, filters = city_out(reader, settings, visitor), filters_out(reader)
            start = {
                "city": city.model_dump(mode="json"),
                "filters": filters.model_dump(mode="json"),
            }
        return desk.show(request, "map.html", start=start)

    return router
