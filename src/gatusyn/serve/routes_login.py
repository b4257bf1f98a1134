"""The door: logging in to a town, with a password or at the town's identity provider, and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from gatusyn.model import GatusynError, Permission, User
from gatusyn.serve.audit import client_of
from gatusyn.serve.errors import ForbiddenError, LoginNeededError, MissingError, TooManyError
from gatusyn.serve.oidc import BROWSER_COOKIE, PENDING_S
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.routes_operating import faults_of
from gatusyn.serve.schemas import ReadyOut

if TYPE_CHECKING:
    from gatusyn.serve.gate import OpenTown

COOKIE = "gatusyn"

WRONG = N_("Name, password or code is wrong. Check all three and try again.")
TOO_MANY = N_("Too many have failed. Wait a quarter of an hour and try again.")
NOT_THERE = N_("The log-in at the town's account did not succeed.")

Field = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the door leads to.

    Parameters
    ----------
    public_address
        Where visitors reach the service through a proxy, if one stands before it.
    desk
        Makes its pages.
    """

    towns: Sequence[OpenTown]
    public_address: str | None
    desk: Desk

    def is_secure(self, request: Request) -> bool:
        """Say whether cookies may be told to travel encrypted only."""
        by_proxy = (self.public_address or "").startswith("https://")
        return by_proxy or request.url.scheme == "https"

    def base(self, request: Request) -> str:
        """Return the address under which a visitor reaches the service, ending in ``/``."""
        return (self.public_address or str(request.base_url)).rstrip("/") + "/"

    def town(self, name: str) -> OpenTown:
        """Return a town; the first if there is none of that name, where nobody will be known."""
        found = [own for own in self.towns if own.name == name]
        return (found or list(self.towns))[0]


def cookie_name(*, is_secure: bool) -> str:
    """Return the session cookie's name.

    A browser takes ``__Host-`` from this very host by an encrypted line only: no neighbour can set
    it. On this machine without a proxy there is no encrypted line.
    """
    return f"__Host-{COOKIE}" if is_secure else COOKIE


