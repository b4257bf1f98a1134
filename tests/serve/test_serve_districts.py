"""The town's districts on the map's filters and in the lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.made_areas import write_areas
from tests.made_paving import made_city, made_settings
from tests.serve.conftest import Client

from gatusyn.model import ProgrammeParams
from gatusyn.pipeline import City
from gatusyn.serve import create_app

PARAMS = ProgrammeParams(places_file="areas.geojson", years=1, budget_sek=1.0)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = made_city(tmp_path / "city", settings=made_settings(PARAMS))
    write_areas(made.folder / "areas.geojson")
    yield made
    made.store.close()


def client_of(city: City) -> Client:
    return Client(create_app(city.store, city.settings, city_folder=city.folder))


def total(client: Client, query: str) -> int:
    return int(client.get(f"/api/v1/sections?{query}").json()["total"])


def test_sections_are_chosen_by_district_and_the_parts_are_the_whole(city: City) -> None:
    client = client_of(city)
    groups = client.get("/api/v1/filters").json()["groups"]
    assert {one["district"] for one in groups} == {"Norr", "Söder", ""}
    parts = [total(client, f"district={name}") for name in ("Norr", "Söder", "")]
    assert min(parts) > 0
    assert sum(parts) == total(client, "")
    assert total(client, "district=Norr&district=") == parts[0] + parts[2]
    assert total(client, "district=Mars") == 0
    assert total(client, "district=Norr&street=Åsgatan") == total(client, "street=Åsgatan") - 1


def test_lists_are_narrowed_to_a_district(city: City) -> None:
    client = client_of(city)
    page = client.get("/sections?district=Norr&size=200").text
    assert '<option value="Norr" selected>Norr</option>' in page
    assert ">Söder</td>" not in page
    assert ">Norr</td>" in page
    assert "Söder" not in client.get("/sections/export.csv?district=Norr").text
    assert '<select name="district">' in client.get("/findings").text


def test_a_changed_layer_is_taken_over_and_a_broken_one_takes_nothing_away(city: City) -> None:
    client = client_of(city)
    whole, stamp = total(client, ""), client.get("/api/v1/city").headers["etag"]
    write_areas(city.folder / "areas.geojson", {"Allt": (-99.0, -99.0, 999.0, 999.0)})
    assert total(client, "district=Allt") == whole
    assert client.get("/api/v1/city").headers["etag"] != stamp
    (city.folder / "areas.geojson").write_text("broken")
    assert total(client, "") == whole
    assert {one["district"] for one in client.get("/api/v1/filters").json()["groups"]} == {""}
    assert 'name="district"' not in client.get("/sections").text
