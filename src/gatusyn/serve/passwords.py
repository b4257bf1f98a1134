"""Passwords: which are good enough, and how they are kept and tried."""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from gatusyn.model import (
    AccountError,
    FormFault,
)

SHORTEST, LONGEST = 12, 200
FEWEST_LETTERS = 5
"""Different ones; a password of fewer is a pattern."""

AT_ONCE = 2
"""Passwords tried at the same moment: each takes 32 MiB, and a flood must not take them all."""


def default_hasher() -> PasswordHasher:
    """Return argon2id with more memory and rounds than OWASP asks for (19 MiB, 2 rounds)."""
    return PasswordHasher(time_cost=3, memory_cost=32_768, parallelism=1)


class Passwords:
    """Makes and tries hashes of passwords.

    Parameters
    ----------
    hasher
        How; by default ``default_hasher``.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or default_hasher()
        self._turn = BoundedSemaphore(AT_ONCE)
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(16))

    def make(self, password: str, *, name: str) -> str:
        """Return what is kept of a password.

        Raises
        ------
        AccountError
            If it is too easily guessed.
        """
        require_good(password, name=name)
        with self._turn:
            return self._hasher.hash(password)

    def is_right(self, password: str, kept: str | None) -> bool:
        """Say whether a password is the one that was kept.

        Where none was kept another is tried, so that the answer takes as long.
        """
        tried = password[: LONGEST + 1].encode("utf-8", "backslashreplace")
        with self._turn:
            try:
                matches = self._hasher.verify(kept or self._nobodys, tried)
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False
        return matches and kept is not None


def require_good(password: str, *, name: str) -> None:
    """Raise ``AccountError`` for a password that is too easily guessed.

    Length counts; no kinds of letters are asked for (NIST SP 800-63B, 5.1.1.2).
    """
    if not SHORTEST <= len(password) <= LONGEST:
        problem = f"has not {SHORTEST} to {LONGEST} characters"
        raise AccountError(
            "The password",
            problem,
            "Take some words that belong together.",
            form=FormFault.PASSWORD_LENGTH,
            figures={"least": SHORTEST, "most": LONGEST},
        )
    if len(set(password)) < FEWEST_LETTERS:
        raise AccountError(
            "The password", "is a pattern", "Take some words.", form=FormFault.PASSWORD_PATTERN
        )
    if name and name.casefold() in password.casefold() and len(password) < len(name) + SHORTEST:
        raise AccountError(
            "The password",
            "holds the account's name",
            "Take other words.",
            form=FormFault.PASSWORD_NAME,
        )
    if any(0xD800 <= ord(own) <= 0xDFFF for own in password):
        raise AccountError(
            "The password",
            "holds what is no letter",
            "Type it again.",
            form=FormFault.PASSWORD_LETTER,
        )
