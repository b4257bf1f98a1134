"""The same filters on the map, in its list and in the figures."""

from __future__ import annotations

import gzip
from typing import Any

import mapbox_vector_tile
import pytest
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore
from tests.serve.test_serve_tiles import middle_tile


def features(client: Client, zoom: int, layer: str = "sections", query: str = "") -> list[Any]:
    place = middle_tile(client, zoom)
    raw = client.get(f"/tiles/{place.z}/{place.x}/{place.y}.mvt?{query}").content
    raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    found: list[Any] = mapbox_vector_tile.decode(raw).get(layer, {"features": []})["features"]
    return found


def total(client: Client, query: str) -> int:
    return int(client.get(f"/api/v1/sections?{query}").json()["total"])


def test_groups_add_up_to_the_town_and_tiles_name_them(client: Client) -> None:
    groups = client.get("/api/v1/filters").json()["groups"]
    assert {(one["network"], one["keeper"]) for one in groups} == {
        ("car", "kommunal"),
        ("cycle", "kommunal"),
    }
    town = client.get("/api/v1/city").json()
    assert sum(one["km"] for one in groups) == pytest.approx(town["total_km"])
    kinds = [one["network"] for one in groups]
    for zoom in (13, 15):
        drawn = {one["properties"]["group"] for one in features(client, zoom)}
        assert drawn <= set(range(len(kinds)))
        assert drawn
    near = features(client, 15)
    streets = {
        one["properties"]["street"]: kinds[one["properties"]["group"]]
        for one in near
        if "street" in one["properties"]
    }
    assert all((kind == "cycle") == (name == "Lärkstigen") for name, kind in streets.items())
    marks = features(client, 17, "finding_marks")
    assert all("group" in one["properties"] for one in marks)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("network=cycle", "Lä"),
        ("network=car&street=storg", "St"),
        ("street=LÄRK", "Lä"),
    ],
)
def test_sections_are_chosen_by_what_the_network_says(
    client: Client, common: FakeStore, query: str, expected: str
) -> None:
    rows = client.get(f"/api/v1/sections?limit=1000&{query}").json()["items"]
    assert {row["section_id"][:2] for row in rows} == {expected}


def test_filters_join_and_unknown_is_a_value_of_its_own(client: Client) -> None:
    whole = total(client, "")
    assert total(client, "network=car") + total(client, "network=cycle") == whole
    assert total(client, "network=foot") == 0
    assert total(client, "keeper=kommunal") == whole
    assert total(client, "keeper=") == 0
    assert total(client, "road_class=") == whole, "the network tells no class"
    assert total(client, "area=unknown") == whole
    assert total(client, "area=built-up&area=outside") == 0
    assert client.get("/api/v1/sections?area=moon").status_code == 422


def test_classes_of_a_theme_choose_sections(client: Client) -> None:
    themed = client.get("/api/v1/theme?theme=change").json()
    for one in themed["classes"]:
        assert total(client, f"theme=change&class={one['number']}") == one["sections"]


def test_kilometres_by_class_are_those_of_the_chosen(client: Client) -> None:
    def km(query: str) -> list[float]:
        classes = client.get(f"/api/v1/theme?theme=grade{query}").json()["classes"]
        return [one["km"] for one in classes]

    whole, car, cycle = km(""), km("&network=car"), km("&network=cycle")
    assert [one + other for one, other in zip(car, cycle, strict=True)] == pytest.approx(whole)
    assert cycle[0] > 0.0
    assert sum(cycle[1:]) == 0.0, "nobody looked at the cycle path"


def test_a_box_holds_what_touches_it(client: Client) -> None:
    row = client.get("/api/v1/sections?limit=1").json()["items"][0]
    west, south, east, north = row["bounds"]
    near = client.get(f"/api/v1/sections?bbox={west},{south},{east},{north}").json()["items"]
    assert row["section_id"] in {one["section_id"] for one in near}
    assert total(client, "bbox=0,0,1,1") == 0
    assert client.get("/api/v1/sections?bbox=1,2").status_code == 400


def test_a_tile_of_a_street_has_only_that_street(client: Client) -> None:
    for zoom in (12, 13, 16):
        whole, part = features(client, zoom), features(client, zoom, query="street=Storg")
        assert 0 < len(part) <= len(whole)
    near = features(client, 15, query="street=storg")
    assert {one["properties"]["street"] for one in near} == {"Storgatan"}
    marks = features(client, 15, "finding_marks", query="street=storg")
    assert marks
    assert {one["properties"]["section_id"][:2] for one in marks} == {"St"}
    for zoom in (12, 15):
        assert features(client, zoom, query="street=nowhere") == []


def test_findings_are_chosen_by_the_same_filters(client: Client, common: FakeStore) -> None:
    found = client.get("/api/v1/findings?street=storg&limit=1000").json()
    assert 0 < found["total"] < len(common.seen)
    assert {one["section_id"][:2] for one in found["items"]} == {"St"}
    assert client.get("/api/v1/findings?network=foot").json()["total"] == 0
