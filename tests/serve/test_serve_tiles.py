from __future__ import annotations

import gzip
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore
from tests.serve.made_town import sections_of

from gatusyn.geo import Projection
from gatusyn.model import Grade, Link, Network, Section
from gatusyn.serve.index import CityIndex, columns_of
from gatusyn.serve.layout import lay_out
from gatusyn.serve.map_layers import FAREST_ZOOM, FarSections, far_streets
from gatusyn.serve.mercator import (
    HALF_WORLD_M,
    Tile,
    tile_at,
    tiles_of,
    to_degrees,
    to_mercator,
    to_tile_units,
)
from gatusyn.serve.read_city import CityReader
from gatusyn.serve.tile_columns import entries
from gatusyn.serve.tiles import OVERVIEW_ZOOM, TileLayer, encode_tile, make_layer
from gatusyn.store import GradeColumns


def middle_tile(client: Client, z: int) -> Tile:
    west, south, east, north = client.get("/api/v1/city").json()["bounds"]
    return tile_at((west + east) / 2, (south + north) / 2, z)


def address(client: Client, z: int) -> str:
    tile = middle_tile(client, z)
    return f"/tiles/{tile.z}/{tile.x}/{tile.y}.mvt"


def layers_of(client: Client, z: int) -> dict[str, Any]:
    return decoded(client, middle_tile(client, z))


def decoded(client: Client, tile: Tile) -> dict[str, Any]:
    answer = client.get(f"/tiles/{tile.z}/{tile.x}/{tile.y}.mvt")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["content-encoding"] == "gzip"
    layers: dict[str, Any] = mapbox_vector_tile.decode(
        answer.content, default_options={"y_coord_down": True}
    )
    return layers


def features_around(client: Client, z: int, layer: str) -> list[Any]:
    middle = middle_tile(client, z)
    return [
        feature
        for x in (-1, 0, 1)
        for y in (-1, 0, 1)
        for feature in decoded(client, Tile(z=z, x=middle.x + x, y=middle.y + y)).get(
            layer, {"features": []}
        )["features"]
    ]


def test_tiles_hold_each_section_with_its_grade(client: Client, common: FakeStore) -> None:
    known = {own.section_id: own for own in common.conditions()}
    features = features_around(client, 14, "sections")
    assert {feature["properties"]["section_id"] for feature in features} == set(known)
    for feature in features:
        properties = feature["properties"]
        condition = known[properties["section_id"]]
        assert properties["class"] == properties["grade"] == condition.grade.number
        assert properties["word"] == condition.grade.word
        assert ("index" in properties) == (condition.index is not None)
        assert properties["observed_share"] == pytest.approx(condition.observed_share, abs=0.01)
        assert properties["street"]


def test_streets_are_whole_lines_with_names(client: Client) -> None:
    features = features_around(client, 14, "streets")
    assert {feature["geometry"]["type"] for feature in features} == {"LineString"}
    names = {feature["properties"]["name"] for feature in features}
    assert len(names) == 9
    assert "Östra Parkvägen" in names
    assert len(layers_of(client, 14)["streets"]["features"]) <= 9


def test_far_out_there_is_one_feature_a_grade(client: Client) -> None:
    layers = layers_of(client, 13)
    grades = [feature["properties"]["grade"] for feature in layers["sections"]["features"]]
    assert sorted(grades) == sorted(set(grades))
    assert set(layers) == {"streets", "sections"}


def test_findings_appear_when_close(client: Client, common: FakeStore) -> None:
    assert "findings" not in layers_of(client, 14)
    assert "findings" not in layers_of(client, 16), "an outline is a speck under its mark"
    layers = layers_of(client, 17)
    shown = {feature["properties"]["finding_id"] for feature in layers["findings"]["features"]}
    marked = {
        feature["properties"]["finding_id"] for feature in layers["finding_marks"]["features"]
    }
    assert marked <= shown, "a mark may lie in the next tile"
    assert shown <= {finding.finding_id for finding in common.seen}
    assert {f["properties"]["kind"] for f in layers["findings"]["features"]} == {
        "longitudinal_crack",
        "pothole",
    }


