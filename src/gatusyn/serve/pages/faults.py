"""Faults as pages for people."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

from gatusyn.model import FormCause, GatusynError
from gatusyn.serve.errors import FaultPage
from gatusyn.serve.pages.desk import NOBODY, Desk
from gatusyn.serve.pages.form_words import cause_of, causes_of, told_all
from gatusyn.serve.pages.navigation import N_

TITLES = {
    HTTPStatus.NOT_FOUND: N_("This is not here"),
    HTTPStatus.FORBIDDEN: N_("You may not do this"),
    HTTPStatus.CONFLICT: N_("Somebody else was quicker"),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("This cannot be understood"),
}
NOT_ALLOWED = N_("Your role here does not allow it.")
ASK = N_("Ask your administrator.")
HELP = {
    HTTPStatus.NOT_FOUND: N_("It may have been taken away, or the address is not right."),
    HTTPStatus.CONFLICT: N_("Load the page anew, and try again."),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("Go back and correct what was typed."),
    HTTPStatus.BAD_REQUEST: N_("Go back and correct what was typed."),
    HTTPStatus.SERVICE_UNAVAILABLE: N_("Try again in a minute."),
}
OTHER_HELP = N_("Try again. If it happens again, tell your administrator.")
OTHER = N_("Something went wrong")


def form_causes(error: Exception | None) -> tuple[FormCause, ...]:
    """Return what is wrong with a form or an address, as far as that is known."""
    if isinstance(error, RequestValidationError):
        return causes_of(error.errors())
    own = cause_of(error) if isinstance(error, GatusynError) else None
    return () if own is None else (own,)


def fault_pages(desk: Desk) -> FaultPage:
    """Return what makes a page of a fault."""

    def page(
        request: Request, status: int, detail: str, remedy: str, error: Exception | None, /
    ) -> Response:
        reader = desk.reader_of(request)
        say = reader.say
        title = say(TITLES.get(HTTPStatus(status), OTHER))
        help_words = say(HELP.get(HTTPStatus(status), OTHER_HELP))
        visitor = getattr(request.state, "visitor", NOBODY)
        causes = form_causes(error)
        if status == HTTPStatus.FORBIDDEN and visitor.name and not causes:
            # The answer to a program names the permission, which tells people nothing.
            detail, remedy, help_words = say(NOT_ALLOWED), say(ASK), ""
        # What a stranger sent may be repeated here and need not be text that can be sent back.
        detail = detail.encode("utf-8", "backslashreplace").decode("utf-8")
        return desk.show(
            request,
            "fault.html",
            status=status,
            title=title,
            told=told_all(causes, reader),
            help=help_words,
            is_told=status != HTTPStatus.NOT_FOUND,
            detail=detail,
            remedy=remedy,
        )

    return page
