"""Accounts, tokens and the audit log as they go over the wire; no hash ever does."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from gatusyn.model import Permission, Role
from gatusyn.serve.schemas import Schema


class MeOut(Schema):
    """Who asks; areas and treatments are those of a contractor, null is everything."""

    name: str
    role: Role
    permissions: list[Permission]
    areas: list[str] | None
    treatments: list[str] | None
    town: str


class UserOut(Schema):
    """An account."""

    name: str
    display_name: str
    email: str
    role: Role
    areas: list[str] | None
    treatments: list[str] | None
    disabled: bool
    has_password: bool
    has_codes: bool
    subject: str | None
    made_s: float
    version: int


class UserPage(Schema):
    """A page of the accounts."""

    total: int
    limit: int
    offset: int
    items: list[UserOut]


Names = list[str] | None


class UserIn(Schema):
    """A new account; without a password it is for somebody whom the identity provider knows."""

    name: str = Field(min_length=1, max_length=64)
    display_name: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=200)
    role: Role
    areas: Names = Field(default=None, max_length=500)
    treatments: Names = Field(default=None, max_length=500)
    password: str | None = Field(default=None, max_length=200)
    subject: str | None = Field(default=None, max_length=500)


class UserChange(Schema):
    """What of an account is to be another; what is left out stays."""

    display_name: str | None = Field(default=None, max_length=200)
    email: str | None = Field(default=None, max_length=200)
    role: Role | None = None
    areas: Names = Field(default=None, max_length=500)
    treatments: Names = Field(default=None, max_length=500)
    disabled: bool | None = None
    password: str | None = Field(default=None, max_length=200)


class TokenOut(Schema):
    """A token, without what is shown in its place."""

    number: int
    label: str
    user: str
    scopes: list[Permission]
    made_s: float
    ends_s: float | None
    used_on: date | None


class NewTokenOut(TokenOut):
    """A new token: what is shown is told this once."""

    token: str


class TokenPage(Schema):
    """A page of the tokens."""

    total: int
    limit: int
    offset: int
    items: list[TokenOut]


class TokenIn(Schema):
    """A token to be made: for what, and for how many days (null: until it is revoked)."""

    label: str = Field(min_length=1, max_length=200)
    scopes: list[Permission] = Field(min_length=1, max_length=20)
    days: int | None = Field(default=365, ge=1, le=3650)


class EntryOut(Schema):
    """That somebody did something."""

    number: int
    time_s: float
    who: str
    what: str
    about: str
    outcome: str
    address: str | None


class EntryPage(Schema):
    """A page of the audit log, the newest first; ``next`` is the ``before`` of the next page."""

    items: list[EntryOut]
    next: int | None
