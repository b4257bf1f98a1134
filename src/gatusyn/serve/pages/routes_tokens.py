"""What programs show in place of a log-in: made by whoever uses them, and revoked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from gatusyn.model import (
    AccountError,
    ApiToken,
    FormFault,
    GatusynError,
    Permission,
    Visitor,
)
from gatusyn.serve.account_changes import make_token, tokens_seen_by
from gatusyn.serve.errors import http_code
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.form_words import told_error
from gatusyn.serve.pages.lists import (
    Column,
    Kind,
    ListPage,
    Part,
    Shown,
    add_list,
    list_query,
    sorted_listing,
    table_of,
)
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.words import PERMISSIONS
from gatusyn.serve.routes_login import require_session
from gatusyn.serve.schemas_accounts import TokenIn
from gatusyn.serve.visitor import needs, visitor_of
from gatusyn.store.protocol import Store

DAYS = (30, 90, 365, 730)

Anybody = Annotated[Visitor, Depends(needs(Permission.SEE_PUBLIC))]


def require_person(request: Request) -> None:
    """Refuse who has not logged in, and programs: a token makes no tokens.

    Raises
    ------
    LoginNeededError, ForbiddenError
    """
    tokens_seen_by(visitor_of(request))
    require_session(request)


def token_columns(say: Callable[[str], str]) -> Sequence[Column[ApiToken]]:
    """Return the columns of the list; what tokens are for is said in the visitor's language."""
    return (
        Column(key="label", words=N_("What for"), value=lambda row: row.label),
        Column(key="user", words=N_("Account"), value=lambda row: row.user),
        Column(
            key="scopes",
            words=N_("May"),
            value=lambda row: "; ".join(say(PERMISSIONS[own]) for own in sorted(row.scopes)),
            is_sortable=False,
        ),
        Column(key="made", words=N_("Made"), value=lambda row: row.made_s, kind=Kind.DATE),
        Column(key="ends", words=N_("Ends"), value=lambda row: row.ends_s, kind=Kind.DATE),
        Column(
            key="used",
            words=N_("Last used"),
            value=lambda row: None if row.used_on is None else row.used_on.isoformat(),
        ),
        Column(key="number", words=N_("Number"), value=lambda row: row.number, kind=Kind.NUMBER),
    )


PAGE = ListPage(
    path="/tokens",
    name="tokens",
    words=N_("Tokens for programs"),
    template="tokens.html",
    empty=N_("No program has a token yet. Make one below, and copy it into the program."),
)


class TokenList:
    """The list of tokens as a visitor sees it, with the form to make one.

    Parameters
    ----------
    desk, store
        What shows the page, and where the tokens are.
    """

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._book = store.accounts

    def shown(self, request: Request, visitor: Visitor, query: Any, **more: Any) -> Shown[ApiToken]:
        """Return the rows and the form; ``more`` is laid over what the form shows."""
        columns = token_columns(self._desk.reader_of(request).say)
        rows = self._book.tokens(tokens_seen_by(visitor))
        return Shown(
            columns=columns,
            listing=sorted_listing(rows, columns, query, by="number", falling=True),
            more={
                "numbers": [(own.number, own.label, own.user) for own in rows],
                "scopes": [(own.value, PERMISSIONS[own]) for own in sorted(visitor.permissions)],
                "days": DAYS,
                "token": "",
                "fault": "",
                "typed": {"label": "", "scopes": ("see-town",), "days": "365"},
            }
            | more,
        )

    def answer(self, request: Request, visitor: Visitor, *, status: int, **more: Any) -> Response:
        """Return the page after a token was made, or was not."""
        query = list_query()
        listed = self.shown(request, visitor, query, **more)
        return self._desk.show(
            request,
            PAGE.template,
            status=status,
            title=PAGE.words,
            empty=PAGE.empty,
            are_cards=PAGE.are_cards,
            table=table_of(request, listed, query, path=PAGE.path),
            **listed.more,
        )


def token_pages(desk: Desk, store: Store, base: Callable[[Request], str]) -> APIRouter:
    """Return the routes of the list, and of making and revoking tokens."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(require_person)])
    tokens = TokenList(desk, store)

    def found(
        request: Request,
        visitor: Anybody,
        query: Part,
    ) -> Shown[ApiToken]:
        return tokens.shown(request, visitor, query)

    add_list(router, desk, PAGE, found, base)

    @router.post("/tokens")
    def made(
        request: Request,
        visitor: Anybody,
        days: Annotated[int, Form(ge=0, le=3650)],
        label: Annotated[str, Form(max_length=200)] = "",
        scopes: Annotated[list[Permission] | None, Form(max_length=20)] = None,
    ) -> Response:
        request.state.about = f"token: {label}"
        typed = {"label": label, "scopes": tuple(scopes or ()), "days": str(days)}
        try:
            if not label.strip() or not scopes:
                raise AccountError(
                    "The token",
                    "has no words or is for nothing",
                    "Say what it is for, and choose.",
                    form=FormFault.TOKEN_EMPTY,
                )
            wanted = TokenIn(label=label.strip(), scopes=scopes, days=days or None)
            _, token = make_token(store.accounts, visitor, wanted)
        except GatusynError as error:
            words = told_error(error, desk.reader_of(request))
            code = http_code(type(error))
            return tokens.answer(request, visitor, status=code, fault=words, typed=typed)
        return tokens.answer(request, visitor, status=HTTPStatus.OK, token=token)

    @router.post("/tokens/revoke")
    def revoked(
        request: Request,
        visitor: Anybody,
        number: Annotated[int, Form(ge=1, le=2**53)],
    ) -> Response:
        request.state.about = f"token {number}"
        store.accounts.revoke_token(number, user=tokens_seen_by(visitor))
        return RedirectResponse(PAGE.path, HTTPStatus.SEE_OTHER)

    return router
