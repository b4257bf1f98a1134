"""Accounts, tokens and the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from gatusyn.model import (
    ApiToken,
    AuditEntry,
    CitySettings,
    Permission,
    User,
    Visitor,
)
from gatusyn.serve.account_changes import (
    add_account,
    change_account,
    make_token,
    tokens_seen_by,
)
from gatusyn.serve.audit import AuditLog
from gatusyn.serve.errors import ForbiddenError, VersionNeededError
from gatusyn.serve.etags import matches
from gatusyn.serve.passwords import Passwords
from gatusyn.serve.routes_city import Offset
from gatusyn.serve.schemas_accounts import (
    EntryOut,
    EntryPage,
    MeOut,
    NewTokenOut,
    TokenIn,
    TokenOut,
    TokenPage,
    UserChange,
    UserIn,
    UserOut,
    UserPage,
)
from gatusyn.serve.visitor import needs, visitor_of
from gatusyn.store.protocol import Store

Limit = Annotated[int, Query(ge=1, le=1000)]
Anybody = Annotated[Visitor, Depends(needs(Permission.SEE_PUBLIC))]
Manager = Annotated[Visitor, Depends(needs(Permission.MANAGE_USERS))]
Auditor = Annotated[Visitor, Depends(needs(Permission.SEE_AUDIT))]
IfMatch = Annotated[str | None, Header(max_length=200, description="the ETag it was read with")]
Number = Annotated[int, Path(ge=1, le=2**53)]
Name = Annotated[str, Path(min_length=1, max_length=64)]


def account_routes(
    store: Store,
    settings: CitySettings,
    audit: AuditLog | None,
    passwords: Passwords | None = None,
) -> APIRouter:
    """Return the routes of who asks, accounts, tokens and the audit log."""
    router = APIRouter()

    @router.get("/api/v1/me")
    def me(visitor: Annotated[Visitor, Depends(visitor_of)]) -> MeOut:
        """Say who asks, and what they may do."""
        return MeOut(
            name=visitor.name,
            role=visitor.role,
            permissions=sorted(visitor.permissions),
            areas=_sorted(visitor.areas),
            treatments=_sorted(visitor.treatments),
            town=settings.name,
        )

    router.include_router(_user_routes(store, passwords or Passwords()))
    router.include_router(_token_routes(store))
    router.include_router(_audit_routes(store, audit))
    return router


def _user_routes(store: Store, passwords: Passwords) -> APIRouter:
    router = APIRouter(prefix="/api/v1/users")

    @router.get("")
    def users(visitor: Manager, limit: Limit = 100, offset: Offset = 0) -> UserPage:
        """List the accounts, by name."""
        found = store.accounts.users()
        items = [user_out(own) for own in found[offset : offset + limit]]
        return UserPage(total=len(found), limit=limit, offset=offset, items=items)

    @router.post("", status_code=HTTPStatus.CREATED)
    def add(visitor: Manager, request: Request, response: Response, wanted: UserIn) -> UserOut:
        """Make an account."""
        request.state.about = wanted.name
        made = add_account(store.accounts, passwords, wanted)
        response.headers["ETag"] = tag_of(made)
        return user_out(made)

    @router.get("/{name}")
    def user(visitor: Manager, response: Response, name: Name) -> UserOut:
        """Return an account; its ETag is needed to change it."""
        found = store.accounts.user(name)
        response.headers["ETag"] = tag_of(found)
        return user_out(found)

    @router.patch("/{name}")
    def change(
        visitor: Manager,
        request: Request,
        response: Response,
        name: Name,
        wanted: UserChange,
        if_match: IfMatch = None,
    ) -> UserOut:
        """Change an account, as it was read: 412 if somebody else has changed it since.

        A new password logs its owner out everywhere.
        """
        request.state.about = f"{name}: {', '.join(sorted(wanted.model_fields_set))}"
        before = store.accounts.user(name)
        version = _version_in(if_match, before)
        changed = change_account(store.accounts, passwords, name, wanted, version=version)
        response.headers["ETag"] = tag_of(changed)
        return user_out(changed)

    return router


def _token_routes(store: Store) -> APIRouter:
    router = APIRouter(prefix="/api/v1/tokens")

    @router.get("")
    def tokens(visitor: Anybody, limit: Limit = 100, offset: Offset = 0) -> TokenPage:
        """List one's own tokens; administrators see all."""
        found = store.accounts.tokens(tokens_seen_by(visitor))
        items = [token_out(own) for own in found[offset : offset + limit]]
        return TokenPage(total=len(found), limit=limit, offset=offset, items=items)

    @router.post("", status_code=HTTPStatus.CREATED)
    def add(visitor: Anybody, request: Request, wanted: TokenIn) -> NewTokenOut:
        """Make a token of one's own, for no more than one may oneself."""
        tokens_seen_by(visitor)
        request.state.about = f"token: {wanted.label}"
        if getattr(request.state, "by_token", False):
            raise ForbiddenError("A token", "makes no tokens", "Log in with a browser.")
        kept, token = make_token(store.accounts, visitor, wanted)
        return NewTokenOut(**token_out(kept).model_dump(), token=token)

    @router.delete("/{number}", status_code=HTTPStatus.NO_CONTENT)
    def revoke(visitor: Anybody, request: Request, number: Number) -> Response:
        """Have a token work no more, at once."""
        request.state.about = f"token {number}"
        store.accounts.revoke_token(number, user=tokens_seen_by(visitor))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return router


