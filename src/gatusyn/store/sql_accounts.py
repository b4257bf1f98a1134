"""Accounts, sessions and tokens in the database, and its audit log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from gatusyn.model import (
    ApiToken,
    AuditEntry,
    FormFault,
    Permission,
    Role,
    StaleError,
    TakenError,
    UnknownAccountError,
    User,
    UserSession,
)
from gatusyn.store.sql_codec import safe_text
from gatusyn.store.sql_part import SqlPart
from gatusyn.store.sql_scope import Scoped

USER_COLUMNS = (
    *("name", "display_name", "email", "role", "areas", "treatments", "password_hash"),
    *("totp_secret", "totp_step", "recovery_hashes", "disabled", "subject", "made_s", "version"),
)
SESSION_COLUMNS = ("token_hash", "made_s", "seen_s", "ends_s")
TOKEN_COLUMNS = ("number", "label", "scopes", "made_s", "ends_s", "used_on")
ENTRY_COLUMNS = ("number", "time_s", "who", "what", "about", "outcome", "address")
LONGEST_ENTRY = 500

OF_USER = ", ".join(f"a.{name}" for name in USER_COLUMNS)
OF_SESSION = ", ".join(f"s.{name}" for name in SESSION_COLUMNS)
OF_TOKEN = ", ".join(f"t.{name}" for name in TOKEN_COLUMNS)


class SqlAccounts(SqlPart):
    """An ``AccountBook`` in a database; ``SqlStore.accounts`` is one."""

    def users(self) -> tuple[User, ...]:
        """Return all accounts, by name; those that are disabled too."""
        with self._reading() as scoped:
            return tuple(_users(scoped, "TRUE", {}))

    def user(self, name: str) -> User:
        """Return an account; ``UnknownAccountError`` if there is none of that name."""
        with self._reading() as scoped:
            return _user(scoped, name)

    def user_of_subject(self, subject: str) -> User | None:
        """Return the account of somebody whom the identity provider knows."""
        with self._reading() as scoped:
            found = _users(scoped, "a.subject = :subject", {"subject": safe_text(subject)})
        return found[0] if found else None

    def add_user(self, user: User) -> None:
        """Keep a new account; ``TakenError`` if there is one of that name or subject."""
        with self._writing("the account") as scoped:
            if _users(scoped, "a.name = :name", {"name": user.name}):
                raise TakenError(
                    f"account {user.name}",
                    "is there already",
                    "Choose another name.",
                    form=FormFault.ACCOUNT_TAKEN,
                    figures={"name": user.name},
                )
            _require_own_subject(scoped, user)
            scoped.insert("account", USER_COLUMNS, [_user_values(user)])

    def change_user(self, user: User) -> User:
        """Change an account to what is given, and return it with its new version."""
        with self._writing("the account") as scoped:
            before = _user(scoped, user.name)
            if before.version != user.version:
                raise StaleError(
                    f"account {user.name}",
                    "was changed by somebody else meanwhile",
                    "Look at it as it is now, and change it again.",
                    form=FormFault.ACCOUNT_CHANGED,
                )
            _require_own_subject(scoped, user)
            changed = replace(user, version=user.version + 1)
            assignment = ", ".join(f"{name} = :{name}" for name in USER_COLUMNS)
            values = dict(zip(USER_COLUMNS, _user_values(changed), strict=True))
            scoped.update("account", assignment, values, where="name = :name")
            _require_administrator(scoped, before, changed)
            if changed.disabled:
                _end_sessions(scoped, changed.name, but="")
        return changed

    def open_session(self, session: UserSession) -> None:
        """Note that somebody has logged in; sessions that have ended by then are forgotten."""
        with self._writing("the session") as scoped:
            scoped.clear("login", "ends_s <= :now", {"now": session.made_s})
            values = [getattr(session, name) for name in SESSION_COLUMNS]
            account = _number_of(scoped, session.user)
            scoped.insert("login", ("account", *SESSION_COLUMNS), [(account, *values)])

    def who_has_session(self, token_hash: str) -> tuple[UserSession, User] | None:
        """Return a session and whose it is; None if there is none."""
        query = f"""
        SELECT {OF_SESSION}, {OF_USER} FROM login AS s JOIN account AS a ON a.account = s.account
        WHERE s.token_hash = :hash
        """  # noqa: S608
        with self._reading() as scoped:
            row = scoped.row(query, {"hash": token_hash})
        if row is None:
            return None
        user = _user_of(row[len(SESSION_COLUMNS) :])
        known = dict(zip(SESSION_COLUMNS, row, strict=False))
        return UserSession(user=user.name, **known), user

    def sessions(self) -> tuple[UserSession, ...]:
        """Return who is logged in, by account, the last seen first."""
        query = f"""
        SELECT a.name, {OF_SESSION} FROM login AS s JOIN account AS a ON a.account = s.account
        ORDER BY a.name, s.seen_s DESC
        """  # noqa: S608
        with self._reading() as scoped:
            return tuple(
                UserSession(user=name, **dict(zip(SESSION_COLUMNS, row, strict=True)))
                for name, *row in scoped.rows(query)
            )

    def touch_session(self, token_hash: str, *, seen_s: float) -> None:
        """Note when a session was last used."""
        with self._writing("the session") as scoped:
            bound = {"hash": token_hash, "seen": seen_s}
            scoped.update("login", "seen_s = :seen", bound, where="token_hash = :hash")

    def end_session(self, token_hash: str) -> None:
        """Log somebody out; nothing happens if they were not logged in."""
        with self._writing("the session") as scoped:
            scoped.clear("login", "token_hash = :hash", {"hash": token_hash})

    def end_sessions(self, user: str, *, but: str = "") -> None:
        """Log somebody out everywhere, but for the session of one hash."""
        with self._writing("the sessions") as scoped:
            _end_sessions(scoped, user, but=but)

    def add_token(self, token: ApiToken, token_hash: str) -> ApiToken:
        """Keep a new token, and return it with its number."""
        with self._writing("the token") as scoped:
            kept = replace(token, number=_next(scoped, "token"))
            account = _number_of(scoped, token.user)
            values = (account, token_hash, *_token_values(kept))
            scoped.insert("token", ("account", "token_hash", *TOKEN_COLUMNS), [values])
        return kept

    def tokens(self, user: str | None = None) -> tuple[ApiToken, ...]:
        """Return one person's tokens, or all, by number."""
        query = f"""
        SELECT a.name, {OF_TOKEN} FROM token AS t JOIN account AS a ON a.account = t.account
        WHERE {"TRUE" if user is None else "a.name = :name"} ORDER BY t.number
        """  # noqa: S608
        bound = {} if user is None else {"name": safe_text(user)}
        with self._reading() as scoped:
            return tuple(_token_of(name, row) for name, *row in scoped.rows(query, bound))

    def who_has_token(self, token_hash: str) -> tuple[ApiToken, User] | None:
        """Return a token and whose it is; None if there is none."""
        query = f"""
        SELECT {OF_TOKEN}, {OF_USER} FROM token AS t JOIN account AS a ON a.account = t.account
        WHERE t.token_hash = :hash
        """  # noqa: S608
        with self._reading() as scoped:
            row = scoped.row(query, {"hash": token_hash})
        if row is None:
            return None
        user = _user_of(row[len(TOKEN_COLUMNS) :])
        return _token_of(user.name, row[: len(TOKEN_COLUMNS)]), user

    def note_token_used(self, number: int, day: date) -> None:
        """Note the day on which a token was last used."""
        with self._writing("the token") as scoped:
            bound = {"number": number, "day": day.isoformat()}
            scoped.update("token", "used_on = :day", bound, where="number = :number")

    def revoke_token(self, number: int, *, user: str | None = None) -> None:
        """Have a token work no more; ``UnknownAccountError`` if there is no such token."""
        with self._writing("the token") as scoped:
            query = (
                "SELECT a.name FROM token AS t JOIN account AS a ON a.account = t.account "
                "WHERE t.number = :number"
            )
            row = scoped.row(query, {"number": number})
            if row is None or user not in (None, row[0]):
                raise UnknownAccountError(
                    f"token {number}", "is not known", "See the list.", form=FormFault.TOKEN_GONE
                )
            scoped.clear("token", "number = :number", {"number": number})

    def note(self, entries: Sequence[AuditEntry]) -> None:
        """Append to the audit log, all or none."""
        with self._writing("the audit log") as scoped:
            first = _next(scoped, "audit")
            rows = [(first + place, *_entry_values(one)) for place, one in enumerate(entries)]
            scoped.insert("audit", ENTRY_COLUMNS, rows)

    def entries(
        self,
        *,
        since_s: float | None = None,
        until_s: float | None = None,
        who: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[AuditEntry, ...]:
        """Return entries of the audit log, the newest first."""
        asked = {
            "time_s >= :since": ("since", since_s),
            "time_s < :until": ("until", until_s),
            "who = :who": ("who", None if who is None else safe_text(who)),
            "number < :before": ("before", before),
        }
        conditions = [words for words, (_, value) in asked.items() if value is not None]
        bound = {name: value for name, value in asked.values() if value is not None}
        query = f"""
        SELECT {", ".join(ENTRY_COLUMNS)} FROM audit WHERE {" AND ".join(["TRUE", *conditions])}
        ORDER BY number DESC LIMIT :limit
        """  # noqa: S608
        with self._reading() as scoped:
            rows = list(scoped.rows(query, bound | {"limit": limit}))
        return tuple(AuditEntry(**dict(zip(ENTRY_COLUMNS, row, strict=True))) for row in rows)

    def count_entries(self, *, before_s: float) -> int:
        """Return how many entries are from before a moment."""
        with self._reading() as scoped:
            return _count_entries(scoped, before_s)

    def forget_entries(self, *, before_s: float) -> int:
        """Delete the entries from before a moment; return how many they were."""
        with self._writing("the audit log") as scoped:
            count = _count_entries(scoped, before_s)
            scoped.clear("audit", "time_s < :before", {"before": before_s})
        return count


def _users(scoped: Scoped, where: str, bindings: dict[str, Any]) -> list[User]:
    query = f"SELECT {OF_USER} FROM account AS a WHERE {where} ORDER BY a.name"  # noqa: S608
    return [_user_of(row) for row in scoped.rows(query, bindings)]


def _user(scoped: Scoped, name: str) -> User:
    found = _users(scoped, "a.name = :name", {"name": safe_text(name)})
    if not found:
        raise UnknownAccountError(f"account {name}", "is not known", "See `gatusyn user list`.")
    return found[0]


def _number_of(scoped: Scoped, name: str) -> int:
    row = scoped.row("SELECT account FROM account WHERE name = :name", {"name": safe_text(name)})
    if row is None:
        raise UnknownAccountError(f"account {name}", "is not known", "See `gatusyn user list`.")
    return int(row[0])


def _require_own_subject(scoped: Scoped, user: User) -> None:
    if user.subject is None:
        return
    bound = {"subject": safe_text(user.subject), "name": user.name}
    if _users(scoped, "a.subject = :subject AND a.name <> :name", bound):
        raise TakenError(
            f"account {user.name}",
            "cannot have this subject: it is another account's",
            "Disable that account first, or take its subject away.",
        )


def _require_administrator(scoped: Scoped, before: User, changed: User) -> None:
    """Raise unless somebody is left who can look after the accounts."""
    administrates = [own.may_enter and own.role is Role.ADMINISTRATOR for own in (before, changed)]
    if administrates != [True, False]:
        return
    others = _users(scoped, "a.role = :role", {"role": Role.ADMINISTRATOR.value})
    if not any(own.may_enter for own in others):
        raise TakenError(
            f"account {changed.name}",
            "is the last administrator who can log in",
            "Make another administrator first.",
            form=FormFault.ACCOUNT_LAST,
        )


def _end_sessions(scoped: Scoped, user: str, *, but: str) -> None:
    bound = {"account": _number_of(scoped, user), "but": but}
    scoped.clear("login", "account = :account AND token_hash <> :but", bound)


def _next(scoped: Scoped, table: str) -> int:
    """Return the next number within the organisation."""
    return int(scoped.row(f"SELECT coalesce(max(number), 0) + 1 FROM {table}")[0])  # noqa: S608


def _count_entries(scoped: Scoped, before_s: float) -> int:
    query = "SELECT count(*) FROM audit WHERE time_s < :before"
    return int(scoped.row(query, {"before": before_s})[0])


def _names(names: frozenset[str] | None) -> str | None:
    return None if names is None else json.dumps(sorted(safe_text(own) for own in names))


def _set_of(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(json.loads(text))


def _user_values(user: User) -> tuple[Any, ...]:
    subject = None if user.subject is None else safe_text(user.subject)
    return (
        *(user.name, user.display_name, user.email, user.role.value),
        *(_names(user.areas), _names(user.treatments), user.password_hash),
        *(user.totp_secret, user.totp_step, _names(user.recovery_hashes)),
        *(int(user.disabled), subject, user.made_s, user.version),
    )


def _user_of(row: Sequence[Any]) -> User:
    known = dict(zip(USER_COLUMNS, row, strict=True))
    known |= {name: _set_of(known[name]) for name in ("areas", "treatments", "recovery_hashes")}
    known |= {"role": Role(known["role"]), "disabled": bool(known["disabled"])}
    return User(**known)


def _token_values(token: ApiToken) -> tuple[Any, ...]:
    used_on = None if token.used_on is None else token.used_on.isoformat()
    scopes = json.dumps(sorted(own.value for own in token.scopes))
    return (token.number, token.label, scopes, token.made_s, token.ends_s, used_on)


def _token_of(user: str, row: Sequence[Any]) -> ApiToken:
    known = dict(zip(TOKEN_COLUMNS, row, strict=True))
    used_on = known["used_on"]
    known |= {
        "scopes": frozenset(Permission(own) for own in json.loads(known["scopes"])),
        "used_on": None if used_on is None else date.fromisoformat(used_on),
    }
    return ApiToken(user=user, **known)


def _entry_values(one: AuditEntry) -> tuple[Any, ...]:
    address = None if one.address is None else _line(one.address)
    return (one.time_s, *map(_line, (one.who, one.what, one.about, one.outcome)), address)


def _line(text: str) -> str:
    """Return what a stranger may have sent as text that every database can hold."""
    return safe_text(text[:LONGEST_ENTRY]).replace("\x00", "\\x00")
