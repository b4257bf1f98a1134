"""What can be done to accounts and tokens, by program or on a page."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gatusyn.model import (
    AccountError,
    ApiToken,
    FormFault,
    Permission,
    Role,
    User,
    Visitor,
)
from gatusyn.serve.errors import LoginNeededError
from gatusyn.serve.passwords import Passwords
from gatusyn.serve.people import without_second
from gatusyn.serve.schemas_accounts import TokenIn, UserChange, UserIn
from gatusyn.serve.tokens import hash_of, new_api_token
from gatusyn.store import AccountBook

DAY_S = 86_400.0


def first_password() -> str:
    """Return a password that nobody guesses, to be handed on and then changed by its owner."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def add_account(accounts: AccountBook, passwords: Passwords, wanted: UserIn) -> User:
    """Make an account.

    Raises
    ------
    AccountError
        If it is none that there may be, or the password is too easily guessed.
    TakenError
        If the name or the subject is taken.
    """
    given = wanted.model_dump(exclude={"password", "areas", "treatments"})
    made = User(
        **given,
        areas=set_of(wanted.areas),
        treatments=set_of(wanted.treatments),
        password_hash=_hash_of(passwords, wanted.password, wanted.name),
        made_s=time.time(),
    )
    accounts.add_user(made)
    return made


def change_account(
    accounts: AccountBook, passwords: Passwords, name: str, wanted: UserChange, *, version: int
) -> User:
    """Change an account as it was read; a new password logs its owner out everywhere.

    Parameters
    ----------
    version
        That it had when it was read.

    Raises
    ------
    UnknownAccountError
        If there is no such account.
    StaleError
        If somebody else has changed it since.
    TakenError
        If no administrator who can log in would be left.
    AccountError
        If it would be none that there may be.
    """
    before = accounts.user(name)
    changed = accounts.change_user(
        replace(before, **_changes(wanted, before, passwords), version=version)
    )
    if wanted.password is not None:
        accounts.end_sessions(name)
    return changed


def end_second_factor(accounts: AccountBook, name: str, *, version: int) -> User:
    """Switch an account's second factor off, as it was read, and log its owner out everywhere.

    Raises
    ------
    UnknownAccountError
        If there is no such account.
    StaleError
        If somebody else has changed it since.
    """
    changed = accounts.change_user(replace(without_second(accounts.user(name)), version=version))
    accounts.end_sessions(name)
    return changed


def tokens_seen_by(visitor: Visitor) -> str | None:
    """Return whose tokens a visitor sees: their own; None, for who looks after accounts, is all.

    Raises
    ------
    LoginNeededError
        If they are nobody.
    """
    if not visitor.name or visitor.role is Role.PUBLIC:
        raise LoginNeededError("Who is not logged in", "has no tokens", "Log in first.")
    return None if visitor.may(Permission.MANAGE_USERS) else visitor.name


def make_token(accounts: AccountBook, visitor: Visitor, wanted: TokenIn) -> tuple[ApiToken, str]:
    """Make a token of one's own, for no more than one may oneself; return what is shown this once.

    Raises
    ------
    AccountError
        If it would be for more.
    """
    token, scopes = new_api_token(), frozenset(wanted.scopes)
    accounts.user(visitor.name)
    if not scopes <= visitor.permissions:
        raise AccountError(
            "The scopes",
            "are more than you may yourself",
            "Leave out what you may not do.",
            form=FormFault.TOKEN_MORE,
        )
    now_s = time.time()
    ends_s = None if wanted.days is None else now_s + wanted.days * DAY_S
    made = ApiToken(
        label=wanted.label, user=visitor.name, scopes=scopes, made_s=now_s, ends_s=ends_s
    )
    return accounts.add_token(made, hash_of(token)), token


def _changes(wanted: UserChange, user: User, passwords: Passwords) -> dict[str, Any]:
    """Return the fields that a change sets; other roles than contractors have no limits."""
    given = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    changes = {
        name: given[name]
        for name in ("display_name", "email", "role", "disabled")
        if given.get(name) is not None
    }
    if changes.get("role", user.role) is not Role.CONTRACTOR:
        changes |= {"areas": None, "treatments": None}
    changes |= {name: set_of(given[name]) for name in ("areas", "treatments") if name in given}
    if given.get("password") is not None:
        changes["password_hash"] = _hash_of(passwords, given["password"], user.name)
    return changes


def _hash_of(passwords: Passwords, password: str | None, name: str) -> str | None:
    return None if password is None else passwords.make(password, name=name)


def set_of(names: Iterable[str] | None) -> frozenset[str] | None:
    """Return names as an account keeps them; None is everything."""
    return None if names is None else frozenset(names)
