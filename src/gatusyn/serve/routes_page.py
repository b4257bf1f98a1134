"""The page itself, as Vite built it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, HTMLResponse, Response

from gatusyn.model import Permission
from gatusyn.serve.visitor import needs

NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Gatusyn</title></head>
<body>
<h1>The map page has not been built</h1>
<p>Run <code>make web</code> in Gatusyn's folder, then load this page again.</p>
<p>The data are there: see <a href="/api/v1/city">the town</a>
and <a href="/api/v1/sections">its sections</a>.</p>
</body>
</html>
"""


def page_routes(static: Path) -> APIRouter:
    """Return the route of the page, built into the folder ``static``."""
    router = APIRouter()

    @router.get(
        "/",
        response_class=HTMLResponse,
        include_in_schema=False,
        dependencies=[Depends(needs(Permission.SEE_TOWN))],
    )
    def page() -> Response:
        index = static / "index.html"
        if not index.is_file():
            return HTMLResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE)
        return FileResponse(index, media_type="text/html")

    return router
