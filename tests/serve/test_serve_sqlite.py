from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.serve.conftest import Client
from tests.serve.fake_store import FakeStore
from tests.serve.made_town import town_network

from gatusyn.model import CitySettings
from gatusyn.serve import create_app
from gatusyn.store import SqlStore, create_store


@pytest.fixture
def made(tmp_path: Path) -> FakeStore:
    return FakeStore(tmp_path)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlStore]:
    store = create_store(tmp_path / "city", organisation="town", network=town_network())
    yield store
    store.close()


def test_both_stores_are_shown_alike(made: FakeStore, sqlite: SqlStore) -> None:
    rows = [own for period in made.periods() for own in made.conditions(period=period)]
    empty = Client(create_app(sqlite, CitySettings())).get("/api/v1/city").json()
    assert empty["graded_km"] == 0
    sqlite.write_derived(made.findings(), rows, stamp="first")
    one, other = (Client(create_app(store, CitySettings())) for store in (made, sqlite))
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


def test_store_stands_many_readers(made: FakeStore, sqlite: SqlStore) -> None:
    sqlite.write_derived(made.findings(), made.conditions(), stamp="first")
    client = Client(create_app(sqlite, CitySettings()))
    urls = [f"/tiles/16/{36052 + n % 4}/19262.mvt" for n in range(12)]
    urls += ["/api/v1/city", "/api/v1/sections"] * 4
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda url: client.get(url).status_code, urls))
    assert set(statuses) == {200}
