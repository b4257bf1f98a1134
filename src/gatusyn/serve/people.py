"""Who logs in to a town: by a password or a token, and for how long."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock

from gatusyn.model import (
    AccountError,
    FormFault,
    LoginParams,
    StaleError,
    StoreError,
    UnknownAccountError,
    User,
    UserSession,
    Visitor,
)
from gatusyn.serve.attempts import Attempts
from gatusyn.serve.errors import LoginNeededError
from gatusyn.serve.passwords import Passwords
from gatusyn.serve.second_factor import (
    Vault,
    new_recovery_codes,
    new_secret,
    recovery_hash,
    step_of,
)
from gatusyn.serve.tokens import hash_of, new_session_token
from gatusyn.store import AccountBook

TRIED_KEPT = 10_000
SEEN_S = 60.0
"""A session's last use is noted to so many seconds: every look would be a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Somebody who is known.

    Parameters
    ----------
    session_hash
        Of the session they came by; empty with a token.
    """

    visitor: Visitor
    session_hash: str = ""


class People:
    """The accounts of one town, as the service uses them.

    Parameters
    ----------
    accounts
        The town's book.
    params
        For how long a log-in holds.
    passwords, attempts
        Shared by all towns of a service.
    vault
        Holds the second factors' secrets.
    town
        The organisation's name: failures are counted apart.
    clock
        Seconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        accounts: AccountBook,
        params: LoginParams,
        *,
        passwords: Passwords,
        attempts: Attempts,
        vault: Vault,
        town: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.accounts = accounts
        self.params = params
        self.passwords = passwords
        self.clock = clock
        self._attempts = attempts
        self._vault = vault
        self._town = town
        self._tried: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def log_in(self, name: str, password: str, code: str, *, client: str) -> tuple[User, str]:
        """Return who logs in, and what their browser shall show from now on.

        Parameters
        ----------
        code
            Of the second factor; empty without one.
        client
            Where they come from, to count failures by.

        Raises
        ------
        LoginNeededError
            If it is not them. Nothing tells what was wrong.
        TooManyError
            If it has failed too often.
        """
        name = name.strip().casefold()
        account = f"{self._town}/{name}"
        self._attempts.require_few(account, client)
        user = self._known(name)
        kept = user.password_hash if user is not None else None
        is_right = self.passwords.is_right(password, kept)
        if user is None or not is_right or user.disabled or not self._pass_second(user, code):
            self._attempts.note_failure(account, client)
            raise LoginNeededError(
                "Name, password or code", "is wrong", "Check all three and try again."
            )
        self._attempts.forget(account, client)
        return user, self.open(user)

    def _known(self, name: str) -> User | None:
        with suppress(UnknownAccountError):
            return self.accounts.user(name)
        return None

    def _pass_second(self, user: User, code: str) -> bool:
        if user.totp_secret is None:
            return True
        used = recovery_hash(code)
        if used in user.recovery_hashes:
            return self._use(user, replace(user, recovery_hashes=user.recovery_hashes - {used}))
        try:
            secret = self._vault.unlock(user.totp_secret)
        except AccountError:
            return False
        step = step_of(code, secret, now_s=self.clock(), after=user.totp_step)
        return step is not None and self._use(user, replace(user, totp_step=step))

    def _use(self, user: User, changed: User) -> bool:
        """Note that a code was used; of two at the same moment only one counts."""
        try:
            self.accounts.change_user(changed)
        except StaleError:
            return False
        return True

    def open(self, user: User) -> str:
        """Log somebody in, and return what their browser shall show."""
        token, now_s = new_session_token(), self.clock()
        session = UserSession(
            token_hash=hash_of(token),
            user=user.name,
            made_s=now_s,
            seen_s=now_s,
            ends_s=now_s + 3600.0 * self.params.longest_hours,
        )
        self.accounts.open_session(session)
        return token

    def who(self, session_token: str) -> Entered | None:
        """Return who shows a session's token; None if it is not (or no longer) known."""
        token_hash = hash_of(session_token)
        found = self.accounts.who_has_session(token_hash)
        if found is None:
            return None
        (session, user), now_s = found, self.clock()
        idle_s = now_s - session.seen_s
        if user.disabled or now_s >= session.ends_s or idle_s >= 60.0 * self.params.idle_minutes:
            self._try(token_hash, lambda: self.accounts.end_session(token_hash))
            return None
        if idle_s >= SEEN_S:
            self._try(token_hash, lambda: self.accounts.touch_session(token_hash, seen_s=now_s))
        return Entered(visitor=user.visitor(), session_hash=token_hash)

    def who_by_token(self, token: str) -> Entered | None:
        """Return whose token a program shows; None if it is not (or no longer) known."""
        found = self.accounts.who_has_token(hash_of(token))
        if found is None:
            return None
        (known, user), now_s = found, self.clock()
        if user.disabled or (known.ends_s is not None and now_s >= known.ends_s):
            return None
        today = datetime.fromtimestamp(now_s, tz=UTC).date()
        if known.used_on != today:
            number = known.number
            self._try(f"token {number}", lambda: self.accounts.note_token_used(number, today))
        return Entered(visitor=user.visitor(known.scopes))

    def _try(self, key: str, write: Callable[[], None]) -> None:
        """Write what may also be written later: while a drive is committed others only read."""
        with self._lock:
            if self.clock() - self._tried.get(key, float("-inf")) < SEEN_S:
                return
            self._tried[key] = self.clock()
            self._tried.move_to_end(key)
            while len(self._tried) > TRIED_KEPT:
                self._tried.popitem(last=False)
        with suppress(StoreError):
            write()

    def change_password(self, name: str, old: str, new: str, *, session_hash: str) -> None:
        """Change somebody's own password, and log them out everywhere else.

        Raises
        ------
        AccountError
            If the old one is wrong, or the new one too easily guessed.
        TooManyError
            If it has failed too often.
        """
        account = f"{self._town}/{name}"
        self._attempts.require_few(account, "own")
        user = self.accounts.user(name)
        if not self.passwords.is_right(old, user.password_hash):
            self._attempts.note_failure(account, "own")
            raise AccountError(
                "The present password", "is wrong", "Type it again.", form=FormFault.PASSWORD_WRONG
            )
        kept = self.passwords.make(new, name=name)
        self.accounts.change_user(replace(user, password_hash=kept))
        self.accounts.end_sessions(name, but=session_hash)

    def begin_second(self) -> tuple[str, str]:
        """Return a new secret for a phone, and the same encrypted, to be sent back with a code."""
        secret = new_secret()
        return secret, self._vault.lock(secret)

    def secret_in(self, locked: str) -> str:
        """Return the secret that ``begin_second`` encrypted."""
        return self._vault.unlock(locked)

    def confirm_second(self, name: str, locked: str, code: str) -> list[str]:
        """Switch the second factor on, and return the recovery codes.

        Raises
        ------
        AccountError
            If the code is not the phone's.
        """
        user = self.accounts.user(name)
        step = step_of(code, self._vault.unlock(locked), now_s=self.clock(), after=0)
        if step is None:
            raise AccountError(
                "The code",
                "is wrong",
                "Type the one that the phone shows now.",
                form=FormFault.CODE_WRONG,
            )
        codes = new_recovery_codes()
        hashes = frozenset(map(recovery_hash, codes))
        changed = replace(user, totp_secret=locked, totp_step=step, recovery_hashes=hashes)
        self.accounts.change_user(changed)
        return codes

    def end_second(self, name: str, password: str) -> None:
        """Switch somebody's own second factor off.

        Raises
        ------
        AccountError
            If the password is wrong.
        """
        user = self.accounts.user(name)
        self._attempts.require_few(f"{self._town}/{name}", "own")
        if not self.passwords.is_right(password, user.password_hash):
            self._attempts.note_failure(f"{self._town}/{name}", "own")
            raise AccountError(
                "The present password", "is wrong", "Type it again.", form=FormFault.PASSWORD_WRONG
            )
        self.accounts.change_user(without_second(user))


def without_second(user: User) -> User:
    """Return an account without its second factor."""
    return replace(user, totp_secret=None, totp_step=0, recovery_hashes=frozenset())
