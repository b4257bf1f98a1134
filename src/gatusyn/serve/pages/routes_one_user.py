"""The page of one account: changing it, and ending what it has."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from gatusyn.model import AccountError, Role, StaleError, TakenError, User
from gatusyn.serve.account_changes import change_account, end_second_factor, first_password
from gatusyn.serve.pages.accounts import MAY_MANAGE, Accounts
from gatusyn.serve.pages.links import page_link
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.user_form import (
    Line,
    Named,
    Names,
    Treatments,
    Version,
    checked,
    limits_of,
    typed_user,
)
from gatusyn.serve.pages.user_rows import ONE_USER
from gatusyn.serve.schemas_accounts import UserChange

CHANGED = N_("The account has been changed.")
LOGGED_OUT = N_("Their log-ins have ended.")
SECOND_OFF = N_("The second factor is off, and their log-ins have ended.")
DONE = {"changed": CHANGED, "out": LOGGED_OUT, "second": SECOND_OFF}


def one_user_routes(accounts: Accounts) -> APIRouter:
    """Return the routes of the page of one account."""
    router = APIRouter(prefix=ONE_USER, dependencies=MAY_MANAGE, include_in_schema=False)

    @router.get("")
    def user(
        request: Request,
        name: Annotated[str, Query(min_length=1, max_length=64)],
        done: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        return accounts.show(request, name, done=DONE.get(done, ""))

    @router.post("/change")
    def changed(
        request: Request,
        name: Named,
        version: Version,
        role: Annotated[Role, Form()],
        display_name: Line = "",
        email: Line = "",
        areas: Names = "",
        treatments: Treatments = None,
        disabled: Line = "",
    ) -> Response:
        before = accounts.book.user(name)
        typed = typed_user(display_name, email, role, areas, treatments)
        typed |= {"disabled": bool(disabled)}
        try:
            wanted = checked(
                UserChange,
                display_name=display_name.strip(),
                email=email.strip(),
                role=role,
                disabled=bool(disabled),
                **limits_of(role, areas, treatments),
            )
            after = change_account(accounts.book, accounts.passwords, name, wanted, version=version)
        except (AccountError, StaleError, TakenError) as error:
            request.state.about = name
            return accounts.show(request, name, typed=typed, error=error)
        request.state.about = f"{name}: {', '.join(differences(before, after))}"
        return RedirectResponse(
            page_link(ONE_USER, name=name, done="changed"), HTTPStatus.SEE_OTHER
        )

    @router.post("/password")
    def new_password(
        request: Request, name: Named, version: Version, password: Line = ""
    ) -> Response:
        request.state.about = name
        given = password or first_password()
        try:
            wanted = UserChange(password=given)
            change_account(accounts.book, accounts.passwords, name, wanted, version=version)
        except (AccountError, StaleError) as error:
            return accounts.show(request, name, error=error)
        if password:
            after = page_link(ONE_USER, name=name, done="changed")
            return RedirectResponse(after, HTTPStatus.SEE_OTHER)
        return accounts.show(request, name, password=given)

    @router.post("/second")
    def second_off(request: Request, name: Named, version: Version) -> Response:
        request.state.about = name
        try:
            end_second_factor(accounts.book, name, version=version)
        except StaleError as error:
            return accounts.show(request, name, error=error)
        return RedirectResponse(page_link(ONE_USER, name=name, done="second"), HTTPStatus.SEE_OTHER)

    @router.post("/log-out")
    def logged_out(request: Request, name: Named) -> Response:
        request.state.about = name
        accounts.book.user(name)
        own = getattr(request.state, "session_hash", "")
        accounts.book.end_sessions(name, but=own)
        return RedirectResponse(page_link(ONE_USER, name=name, done="out"), HTTPStatus.SEE_OTHER)

    return router


def differences(before: User, after: User) -> list[str]:
    """Return the names of what of an account is another now."""
    names = ("display_name", "email", "role", "areas", "treatments", "disabled")
    return [name for name in names if getattr(before, name) != getattr(after, name)]
