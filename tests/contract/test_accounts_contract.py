"""What every store must do with accounts, sessions, tokens and the audit log."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatusyn.model import (
    AccountError,
    ApiToken,
    AuditEntry,
    Permission,
    Role,
    StaleError,
    TakenError,
    UnknownAccountError,
    User,
    UserSession,
)
from gatusyn.store import Store


def user(name: str = "åsa", role: Role = Role.ENGINEER, **more: Any) -> User:
    return User(name=name, display_name="Åsa Öberg", role=role, password_hash="h", **more)


def session(user: str = "åsa", token_hash: str = "aa", *, ends_s: float = 50.0) -> UserSession:
    return UserSession(user=user, token_hash=token_hash, made_s=1.0, seen_s=1.0, ends_s=ends_s)


def token(user: str = "åsa", **more: Any) -> ApiToken:
    scopes = frozenset({Permission.SEE_TOWN})
    return ApiToken(label="QGIS", user=user, scopes=scopes, made_s=2.0, **more)


FULL = user(
    "kajsa",
    Role.CONTRACTOR,
    email="kajsa@example.se",
    areas=frozenset({"Storgatan", "Östra vägen"}),
    treatments=frozenset({"overlay"}),
    totp_secret="x",
    totp_step=7,
    recovery_hashes=frozenset({"r1", "r2"}),
    subject="https://login.example 17",
    made_s=1.5,
)


def test_an_account_comes_back_as_it_was_made(store: Store) -> None:
    assert store.accounts.users() == ()
    store.accounts.add_user(FULL)
    store.accounts.add_user(user())
    assert store.accounts.users() == (FULL, user())
    assert store.accounts.user("kajsa") == FULL
    assert store.accounts.user_of_subject("https://login.example 17") == FULL
    assert store.accounts.user_of_subject("https://login.example 18") is None
    with pytest.raises(UnknownAccountError, match="account ole: is not known"):
        store.accounts.user("ole")


def test_names_and_subjects_are_taken_once(store: Store) -> None:
    store.accounts.add_user(FULL)
    with pytest.raises(TakenError, match="is there already"):
        store.accounts.add_user(dataclasses.replace(FULL, subject=None))
    with pytest.raises(TakenError, match="another account's"):
        store.accounts.add_user(user(subject=FULL.subject))
    store.accounts.add_user(user())
    with pytest.raises(TakenError, match="another account's"):
        store.accounts.change_user(user(subject=FULL.subject))
    assert store.accounts.user("åsa") == user()


def test_two_who_change_the_same_notice(store: Store) -> None:
    store.accounts.add_user(user())
    mine = theirs = store.accounts.user("åsa")
    changed = store.accounts.change_user(dataclasses.replace(mine, role=Role.REVIEWER))
    assert changed.version == 2
    with pytest.raises(StaleError, match="by somebody else"):
        store.accounts.change_user(dataclasses.replace(theirs, role=Role.DRIVER))
    assert store.accounts.user("åsa") == changed
    with pytest.raises(UnknownAccountError):
        store.accounts.change_user(user("ole"))


def test_the_last_administrator_stays(store: Store) -> None:
    boss, other = user("boss", Role.ADMINISTRATOR), user("other", Role.ADMINISTRATOR)
    store.accounts.add_user(boss)
    store.accounts.add_user(dataclasses.replace(other, disabled=True))
    fewer: list[dict[str, Any]]
    fewer = [{"disabled": True}, {"role": Role.VIEWER}, {"password_hash": None}]
    for less in fewer:
        with pytest.raises(TakenError, match="last administrator"):
            store.accounts.change_user(dataclasses.replace(boss, **less))
    assert store.accounts.user("boss") == boss
    store.accounts.change_user(other)
    assert store.accounts.change_user(dataclasses.replace(boss, disabled=True)).disabled


def test_sessions_are_found_by_their_hash(store: Store) -> None:
    store.accounts.add_user(user())
    store.accounts.open_session(session())
    store.accounts.open_session(session(token_hash="bb"))
    assert store.accounts.who_has_session("aa") == (session(), user())
    assert store.accounts.who_has_session("cc") is None
    store.accounts.touch_session("aa", seen_s=9.0)
    found = store.accounts.who_has_session("aa")
    assert found is not None
    assert found[0].seen_s == 9.0
    store.accounts.end_session("aa")
    store.accounts.end_session("aa")
    assert store.accounts.who_has_session("aa") is None
    assert store.accounts.who_has_session("bb") is not None
    with pytest.raises(UnknownAccountError):
        store.accounts.open_session(session("ole", "dd"))


def test_who_is_logged_in_is_known(store: Store) -> None:
    for name in ("åsa", "bo"):
        store.accounts.add_user(user(name))
    assert store.accounts.sessions() == ()
    for name, token_hash in (("åsa", "aa"), ("åsa", "bb"), ("bo", "cc")):
        store.accounts.open_session(session(name, token_hash))
    store.accounts.touch_session("bb", seen_s=9.0)
    known = [(own.user, own.token_hash) for own in store.accounts.sessions()]
    assert known == [("bo", "cc"), ("åsa", "bb"), ("åsa", "aa")]


def test_sessions_that_have_ended_are_forgotten(store: Store) -> None:
    store.accounts.add_user(user())
    store.accounts.open_session(session(ends_s=2.0))
    store.accounts.open_session(dataclasses.replace(session(token_hash="bb"), made_s=3.0))
    assert store.accounts.who_has_session("aa") is None


def test_somebody_is_logged_out_everywhere(store: Store) -> None:
    for name in ("åsa", "bo"):
        store.accounts.add_user(user(name))
        for number in range(3):
            store.accounts.open_session(session(name, f"{name}{number}"))
    store.accounts.end_sessions("åsa", but="åsa1")
    assert [store.accounts.who_has_session(f"åsa{n}") is None for n in range(3)] == [1, 0, 1]
    assert store.accounts.who_has_session("bo0") is not None
    store.accounts.change_user(dataclasses.replace(user("bo"), disabled=True))
    assert store.accounts.who_has_session("bo0") is None


def test_tokens_are_found_by_their_hash_and_revoked(store: Store) -> None:
    store.accounts.add_user(user())
    store.accounts.add_user(user("bo"))
    first = store.accounts.add_token(token(ends_s=9.0), "aa")
    second = store.accounts.add_token(token("bo"), "bb")
    assert (first.number, second.number) == (1, 2)
    assert store.accounts.who_has_token("aa") == (first, user())
    assert store.accounts.who_has_token("xx") is None
    assert store.accounts.tokens() == (first, second)
    assert store.accounts.tokens("bo") == (second,)
    store.accounts.note_token_used(2, date(2026, 11, 29))
    (used,) = store.accounts.tokens("bo")
    assert used.used_on == date(2026, 11, 29)
    with pytest.raises(UnknownAccountError, match="token 2"):
        store.accounts.revoke_token(2, user="åsa")
    store.accounts.revoke_token(2, user="bo")
    with pytest.raises(UnknownAccountError):
        store.accounts.revoke_token(2)
    assert store.accounts.who_has_token("bb") is None
    assert store.accounts.tokens() == (first,)


def entry(number: int, *, who: str = "åsa") -> AuditEntry:
    return AuditEntry(number=number, time_s=float(number), who=who, what="look", about="run/1")


def test_the_audit_log_is_read_back_newest_first(store: Store) -> None:
    assert store.accounts.entries() == ()
    store.accounts.note([entry(1), entry(2, who="bo")])
    store.accounts.note([entry(3), dataclasses.replace(entry(4), address="192.0.2.1")])
    found = store.accounts.entries()
    assert found == (
        *(dataclasses.replace(entry(4), address="192.0.2.1"), entry(3), entry(2, who="bo")),
        entry(1),
    )
    assert store.accounts.entries(who="bo") == (entry(2, who="bo"),)
    assert store.accounts.entries(since_s=2.0, until_s=4.0) == found[1:3]
    assert store.accounts.entries(limit=2) == found[:2]
    assert store.accounts.entries(before=3, limit=2) == found[2:]
    store.accounts.note([])
    assert store.accounts.count_entries(before_s=3.0) == 2
    assert store.accounts.forget_entries(before_s=3.0) == 2
    assert store.accounts.entries() == found[:2]
    store.accounts.note([entry(5)])
    assert store.accounts.entries(limit=1) == (entry(5),)


def test_organisations_do_not_see_each_other_s(opener: Callable[[str], Store]) -> None:
    ours, theirs = opener("ours").accounts, opener("theirs").accounts
    ours.add_user(user())
    ours.open_session(session())
    ours.add_token(token(), "tt")
    ours.note([entry(1)])
    assert [*theirs.users(), *theirs.tokens(), *theirs.entries()] == []
    assert theirs.who_has_session("aa") is None
    assert theirs.who_has_token("tt") is None
    theirs.add_user(user(role=Role.VIEWER))
    theirs.end_session("aa")
    theirs.end_sessions("åsa")
    with pytest.raises(UnknownAccountError):
        theirs.revoke_token(1)
    assert theirs.forget_entries(before_s=99.0) == 0
    theirs.change_user(user(role=Role.DRIVER))
    assert ours.user("åsa") == user()
    assert ours.who_has_session("aa") == (session(), user())
    assert ours.who_has_token("tt") is not None
    assert ours.entries() == (entry(1),)


ODD = "\x00 \ud800 <b>'; DROP TABLE account_rows; -- \u202e"


def test_odd_text_is_text_in_the_log_and_refused_in_names(store: Store) -> None:
    store.accounts.note([AuditEntry(time_s=1.0, who=ODD, what=ODD, about=ODD * 99)])
    (found,) = store.accounts.entries()
    assert "DROP TABLE" in found.who
    assert len(found.about) <= 2000
    faults: list[dict[str, Any]]
    faults = [{"name": ODD}, {"display_name": ODD}, {"email": "x" * 201}]
    for wrong in faults:
        with pytest.raises(AccountError):
            dataclasses.replace(user(), **wrong)
    with pytest.raises(AccountError):
        dataclasses.replace(FULL, areas=frozenset({ODD}))
    with pytest.raises(AccountError):
        dataclasses.replace(token(), label=ODD)
    plain = "Å'; DROP TABLE account_rows; -- <script>"
    store.accounts.add_user(dataclasses.replace(user(), display_name=plain))
    assert store.accounts.user("åsa").display_name == plain


def test_who_is_limited_to_what() -> None:
    with pytest.raises(AccountError, match="contractor"):
        user(role=Role.CONTRACTOR)
    with pytest.raises(AccountError, match="contractors only"):
        user(areas=frozenset({"Storgatan"}))
    with pytest.raises(AccountError, match="nobody's"):
        user(role=Role.PUBLIC)
    assert FULL.visitor().areas == FULL.areas


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    role=st.sampled_from([own for own in Role if own not in (Role.PUBLIC, Role.CONTRACTOR)]),
    scopes=st.frozensets(st.sampled_from(list(Permission)), min_size=1),
)
def test_a_token_never_may_more_than_its_owner(role: Role, scopes: frozenset[Permission]) -> None:
    whole = user(role=role).visitor()
    assert user(role=role).visitor(scopes).permissions == whole.permissions & scopes


def test_derived_rows_written_again_leave_them(store: Store) -> None:
    store.accounts.add_user(user())
    stamp = store.facts_stamp()
    store.write_derived((), (), stamp="new")
    assert store.accounts.users() == (user(),)
    assert store.facts_stamp() == stamp
