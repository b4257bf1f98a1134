"""The service against its own OpenAPI document, asked whatever schemathesis thinks of."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method
from tests.made_paving import made_city
from tests.serve.conftest import OWN, Client
from tests.serve.fake_store import FakeStore

from gatusyn.model import CitySettings, ProgrammeError
from gatusyn.serve import create_app

APP = create_app(FakeStore(Path(tempfile.mkdtemp())), CitySettings(name="Björkvik"), hosts=("*",))
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", APP).exclude(
    path="/api/v1/live"  # it never ends: test_serve_live.py asks it
)
WRITING = {
    "Origin": "http://localhost",
    "Sec-Fetch-Site": "same-origin",
    "Content-Type": "application/json",
}


@schema.parametrize()
@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_the_document_says(case: Any) -> None:
    # What may write is asked for before what may be asked at all: 403 comes before 405.
    excluded = [unsupported_method]
    if case.path in ("/api/v1/findings", "/api/v1/sections"):
        # No schema can say which texts are a box or a stretch of time: others are refused.
        excluded.append(positive_data_acceptance)
    case.call_and_validate(
        headers=WRITING if case.method == "POST" else None, excluded_checks=excluded
    )


CITY = made_city(Path(tempfile.mkdtemp()) / "city")
PLANS = create_app(CITY.store, CITY.settings, hosts=("*",), reviewer="Bo", city_folder=CITY.folder)
plans = schemathesis.openapi.from_asgi("/api/v1/openapi.json", PLANS).include(
    path_regex="^/api/v1/(programme|settings|debt)"
)


def _no_programme(*_: object, **__: object) -> None:
    raise ProgrammeError("programme", "is not worked out in this test")


@plans.parametrize()
@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_plans_and_costs_are_as_the_document_says(
    case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatusyn.serve.planner.make_programme", _no_programme)
    excluded = [unsupported_method]
    if case.method in ("POST", "PUT"):
        # No schema says which locks fit each other, or of which version a change is one.
        excluded.append(positive_data_acceptance)
    writing = case.method in ("POST", "PUT")
    case.call_and_validate(headers=WRITING if writing else None, excluded_checks=excluded)


@pytest.mark.parametrize(
    "odd",
    [
        "%00",
        "a%00b",
        "%ff",
        "%ED%A0%80",
        "%E2%80%AE",
        "%F0%9F%98%80",
        "'%3B%20DROP%20TABLE",
        "%3Cb%3E",
    ],
)
def test_odd_letters_are_letters(client: Client, odd: str) -> None:
    for url in (
        f"/api/v1/sections?street={odd}",
        f"/api/v1/streets?search={odd}",
        f"/api/v1/section?section_id={odd}",
        f"/api/v1/finding?finding_id={odd}",
        f"/api/v1/city?period={odd}",
        f"/api/v1/pictures/{odd}",
        f"/ogc/collections/findings/items?cursor={odd}",
        f"/ogc/collections/sections/items/{odd}",
        f"/{odd}",
    ):
        answer = client.get(url)
        assert answer.status_code in (200, 404), url
        if answer.status_code == 404:
            assert answer.headers["content-type"] == "application/problem+json"
            assert "<b>" not in answer.headers.get("content-type", "")


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/api/v1/city", 405),
        ("DELETE", "/ogc/collections/sections/items", 405),
        ("GET", "/api/v1/picture/hide", 405),
        ("GET", "/api/v1/sections?limit=1001", 422),
        ("GET", "/api/v1/sections?limit=99999999999999999999", 422),
        ("GET", "/api/v1/sections?offset=-1", 422),
        ("GET", "/api/v1/streets?search=" + "x" * 101, 422),
        ("GET", "/api/v1/section?section_id=" + "x" * 501, 422),
        ("GET", "/ogc/collections/sections/items?limit=0", 400),
        ("GET", "/ogc/collections/sections/items?bbox=1", 400),
    ],
)
def test_every_fault_is_a_problem_document(
    client: Client, method: str, url: str, status: int
) -> None:
    own = {"origin": OWN, "content_type": "application/json", "content_length": "0"}
    answer = client._ask(method, url, own if method != "GET" else {})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["title"]


def test_a_name_that_is_not_ours_is_a_problem_document(client: Client) -> None:
    answer = client.get("/api/v1/city", host="evil.example")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "url",
    [
        "/api/v1/city",
        "/api/v1/sections?limit=1000",
        "/api/v1/streets",
        "/api/v1/section?section_id=Ny:1%232/1:0",
        "/ogc/collections",
        "/api/v1/openapi.json",
    ],
)
def test_json_that_has_not_changed_is_not_sent_again(
    client: Client, store: FakeStore, url: str
) -> None:
    first = client.get(url)
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client.get(url, if_none_match=known)
        assert (again.status_code, again.content) == (304, b""), known
        assert again.headers["etag"] == tag
    assert client.get(url, if_none_match='"other"').content == first.content
    if "openapi" not in url and "ogc" not in url:
        store.write_derived((), store.conditions(period="2025"), stamp="second")
        assert client.get(url, if_none_match=tag).status_code == 200


def test_answers_that_must_not_be_kept_have_no_tag(client: Client) -> None:
    assert "etag" not in client.get("/ready").headers
    assert "etag" not in client.get("/nothing").headers
