"""The queue of what is uncertain: verdicts reach the ledger and are heeded, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.pipeline.test_update import drive, made_city
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore

from gatusyn.model import CitySettings, FindingState, PixelClass, VerdictKind
from gatusyn.pipeline import City, bring_up_to_date
from gatusyn.serve import create_app

PLACES = [(62.0, 1.0, PixelClass.POTHOLE), (92.0, 1.0, PixelClass.POTHOLE)]
ALL = "below=1"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    for made in made_city(tmp_path / "city"):
        for number in (1, 2):
            made.store.write_drive(drive(number, PLACES, span=(0, 200)))
        bring_up_to_date(made)
        assert len(made.store.findings()) == 2
        yield made


def client_of(city: City, reviewer: str | None = "Bo") -> Client:
    return Client(create_app(city.store, city.settings, reviewer=reviewer, city_folder=city.folder))


def first_id(client: Client) -> str:
    return str(client.get(f"/api/v1/review?{ALL}").json()["items"][0]["finding_id"])


def state_of(city: City, finding_id: str) -> FindingState:
    return next(own.state for own in city.store.findings() if own.finding_id == finding_id)


def test_a_verdict_is_noted_heeded_and_undone(city: City) -> None:
    client = client_of(city)
    name = first_id(client)
    shown = client.get(f"/review?{ALL}")
    assert name in shown.text
    sent = {"finding_id": name, "verdict": "wrong", "why": "<b>lid</b>", "below": "1"}
    answer = client.post_form("/review", sent)
    assert answer.status_code == 303
    assert state_of(city, name) is FindingState.REJECTED
    (noted,) = city.store.finding_ledger.verdicts()
    assert (noted.by, noted.why, noted.verdict) == ("Bo", "<b>lid</b>", VerdictKind.WRONG)
    after = urlsplit(answer.headers["location"])
    assert parse_qs(after.query)["said"] == [name]
    assert client.get(f"/api/v1/review?{ALL}").json()["total"] == 1
    back = client.post_form("/review/undo", {"finding_id": name, "below": "1"})
    assert back.status_code == 303
    assert state_of(city, name) is FindingState.CONFIRMED
    assert client.get(f"/api/v1/review?{ALL}").json()["total"] == 2
    assert name in client.get(back.headers["location"]).text


def test_another_kind_holds_and_right_confirms(city: City) -> None:
    client = client_of(city)
    name = first_id(client)
    said = {"finding_id": name, "verdict": "other_kind", "said_kind": "patch", "why": "seen"}
    assert client.post("/api/v1/finding/verdict", said).json()["said_kind"] == "patch"
    found = next(own for own in city.store.findings() if own.finding_id == name)
    assert (found.kind.value, found.state) == ("patch", FindingState.CONFIRMED)
    other = first_id(client)
    assert other != name
    assert client.post_form("/review", {"finding_id": other, "verdict": "right"}).is_redirect
    assert state_of(city, other) is FindingState.CONFIRMED
    assert "bedömt" in client.get("/review").text


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"finding_id": "x", "verdict": "wrong"}, 404),
        ({"finding_id": "", "verdict": "wrong"}, 422),
        ({"finding_id": "x", "verdict": "maybe"}, 422),
        ({"finding_id": "x", "verdict": "other_kind", "said_kind": "'; DROP"}, 400),
        ({"finding_id": "x" * 501, "verdict": "wrong"}, 422),
        ({"finding_id": "x", "verdict": "wrong", "why": "w" * 501}, 422),
        ({"finding_id": "x", "verdict": "wrong", "at": "-1"}, 422),
    ],
)
def test_what_cannot_be_noted_is_told(city: City, sent: dict[str, str], code: int) -> None:
    answer = client_of(city).post_form("/review", sent, accept="text/html")
    assert answer.status_code == code
    assert not city.store.finding_ledger.verdicts()


def test_who_only_looks_cannot_judge(city: City, store: FakeStore) -> None:
    looking = client_of(city, reviewer=None)
    sent = {"finding_id": "x", "verdict": "wrong", "why": "w"}
    assert looking.get("/review").status_code == 403
    assert looking.get("/api/v1/review").status_code == 403
    assert looking.post_form("/review", sent).status_code == 403
    assert looking.post("/api/v1/finding/verdict", sent).status_code == 403
    assert 'href="/review"' not in looking.get("/streets").text
    without_folder = Client(create_app(store, CitySettings(), reviewer="Bo"))
    assert without_folder.post("/api/v1/finding/verdict", sent).status_code == 403


def test_a_page_beyond_the_end_begins_again(city: City) -> None:
    assert client_of(city).get(f"/review?at=99&{ALL}").status_code == 303
    assert client_of(city).get("/review?at=-1").status_code == 422


def test_overview_tells_the_debt_or_why_there_is_none(city: City) -> None:
    client = client_of(city)
    assert 'hx-get="/overview/debt"' in client.get("/overview").text
    assert "class=" in client.get("/overview/debt").text