def _audit_routes(store: Store, audit: AuditLog | None) -> APIRouter:
    router = APIRouter(prefix="/api/v1/audit")

    @router.get("")
    def entries(
        visitor: Auditor,
        since_s: Annotated[float | None, Query(ge=0, le=1e11)] = None,
        until_s: Annotated[float | None, Query(ge=0, le=1e11)] = None,
        who: Annotated[str | None, Query(max_length=64)] = None,
        before: Annotated[int | None, Query(ge=0, le=2**53)] = None,
        limit: Limit = 100,
    ) -> EntryPage:
        """List who did what, the newest first."""
        if audit is not None:
            audit.flush()
        found = store.accounts.entries(
            since_s=since_s, until_s=until_s, who=who, before=before, limit=limit + 1
        )
        shown = found[:limit]
        after = shown[-1].number if len(found) > limit else None
        return EntryPage(items=[entry_out(own) for own in shown], next=after)

    return router


def user_out(user: User) -> UserOut:
    """Return an account as it is told."""
    return UserOut(
        name=user.name,
        display_name=user.display_name,
        email=user.email,
        role=user.role,
        areas=_sorted(user.areas),
        treatments=_sorted(user.treatments),
        disabled=user.disabled,
        has_password=user.password_hash is not None,
        has_codes=user.totp_secret is not None,
        subject=user.subject,
        made_s=user.made_s,
        version=user.version,
    )


def token_out(token: ApiToken) -> TokenOut:
    """Return a token as it is told."""
    return TokenOut(
        number=token.number,
        label=token.label,
        user=token.user,
        scopes=sorted(token.scopes),
        made_s=token.made_s,
        ends_s=token.ends_s,
        used_on=token.used_on,
    )


def entry_out(entry: AuditEntry) -> EntryOut:
    """Return an entry of the audit log as it is told."""
    return EntryOut(**{name: getattr(entry, name) for name in EntryOut.model_fields})


def tag_of(user: User) -> str:
    """Return an account's ETag."""
    return f'"{user.name}-{user.version}"'.encode("ascii", "backslashreplace").decode()


def _version_in(if_match: str | None, user: User) -> int:
    """Return the version that a change is one of: the present one, or one that is none."""
    if if_match is None:
        raise VersionNeededError(
            "If-Match", "is missing", "Send the ETag with which the account was read."
        )
    return user.version if matches(tag_of(user), if_match) else 0


def _sorted(names: Iterable[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)
