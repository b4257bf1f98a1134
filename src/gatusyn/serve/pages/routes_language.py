"""The choice of a language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from gatusyn.serve.pages.languages import COOKIE, LANGUAGES

A_YEAR_S = 31_536_000


def language_routes() -> APIRouter:
    """Return the route that keeps a visitor's language."""
    router = APIRouter()

    @router.post("/language", include_in_schema=False)
    def choose(
        request: Request,
        language: Annotated[str, Form(max_length=8)],
        back: Annotated[str, Form(max_length=4000)] = "/",
    ) -> RedirectResponse:
        """Keep the language and return to where the visitor was."""
        answer = RedirectResponse(own_address(back), HTTPStatus.SEE_OTHER)
        if language in LANGUAGES:
            answer.set_cookie(
                COOKIE,
                language,
                max_age=A_YEAR_S,
                samesite="lax",
                httponly=True,
                secure=request.url.scheme == "https",
            )
        return answer

    return router


def own_address(back: str) -> str:
    """Return an address below this service's; its front page for any other."""
    is_own = back.startswith("/") and not back.startswith("//") and "\\" not in back
    return back if is_own and back.isprintable() else "/"
