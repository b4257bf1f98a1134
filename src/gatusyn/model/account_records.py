"""What is kept of people who log in: accounts, sessions, tokens, and who did what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from gatusyn.model.accounts import ALLOWED, Permission, Role, Visitor
from gatusyn.model.errors import AccountError
from gatusyn.model.form_fault import FormFault

_NAME = re.compile(r"[a-z0-9åäöéü][a-z0-9åäöéü._@-]{0,63}")
LONGEST_TEXT = 200
MOST_AREAS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may log in.

    Parameters
    ----------
    name
        What they log in with, and under which everything they do is noted; never changes.
    email
        For people who look after accounts; nothing is sent there. Empty if not given.
    areas, treatments
        What a contractor was given, by the names of streets or districts and of treatments; None
        is everything, which only others than contractors may have.
    password_hash
        None for those who log in elsewhere, or not yet.
    totp_secret
        The second factor's secret, encrypted with the town's key; None without one.
    totp_step
        The time step of the newest code that was taken: none is taken twice.
    recovery_hashes
        Of the codes that stand in for the second factor, each once.
    subject
        Who they are at the identity provider: its issuer, a blank, and their subject there.
    version
        Grows with every change: two people who change the same account notice.
    """

    name: str
    display_name: str
    role: Role
    email: str = ""
    areas: frozenset[str] | None = None
    treatments: frozenset[str] | None = None
    password_hash: str | None = field(default=None, repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    totp_step: int = 0
    recovery_hashes: frozenset[str] = field(default=frozenset(), repr=False)
    disabled: bool = False
    subject: str | None = None
    made_s: float = 0.0
    version: int = 1

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None:
            raise AccountError(
                "The name",
                "is no name of an account",
                "Use up to 64 small letters, digits and . _ @ -, a letter or digit first.",
                form=FormFault.ACCOUNT_NAME,
            )
        for what, text in (("display name", self.display_name), ("e-mail", self.email)):
            if not _is_line(text):
                raise AccountError(
                    f"The {what}",
                    "is too long or not a line of text",
                    "Shorten it.",
                    form=FormFault.ACCOUNT_LINE,
                )
        if self.role is Role.PUBLIC:
            raise AccountError("The role", "public is nobody's", "Choose another role.")
        self._check_limits()

    def _check_limits(self) -> None:
        limits = (self.areas, self.treatments)
        if self.role is Role.CONTRACTOR and not self.areas:
            raise AccountError(
                "The areas",
                "of a contractor are not given",
                "Name the streets they work on.",
                form=FormFault.ACCOUNT_WITHOUT_AREAS,
            )
        if self.role is not Role.CONTRACTOR and limits != (None, None):
            raise AccountError(
                "The areas", "go with contractors only", "Leave areas and treatments out."
            )
        names = frozenset[str]().union(*(own for own in limits if own is not None))
        if len(names) > MOST_AREAS or not all(_is_line(own) and own for own in names):
            raise AccountError(
                "The areas",
                f"are more than {MOST_AREAS}, or one is empty or too long",
                "Name streets or districts as the map does.",
                form=FormFault.ACCOUNT_AREAS,
                figures={"limit": MOST_AREAS},
            )

    @property
    def may_enter(self) -> bool:
        """Whether they can log in at all."""
        return not self.disabled and (self.password_hash is not None or self.subject is not None)

    def visitor(self, scopes: frozenset[Permission] | None = None) -> Visitor:
        """Return what they may do: all that their role allows, or with a token no more than that.

        Parameters
        ----------
        scopes
            What a token is for.
        """
        allowed = ALLOWED[self.role]
        return Visitor(
            name=self.name,
            role=self.role,
            permissions=allowed if scopes is None else allowed & scopes,
            areas=self.areas,
            treatments=self.treatments,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSession:
    """That somebody is logged in.

    Parameters
    ----------
    token_hash
        SHA-256 of what the browser holds, which is kept nowhere.
    made_s, seen_s, ends_s
        When they logged in, were last seen (to a minute), and must log in again at the latest.
    """

    token_hash: str = field(repr=False)
    user: str
    made_s: float
    seen_s: float
    ends_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program shows in place of a log-in.

    Parameters
    ----------
    number
        Given by the store; 0 before.
    label
        What it is for, in its owner's words.
    user
        Its owner: it never may more than they may.
    scopes
        What it is for.
    ends_s
        When it stops working; None for never.
    used_on
        The day on which it was last used; None if it never was.
    """

    number: int = 0
    label: str
    user: str
    scopes: frozenset[Permission]
    made_s: float
    ends_s: float | None = None
    used_on: date | None = None

    def __post_init__(self) -> None:
        if not self.label or not _is_line(self.label):
            raise AccountError(
                "The label",
                "is empty, too long or no line of text",
                "Shorten it.",
                form=FormFault.TOKEN_EMPTY,
            )
        if not self.scopes:
            raise AccountError(
                "The scopes",
                "are none",
                "Name at least one permission.",
                form=FormFault.TOKEN_EMPTY,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """That somebody did something, or tried to.

    Parameters
    ----------
    number
        Given by the store, growing; 0 before.
    who
        The account's name; empty where nobody was logged in.
    what
        What was done: ``log-in``, or a request's method and route.
    about
        What it was done to: a picture's id, an account's name.
    outcome
        ``done``, ``refused``, or ``failed`` with an HTTP code.
    address
        The client's; None unless the town's settings ask for it.
    """

    number: int = 0
    time_s: float
    who: str
    what: str
    about: str = ""
    outcome: str = "done"
    address: str | None = None


def _is_line(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and text.isprintable()
