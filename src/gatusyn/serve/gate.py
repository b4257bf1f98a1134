"""The gate before one town or several: finds out who asks, and leads them to their town."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, quote

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gatusyn.model import CitySettings
from gatusyn.serve.app import BUILT, create_town_app
from gatusyn.serve.attempts import Attempts
from gatusyn.serve.audit import AuditLog
from gatusyn.serve.errors import add_error_handlers, problem
from gatusyn.serve.oidc import Provider
from gatusyn.serve.pages.desk import Desk
from gatusyn.serve.pages.faults import fault_pages
from gatusyn.serve.passwords import Passwords
from gatusyn.serve.people import Entered, People
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.routes_login import Door, cookie_name, login_routes, provider_routes
from gatusyn.serve.second_factor import Vault
from gatusyn.serve.security import LOCAL_HOSTS, KnownNames, OwnPageWrites, SecurityHeaders
from gatusyn.serve.telemetry import Measured
from gatusyn.serve.tokens import csrf_token_of, token_in
from gatusyn.serve.visitor import NOBODY
from gatusyn.store.protocol import Store

BY_TOKEN = ("/api/v1/", "/tiles/", "/ogc", "/metrics")
"""Where programs may go with a token."""

NOT_PAGES = (*BY_TOKEN, "/assets/", "/health", "/ready")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedTown:
    """A town behind the gate.

    Parameters
    ----------
    vault
        Holds the second factors' secrets of its people.
    provider
        Its identity provider; None where people have passwords here.
    folder
        The city's, as in ``create_app``.
    """

    settings: CitySettings
    store: Store
    vault: Vault
    provider: Provider | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTown:
    """A town with its app: data and what is kept of them are apart from the others'."""

    name: str
    people: People
    audit: AuditLog
    app: FastAPI
    measured: ASGIApp
    reader: CityReader
    provider: Provider | None


def create_gate(
    towns: Sequence[ServedTown],
    *,
    static: Path | None = None,
    hosts: Sequence[str] = LOCAL_HOSTS,
    public_address: str | None = None,
    passwords: Passwords | None = None,
    attempts: Attempts | None = None,
) -> ASGIApp:
    """Return a service in which people log in, over the stores of one town or several.

    Parameters
    ----------
    static, hosts, public_address
        As in ``create_app``.
    passwords, attempts
        How passwords are kept, and failures counted.
    """
    passwords, attempts = passwords or Passwords(), attempts or Attempts()
    opened = [_open(one, static, public_address, passwords, attempts) for one in towns]
    gate: ASGIApp = Gate(opened, public_address=public_address, static=static)
    return SecurityHeaders(KnownNames(gate, hosts=hosts))


def _open(
    town: ServedTown,
    static: Path | None,
    public_address: str | None,
    passwords: Passwords,
    attempts: Attempts,
) -> OpenTown:
    params = town.settings.login
    people = People(
        town.store.accounts,
        params,
        passwords=passwords,
        attempts=attempts,
        vault=town.vault,
        town=town.settings.name,
    )
    audit = AuditLog(town.store.accounts, addresses=params.note_addresses)
    app = create_town_app(
        town.store,
        town.settings,
        static=static,
        public_address=public_address,
        people=people,
        audit=audit,
        city_folder=town.folder,
    )
    return OpenTown(
        name=town.settings.name,
        people=people,
        audit=audit,
        app=app,
        measured=Measured(app, app.state.telemetry),
        reader=app.state.reader,
        provider=town.provider,
    )


