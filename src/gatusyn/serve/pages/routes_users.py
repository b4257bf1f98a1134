"""The accounts, for administrators: who there is, what they may do, and changing it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from gatusyn.model import AccountError, Role, TakenError
from gatusyn.serve.account_changes import add_account, first_password
from gatusyn.serve.pages.accounts import GIVEN_ROLES, MAY_MANAGE, Accounts
from gatusyn.serve.pages.asked import Words, choices
from gatusyn.serve.pages.links import page_link
from gatusyn.serve.pages.lists import (
    Filter,
    FilterKind,
    ListPage,
    Part,
    Shown,
    add_list,
    sorted_listing,
)
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.routes_one_user import one_user_routes
from gatusyn.serve.pages.user_form import (
    EMPTY,
    Line,
    Named,
    Names,
    Treatments,
    checked,
    limits_of,
    typed_user,
)
from gatusyn.serve.pages.user_rows import ONE_USER, USERS, UserRow
from gatusyn.serve.pages.words import ROLES
from gatusyn.serve.schemas_accounts import UserIn


def user_pages(accounts: Accounts, base: Callable[[Request], str]) -> APIRouter:
    """Return the routes of the list and of making accounts."""
    router = APIRouter(dependencies=MAY_MANAGE, include_in_schema=False)
    desk = accounts.desk

    def found(
        request: Request, query: Part, search: Words = "", role: Words = ""
    ) -> Shown[UserRow]:
        words, say = search.strip().casefold(), desk.reader_of(request).say
        roles = choices(Role, "role", [role])
        rows = [
            own
            for own in accounts.rows()
            if words in f"{own.user.name} {own.user.display_name}".casefold()
            and (not roles or own.user.role in roles)
        ]
        return Shown(
            columns=USERS,
            listing=sorted_listing(rows, USERS, query, by="name"),
            filters=(
                Filter(name="search", words=N_("Name"), value=search),
                Filter(
                    name="role",
                    words=N_("Role"),
                    kind=FilterKind.CHOICE,
                    value=role,
                    options=[(own.value, say(ROLES[own])) for own in GIVEN_ROLES],
                ),
            ),
        )

    page = ListPage(path="/users", name="users", words=N_("Users"), template="users.html")
    add_list(router, desk, page, found, base)

    @router.get("/users/new")
    def new(request: Request) -> Response:
        return accounts.show_new(request, dict(EMPTY))

    @router.post("/users/new")
    def made(
        request: Request,
        name: Named,
        role: Annotated[Role, Form()],
        display_name: Line = "",
        email: Line = "",
        password: Line = "",
        areas: Names = "",
        treatments: Treatments = None,
    ) -> Response:
        request.state.about = name
        typed = typed_user(display_name, email, role, areas, treatments) | {"name": name}
        given = password or first_password()
        try:
            wanted = checked(
                UserIn,
                name=name.strip().casefold(),
                display_name=display_name.strip(),
                email=email.strip(),
                password=given,
                role=role,
                **limits_of(role, areas, treatments),
            )
            user = add_account(accounts.book, accounts.passwords, wanted)
        except (AccountError, TakenError) as error:
            return accounts.show_new(request, typed, error)
        if password:
            return RedirectResponse(page_link(ONE_USER, name=user.name), HTTPStatus.SEE_OTHER)
        return accounts.show(request, user.name, password=given)

    router.include_router(one_user_routes(accounts))
    return router
