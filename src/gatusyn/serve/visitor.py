"""Who sent a request, and the gate that a route stands behind."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from gatusyn.model import ALLOWED, Permission, Role, Visitor
from gatusyn.serve.errors import ForbiddenError, LoginNeededError, ReadOnlyError

NOBODY = Visitor(name="", role=Role.PUBLIC, permissions=ALLOWED[Role.PUBLIC])
"""Who has not logged in."""


def at_this_machine(name: str | None) -> Visitor:
    """Return who everybody is where there are no accounts: whoever sits at this machine.

    Parameters
    ----------
    name
        Under which changes are noted; None for looking only.
    """
    role = Role.VIEWER if name is None else Role.ADMINISTRATOR
    return Visitor(name=name or "", role=role, permissions=ALLOWED[role])


class SameVisitor:
    """ASGI middleware: takes everybody for the same visitor.

    Parameters
    ----------
    visitor
        Who that is.
    """

    def __init__(self, app: ASGIApp, visitor: Visitor) -> None:
        self.app = app
        self._visitor = visitor
        self._csrf_token = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the wrapped app does to that visitor."""
        if scope["type"] == "http":
            state = scope.setdefault("state", {})
            state |= {"visitor": self._visitor, "csrf_token": self._csrf_token}
        await self.app(scope, receive, send)


def visitor_of(request: Request) -> Visitor:
    """Return who sent a request; whatever stands before the routes has said so."""
    visitor = request.state.visitor
    assert isinstance(visitor, Visitor)
    return visitor


def needs(permission: Permission) -> Callable[[Request], Awaitable[Visitor]]:
    """Return a dependency that gives the visitor, or refuses who may not do something.

    Raises
    ------
    LoginNeededError
        When it is asked by somebody who has not logged in.
    ReadOnlyError
        When it is asked where everybody only looks.
    ForbiddenError
        When it is asked by somebody without the permission.
    """

    # Not a plain function: it would be called on another thread, which takes longer than it does.
    async def allowed(request: Request) -> Visitor:
        visitor = visitor_of(request)
        if not visitor.may(permission):
            raise _refusal(visitor, permission)
        return visitor

    allowed.permission = permission  # type: ignore[attr-defined]  # read by the tests
    return allowed


def whole_town(permission: Permission) -> Callable[[Request], Awaitable[Visitor]]:
    """Return a dependency as ``needs`` does, that refuses who was given a part of the town too."""
    of_any_part = needs(permission)

    async def allowed(request: Request) -> Visitor:
        visitor = await of_any_part(request)
        if visitor.areas is not None:
            raise _refusal(visitor, permission)
        return visitor

    allowed.permission = permission  # type: ignore[attr-defined]  # read by the tests
    allowed.is_whole = True  # type: ignore[attr-defined]
    return allowed


Looking = Annotated[Visitor, Depends(needs(Permission.SEE_TOWN))]
"""Who may see the town; what of it, ``CityReader.seen_by`` says."""


def _refusal(
    visitor: Visitor, permission: Permission
) -> LoginNeededError | ReadOnlyError | ForbiddenError:
    if visitor.role is Role.PUBLIC:
        return LoginNeededError("Who is not logged in", "may not see or do this", "Log in first.")
    if not visitor.name:
        return ReadOnlyError(
            "This map",
            f"is for looking only (this needs {permission})",
            "Start it with `gatusyn serve CITY --review NAME` to change anything, or make accounts "
            "with `gatusyn user add`.",
        )
    return ForbiddenError(
        "This account", f"may not do this (it needs {permission})", "Ask your administrator."
    )
