"""The few pages that stand outside the map: log-in, one's own account, and the page for all."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from gatusyn.serve.pages.languages import language_of
from gatusyn.serve.pages.load_words import load_words


class Plain:
    """Renders these pages."""

    def __init__(self) -> None:
        self._words = load_words()
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
            gettext=self._words[language].gettext,
            visitor=request.state.visitor,
            csrf_token=request.state.csrf_token,
            **content,
        )
        # Whoever comes next at this machine must not find it by going back.
        headers = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
        return HTMLResponse(text, status, headers=headers)
