"""What was done is told in words, whatever changes something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.serve.gated import Gated, make_gate
from tests.serve.test_serve_roles import apps_of, routes_in

from gatusyn.model import AuditEntry, Role, SentState
from gatusyn.pipeline.footage import DESTROYED
from gatusyn.serve.pages.deeds import DEEDS, deed_of

OTHER = "something else"
AT_THE_DOOR = {"POST /login", "POST /logout", "POST /login/oidc"}
"""Noted as log-in and log-out."""


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    made = make_gate(tmp_path_factory.mktemp("gated"), has_folders=True)
    yield made
    made.close()


def deed(what: str) -> str:
    return deed_of(AuditEntry(time_s=0.0, who="a", what=what))


def test_everything_that_changes_something_has_words(gated: Gated) -> None:
    writes = {
        f"{method} {path}"
        for app in apps_of(gated)
        for path, route in routes_in(app)
        for method in getattr(route, "methods", None) or ()
        if method not in ("GET", "HEAD")
    }
    assert len(writes) > 30
    nameless = {what for what in writes - AT_THE_DOOR if deed(what) == OTHER}
    assert not nameless
    gone = {what for what in DEEDS if what.partition(" ")[0].isupper()} - writes
    assert {what for what in gone if not what.startswith("GET ")} == set()


def test_what_the_commands_and_workers_note_has_words() -> None:
    for role in Role:
        assert deed(f"user role {role.value}") == "change an account's role"
    for state in (SentState.INSPECTED, SentState.REJECTED, SentState.ASIDE):
        assert deed(f"drive {state}") != OTHER
    assert deed(DESTROYED) == "destroy footage"
    assert deed("GET /api/v1/pictures/{picture_id:path}") == "look at a picture"
    assert deed("GET /users") == "see a page or figures"
    assert deed("\x00") == OTHER


def test_the_page_says_it_in_the_reader_s_language(gated: Gated) -> None:
    browser = gated.browser("administrator")
    gated.here.accounts.note(
        [AuditEntry(time_s=2e9, who="eva (at the machine)", what="user add", about="ny")]
    )
    for language, words in (
        ("sv", ("skapa ett konto", "eva (på servern)", "logga in")),
        ("pt", ("criar uma conta", "eva (no servidor)", "entrar")),
        ("en", ("make an account", "eva (on the server)", "log in")),
    ):
        text = browser.get("/audit", accept_language=language).text
        for one in words:
            assert f">{one}<" in text
        assert "<td>user add</td>" in text, "what was asked for stands beside, for IT"
