"""Districts from a layer of areas, as from a table of places."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.made_areas import NORTH_AND_SOUTH, write_areas
from tests.made_paving import EAST, NORTH, made_city, made_network, made_settings

from gatusyn.model import ProgrammeError, ProgrammeParams
from gatusyn.pipeline import places_stamp, town_places
from gatusyn.pipeline.programme_lists import read_places
from gatusyn.pipeline.town_stock import read_stock


def test_sections_lie_in_the_area_that_holds_their_middle(tmp_path: Path) -> None:
    network = made_network()
    places = read_places(write_areas(tmp_path / "areas.geojson"), network)
    for section in network.sections:
        middle = section.line.interpolate(0.5, normalized=True)
        x, y = middle.x - EAST, middle.y - NORTH
        holds = [
            name
            for name, (west, south, east, north) in NORTH_AND_SOUTH.items()
            if west < x < east and south < y < north
        ]
        assert [places.district.get(section.section_id, "")] == (holds or [""])
    assert set(places.district.values()) == {"Norr", "Söder"}
    assert len(places.district) < len(network.sections), "one end of a street is in none"
    assert places.is_bus == {name for name, own in places.district.items() if own == "Norr"}


def test_debt_is_summed_by_the_areas_and_a_changed_file_holds(tmp_path: Path) -> None:
    params = ProgrammeParams(places_file="areas.geojson", years=1, budget_sek=1.0)
    city = made_city(tmp_path / "city", settings=made_settings(params))
    assert "is not there" in places_stamp(city)
    write_areas(city.folder / "areas.geojson")
    before = places_stamp(city)
    stock = read_stock(city).stock
    assert set(stock.district.tolist()) == {"Norr", "Söder", ""}
    write_areas(city.folder / "areas.geojson", {"Hela staden": (-99.0, -99.0, 999.0, 999.0)})
    assert places_stamp(city) != before
    network = city.store.read_network()
    assert set(town_places(city, network).district.values()) == {"Hela staden"}
    city.store.close()


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("a.geojson", "", "empty"),
        ("a.geojson", "lat,lon", "is not a readable geojson file"),
        ("a.gpkg", "{}", "is not a readable gpkg file"),
        (
            "a.geojson",
            (
                '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
                '{"district": "x"}, "geometry": {"type": "Point", "coordinates": [13, 56]}}]}'
            ),
            "has no layer of areas",
        ),
        (
            "a.geojson",
            (
                '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
                '{"colour": "x"}, "geometry": {"type": "Polygon", "coordinates": '
                "[[[13, 56], [14, 56], [14, 57], [13, 56]]]}}]}"
            ),
            "names no column that is known",
        ),
    ],
)
def test_what_is_no_layer_of_areas_is_named(
    tmp_path: Path, name: str, text: str, fault: str
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(ProgrammeError, match=fault):
        read_places(path, made_network())
