from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore

from gatusyn.model import CitySettings, Network, StorageFullError, StoreError
from gatusyn.serve import create_app
from gatusyn.serve.errors import HTTP_CODES, http_code


def section_url(section_id: str) -> str:
    return f"/api/v1/section?section_id={quote(section_id, safe='')}"


def worst(client: Client) -> dict[str, Any]:
    row: dict[str, Any] = client.get("/api/v1/sections?limit=1").json()["items"][0]
    return row


def test_city_sums_up_every_kilometre(client: Client, common: FakeStore) -> None:
    city = client.get("/api/v1/city").json()
    assert city["name"] == "Björkvik"
    assert city["periods"] == ["2025", "2026"]
    assert city["period"] == "2026"
    total_km = sum(section.length_m for section in common.network.sections) / 1000
    assert sum(entry["km"] for entry in city["legend"]) == pytest.approx(total_km)
    unknown = next(entry for entry in city["legend"] if entry["grade"]["number"] == 0)
    assert unknown["grade"]["word"] == "unknown"
    assert city["graded_km"] == pytest.approx(total_km - unknown["km"])
    west, south, east, north = city["bounds"]
    assert 18.05 < west < east < 18.07
    assert 59.32 < south < north < 59.33


def test_colours_are_told_apart_and_grey_is_unknown(client: Client) -> None:
    legend = client.get("/api/v1/city").json()["legend"]
    colours = {entry["grade"]["number"]: entry["colour"] for entry in legend}
    assert colours[1] == "#2c7bb6"
    assert colours[5] == "#d7191c"
    assert len(set(colours.values())) == 6
    red, green, blue = (int(colours[0][i : i + 2], 16) for i in (1, 3, 5))
    assert max(red, green, blue) - min(red, green, blue) < 20


def test_sections_come_worst_first_and_unknown_last(client: Client) -> None:
    page = client.get("/api/v1/sections?limit=1000").json()
    indices = [row["index"] for row in page["items"]]
    known = [index for index in indices if index is not None]
    assert page["total"] == len(indices) == 124
    assert indices[: len(known)] == sorted(known)
    assert indices[len(known) :] == [None] * (len(indices) - len(known))


def test_pages_join_into_the_whole_list(client: Client) -> None:
    whole = client.get("/api/v1/sections?limit=1000").json()["items"]
    joined: list[Any] = []
    while page := client.get(f"/api/v1/sections?limit=50&offset={len(joined)}").json()["items"]:
        joined += page
    assert joined == whole


def test_sections_are_chosen_by_street_and_grade(client: Client) -> None:
    rows = client.get("/api/v1/sections?street=ÖSTRA&grade=4&grade=5&limit=1000").json()["items"]
    assert rows
    assert {row["street"] for row in rows} == {"Östra Parkvägen"}
    assert {row["grade"]["number"] for row in rows} <= {4, 5}


@pytest.mark.parametrize("order", ["best", "street"])
def test_other_orders_hold_the_same_sections(client: Client, order: str) -> None:
    rows = client.get(f"/api/v1/sections?order={order}&limit=1000").json()["items"]
    assert len({row["section_id"] for row in rows}) == 124
    if order == "best":
        assert rows[0]["grade"]["number"] == 1
        assert rows[-1]["grade"]["number"] == 0
    else:
        assert [row["street"] for row in rows] == sorted(row["street"] for row in rows)


def test_card_gives_reasons_extents_and_pictures(client: Client) -> None:
    row = worst(client)
    card = client.get(section_url(row["section_id"])).json()
    assert card["section_id"] == row["section_id"]
    assert card["grade"] == {"number": 5, "word": "very poor"}
    assert sum(reason["deduct"] for reason in card["reasons"]) == pytest.approx(100 - card["index"])
    assert (card["method"], card["index_name"]) == ("deduct", "Gatusyn deduct curves 1")
    assert card["index_low"] <= card["index"] == card["deduct_index"] <= card["index_high"]
    assert card["handbook_grade"] == {"number": 3, "word": "fair"}
    assert {(one["kind"], one["severity"]) for one in card["reasons"]} == {
        (one["kind"], one["severity"]) for one in card["extents"]
    }
    city = client.get("/api/v1/city").json()
    assert (city["method"], city["index_name"]) == (card["method"], card["index_name"])
    assert {extent["kind"] for extent in card["extents"]} == {
        "longitudinal_crack",
        "pothole",
    }
    assert len(card["findings"]) == 2
    assert [past["period"] for past in card["history"]] == ["2025", "2026"]
    assert card["speed_limits_kmh"] == [30.0, 40.0]
    assert card["seen_well_share"] == 0.64
    assert card["seen_poorly_share"] == pytest.approx(0.22)
    assert card["not_seen_share"] == pytest.approx(0.14)
    assert card["last_look_s"] == 1_780_000_000.0


