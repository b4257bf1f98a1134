"""Accounts, tokens and the audit log over the API; two who change the same; the whole document."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)
from tests.serve.gated import PASSWORD, Gated, make_gate

GATED = make_gate(Path(tempfile.mkdtemp()), hosts=("*",))
ADMINISTRATOR = GATED.browser("administrator")
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", GATED.app)
USERS = "/api/v1/users"


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    made = make_gate(tmp_path_factory.mktemp("gated"))
    yield made
    made.close()


@schema.include(path_regex="^/api/v1/(me|users|tokens|audit|public)").parametrize()
@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_the_document_says(case: Any) -> None:
    headers = {"Cookie": f"gatusyn={ADMINISTRATOR.session}"}
    if case.method != "GET":
        headers |= {"Origin": "http://testserver", "Content-Type": "application/json"}
    # That a password is long enough, or a contractor has areas, is said in words, not in a schema.
    # A body that is too long is refused as such (413) before it is looked at.
    rules = [] if case.method == "GET" else [positive_data_acceptance, negative_data_rejection]
    case.call_and_validate(headers=headers, excluded_checks=[unsupported_method, *rules])


def test_an_account_is_made_read_changed_and_disabled(gated: Gated) -> None:
    browser = gated.browser("administrator")
    wanted = {"name": "ny", "display_name": "Ny", "role": "engineer", "password": PASSWORD}
    made = browser.send("POST", USERS, wanted)
    assert made.status_code == 201, made.text
    assert browser.send("POST", USERS, wanted).status_code == 409
    assert PASSWORD not in made.text
    assert "hash" not in made.text
    read = browser.get(f"{USERS}/ny")
    assert read.headers["etag"] == made.headers["etag"]
    assert gated.browser("ny").get("/api/v1/me").json()["role"] == "engineer"
    mine = theirs = read.headers["etag"]
    changed = browser.send("PATCH", f"{USERS}/ny", {"role": "reviewer"}, if_match=mine)
    assert (changed.status_code, changed.json()["role"]) == (200, "reviewer")
    late = browser.send("PATCH", f"{USERS}/ny", {"email": "ny@example.se"}, if_match=theirs)
    assert late.status_code == 412, "neither is lost silently"
    assert "by somebody else" in late.json()["detail"]
    assert browser.get(f"{USERS}/ny").json()["role"] == "reviewer"
    unsaid = browser.send("PATCH", f"{USERS}/ny", {"role": "viewer"})
    assert unsaid.status_code == 428
    tag = changed.headers["etag"]
    limits = {"role": "contractor", "areas": ["Storgatan"], "treatments": ["overlay"]}
    tag = browser.send("PATCH", f"{USERS}/ny", limits, if_match=tag).headers["etag"]
    assert browser.get(f"{USERS}/ny").json()["areas"] == ["Storgatan"]
    own = gated.browser("ny")
    new = {"password": "fyra glada grodor hoppar"}
    tag = browser.send("PATCH", f"{USERS}/ny", new, if_match=tag).headers["etag"]
    assert own.get("/api/v1/city").status_code == 401, "a new password logs out everywhere"
    gone = browser.send("PATCH", f"{USERS}/ny", {"disabled": True}, if_match=tag)
    assert gone.json()["disabled"] is True
    assert browser.get(f"{USERS}/nobody").status_code == 404


def test_the_last_administrator_cannot_lock_themselves_out(gated: Gated) -> None:
    browser = gated.browser("administrator")
    tag = browser.get(f"{USERS}/administrator").headers["etag"]
    for change in ({"disabled": True}, {"role": "viewer"}):
        answer = browser.send("PATCH", f"{USERS}/administrator", change, if_match=tag)
        assert answer.status_code == 409, answer.text
        assert "last administrator" in answer.json()["detail"]


def test_tokens_are_one_s_own_and_no_more_than_oneself(gated: Gated) -> None:
    engineer, viewer = gated.browser("engineer"), gated.browser("viewer")
    wanted = {"label": "skript", "scopes": ["see-town", "review"], "days": 30}
    made = engineer.send("POST", "/api/v1/tokens", wanted)
    assert made.status_code == 201, made.text
    token, number = made.json()["token"], made.json()["number"]
    assert token.startswith("gatusyn_")
    assert viewer.send("POST", "/api/v1/tokens", wanted).status_code == 422
    assert viewer.get("/api/v1/tokens").json()["total"] == 0
    (listed,) = engineer.get("/api/v1/tokens").json()["items"]
    assert "token" not in listed
    assert viewer.send("DELETE", f"/api/v1/tokens/{number}").status_code == 404
    shown = {"authorization": f"Bearer {token}", "content_type": "application/json"}
    program = gated.browser()
    assert program.get("/api/v1/city", **shown).json()["may_review"] is True
    # It has no browser that could be misled: it says not where it comes from.
    body = '{"picture_id": "run-1/1", "reason": "asked"}'
    answer = program.ask("POST", "/api/v1/picture/remove", content=body, **shown)
    assert answer.status_code == 404
    body = '{"label": "x", "scopes": ["see-town"]}'
    answer = program.ask("POST", "/api/v1/tokens", content=body, **shown)
    assert answer.status_code == 403
    assert program.get("/account", **shown).status_code == 401, "pages are for people"
    assert gated.here.accounts.tokens("engineer")[0].used_on is not None
    assert gated.browser("administrator").get("/api/v1/tokens").json()["total"] == 1
    assert engineer.send("DELETE", f"/api/v1/tokens/{number}").status_code == 204
    assert program.get("/api/v1/city", **shown).status_code == 401


def test_a_token_ends_with_its_day_and_with_its_owner(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = gated.browser("driver")
    wanted = {"label": "bil 7", "scopes": ["send-drives"], "days": 1}
    made = driver.send("POST", "/api/v1/tokens", wanted).json()
    shown = {"authorization": f"Bearer {made['token']}"}
    program, people = gated.browser(), gated.gate.towns[0].people
    assert program.get("/api/v1/me", **shown).json()["permissions"] == ["send-drives"]
    monkeypatch.setattr(people, "clock", lambda: made["ends_s"] - 1)
    assert program.get("/api/v1/me", **shown).status_code == 200
    monkeypatch.setattr(people, "clock", lambda: made["ends_s"])
    assert program.get("/api/v1/me", **shown).status_code == 401
    monkeypatch.undo()
    browser = gated.browser("administrator")
    tag = browser.get(f"{USERS}/driver").headers["etag"]
    browser.send("PATCH", f"{USERS}/driver", {"disabled": True}, if_match=tag)
    assert program.get("/api/v1/me", **shown).status_code == 401


def test_the_audit_log_is_read_page_by_page(gated: Gated) -> None:
    browser = gated.browser("administrator")
    gated.browser("viewer").get("/api/v1/pictures/run-1/000001")
    first = browser.get("/api/v1/audit?limit=2").json()
    second = browser.get(f"/api/v1/audit?limit=2&before={first['next']}").json()
    numbers = [own["number"] for own in first["items"] + second["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 4
    mine = browser.get("/api/v1/audit?who=viewer").json()["items"]
    assert mine[0]["about"] == "run-1/000001", "it is there although it waited to be written"
    assert browser.get("/api/v1/audit?since_s=1e11").json() == {"items": [], "next": None}
    assert gated.browser("engineer").get("/api/v1/audit").status_code == 403
