"""The list of accounts: its rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gatusyn.model import ApiToken, User, UserSession
from gatusyn.serve.pages.links import page_link
from gatusyn.serve.pages.lists import Column, Kind
from gatusyn.serve.pages.navigation import N_
from gatusyn.serve.pages.words import ROLES

ONE_USER = "/users/user"
"""Where the page of one account is."""


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
        link=lambda row: page_link(ONE_USER, name=row.user.name),
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