def test_outlines_fit_the_stored_picture(client: Client) -> None:
    card = client.get(section_url(worst(client)["section_id"])).json()
    picture = card["pictures"][0]
    assert (picture["width_px"], picture["height_px"]) == (960, 540)
    crack = next(outline for outline in picture["outlines"] if outline["pixel_class"] == "crack")
    assert crack["points"][0] == [300, 470]
    assert crack["finding_id"] in {finding["finding_id"] for finding in card["findings"]}
    assert crack["kind"] == "longitudinal_crack"
    assert crack["in_section"]
    assert picture["hidden_regions"] == 1


def test_neighbours_lead_along_the_link(client: Client, common: FakeStore) -> None:
    first, second, *_, last = common.network.sections_by_link["Ny:1#2/1"]
    card = client.get(section_url(first.section_id)).json()
    assert (card["before_id"], card["after_id"]) == (None, second.section_id)
    assert client.get(section_url(last.section_id)).json()["after_id"] is None


def test_unseen_section_is_unknown_and_never_good(client: Client, store: FakeStore) -> None:
    store.known = {}
    store.stamp = None
    card = client.get(section_url("Ny:1#2/1:0")).json()
    assert card["grade"] == {"number": 0, "word": "unknown"}
    assert card["index"] is None
    city = client.get("/api/v1/city").json()
    assert city["graded_km"] == city["seen_km"] == 0
    assert city["period"] is None


def test_former_period_is_shown_on_request(client: Client) -> None:
    now = client.get("/api/v1/city").json()
    then = client.get("/api/v1/city?period=2025").json()
    assert then["period"] == "2025"
    assert then["stamp"] != now["stamp"]


def test_streets_are_summed_up(client: Client) -> None:
    (street,) = client.get("/api/v1/streets?search=lärk").json()["items"]
    assert street["street"] == "Lärkstigen"
    assert street["graded_km"] == 0
    assert street["mean_index"] is None
    assert street["worst"]["number"] == 0
    whole = client.get("/api/v1/streets").json()
    assert whole["total"] == len(whole["items"]) == 9
    rest = client.get("/api/v1/streets?limit=4&offset=7").json()["items"]
    assert rest == whole["items"][7:]


def test_finding_is_where_it_is(client: Client, common: FakeStore) -> None:
    finding = common.seen[0]
    url = f"/api/v1/finding?finding_id={quote(finding.finding_id, safe='')}"
    answer = client.get(url).json()
    assert answer["measure"] == finding.measure
    assert answer["sightings"] == 1
    west, south, east, north = client.get("/api/v1/city").json()["bounds"]
    assert west <= answer["centre"][0] <= east
    assert south <= answer["centre"][1] <= north


def test_picture_is_served_by_its_url(client: Client, common: FakeStore) -> None:
    card = client.get(section_url(worst(client)["section_id"])).json()
    url = card["pictures"][0]["url"]
    assert "#" not in url
    assert " " not in url
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, no-store", "it may have to go at any time"
    assert answer.content == common.picture_file.read_bytes()


