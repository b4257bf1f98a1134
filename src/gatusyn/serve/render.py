"""The few pages that stand outside the map: log-in, one's own account, and the page for all."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from gatusyn.serve.plain_words import LANGUAGES, WORDS


class Plain:
    """Renders these pages."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("gatusyn.serve"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def show(
        self, request: Request, template: str, *, status: int = 200, **content: Any
    ) -> HTMLResponse:
        """Return a page; texts in what it shows are escaped."""
        language = language_of(request)
        text = self._environment.get_template(template).render(
            language=language,
            say=lambda words: WORDS.get(words, {}).get(language, words),
            visitor=request.state.visitor,
            csrf_token=request.state.csrf_token,
            **content,
        )
        # Whoever comes next at this machine must not find it by going back.
        headers = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
        return HTMLResponse(text, status, headers=headers)


def language_of(request: Request) -> str:
    """Return the language that was chosen here before, else the first known one asked for."""
    chosen = request.cookies.get("gatusyn_language", "")
    asked = request.headers.get("accept-language", "").split(",")
    wanted = [chosen, *(part.split(";")[0].strip().split("-")[0].lower() for part in asked)]
    return next((own for own in wanted if own in LANGUAGES), LANGUAGES[0])
