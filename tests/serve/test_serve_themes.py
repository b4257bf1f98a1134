"""What the map can be coloured by."""

from __future__ import annotations

import gzip
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from tests.serve.conftest import Client
from tests.serve.test_serve_tiles import middle_tile

from gatusyn.serve.layout import SectionColumns
from gatusyn.serve.themes import DAY_S, Theme, classes_of

NAN = float("nan")


def columns(**given: list[float]) -> SectionColumns:
    count = len(next(iter(given.values())))
    every: dict[str, Any] = {
        name: np.full(count, NAN) for name in ("indices", "lows", "highs", "last_looks_s")
    }
    every |= {"grades": np.zeros(count, dtype=np.int64), "observed_shares": np.zeros(count)}
    return SectionColumns(**every | {name: np.array(values) for name, values in given.items()})


def test_what_nobody_saw_is_in_no_class() -> None:
    town = columns(observed_shares=[0.0, 0.01])
    for theme in (Theme.AGE, Theme.CERTAINTY, Theme.CHANGE):
        assert classes_of(theme, town, before=town, now_s=0.0).tolist() == [0, 0]
    assert classes_of(Theme.SEEN, town, before=None, now_s=0.0).tolist() == [0, 5]


def test_classes_end_where_they_say() -> None:
    seen = columns(observed_shares=[1.0, 0.95, 0.94, 0.75, 0.5, 0.25, 0.2])
    assert classes_of(Theme.SEEN, seen, before=None, now_s=0.0).tolist() == [1, 1, 2, 2, 3, 4, 5]
    looks = columns(last_looks_s=[-30 * DAY_S, -31 * DAY_S, -180 * DAY_S, -365 * DAY_S, -9e9])
    assert classes_of(Theme.AGE, looks, before=None, now_s=0.0).tolist() == [1, 2, 3, 4, 5]
    sure = columns(lows=[50.0, 50.0, 50.0, 0.0], highs=[60.0, 61.0, 90.0, 100.0])
    assert classes_of(Theme.CERTAINTY, sure, before=None, now_s=0.0).tolist() == [1, 2, 4, 5]


def test_change_is_against_the_period_before_where_both_are_known() -> None:
    now = columns(indices=[60.0, 53.0, 51.0, 47.5, 41.0, 30.0, 50.0, NAN])
    before = columns(indices=[50.0, 50.0, 50.0, 50.0, 50.0, 50.0, NAN, 50.0])
    assert classes_of(Theme.CHANGE, now, before=before, now_s=0.0).tolist() == (
        [1, 2, 3, 3, 4, 5, 0, 0]
    )
    assert classes_of(Theme.CHANGE, now, before=None, now_s=0.0).tolist() == [0] * 8


@pytest.mark.parametrize("theme", list(Theme))
def test_classes_add_up_to_the_town_and_tiles_have_them(client: Client, theme: Theme) -> None:
    town = client.get("/api/v1/city").json()
    themed = client.get(f"/api/v1/theme?theme={theme}").json()
    assert [one["number"] for one in themed["classes"]] == [0, 1, 2, 3, 4, 5]
    assert sum(one["km"] for one in themed["classes"]) == pytest.approx(town["total_km"])
    if theme is Theme.GRADE:
        own = {entry["grade"]["number"]: entry["km"] for entry in town["legend"]}
        assert {one["number"]: one["km"] for one in themed["classes"]} == pytest.approx(own)
    there = {one["number"] for one in themed["classes"] if one["sections"]}
    for zoom in (13, 15):
        place = middle_tile(client, zoom)
        address = f"/tiles/{place.z}/{place.x}/{place.y}.mvt?theme={theme}"
        raw = client.get(address).content
        tile = mapbox_vector_tile.decode(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
        drawn = {one["properties"]["class"] for one in tile["sections"]["features"]}
        assert drawn
        assert drawn <= there


def test_themes_have_tiles_of_their_own(client: Client) -> None:
    place = middle_tile(client, 14)
    address = f"/tiles/{place.z}/{place.x}/{place.y}.mvt"
    answers = {one: client.get(f"{address}?theme={one}") for one in Theme}
    tags = {one: answer.headers["etag"] for one, answer in answers.items()}
    contents = {answer.content for answer in answers.values()}
    assert len(set(tags.values())) == len(contents) >= 5, "what is not known looks the same"
    assert len({tags[one] for one in (Theme.GRADE, Theme.SEEN, Theme.CHANGE)}) == 3
    assert client.get("/tiles/0/0/0.mvt?theme=<b>").status_code == 422
    assert client.get("/api/v1/theme?theme=x&period=1999").status_code == 422
    assert client.get("/api/v1/theme?theme=seen&period=1999").status_code == 404