class _Form:
    """The form of logging in."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def show(
        self,
        request: Request,
        *,
        after: str,
        fault: str = "",
        status: int = 200,
        town: str = "",
        name: str = "",
    ) -> HTMLResponse:
        return self._door.desk.show(
            request,
            "login.html",
            status=status,
            towns=self._door.towns,
            chosen=town,
            name=name,
            next=own_path(after),
            fault=fault,
        )


def _note_failure(town: OpenTown, name: str, client: str) -> None:
    # What was typed as a name may be a password: only names that are known are noted.
    typed = name.strip().casefold()
    known = {own.name for own in town.people.accounts.users()}
    who = typed if typed in known else ""
    town.audit.note(town.audit.entry(who, "log-in", "", "refused", client=client))


def login_routes(door: Door) -> APIRouter:
    """Return the routes of logging in and out."""
    router = APIRouter(include_in_schema=False)
    form = _Form(door)

    @router.get("/login", response_class=HTMLResponse)
    def ask(
        request: Request,
        after: Annotated[str, Query(alias="next", max_length=2000)] = "/",
        fault: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        """Show the form."""
        return form.show(request, after=after, fault=NOT_THERE if fault else "")

    @router.post("/login", response_class=HTMLResponse)
    def log_in(
        request: Request,
        name: Field = "",
        password: Field = "",
        code: Field = "",
        town: Field = "",
        after: Annotated[str, Form(alias="next", max_length=2000)] = "/",
    ) -> Response:
        """Log in, or show the form again."""
        chosen, client = door.town(town), client_of(request.scope)
        try:
            user, token = chosen.people.log_in(name, password, code, client=client)
        except TooManyError:
            typed = {"town": town, "name": name[:64], "after": after}
            status = HTTPStatus.TOO_MANY_REQUESTS
            return form.show(request, fault=TOO_MANY, status=status, **typed)
        except LoginNeededError:
            _note_failure(chosen, name, client)
            typed = {"town": town, "name": name[:64], "after": after}
            return form.show(request, fault=WRONG, status=HTTPStatus.UNAUTHORIZED, **typed)
        return _enter(door, request, chosen, user, token, after)

    @router.post("/logout")
    def log_out(request: Request) -> Response:
        """Log out."""
        town: OpenTown | None = request.state.town
        if town is not None:
            town.people.accounts.end_session(request.state.session_hash)
            town.audit.note(town.audit.entry(request.state.visitor.name, "log-out"))
        answer = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
        answer.headers["Clear-Site-Data"] = '"cache"'
        _set(door, request, answer, COOKIE, "", seconds=0)
        return answer

    return router


def provider_routes(door: Door) -> APIRouter:
    """Return the routes to the towns' identity providers and back, and of being ready."""
    router = APIRouter(include_in_schema=False)

    @router.post("/login/oidc")
    def to_provider(
        request: Request,
        town: Field = "",
        after: Annotated[str, Form(alias="next", max_length=2000)] = "/",
    ) -> Response:
        """Send the browser to the town's identity provider."""
        chosen = door.town(town)
        if chosen.provider is None:
            raise MissingError("This town", "has no identity provider", "Use name and password.")
        try:
            address, browser = chosen.provider.begin(
                f"{door.base(request)}login/oidc/back", after=own_path(after)
            )
        except GatusynError:
            return RedirectResponse("/login?fault=provider", HTTPStatus.SEE_OTHER)
        answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        _set(door, request, answer, BROWSER_COOKIE, browser, seconds=int(PENDING_S))
        return answer

    @router.get("/login/oidc/back")
    def from_provider(
        request: Request,
        state: Annotated[str, Query(max_length=500)] = "",
        code: Annotated[str, Query(max_length=4000)] = "",
    ) -> Response:
        """Take somebody from the identity provider."""
        is_secure = door.is_secure(request)
        browser = request.cookies.get(_named(BROWSER_COOKIE, is_secure=is_secure), "")
        chosen = next(
            (own for own in door.towns if own.provider and own.provider.is_waiting(state)), None
        )
        if chosen is None or chosen.provider is None:
            return RedirectResponse("/login?fault=state", HTTPStatus.SEE_OTHER)
        try:
            user, after = chosen.provider.finish(state, code, browser, chosen.people.accounts)
        except GatusynError:
            entry = chosen.audit.entry(
                "", "log-in", "provider", "refused", client=client_of(request.scope)
            )
            chosen.audit.note(entry)
            return RedirectResponse("/login?fault=provider", HTTPStatus.SEE_OTHER)
        return _enter(door, request, chosen, user, chosen.people.open(user), after)

    @router.get("/ready")
    def ready() -> JSONResponse:
        """Say whether every town can be served."""
        faults = sorted({fault for own in door.towns for fault in faults_of(own.reader)})
        status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
        answer = ReadyOut(ready=not faults, faults=faults)
        return JSONResponse(answer.model_dump(), status, headers={"Cache-Control": "no-store"})

    return router


def _enter(
    door: Door, request: Request, town: OpenTown, user: User, token: str, after: str
) -> Response:
    """Send somebody who has logged in to where they wanted to go, under a new session."""
    former: OpenTown | None = request.state.town
    if former is not None:
        former.people.accounts.end_session(request.state.session_hash)
    town.audit.note(town.audit.entry(user.name, "log-in", client=client_of(request.scope)))
    target = own_path(after)
    if target == "/" and not user.visitor().may(Permission.SEE_TOWN):
        target = "/send" if user.visitor().may(Permission.SEND_DRIVES) else "/account"
    answer = RedirectResponse(target, HTTPStatus.SEE_OTHER)
    answer.headers["Cache-Control"] = "no-store"
    _set(door, request, answer, COOKIE, token)
    return answer


def _set(
    door: Door,
    request: Request,
    answer: Response,
    name: str,
    value: str,
    *,
    seconds: int | None = None,
) -> None:
    is_secure = door.is_secure(request)
    answer.set_cookie(
        _named(name, is_secure=is_secure),
        value,
        max_age=seconds,
        path="/",
        secure=is_secure,
        httponly=True,
        samesite="lax",
    )


def _named(name: str, *, is_secure: bool) -> str:
    return f"__Host-{name}" if is_secure else name


def own_path(after: str) -> str:
    """Return where to go after the log-in: a path of this service, whatever was asked for."""
    is_own = after.startswith("/") and not after.startswith(("//", "/\\"))
    is_plain = after.isprintable() and "\\" not in after
    return after if is_own and is_plain and not after.startswith("/login") else "/"


def require_session(request: Request) -> str:
    """Return the hash of the visitor's session, or refuse who came by a token.

    Raises
    ------
    ForbiddenError
        If they show no session.
    """
    session_hash = getattr(request.state, "session_hash", "")
    if not session_hash:
        raise ForbiddenError("A token", "may not do this", "Log in with a browser.")
    return str(session_hash)
