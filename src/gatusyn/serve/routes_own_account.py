"""The page of one's own account: password, and codes from a phone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from gatusyn.model import AccountError, CitySettings, Permission, Visitor
from gatusyn.serve.errors import TooManyError, http_code
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.form_words import told_error
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.words import ROLES
from gatusyn.serve.people import People
from gatusyn.serve.routes_login import require_session
from gatusyn.serve.second_factor import address_of
from gatusyn.serve.visitor import needs

Field = Annotated[str, Form(max_length=1000)]
Anybody = Annotated[Visitor, Depends(needs(Permission.SEE_PUBLIC))]
"""Everybody with a role may; ``require_session`` says that they have logged in."""

CHANGED = N_("The password has been changed; other log-ins have ended.")


class OwnPage:
    """The page of somebody's own account."""

    def __init__(self, desk: Desk, people: People, town: str) -> None:
        self._desk = desk
        self._people = people
        self._town = town

    def show(
        self, request: Request, visitor: Visitor, *, status: int = 200, **more: Any
    ) -> Response:
        """Return the page."""
        shown: dict[str, Any]
        shown = {"fault": "", "done": "", "codes": (), "secret": "", "address": "", "locked": ""}
        user = self._people.accounts.user(visitor.name)
        return self._desk.show(
            request,
            "account.html",
            status=status,
            user=user,
            role=ROLES[user.role],
            **(shown | more),
        )

    def fault(
        self, request: Request, visitor: Visitor, error: AccountError | TooManyError, **more: Any
    ) -> Response:
        """Return the page with what is wrong."""
        words = told_error(error, self._desk.reader_of(request))
        return self.show(request, visitor, status=http_code(type(error)), fault=words, **more)

    def offer(self, visitor: Visitor, secret: str, locked: str) -> dict[str, Any]:
        """Return what somebody needs to type into their phone."""
        address = address_of(secret, name=visitor.name, town=self._town)
        return {"secret": secret, "locked": locked, "address": address}


def own_account_routes(desk: Desk, people: People, settings: CitySettings) -> APIRouter:
    """Return the routes of the page, and of changing one's own password."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_session)])
    page = OwnPage(desk, people, settings.name)

    @router.get("/account", response_class=HTMLResponse)
    def account(request: Request, visitor: Anybody) -> Response:
        return page.show(request, visitor)

    @router.post("/account/password", response_class=HTMLResponse)
    def password(request: Request, visitor: Anybody, old: Field = "", new: Field = "") -> Response:
        session_hash = require_session(request)
        try:
            people.change_password(visitor.name, old, new, session_hash=session_hash)
        except (AccountError, TooManyError) as error:
            return page.fault(request, visitor, error)
        return page.show(request, visitor, done=CHANGED)

    router.include_router(_code_routes(people, page))
    return router


def _code_routes(people: People, page: OwnPage) -> APIRouter:
    router = APIRouter(prefix="/account/codes")

    @router.post("", response_class=HTMLResponse)
    def codes(request: Request, visitor: Anybody) -> Response:
        return page.show(request, visitor, **page.offer(visitor, *people.begin_second()))

    @router.post("/confirm", response_class=HTMLResponse)
    def confirm(
        request: Request, visitor: Anybody, locked: Field = "", code: Field = ""
    ) -> Response:
        try:
            secret = people.secret_in(locked)
        except AccountError as error:
            return page.fault(request, visitor, error)
        try:
            codes = people.confirm_second(visitor.name, locked, code)
        except AccountError as error:
            return page.fault(request, visitor, error, **page.offer(visitor, secret, locked))
        return page.show(request, visitor, codes=codes)

    @router.post("/off", response_class=HTMLResponse)
    def off(
        request: Request,
        visitor: Anybody,
        present: Annotated[str, Form(alias="password", max_length=1000)] = "",
    ) -> Response:
        try:
            people.end_second(visitor.name, present)
        except (AccountError, TooManyError) as error:
            return page.fault(request, visitor, error)
        return page.show(request, visitor)

    return router
