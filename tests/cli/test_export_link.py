"""``gatusyn export``: every row has a link into the map where the town says its address."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.made_paving import made_city
from tests.run_cli import run_cli

from gatusyn.model import PublicParams, SettingsError
from gatusyn.pipeline import City, read_settings_file, write_values

HERE = "https://streets.town.example"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = made_city(tmp_path / "city")
    yield made
    made.store.close()


def links_in(monkeypatch: pytest.MonkeyPatch, city: City, file: Path, *options: str) -> list[str]:
    assert run_cli(monkeypatch, "export", city.folder, file, *options) == 0
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return [row["map_link"] for row in csv.DictReader(opened, delimiter=";")]


def test_rows_have_links_only_where_the_address_is_set(
    monkeypatch: pytest.MonkeyPatch, city: City, tmp_path: Path
) -> None:
    assert set(links_in(monkeypatch, city, tmp_path / "none.csv")) == {""}
    path = city.folder / "gatusyn.toml"
    stamp = read_settings_file(path).stamp
    write_values(path, {("public", "address"): f"{HERE}/"}, stamp=stamp)
    links = links_in(monkeypatch, city, tmp_path / "links.csv")
    assert links[0] == f"{HERE}/#section=a%2F0&finding="
    assert len(set(links)) == len(links)
    own = links_in(
        monkeypatch, city, tmp_path / "own.csv", "--map-link", "https://else.example/{section}"
    )
    assert own[0] == "https://else.example/a%2F0"


@pytest.mark.parametrize(
    "address", ["streets", "ftp://x", "https://", "https://x/?a=1", "http://a b"]
)
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(SettingsError, match="no address"):
        PublicParams(address=address)
