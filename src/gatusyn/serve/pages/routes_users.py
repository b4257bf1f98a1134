"""The accounts, for administrators: who there is, what they may do, and changing it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from gatusyn.model import (
    AccountError,
    ApiToken,
    CitySettings,
    GatusynError,
    Permission,
    Role,
    StaleError,
    StoreError,
    TakenError,
    User,
    UserSession,
)
from gatusyn.serve.account_changes import (
    add_account,
    change_account,
    end_second_factor,
    first_password,
)
from gatusyn.serve.errors import MissingError, http_code
from gatusyn.serve.pages.asked import Words, choices
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.form_words import causes_of, told_error
from gatusyn.serve.pages.links import page_link
from gatusyn.serve.pages.lists import (
    Column,
    Filter,
    FilterKind,
    Kind,
    ListPage,
    Part,
    Shown,
    add_list,
    sorted_listing,
)
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.words import ROLES
from gatusyn.serve.passwords import Passwords
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.schemas_accounts import UserChange, UserIn
from gatusyn.serve.visitor import whole_town
from gatusyn.store.protocol import Store

ONE = "/users/user"
LONGEST_NAMES = 8000
Asked = TypeVar("Asked", UserIn, UserChange)

MAY = [Depends(whole_town(Permission.MANAGE_USERS))]
GIVEN = [own for own in Role if own is not Role.PUBLIC]

Named = Annotated[str, Form(min_length=1, max_length=64)]
Version = Annotated[int, Form(ge=1, le=2**53)]
Line = Annotated[str, Form(max_length=200)]
Names = Annotated[str, Form(max_length=LONGEST_NAMES)]
Treatments = Annotated[list[Annotated[str, Form(max_length=200)]] | None, Form(max_length=100)]

CHANGED = N_("The account has been changed.")
LOGGED_OUT = N_("Their log-ins have ended.")
SECOND_OFF = N_("The second factor is off, and their log-ins have ended.")
DONE = {"changed": CHANGED, "out": LOGGED_OUT, "second": SECOND_OFF}

STALE = N_(
    "Somebody else has changed this account meanwhile. Nothing was saved. What you typed is still "
    "in the form: save once more to put it in place of what is there now."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """An account in the list.

    Parameters
    ----------
    sessions
        Where they are logged in.
    """

    user: User
    sessions: tuple[UserSession, ...]
    tokens: tuple[ApiToken, ...]

    @property
    def state(self) -> str:
        """Whether they can log in, in words that are translated."""
        if self.user.disabled:
            return N_("disabled")
        return N_("can log in") if self.user.may_enter else N_("has no password")


USERS: Sequence[Column[UserRow]] = (
    Column(
        key="name",
        words=N_("User name"),
        value=lambda row: row.user.name,
        link=lambda row: page_link(ONE, name=row.user.name),
    ),
    Column(key="called", words=N_("Name"), value=lambda row: row.user.display_name or None),
    Column(key="role", words=N_("Role"), value=lambda row: ROLES[row.user.role], kind=Kind.WORD),
    Column(key="state", words=N_("State"), value=lambda row: row.state, kind=Kind.WORD),
    Column(
        key="second",
        words=N_("Second factor"),
        value=lambda row: N_("on") if row.user.totp_secret else N_("off"),
        kind=Kind.WORD,
    ),
    Column(
        key="sessions",
        words=N_("Logged in"),
        value=lambda row: len(row.sessions),
        kind=Kind.NUMBER,
    ),
    Column(
        key="seen",
        words=N_("Last seen"),
        value=lambda row: max((own.seen_s for own in row.sessions), default=None),
        kind=Kind.MOMENT,
    ),
    Column(key="tokens", words=N_("Tokens"), value=lambda row: len(row.tokens), kind=Kind.NUMBER),
)


class Accounts:
    """The pages' view of a town's accounts."""

    def __init__(
        self,
        desk: Desk,
        store: Store,
        reader: CityReader,
        settings: Callable[[], CitySettings],
        passwords: Passwords,
    ) -> None:
        self.desk = desk
        self.book = store.accounts
        self.passwords = passwords
        self._reader = reader
        self._settings = settings

    def rows(self) -> list[UserRow]:
        """Return every account with its log-ins and tokens."""
        sessions, tokens = self.book.sessions(), self.book.tokens()
        return [
            UserRow(
                user=own,
                sessions=tuple(one for one in sessions if one.user == own.name),
                tokens=tuple(one for one in tokens if one.user == own.name),
            )
            for own in self.book.users()
        ]

    def show_new(
        self, request: Request, typed: dict[str, Any], error: GatusynError | None = None
    ) -> Response:
        """Return the form of a new account."""
        return self.desk.show(
            request,
            "user_new.html",
            status=HTTPStatus.OK if error is None else http_code(type(error)),
            fault=told_error(error, self.desk.reader_of(request)),
            **self._form(typed),
        )

    def show(
        self,
        request: Request,
        name: str,
        *,
        typed: dict[str, Any] | None = None,
        error: GatusynError | None = None,
        password: str = "",
        done: str = "",
    ) -> Response:
        """Return the page of an account.

        Parameters
        ----------
        typed
            What stands in the form; what is so if None.
        password
            A new one, shown this once.
        """
        user = self.book.user(name)
        (row,) = [own for own in self.rows() if own.user.name == name]
        return self.desk.show(
            request,
            "user_one.html",
            status=HTTPStatus.OK if error is None else http_code(type(error)),
            user=user,
            row=row,
            fault=told_error(error, self.desk.reader_of(request)),
            is_stale=isinstance(error, StaleError),
            stale=STALE,
            password=password,
            done=done,
            is_own=request.state.visitor.name == name,
            strange_areas=self.strange_areas(user),
            **self._form(typed or form_of_user(user)),
        )

    def _form(self, typed: dict[str, Any]) -> dict[str, Any]:
        treatments = self._settings().economy.treatments.values()
        return {
            "typed": typed,
            "roles": [(own.value, ROLES[own]) for own in GIVEN],
            "contractor": Role.CONTRACTOR.value,
            "treatments": [(own.name, own.swedish) for own in treatments],
        }

    def strange_areas(self, user: User) -> list[str]:
        """Return the areas of a contractor that are no street or district of the map.

        None where there is no map yet: then nothing is known to be wrong.
        """
        if not user.areas:
            return []
        try:
            layout = self._reader.index().layout
        except (MissingError, StoreError):
            return []
        known = {own.casefold() for own in (*layout.street_names, *set(layout.districts.tolist()))}
        return sorted(own for own in user.areas if own.strip().casefold() not in known)


def user_pages(accounts: Accounts, base: Callable[[Request], str]) -> APIRouter:
    """Return the routes of the list and of making accounts."""
    router = APIRouter(dependencies=MAY, include_in_schema=False)
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
                    options=[(own.value, say(ROLES[own])) for own in GIVEN],
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
            return RedirectResponse(page_link(ONE, name=user.name), HTTPStatus.SEE_OTHER)
        return accounts.show(request, user.name, password=given)

    router.include_router(_one_user(accounts))
    return router


def _one_user(accounts: Accounts) -> APIRouter:
    router = APIRouter(prefix=ONE, dependencies=MAY, include_in_schema=False)

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
        return RedirectResponse(page_link(ONE, name=name, done="changed"), HTTPStatus.SEE_OTHER)

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
            after = page_link(ONE, name=name, done="changed")
            return RedirectResponse(after, HTTPStatus.SEE_OTHER)
        return accounts.show(request, name, password=given)

    @router.post("/second")
    def second_off(request: Request, name: Named, version: Version) -> Response:
        request.state.about = name
        try:
            end_second_factor(accounts.book, name, version=version)
        except StaleError as error:
            return accounts.show(request, name, error=error)
        return RedirectResponse(page_link(ONE, name=name, done="second"), HTTPStatus.SEE_OTHER)

    @router.post("/log-out")
    def logged_out(request: Request, name: Named) -> Response:
        request.state.about = name
        accounts.book.user(name)
        own = getattr(request.state, "session_hash", "")
        accounts.book.end_sessions(name, but=own)
        return RedirectResponse(page_link(ONE, name=name, done="out"), HTTPStatus.SEE_OTHER)

    return router


EMPTY: dict[str, Any] = {
    "name": "",
    "display_name": "",
    "email": "",
    "role": Role.VIEWER.value,
    "areas": "",
    "treatments": (),
    "disabled": False,
}


def typed_user(
    display_name: str, email: str, role: Role, areas: str, treatments: list[str] | None
) -> dict[str, Any]:
    """Return what was typed, as it stands in the form again."""
    return EMPTY | {
        "display_name": display_name,
        "email": email,
        "role": role.value,
        "areas": areas,
        "treatments": tuple(treatments or ()),
    }


def form_of_user(user: User) -> dict[str, Any]:
    """Return an account as it stands in the form."""
    return {
        "name": user.name,
        "display_name": user.display_name,
        "email": user.email,
        "role": user.role.value,
        "areas": "\n".join(sorted(user.areas or ())),
        "treatments": tuple(user.treatments or ()),
        "disabled": user.disabled,
    }


def limits_of(role: Role, areas: str, treatments: list[str] | None) -> dict[str, Any]:
    """Return what a contractor is given; nobody else has limits."""
    if role is not Role.CONTRACTOR:
        return {"areas": None, "treatments": None}
    named = [own.strip() for own in re.split(r"[\r\n;]+", areas) if own.strip()]
    return {"areas": list(dict.fromkeys(named)), "treatments": treatments or None}


def checked(kind: type[Asked], **fields: Any) -> Asked:
    """Return what was typed as the API would take it.

    Raises
    ------
    AccountError
        If it would not.
    """
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        (cause,) = causes_of([first])
        raise AccountError(
            cause.name,
            f"is wrong ({first['msg'].lower()})",
            "Correct it.",
            form=cause.fault,
            figures=cause.figures,
        ) from error


def differences(before: User, after: User) -> list[str]:
    """Return the names of what of an account is another now."""
    names = ("display_name", "email", "role", "areas", "treatments", "disabled")
    return [name for name in names if getattr(before, name) != getattr(after, name)]