def test_ungraded_town_is_all_unknown(client: Client, store: FakeStore) -> None:
    store.known, store.seen, store.stamp = {}, (), None
    features = layers_of(client, 15)["sections"]["features"]
    assert {feature["properties"]["grade"] for feature in features} == {0}
    assert {feature["properties"]["word"] for feature in features} == {"unknown"}


def test_unchanged_tile_is_not_sent_again(client: Client, store: FakeStore) -> None:
    url = address(client, 14)
    tag = client.get(url).headers["etag"]
    again = client.get(url, if_none_match=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    store.stamp = "second"
    assert client.get(url, if_none_match=tag).status_code == 304, "the same is shown"
    worse = [replace(own, grade=Grade.VERY_POOR) for own in store.conditions() if own.index]
    store.write_derived(store.seen, worse, stamp="third")
    changed = client.get(url, if_none_match=tag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


@pytest.mark.parametrize("zoom", [12, 14, 15, 17])
def test_a_new_state_has_the_tiles_encoded_anew_that_show_it(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch, zoom: int
) -> None:
    """Every tile is as a reader would make it that has just been opened; few are made."""
    calls = []

    def counted(layers: Any, tile: Tile, found: Any = ()) -> bytes:
        calls.append(tile)
        return encode_tile(layers, tile, found)

    monkeypatch.setattr("gatusyn.serve.read_tiles.encode_tile", counted)
    reader = CityReader(store)
    tiles = tiles_of(reader.index().layout.total_bounds, zoom)

    def seen_by(own: CityReader) -> list[bytes]:
        return [own.tile(own.index(), tile).content for tile in tiles]

    first = seen_by(reader)
    rows, made = list(store.conditions()), len(calls)
    seen = store.seen
    for step in range(3):
        place = next(n for n, own in enumerate(rows) if own.index is not None and n > 20 * step)
        if step == 0:
            rows[place] = replace(rows[place], grade=Grade.VERY_POOR, index=1.0)
        elif step == 1:
            rows[place] = replace(rows[place], observed_share=0.11)
        else:
            seen = seen[1:]
        del calls[:]
        store.write_derived(seen, rows, stamp=f"{zoom} {step}")
        assert seen_by(reader) == seen_by(CityReader(store))
        if zoom == 17 and step < 2:
            assert len(calls) - made < made / 2, "findings and most grades are what they were"
    assert seen_by(reader) != first


def test_periods_have_tiles_of_their_own(client: Client) -> None:
    url = address(client, 14)
    assert client.get(url).headers["etag"] != client.get(f"{url}?period=2025").headers["etag"]


def link_of(name: str, line: LineString) -> Link:
    return Link(
        link_id=name,
        element_id=name,
        start_measure=0,
        end_measure=1,
        line=line,
        street_name="Storgatan",
    )


def index_of(links: list[Link], grade_of: Callable[[Section], int]) -> CityIndex:
    sections = [section for link in links for section in sections_of(link)]
    grades = np.array(list(map(grade_of, sections)))
    network = Network(epsg=3006, links=tuple(links), sections=tuple(sections))
    layout = lay_out(network)
    graded = GradeColumns(
        section_ids=tuple(own.section_id for own in sections),
        grades=grades,
        indices=np.where(grades > 0, 110.0 - 20.0 * grades, np.nan),
        lows=np.full(len(sections), 10.0),
        highs=np.full(len(sections), 95.0),
        observed_shares=np.ones(len(sections)),
        last_looks_s=np.full(len(sections), np.nan),
        method="deduct",
        index_name="ours",
    )
    return CityIndex(
        stamp="",
        period="",
        layout=layout,
        columns=columns_of(layout, graded),
        method=graded.method,
        index_name=graded.index_name,
        findings=0,
    )


def test_street_that_lies_there_twice_is_drawn_once_by_its_worse_grade() -> None:
    there = LineString([(674_000, 6_580_000), (674_060, 6_580_000)])
    links = [link_of("a", there), link_of("b", there.reverse())]
    index = index_of(links, lambda own: 5 if own.link_id == "b" else 1)
    assert len(far_streets(index.layout).shapes) == 1
    for zoom in range(OVERVIEW_ZOOM):
        kinds = index.far_sections.at(zoom).kinds
        assert kinds is not None
        assert kinds.tolist() == [5]
    assert len(index.near_sections.shapes) == len(index.layout.network.sections)


def drawn_m(layer: TileLayer) -> dict[int, float]:
    """Return metres on the ground by class, as the layer draws them at 59.35 degrees north."""
    assert layer.kinds is not None
    scale = math.cos(math.radians(59.35))
    return {
        int(kind): scale * sum(line.length for line in layer.shapes[layer.kinds == kind])
        for kind in np.unique(layer.kinds)
    }


def test_a_lone_bad_section_is_seen_from_afar_and_no_longer_than_it_can_be() -> None:
    line = LineString([(674_000, 6_580_000), (675_200, 6_580_000)])
    index = index_of([link_of("a", line)], lambda own: 5 if 600 <= own.start_m < 620 else 1)
    near = drawn_m(index.far_sections.at(OVERVIEW_ZOOM - 1))
    assert near[5] == pytest.approx(20, rel=0.01), "a section that can be seen is drawn as it is"
    for zoom in range(8, OVERVIEW_ZOOM):
        drawn = drawn_m(index.far_sections.at(zoom))
        pixel_m = 2 * HALF_WORLD_M / (512 << zoom) * math.cos(math.radians(59.35))
        assert sum(drawn.values()) == pytest.approx(1200, rel=0.01), "nothing is lost"
        if zoom >= FAREST_ZOOM:
            assert max(19.9, 2.4 * pixel_m) < drawn[5] < 2.5 * pixel_m + 21


def test_neighbours_of_other_groups_are_not_drawn_together() -> None:
    line = LineString([(674_000, 6_580_000), (674_400, 6_580_000)])
    links = [link_of("a", line)]
    whole = index_of(links, lambda own: 5 if own.start_m < 100 else 2)
    names = [own.section_id for own in whole.layout.network.sections]
    districts = {name: "north" if place < 10 else "south" for place, name in enumerate(names)}
    layout = lay_out(whole.layout.network, districts=districts)
    far = FarSections(layout, whole.columns.grades, whole.worst_first).at(FAREST_ZOOM)
    assert far.kinds is not None
    classes, groups = np.divmod(np.unique(far.kinds), len(layout.groups))
    assert list(zip(classes.tolist(), groups.tolist(), strict=True)) == [(2, 1), (5, 0)]


def test_empty_tile_is_empty(client: Client) -> None:
    answer = client.get("/tiles/14/0/0.mvt")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("place", [(0, 1, 0), (23, 0, 0), (-1, 0, 0), (3, -1, 0), (3, 0, 8)])
def test_tiles_outside_the_grid_do_not_exist(place: tuple[int, int, int]) -> None:
    z, x, y = place
    assert not Tile(z=z, x=x, y=y).exists


@given(lon=st.floats(-179.9, 179.9), lat=st.floats(-84.9, 84.9), z=st.integers(0, 22))
def test_place_lies_inside_its_tile(lon: float, lat: float, z: int) -> None:
    tile = tile_at(lon, lat, z)
    assert tile.exists
    x = math.radians(lon) * 6378137.0
    y = 6378137.0 * math.asinh(math.tan(math.radians(lat)))
    (point,) = to_tile_units(np.array([Point(x, y)], dtype=object), tile)
    assert -1 <= point.x <= 4097
    assert -1 <= point.y <= 4097


@given(lon=st.floats(-179.9, 179.9), lat=st.floats(-84.9, 84.9))
def test_mercator_goes_both_ways(lon: float, lat: float) -> None:
    x = math.radians(lon) * 6378137.0
    y = 6378137.0 * math.asinh(math.tan(math.radians(lat)))
    assert to_degrees(x, y) == pytest.approx((lon, lat), abs=1e-9)


def test_tiles_of_a_town_hold_its_corners() -> None:
    bounds = (18.0, 59.3, 18.1, 59.4)
    tiles = tiles_of(bounds, 13)
    assert {tile_at(lon, lat, 13) for lon in bounds[::2] for lat in bounds[1::2]} <= set(tiles)
    assert len(set(tiles)) == len(tiles)


def test_mercator_is_the_usual_one() -> None:
    projection = Projection(3006)
    easting, northing = projection.to_metres(np.array([15.0]), np.array([60.0]))
    shapes = np.array([Point(easting[0], northing[0])], dtype=object)
    (point,) = to_mercator(shapes, projection)
    assert point.x == pytest.approx(1669792.36, abs=0.02)
    assert point.y == pytest.approx(8399737.89, abs=0.02)


def test_long_line_is_cut_at_the_tile() -> None:
    line = LineString([(-HALF_WORLD_M + 1, 10.0), (HALF_WORLD_M - 1, 10.0)])
    shapes = np.array([line], dtype=object)
    layer = make_layer("streets", shapes, entries([{"name": "Ekvatorn"}]), zooms=(0, 22))
    raw = gzip.decompress(encode_tile([layer], Tile(z=16, x=32768, y=32767)))
    layers = mapbox_vector_tile.decode(raw, default_options={"y_coord_down": True})
    (feature,) = layers["streets"]["features"]
    xs = [x for x, _ in feature["geometry"]["coordinates"]]
    assert (min(xs), max(xs)) == (-128, 4096 + 128)


def test_tiles_do_not_depend_on_the_clock(client: Client) -> None:
    first, second = (client.get("/tiles/14/9013/4815.mvt").content for _ in range(2))
    assert first == second


def test_what_a_visitor_sees_first_is_laid_out_before(store: FakeStore) -> None:
    reader = CityReader(store)
    reader.warm()
    tiles, size = reader.tiles.kept
    assert tiles >= 4
    assert size > 0
    index = reader.index()
    west, south, east, north = index.layout.total_bounds
    reader.tile(index, tile_at((west + east) / 2, (south + north) / 2, 12))
    assert reader.tiles.kept == (tiles, size)


def test_a_town_that_cannot_be_laid_out_is_left_for_later(store: FakeStore) -> None:
    store.network = Network(epsg=3006, links=(), sections=())
    reader = CityReader(store)
    reader.warm()
    assert reader.tiles.kept == (0, 0)


def test_findings_of_a_newer_state_are_not_kept_as_the_old_ones(store: FakeStore) -> None:
    reader = CityReader(store)
    old = reader.index()
    west, south, east, north = old.layout.total_bounds
    tile = tile_at((west + east) / 2, (south + north) / 2, 15)
    store.write_derived((), store.conditions(), stamp="second")
    reader.tile(old, tile)
    assert reader.tiles.kept[0] == 0
    reader.tile(reader.index(), tile)
    assert reader.tiles.kept[0] == 1


def test_one_of_many_askers_encodes_a_tile(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def slowly(layers: object, tile: Tile, found: object = ()) -> bytes:
        calls.append(tile)
        time.sleep(0.05)
        return b"tile"

    monkeypatch.setattr("gatusyn.serve.read_tiles.encode_tile", slowly)
    reader = CityReader(store)
    index = reader.index()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: reader.tile(index, Tile(z=3, x=4, y=2)), range(16)))
    assert {one.content for one in found} == {b"tile"}
    assert len(calls) == 1


def test_tiles_kept_are_bounded(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatusyn.serve.read_tiles.BYTES_KEPT", 3000)
    reader = CityReader(store)
    index = reader.index()
    for zoom in range(10, 20):
        for tile in tiles_of(index.layout.total_bounds, zoom)[:8]:
            reader.tile(index, tile)
            assert reader.tiles.kept[1] <= 3000


def test_a_dense_tile_is_bounded(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatusyn.serve.finding_block.FINDINGS_PER_TILE", 3)
    reader = CityReader(store)
    index = reader.index()
    west, south, east, north = index.layout.total_bounds
    raw = reader.tile(index, tile_at((west + east) / 2, (south + north) / 2, 15)).content
    marks = mapbox_vector_tile.decode(gzip.decompress(raw))["finding_marks"]["features"]
    assert 0 < len(marks) <= 3
    worst = max(finding.severity for finding in store.seen)
    assert {mark["properties"]["severity"] for mark in marks} == {worst}
