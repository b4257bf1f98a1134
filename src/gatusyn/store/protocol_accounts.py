"""Who may log in, who is logged in, and who did what: every store keeps such a book."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from gatusyn.model import ApiToken, AuditEntry, User, UserSession


class AccountBook(Protocol):
    """One organisation's accounts, sessions and tokens, and its audit log.

    What a browser or a program shows is never kept, only its hash. The audit log is appended to;
    nothing of it is changed, and what is old is forgotten as a whole.
    """

    def users(self) -> tuple[User, ...]:
        """Return all accounts, by name; those that are disabled too."""

    def user(self, name: str) -> User:
        """Return an account.

        Raises
        ------
        UnknownAccountError
            If there is none of that name.
        """

    def user_of_subject(self, subject: str) -> User | None:
        """Return the account of somebody whom the identity provider knows; None if there is none.

        Parameters
        ----------
        subject
            As ``User.subject``.
        """

    def add_user(self, user: User) -> None:
        """Keep a new account.

        Raises
        ------
        TakenError
            If there is one of that name, or of that subject.
        """

    def change_user(self, user: User) -> User:
        """Change an account to what is given, and return it with its new version.

        Who is disabled by it is logged out everywhere.

        Raises
        ------
        UnknownAccountError
            If there is none of that name.
        StaleError
            If its version is not the one given.
        TakenError
            If no administrator who can log in would be left, or the subject is another's.
        """

    def open_session(self, session: UserSession) -> None:
        """Note that somebody has logged in; sessions that have ended by then are forgotten."""

    def who_has_session(self, token_hash: str) -> tuple[UserSession, User] | None:
        """Return a session and whose it is; None if there is none."""

    def sessions(self) -> tuple[UserSession, ...]:
        """Return who is logged in, by account, the last seen first."""

    def touch_session(self, token_hash: str, *, seen_s: float) -> None:
        """Note when a session was last used."""

    def end_session(self, token_hash: str) -> None:
        """Log somebody out; nothing happens if they were not logged in."""

    def end_sessions(self, user: str, *, but: str = "") -> None:
        """Log somebody out everywhere, but for the session of one hash."""

    def add_token(self, token: ApiToken, token_hash: str) -> ApiToken:
        """Keep a new token, and return it with its number."""

    def tokens(self, user: str | None = None) -> tuple[ApiToken, ...]:
        """Return one person's tokens, or all, by number."""

    def who_has_token(self, token_hash: str) -> tuple[ApiToken, User] | None:
        """Return a token and whose it is; None if there is none."""

    def note_token_used(self, number: int, day: date) -> None:
        """Note the day on which a token was last used."""

    def revoke_token(self, number: int, *, user: str | None = None) -> None:
        """Have a token work no more.

        Parameters
        ----------
        user
            If given, only theirs.

        Raises
        ------
        UnknownAccountError
            If there is no such token.
        """

    def note(self, entries: Sequence[AuditEntry]) -> None:
        """Append to the audit log, all or none."""

    def entries(
        self,
        *,
        since_s: float | None = None,
        until_s: float | None = None,
        who: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[AuditEntry, ...]:
        """Return entries of the audit log, the newest first.

        Parameters
        ----------
        since_s, until_s
            From when on, and until before when.
        before
            Only those with a lower number: who asks on with the last one's gets them all.
        """

    def count_entries(self, *, before_s: float) -> int:
        """Return how many entries are from before a moment."""

    def forget_entries(self, *, before_s: float) -> int:
        """Delete the entries from before a moment; return how many they were."""
