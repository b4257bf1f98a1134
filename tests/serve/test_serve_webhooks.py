"""The administrator says which systems are told; nobody else does, and keys are shown once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore

from gatusyn.model import CitySettings
from gatusyn.serve import create_app

URL = "https://cases.example/gatusyn"


@pytest.fixture
def administrator(tmp_path: Path) -> Client:
    return Client(create_app(FakeStore(tmp_path), CitySettings(), reviewer="Åsa"))


def test_a_webhook_is_made_shown_and_removed(administrator: Client) -> None:
    made = administrator.post("/api/v1/webhooks", {"name": "cases", "url": URL})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert "finding-new" in made.json()["kinds"]
    shown = administrator.get("/api/v1/webhooks")
    assert [one["url"] for one in shown.json()["items"]] == [URL]
    assert "whsec_" not in shown.text
    assert administrator.post("/api/v1/webhooks/remove", {"name": "cases"}).json()["removed"]
    assert administrator.get("/api/v1/webhooks").json()["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"name": "cases", "url": "file:///etc/passwd"},
        {"name": "<b>", "url": URL},
        {"name": "cases", "url": "https://a:b@cases.example"},
    ],
)
def test_what_is_no_name_or_address_is_refused(administrator: Client, body: dict[str, str]) -> None:
    answer = administrator.post("/api/v1/webhooks", body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert administrator.get("/api/v1/webhooks").json()["total"] == 0


def test_a_name_is_taken_once(administrator: Client) -> None:
    body = {"name": "cases", "url": URL}
    assert administrator.post("/api/v1/webhooks", body).status_code == 201
    assert administrator.post("/api/v1/webhooks", body).status_code == 400


def test_who_only_looks_neither_sees_nor_makes_any(client: Client) -> None:
    assert client.get("/api/v1/webhooks").status_code == 403
    body = {"name": "cases", "url": URL}
    assert client.post("/api/v1/webhooks", body).status_code == 403
    assert client.post("/api/v1/webhooks/remove", {"name": "cases"}).status_code == 403
