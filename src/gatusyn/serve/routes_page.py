"""The map page: the shell from the server, the map by the script that Vite built."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from gatusyn.model import Permission
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.visitor import needs

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


def page_routes(desk: Desk) -> APIRouter:
    """Return the route of the map page."""
    router = APIRouter(dependencies=[Depends(needs(Permission.SEE_TOWN))])

    @router.get("/", response_class=HTMLResponse, include_in_schema=False)
    def page(request: Request) -> Response:
        if not desk.built:
            return HTMLResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE)
        return desk.show(request, "map.html")

    return router
