"""The regulations of a city's network as a layer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
from tests.made_network import NORTH, network_of, street
from tests.run_cli import run_cli

from gatusyn.model import Direction, Network, Regulation, SettingsError, Side
from gatusyn.pipeline import write_regulations
from gatusyn.store import create_store


def ruled() -> Network:
    limit = Regulation(
        element_id="a",
        start_measure=0.5,
        end_measure=1.0,
        kind="Hastighetsgrans",
        designation="0180 2022-02696",
        value="30",
        direction=Direction.WITH,
        valid_from="2022-05-01",
    )
    stop = replace(
        limit, start_measure=0.25, end_measure=0.25, kind="Stopplikt", value=None, side=Side.LEFT
    )
    elsewhere = replace(limit, element_id="z")
    return replace(network_of(street("a")), regulations=(limit, stop, elsewhere))


@pytest.mark.parametrize("name", ["rules.gpkg", "rules.geojson"])
def test_a_row_for_each_regulation_and_link(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert write_regulations(path, ruled(), overwrite=False) == 2
    frame = gpd.read_file(path).to_crs(3006)
    assert frame["designation"].tolist() == ["0180 2022-02696"] * 2
    assert frame["kind"].tolist() == ["Hastighetsgrans", "Stopplikt"]
    assert frame["value"].tolist()[0] == "30"
    assert frame["side"].tolist()[1] == "left"
    assert frame.geometry.length.tolist() == pytest.approx([50.0, 1.0], abs=0.05)
    assert frame.geometry.bounds["miny"].tolist() == pytest.approx(
        [NORTH + 50, NORTH + 24.5], abs=0.05
    )
    with pytest.raises(SettingsError, match="exists already"):
        write_regulations(path, ruled(), overwrite=False)


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    city = tmp_path / "city"
    city.mkdir()
    create_store(city, organisation="town", network=ruled()).close()
    (city / "gatusyn.toml").write_text("")
    assert run_cli(monkeypatch, "network", "regulations", city, tmp_path / "r.gpkg") == 0
    assert "3 regulations on 2 stretches of links" in capsys.readouterr().out
