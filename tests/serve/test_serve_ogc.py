from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import box
from shapely.geometry import shape
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore
from tests.serve.made_town import SPRING_S
from tests.serve.served_apart import served_apart

from gatusyn.model import CitySettings
from gatusyn.serve import create_app
from gatusyn.serve.errors import QueryError
from gatusyn.serve.ogc import Moments, period_in, read_box, read_moments

COUNTS = {"sections": 124, "streets": 9}


def items(client: Client, collection: str, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/ogc/collections/{collection}/items{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    found: dict[str, Any] = answer.json()
    assert found["numberReturned"] == len(found["features"])
    return found


def next_of(page: dict[str, Any]) -> str | None:
    links = [link["href"] for link in page["links"] if link["rel"] == "next"]
    return urlsplit(links[0])._replace(scheme="", netloc="").geturl() if links else None


def walk(client: Client, collection: str, query: str) -> list[str]:
    names: list[str] = []
    url: str | None = f"/ogc/collections/{collection}/items{query}"
    while url is not None:
        page = client.get(url).json()
        names += [feature["id"] for feature in page["features"]]
        url = next_of(page)
    return names


def test_every_link_leads_somewhere(client: Client) -> None:
    seen, left = set(), ["http://127.0.0.1:8600/ogc"]
    while left:
        url = left.pop()
        if url in seen:
            continue
        seen.add(url)
        answer = client.get(url)
        assert answer.status_code == 200, url
        if "openapi" in url:
            continue
        found = answer.json()
        links = [*found.get("links", [])]
        links += [link for own in found.get("collections", []) for link in own["links"]]
        left += [link["href"] for link in links]
    assert {urlsplit(url).path for url in seen} >= {
        "/ogc/conformance",
        "/ogc/collections/findings/items",
        "/api/v1/openapi.json",
    }


@pytest.mark.parametrize("collection", ["sections", "findings", "streets"])
@pytest.mark.parametrize("limit", [1, 50, 10_000])
def test_pages_join_into_everything(
    client: Client, common: FakeStore, collection: str, limit: int
) -> None:
    names = walk(client, collection, f"?limit={limit}")
    assert len(set(names)) == len(names) == (COUNTS | {"findings": len(common.seen)})[collection]
    assert items(client, collection)["numberMatched"] == len(names)


def test_a_section_says_what_its_grade_rests_on(client: Client, common: FakeStore) -> None:
    known = {own.section_id: own for own in common.conditions()}
    for feature in items(client, "sections")["features"]:
        own, properties = known[feature["id"]], feature["properties"]
        assert (properties["grade"], properties["grade_word"]) == own.grade.value
        assert (properties["condition_index"] is None) == (own.index is None)
        assert properties["observed_share"] == pytest.approx(own.observed_share)
        assert properties["period"] == "2026"
        assert properties["street"]
        fragment = urlsplit(properties["map_link"]).fragment
        assert fragment == f"section={quote(feature['id'], safe='')}"


def test_a_finding_says_what_became_of_it(client: Client, store: FakeStore) -> None:
    first, *rest = store.seen
    store.seen = (replace(first, gone_s=first.last_seen_s + 9.0, sightings=3, looks=4), *rest)
    features = items(client, "findings", "")["features"]
    states = {one["id"]: one["properties"]["state"] for one in features}
    assert states == {one.finding_id: one.state.value for one in store.seen}
    assert states[first.finding_id] == "gone"
    own = next(one["properties"] for one in features if one["id"] == first.finding_id)
    assert (own["sightings"], own["looks"]) == (3, 4)


def test_a_finding_says_how_old_it_is(client: Client, common: FakeStore) -> None:
    feature = items(client, "findings", "?limit=1")["features"][0]
    own = next(one for one in common.seen if one.finding_id == feature["id"])
    properties = feature["properties"]
    assert properties["kind"] == own.kind.value
    assert properties["severity"] == own.severity
    assert properties["last_seen"] == "2026-05-04T13:21:40Z"
    assert properties["age_days"] > 0
    assert f"finding={quote(own.finding_id, safe='')}" in properties["map_link"]
    assert feature["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize("collection", ["sections", "findings", "streets"])
def test_one_feature_is_as_in_the_list(client: Client, collection: str) -> None:
    listed = items(client, collection, "?limit=1")["features"][0]
    url = f"/ogc/collections/{collection}/items/{quote(listed['id'], safe='')}"
    alone = client.get(url).json()
    assert alone.pop("links")[0]["rel"] == "collection"
    listed["properties"].pop("age_days", None)
    alone["properties"].pop("age_days", None)
    assert alone == listed


@pytest.mark.parametrize("collection", ["sections", "findings", "streets"])
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corner=st.tuples(st.floats(0, 1), st.floats(0, 1)), size=st.floats(0.02, 0.6))
def test_a_box_holds_what_touches_it(
    client: Client, collection: str, corner: tuple[float, float], size: float
) -> None:
    west, south, east, north = client.get("/api/v1/city").json()["bounds"]
    low = (west + corner[0] * (east - west), south + corner[1] * (north - south))
    bounds = (*low, low[0] + size * (east - west), low[1] + size * (north - south))
    wanted = {
        feature["id"]
        for feature in items(client, collection)["features"]
        if shape(feature["geometry"]).intersects(box(*bounds))
    }
    names = walk(client, collection, f"?limit=7&bbox={','.join(map(str, bounds))}")
    assert len(set(names)) == len(names)
    assert wanted ^ set(names) <= near_the_edge(client, collection, bounds)


def near_the_edge(client: Client, collection: str, bounds: tuple[float, ...]) -> set[str]:
    """Features within the rounding of coordinates from a box's edge."""
    edge = box(bounds[0], bounds[1], bounds[2], bounds[3]).exterior.buffer(2e-7)
    features = items(client, collection)["features"]
    return {own["id"] for own in features if shape(own["geometry"]).intersects(edge)}


def test_boxes_far_away_and_around_the_world(client: Client, common: FakeStore) -> None:
    for collection in ("sections", "findings", "streets"):
        assert items(client, collection, "?bbox=-10,-10,10,10")["features"] == []
        assert items(client, collection, "?bbox=170,-90,-170,90")["features"] == []
        assert items(client, collection, "?bbox=-180,-90,0,180,90,0")["features"]
    whole = items(client, "findings", "?bbox=-180,-90,180,90")
    assert whole["numberMatched"] == len(common.seen)


def test_times(client: Client, common: FakeStore) -> None:
    day = "2026-05-04"
    assert len(items(client, "findings", f"?datetime={day}")["features"]) == len(common.seen)
    assert items(client, "findings", "?datetime=../2026-05-03")["features"] == []
    assert items(client, "findings", "?datetime=2026-05-05/..")["features"] == []
    assert items(client, "sections", "?datetime=2025-06-01")["features"] == []
    then = items(client, "sections", "?datetime=2025-06-01&period=2025")["features"]
    assert {feature["properties"]["period"] for feature in then} == {"2025"}


def test_periods_meet_stretches() -> None:
    assert period_in("2026", Moments(since_s=SPRING_S, until_s=SPRING_S))
    assert period_in("2026", Moments())
    assert not period_in("2025", Moments(since_s=SPRING_S))
    assert not period_in("2027", Moments(until_s=SPRING_S))
    assert not period_in("long ago", Moments(until_s=SPRING_S))


@pytest.mark.parametrize(
    "text", ["1,2,3", "a,b,c,d", "1,2,3,nan", "0,5,1,4", "", "1,2,3,4,5", "1e999,0,1,1"]
)
def test_boxes_that_are_none(client: Client, text: str) -> None:
    with pytest.raises(QueryError):
        read_box(text)
    answer = client.get(f"/ogc/collections/sections/items?bbox={text}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("text", ["x", "2026-13-01", "2026-05-04/2026-05-03", "1/2/3", "\x00"])
def test_moments_that_are_none(text: str) -> None:
    with pytest.raises(QueryError):
        read_moments(text)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_box, read_moments):
        with suppress(QueryError):
            assert read(text) is not None


@pytest.mark.parametrize(
    "path",
    ["nothing", "nothing/items", "sections/items/none", "streets/items/", "findings/items/%00"],
)
def test_what_is_not_there(client: Client, path: str) -> None:
    answer = client.get(f"/ogc/collections/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_links_carry_the_public_address(store: FakeStore) -> None:
    app = create_app(store, CitySettings(), public_address="https://gator.example/karta")
    page = Client(app).get("/ogc/collections/sections/items?limit=1").json()
    assert all(link["href"].startswith("https://gator.example/karta/") for link in page["links"])
    link = page["features"][0]["properties"]["map_link"]
    assert link.startswith("https://gator.example/karta/#section=")


@pytest.fixture(scope="module")
def layers() -> dict[str, Any]:
    """What GDAL's driver, which QGIS uses, reads from the running service."""
    assert "r" in pyogrio.list_drivers().get("OAPIF", ""), "this GDAL has no OAPIF driver"
    with served_apart() as address:
        source = f"OAPIF:{address}/ogc"
        names = [name for name, _ in pyogrio.list_layers(source)]
        read = {name: pyogrio.read_dataframe(source, layer=name) for name in names}
        west, south, east, north = read["sections"].total_bounds
        middle = ((west + east) / 2, (south + north) / 2, east, north)
        read["within"] = pyogrio.read_dataframe(source, layer="findings", bbox=middle)
    return read


def test_gdal_reads_every_collection(layers: dict[str, Any], store: FakeStore) -> None:
    assert set(layers) == {"sections", "findings", "streets", "within"}
    assert len(layers["sections"]) == 124
    assert len(layers["findings"]) == len(store.seen)
    assert len(layers["streets"]) == 9
    for table in layers.values():
        assert table.crs.to_epsg() == 4326 or "CRS84" in str(table.crs)
    sections = layers["sections"].set_index("section_id")
    known = {own.section_id: own for own in store.conditions()}
    assert {name: int(row.grade) for name, row in sections.iterrows()} == {
        name: own.grade.number for name, own in known.items()
    }
    assert sections["map_link"].str.startswith("http://127.0.0.1:").all()


def test_gdal_asks_for_a_box(layers: dict[str, Any]) -> None:
    assert 0 < len(layers["within"]) < len(layers["findings"])