@pytest.mark.parametrize(
    "url",
    [
        "/api/v1/section?section_id=nowhere",
        "/api/v1/finding?finding_id=nothing",
        "/api/v1/pictures/run9/frame",
        "/api/v1/pictures/..%2F..%2F..%2Fetc%2Fpasswd",
        "/api/v1/pictures//etc/passwd",
        "/api/v1/pictures/%2e%2e/%2e%2e/gatusyn.toml",
        "/api/v1/city?period=1999",
        "/tiles/3/8/0.mvt",
        "/assets/..%2f..%2findex.html",
        "/nothing/here",
    ],
)
def test_what_is_not_there_is_a_problem_document(client: Client, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 404
    assert problem["detail"]


@pytest.mark.parametrize(
    "url",
    ["/api/v1/sections?limit=0", "/api/v1/sections?order=sideways", "/tiles/a/0/0.mvt"],
)
def test_wrong_parameters_are_named(client: Client, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert ": " in answer.json()["detail"]


def test_erased_picture_is_missed_in_words(client: Client, store: FakeStore) -> None:
    url = client.get(section_url(worst(client)["section_id"])).json()["pictures"][0]["url"]
    store.picture_file.unlink()
    answer = client.get(url)
    assert answer.status_code == 404
    assert "erased" in answer.json()["remedy"]


def test_store_that_fails_is_an_outage_with_a_remedy(tmp_path: Path) -> None:
    class Broken(FakeStore):
        def read_network(self) -> Network:
            raise StoreError("stad", "has no road network yet", "Run gatusyn init.")

    answer = Client(create_app(Broken(tmp_path), CitySettings())).get("/api/v1/city")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "stad: has no road network yet"
    assert answer.json()["remedy"] == "Run gatusyn init."


def test_own_fault_tells_nothing_of_the_inside(tmp_path: Path) -> None:
    class Faulty(FakeStore):
        def periods(self) -> tuple[str, ...]:
            raise RuntimeError("secret/path")

    answer = Client(create_app(Faulty(tmp_path), CitySettings())).get("/api/v1/city")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_every_error_has_a_code() -> None:
    assert http_code(StorageFullError) == 507
    for error in HTTP_CODES:
        assert http_code(error) == HTTP_CODES[error]

    class NewError(StoreError):
        pass

    assert http_code(NewError) == 503


def test_new_derivation_is_seen_at_once(client: Client, store: FakeStore) -> None:
    before = client.get("/api/v1/city").json()
    store.write_derived((), store.conditions(period="2025"), stamp="second")
    after = client.get("/api/v1/city").json()
    assert after["stamp"] != before["stamp"]
    assert after["findings"] == 0
    assert after["periods"] == ["2025"]


def test_index_is_laid_out_once_for_each_state(tmp_path: Path) -> None:
    class Counting(FakeStore):
        readings = 0

        def read_network(self) -> Network:
            self.readings += 1
            return super().read_network()

    store = Counting(tmp_path)
    client = Client(create_app(store, CitySettings()))
    urls: Sequence[str] = [
        "/api/v1/city",
        "/api/v1/sections",
        "/tiles/0/0/0.mvt",
        "/api/v1/streets",
    ]
    statuses: Iterable[int] = [client.get(url).status_code for url in urls]
    assert set(statuses) == {200}
    assert store.readings == 1


def test_openapi_describes_every_route(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {
        "/api/v1/city",
        "/api/v1/live",
        "/api/v1/theme",
        "/api/v1/webhooks",
        "/api/v1/webhooks/remove",
        "/api/v1/streets",
        "/api/v1/sections",
        "/api/v1/section",
        "/api/v1/finding",
        "/api/v1/finding/verdict",
        "/api/v1/findings",
        "/api/v1/review",
        "/api/v1/pictures/{picture_id}",
        "/api/v1/picture/hide",
        "/api/v1/picture/remove",
        "/tiles/{z}/{x}/{y}.mvt",
        "/health",
        "/ready",
        "/metrics",
        "/ogc",
        "/ogc/conformance",
        "/ogc/collections",
        "/ogc/collections/{collection}",
        "/ogc/collections/{collection}/items",
        "/ogc/collections/{collection}/items/{feature_id}",
        "/api/v1/me",
        "/api/v1/users",
        "/api/v1/users/{name}",
        "/api/v1/tokens",
        "/api/v1/tokens/{number}",
        "/api/v1/audit",
        "/api/v1/public/streets",
        "/api/v1/filters",
        "/api/v1/sent",
        "/api/v1/sent/complete",
        "/api/v1/section/outlook",
        "/api/v1/section/pictures-then-and-now",
    } == set(paths)
