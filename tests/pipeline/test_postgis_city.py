"""The whole way with the rows in PostgreSQL: what comes out is what comes out of SQLite."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_stages import made_stages
from tests.made_town import PARAMS
from typer.testing import CliRunner

from gatusyn.cli import build_app
from gatusyn.cli.demo import settings_of
from gatusyn.model import StoreError
from gatusyn.model.store_params import StoreParams
from gatusyn.pipeline import (
    City,
    bring_up_to_date,
    check_city,
    create_city,
    inspect_drives,
    open_city,
    require_embedded,
    summarise,
)
from gatusyn.simulate import TownFiles
from gatusyn.store import write_export


def made(folder: Path, town: TownFiles, video: Path, postgis: str | None = None) -> City:
    settings = settings_of(PARAMS)
    city = create_city(folder, network=town.network, settings=settings, postgis=postgis)
    assert city.settings == replace(settings, store=StoreParams(postgis=postgis))
    assert inspect_drives(city, [video], stages=made_stages()).exit_code == 0
    return city


def test_a_city_on_a_server_is_the_city_in_its_folder(
    small_town: TownFiles, short_drive: Path, tmp_path: Path, postgis: str
) -> None:
    embedded = made(tmp_path / "embedded", small_town, short_drive)
    city = made(tmp_path / "city", small_town, short_drive, postgis)
    assert not list(city.folder.glob("*.sqlite*"))
    city.store.close()
    city = open_city(city.folder)
    ours, theirs = embedded.store, city.store
    assert ours.findings()
    assert theirs.findings() == ours.findings()
    assert theirs.conditions() == ours.conditions()
    assert theirs.observations() == ours.observations()
    assert theirs.facts_stamp() == ours.facts_stamp()
    assert theirs.derived_stamp() == ours.derived_stamp()
    assert [one.picture_id for one in theirs.ledger.kept()] == [
        one.picture_id for one in ours.ledger.kept()
    ]
    assert not bring_up_to_date(city)
    assert replace(summarise(city), settings=embedded.settings) == summarise(embedded)
    written = write_export(theirs, theirs.read_network(), tmp_path / "streets.gpkg")
    assert written.findings == len(ours.findings())
    ours.close()
    theirs.close()
    checked = check_city(city.folder)
    assert checked.faults == ()
    assert checked.pictures > 0
    next(city.folder.rglob("*.jpg")).unlink()
    assert "a picture's file is missing" in check_city(city.folder).faults[0]


def test_a_copy_of_the_folder_alone_is_refused(
    small_town: TownFiles, tmp_path: Path, postgis: str
) -> None:
    folder = tmp_path / "city"
    arguments = ["init", str(folder), "--network", str(small_town.network), "--postgis", postgis]
    result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 0, result.output
    with pytest.raises(StoreError, match="has its rows in PostgreSQL") as caught:
        require_embedded(folder)
    assert "pg_dump" in caught.value.remedy
    refused = CliRunner().invoke(build_app(), ["backup", str(folder), str(tmp_path / "copy")])
    assert refused.exit_code != 0
    assert not (tmp_path / "copy").exists()
