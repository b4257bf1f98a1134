"""Writing through the service: who may, what is refused, and what it does to pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.datastructures import Headers
from tests.serve.conftest import OWN, Client
from tests.store.made_store import START_S, make_condition, make_facts, make_network
from tests.store.made_store import make_public_frame as public_frame

from gatusyn.model import CitySettings, HoldSubject
from gatusyn.serve import create_app, is_this_machine
from gatusyn.serve.security import refused_body
from gatusyn.store import SqlStore, create_store

HIDE, REMOVE = "/api/v1/picture/hide", "/api/v1/picture/remove"
PICTURE = "run-1/000001"
BOX = [4, 4, 30, 20]


def pictured(folder: Path) -> SqlStore:
    """Return a store with a drive and its pictures."""
    store = create_store(folder, organisation="town", network=make_network())
    facts = make_facts()
    with store.stage(facts.run_id) as stage:
        for number in range(len(facts.frames)):
            street = np.random.default_rng(number).integers(0, 256, (48, 64, 3), np.uint8)
            stage.add(replace(public_frame(number), image=street))
        store.write_drive(facts)
    store.write_derived((), (make_condition("link-0/0"),), stamp="one")
    return store


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlStore]:
    store = pictured(tmp_path / "city")
    yield store
    store.close()


@pytest.fixture
def reviewing(sqlite: SqlStore) -> Client:
    return Client(create_app(sqlite, CitySettings(), reviewer="Anna"))


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, SqlStore]]:
    """A service and its store for tests of what changes nothing."""
    store = pictured(tmp_path_factory.mktemp("unchanged") / "city")
    yield Client(create_app(store, CitySettings(), reviewer="Anna")), store
    store.close()


def wanted(**changes: Any) -> dict[str, Any]:
    return {"picture_id": PICTURE, "box": BOX, "kind": "face"} | changes


def shown(client: Client, picture_id: str = PICTURE) -> dict[str, Any] | None:
    card = client.get("/api/v1/section?section_id=link-0/0").json()
    return next((own for own in card["pictures"] if own["picture_id"] == picture_id), None)


def test_a_region_is_hidden_and_the_picture_has_another_address(
    reviewing: Client, sqlite: SqlStore
) -> None:
    assert reviewing.get("/api/v1/city").json()["may_review"] is True
    before = shown(reviewing)
    assert before is not None
    old = reviewing.get(before["url"]).content
    answer = reviewing.post(HIDE, wanted())
    assert answer.status_code == 200, answer.text
    assert answer.json()["copies"] == 1
    after = shown(reviewing)
    assert after is not None
    assert after["url"] == answer.json()["url"] != before["url"]
    assert after["hidden_regions"] == answer.json()["hidden_regions"] == 2
    new = reviewing.get(after["url"])
    assert new.content != old
    assert reviewing.get(before["url"]).content == new.content, "no address leads to the old one"
    assert "no-store" in new.headers["cache-control"]
    (mark,) = sqlite.ledger.marks()
    assert mark.marked_by == "Anna"
    assert reviewing.post(HIDE, wanted()).json()["copies"] == 0, "sent twice, counted once"
    assert len(sqlite.ledger.marks()) == 1


def test_a_removed_picture_is_gone_and_a_second_removal_says_so(
    reviewing: Client, sqlite: SqlStore
) -> None:
    url = f"/api/v1/pictures/{PICTURE}"
    assert reviewing.get(url).status_code == 200
    first = reviewing.post(REMOVE, {"picture_id": PICTURE, "reason": "asked for"})
    assert first.status_code == 200
    assert first.json()["copies"] == 1
    assert reviewing.get(url).status_code == 404
    assert shown(reviewing) is None
    second = reviewing.post(REMOVE, {"picture_id": PICTURE, "reason": "again"}).json()
    assert second["copies"] == 0
    assert second["reason"] == "asked for"
    assert second["removed_s"] == first.json()["removed_s"]
    answer = reviewing.post(HIDE, wanted())
    assert answer.status_code == 404
    assert "was removed (asked for)" in answer.json()["detail"]
    card = reviewing.get("/api/v1/section?section_id=link-0/0").json()
    assert card["grade"]["number"] == 4, "what is derived goes on working"


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"box": [0, 0, 65, 10]}, 422, "within 64 x 48 pixels"),
        ({"box": [-1, 0, 10, 10]}, 422, "within 64 x 48"),
        ({"box": [30, 4, 4, 20]}, 422, "does not lie in it"),
        ({"box": [4, 4, 5, 20]}, 422, "smaller than 2 pixels"),
        ({"box": [4, 4, 30]}, 422, "3"),
        ({"box": ["NaN", 4, 30, 20]}, 422, "0"),
        ({"box": ["Infinity", 4, 30, 20]}, 422, "0"),
        ({"kind": "house"}, 422, "kind"),
        ({"kind": None}, 422, "kind"),
        ({"picture_id": ""}, 422, "picture_id"),
        ({"more": 1}, 422, "more"),
        ({"picture_id": "run-1/999999"}, 404, "is no picture"),
        ({"picture_id": "../../gatusyn.toml"}, 404, "is no picture"),
        ({"picture_id": "run-1/000001/.."}, 404, "is no picture"),
    ],
)
def test_what_is_wrong_is_refused_in_clear_words(
    unchanged: tuple[Client, SqlStore], changes: dict[str, Any], code: int, words: str
) -> None:
    reviewing, sqlite = unchanged
    answer = reviewing.post(HIDE, wanted(**changes))
    assert answer.status_code == code, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert words in problem["detail"] + problem.get("remedy", "")
    assert sqlite.ledger.marks() == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 9000,
        '{"a":' * 2500,
        '{"picture_id": "\\ud800", "box": [1, 1, 9, 9], "kind": "face"}',
        '{"\\ud800": 1}',
        '{"picture_id": "\\u0000", "box": [1, 1, 9, 9], "kind": "face"}',
        '{"picture_id": 5, "box": [1, 1, 9, 9], "kind": "face"}',
        '{"picture_id": "run-1/000001", "box": [1e400, 1, 9, 9], "kind": "face"}',
        '{"picture_id": "run-1/000001", "box": [true, "1", 9, 9], "kind": ["face"]}',
    ],
)
def test_hostile_bodies_are_the_sender_s_fault(
    unchanged: tuple[Client, SqlStore], body: str
) -> None:
    reviewing, sqlite = unchanged
    own = {"origin": OWN, "content_type": "application/json"}
    for url in (HIDE, REMOVE):
        answer = reviewing._ask("POST", url, own, body)
        assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    assert not sqlite.ledger.marks()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_removal_needs_a_reason(unchanged: tuple[Client, SqlStore], reason: str) -> None:
    reviewing, sqlite = unchanged
    answer = reviewing.post(REMOVE, {"picture_id": PICTURE, "reason": reason})
    assert 400 <= answer.status_code < 500
    assert "reason" in answer.json()["detail"].lower()
    assert sqlite.ledger.removals() == ()


def test_a_held_picture_stays(reviewing: Client, sqlite: SqlStore) -> None:
    sqlite.ledger.place_hold(
        HoldSubject.SECTION, "link-0/0", reason="claim 7", until_s=9e9, by="a", now_s=START_S
    )
    answer = reviewing.post(REMOVE, {"picture_id": PICTURE, "reason": "asked for"})
    assert answer.status_code == 409
    assert "hold 1 (claim 7)" in answer.json()["detail"]
    assert shown(reviewing) is not None


@pytest.mark.parametrize("url", [HIDE, REMOVE])
def test_a_map_for_looking_only_changes_nothing(sqlite: SqlStore, url: str) -> None:
    looking = Client(create_app(sqlite, CitySettings()))
    assert looking.get("/api/v1/city").json()["may_review"] is False
    body = wanted() if url == HIDE else {"picture_id": PICTURE, "reason": "asked for"}
    answer = looking.post(url, body)
    assert answer.status_code == 403
    assert "--review" in answer.json()["remedy"]
    assert not sqlite.ledger.marks()
    assert not sqlite.ledger.removals()


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "http://127.0.0.1:8601"}, 403),
        ({"origin": "http://localhost:8600"}, 403),
        ({"origin": OWN.replace("http", "https")}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"content_type": "multipart/form-data; boundary=x"}, 415),
        ({"host": "evil.example", "origin": "http://evil.example"}, 400),
    ],
)
def test_a_page_from_elsewhere_cannot_write(
    unchanged: tuple[Client, SqlStore], headers: dict[str, str], code: int
) -> None:
    reviewing, sqlite = unchanged
    answer = reviewing.post(HIDE, wanted(), **headers)
    assert answer.status_code == code
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert sqlite.ledger.marks() == ()


def test_a_body_without_end_is_refused_unread(unchanged: tuple[Client, SqlStore]) -> None:
    reviewing, sqlite = unchanged
    answer = reviewing.post(HIDE, wanted(picture_id="x" * 20_000))
    assert answer.status_code == 413
    assert sqlite.ledger.marks() == ()


@pytest.mark.parametrize(
    ("length", "code"),
    [
        ("16384", None),
        ("16385", 413),
        ("9" * 40, 413),
        ("", 411),
        ("many", 411),
        ("-5", 411),
        ("1_0", 411),
        ("\xb2", 411),
    ],
)
def test_the_length_of_a_body_is_judged_before_it_is_read(length: str, code: int | None) -> None:
    sent = {"content-type": "application/json; charset=utf-8", "content-length": length}
    refusal = refused_body(Headers(sent), "POST", path="/api/v1/picture/hide")
    assert (refusal and refusal[0]) == code


def test_other_methods_do_not_write(unchanged: tuple[Client, SqlStore]) -> None:
    reviewing, _ = unchanged
    assert reviewing.get(HIDE).status_code == 405
    for method in ("PUT", "DELETE", "PATCH"):
        answer = reviewing._ask(method, f"/api/v1/pictures/{PICTURE}", {})
        assert answer.status_code == 403
    assert shown(reviewing) is not None


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1", True),
        ("127.0.0.9", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("192.168.1.5", False),
        ("12.7.0.0", False),
        ("127.0.0.1.evil.example", False),
        ("gata.kommun.se", False),
    ],
)
def test_only_this_machine_counts_as_this_machine(address: str, local: bool) -> None:
    assert is_this_machine(address) is local
