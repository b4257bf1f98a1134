"""Who sent a request, and the gate that a route stands behind."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from gatusyn.model import ALLOWED, Permission, Role, Visitor
from gatusyn.serve.errors import ForbiddenError


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the wrapped app does to that visitor."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["visitor"] = self._visitor
        await self.app(scope, receive, send)


def visitor_of(request: Request) -> Visitor:
    """Return who sent a request; whatever stands before the routes has said so."""
    visitor = request.state.visitor
    assert isinstance(visitor, Visitor)
    return visitor


def needs(permission: Permission) -> Callable[[Request], Visitor]:
    """Return a dependency that gives the visitor, or refuses who may not do something.

    Raises
    ------
    ForbiddenError
        When it is asked by somebody without the permission.
    """

    def allowed(request: Request) -> Visitor:
        visitor = visitor_of(request)
        if not visitor.may(permission):
            raise ForbiddenError(
                "This account" if visitor.name else "Who is not logged in",
                f"may not do this (it needs {permission})",
                "Ask your administrator." if visitor.name else "Log in first.",
            )
        return visitor

    return allowed
