from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.made_cluster import Cluster
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore
from tests.serve.made_town import town_network

from gatusyn.model import CitySettings
from gatusyn.serve import create_app
from gatusyn.serve.read_city import CityReader
from gatusyn.store import SqlStore, create_store
from gatusyn.store.protocol_lookup import FindingFilter


@pytest.fixture
def made(tmp_path: Path) -> FakeStore:
    return FakeStore(tmp_path)


@pytest.fixture
def stored(tmp_path: Path, database: str | None) -> Iterator[SqlStore]:
    store = create_store(
        tmp_path / "city", organisation="town", network=town_network(), postgis=database
    )
    yield store
    store.close()


def test_every_store_is_shown_alike(made: FakeStore, stored: SqlStore) -> None:
    rows = [own for period in made.periods() for own in made.conditions(period=period)]
    empty = Client(create_app(stored, CitySettings())).get("/api/v1/city").json()
    assert empty["graded_km"] == 0
    stored.write_derived(made.findings(), rows, stamp="first")
    one, other = (Client(create_app(store, CitySettings())) for store in (made, stored))
    assert one.get("/api/v1/sections").json() == other.get("/api/v1/sections").json()
    assert one.get("/api/v1/streets").json() == other.get("/api/v1/streets").json()
    for tile in ("13/4506/2407", "15/18026/9630"):
        url = f"/tiles/{tile}.mvt"
        assert one.get(url).content == other.get(url).content
    worst = one.get("/api/v1/sections?limit=1").json()["items"][0]["section_id"]
    url = f"/api/v1/section?section_id={quote(worst, safe='')}"
    first, second = one.get(url).json(), other.get(url).json()
    assert second["pictures"] == []
    assert first | {"pictures": []} == second


def test_what_is_counted_once_is_counted_anew_when_the_store_changes(
    made: FakeStore, stored: SqlStore
) -> None:
    reader = CityReader(stored)
    severe = FindingFilter(severities=(3,))
    assert reader.count_findings() == reader.count_listed(severe) == 0
    stored.write_derived(made.findings(), made.conditions(), stamp="first")
    there = [own for own in made.findings() if own.is_there]
    assert reader.count_findings() == len(there) > 0
    assert reader.count_listed(severe) == sum(own.severity == 3 for own in made.findings())
    assert reader.count_listed(FindingFilter()) == len(made.findings())


def test_store_stands_many_readers(made: FakeStore, stored: SqlStore) -> None:
    stored.write_derived(made.findings(), made.conditions(), stamp="first")
    client = Client(create_app(stored, CitySettings()))
    urls = [f"/tiles/16/{36052 + n % 4}/19262.mvt" for n in range(12)]
    urls += ["/api/v1/city", "/api/v1/sections"] * 4
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda url: client.get(url).status_code, urls))
    assert set(statuses) == {200}


def test_a_service_finds_its_server_again(
    made: FakeStore, tmp_path: Path, postgis: str, cluster: Cluster
) -> None:
    with create_store(
        tmp_path / "city", organisation="town", network=town_network(), postgis=postgis
    ) as store:
        store.write_derived(made.findings(), made.conditions(), stamp="first")
        client = Client(create_app(store, CitySettings()))
        before = client.get("/api/v1/sections").json()
        assert client.get("/ready").status_code == 200
        cluster.kill()
        away = client.get("/ready")
        assert (away.status_code, away.json()["faults"]) == (503, ["the store cannot be read"])
        assert client.get("/health").status_code == 200
        cluster.start()
        assert client.get("/ready").status_code == 200
        assert client.get("/api/v1/sections").json() == before