class Gate:
    """ASGI app: says who each visitor is, and passes them on to their town's app.

    Nothing that a visitor sends chooses the town: their session or token is one town's, and is
    known in no other.

    Parameters
    ----------
    towns
        At least one.
    """

    def __init__(
        self,
        towns: Sequence[OpenTown],
        *,
        public_address: str | None = None,
        static: Path | None = None,
    ) -> None:
        self.towns = tuple(towns)
        self._static = static or BUILT
        self._public_address = public_address
        self._is_secure = (public_address or "").startswith("https://")
        # Who is nobody has no session to tell them apart; that a form is ours, Origin says.
        self._nobodys_csrf = secrets.token_urlsafe(32)
        self.door = self._make_door()

    def _make_door(self) -> FastAPI:
        @asynccontextmanager
        async def running(_: FastAPI) -> AsyncIterator[None]:
            async with AsyncExitStack() as stack:
                for town in self.towns:
                    context = town.app.router.lifespan_context(town.app)
                    await stack.enter_async_context(context)
                yield

        door = FastAPI(lifespan=running, openapi_url=None, docs_url=None, redoc_url=None)
        add_error_handlers(door)
        name = self.towns[0].name if len(self.towns) == 1 else "Gatusyn"
        desk = Desk(CitySettings(name=name), self._static)
        door.state.fault_page = fault_pages(desk)
        known = Door(towns=self.towns, public_address=self._public_address, desk=desk)
        door.include_router(login_routes(known))
        door.include_router(provider_routes(known))
        door.add_middleware(OwnPageWrites, public_address=self._public_address)
        return door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the visitor's town does."""
        if scope["type"] != "http":
            await self.door(scope, receive, send)
            return
        headers, path = Headers(scope=scope), str(scope["path"])
        state = scope.setdefault("state", {})
        state |= {"visitor": NOBODY, "csrf_token": self._nobodys_csrf, "session_hash": ""}
        authorization = headers.get("authorization")
        town: OpenTown | None = None
        if authorization is not None:
            town = await self._by_token(authorization, state, path)
            if town is None:
                answer = problem(
                    HTTPStatus.UNAUTHORIZED,
                    "The token is not (or no longer) known, or not for this address.",
                    remedy="Make one with `gatusyn token new`, or on the page of your account.",
                )
                answer.headers["WWW-Authenticate"] = _challenge(path)
                await answer(scope, receive, send)
                return
        else:
            town = await self._by_session(headers, state, is_secure=self.is_secure(scope))
        state["town"] = town
        if (
            path == "/login"
            or path.startswith("/login/")
            or path == "/logout"
            or (path == "/ready" and len(self.towns) > 1)
        ):
            await self.door(scope, receive, send)
        elif town is None and _is_page(scope, path):
            await RedirectResponse(_login_address(scope), HTTPStatus.SEE_OTHER)(
                scope, receive, send
            )
        else:
            app = (town or self._asked_for(scope)).measured
            await app(scope, receive, send)

    def is_secure(self, scope: Scope) -> bool:
        """Say whether cookies may be told to travel encrypted only."""
        return self._is_secure or scope.get("scheme") == "https"

    async def _by_token(
        self, authorization: str, state: dict[str, object], path: str
    ) -> OpenTown | None:
        token = token_in(authorization)
        if not token or not path.startswith(BY_TOKEN):
            return None
        for town in self.towns:
            entered = await run_in_threadpool(town.people.who_by_token, token)
            if entered is not None:
                state |= {"visitor": entered.visitor, "by_token": True}
                return town
        return None

    async def _by_session(
        self, headers: Headers, state: dict[str, object], *, is_secure: bool
    ) -> OpenTown | None:
        shown = cookie_parser(headers.get("cookie", "")).get(cookie_name(is_secure=is_secure), "")
        if not shown:
            return None
        for town in self.towns:
            entered: Entered | None = await run_in_threadpool(town.people.who, shown)
            if entered is not None:
                state |= {"visitor": entered.visitor, "csrf_token": csrf_token_of(shown)}
                state["session_hash"] = entered.session_hash
                return town
        return None

    def _asked_for(self, scope: Scope) -> OpenTown:
        """Return the town whose public page somebody without a log-in asks for."""
        query = parse_qs(scope.get("query_string", b"").decode("ascii", "replace"))
        named = query.get("town", [""])[0]
        found = [own for own in self.towns if own.name == named]
        return (found or self.towns)[0]


def _is_page(scope: Scope, path: str) -> bool:
    """Say whether a browser asks for a page, which it is led to after the log-in."""
    accepts = Headers(scope=scope).get("accept", "")
    if scope["method"] != "GET" or "text/html" not in accepts:
        return False
    return not path.startswith(NOT_PAGES) and path != "/public"


def _login_address(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("ascii", "replace")
    after = str(scope["path"]) + (f"?{query}" if query else "")
    return "/login" if after == "/" else f"/login?next={quote(after, safe='')}"


def _challenge(path: str) -> str:
    # A browser's own window asks for Basic: where a program like QGIS asks, and only there.
    return f'{"Basic" if path.startswith("/ogc") else "Bearer"} realm="Gatusyn"'
