"""Exports are read back with other programs' readers, and never leave half a file."""

from __future__ import annotations

import csv
import dataclasses
import errno
import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import apsw
import geopandas
import numpy as np
import pyogrio
import pytest
from shapely import LinearRing
from shapely.geometry import shape
from tests.store.made_store import (
    START_S,
    make_condition,
    make_finding,
    make_network,
)

from gatusyn.geo import Projection
from gatusyn.model import Grade, Network, SettingsError, StorageFullError
from gatusyn.store import SqlStore, create_store, write_export
from gatusyn.store.export_styles import finding_qml, finding_sld, section_qml, section_sld
from gatusyn.store.export_tables import ColumnType
from gatusyn.store.write_export_csv import cell

NETWORK = make_network()
LINK = "http://127.0.0.1:8000/#section={section}&finding={finding}"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """A store with one section graded, one looked at too little, the others not at all."""
    folder = tmp_path_factory.mktemp("exports") / "city"
    with create_store(folder, organisation="town", network=NETWORK) as store:
        conditions = (
            make_condition("link-0/0", seen_well_share=0.5, last_look_s=START_S),
            make_condition("link-0/1", grade=Grade.UNKNOWN, index=None, observed_share=0.1),
        )
        findings = (make_finding(0), make_finding(5, two_parts=True))
        store.write_derived(findings, conditions, stamp="one")
        yield store


def test_a_geopackage_has_both_layers_in_the_network_s_system(
    store: SqlStore, tmp_path: Path
) -> None:
    path = tmp_path / "town.gpkg"
    summary = write_export(store, NETWORK, path, map_link=LINK)
    assert summary.paths == (path,)
    assert (summary.sections, summary.unknown, summary.findings) == (6, 5, 2)
    assert summary.period == "2026"
    assert [row[0] for row in pyogrio.list_layers(path)][:2] == ["sections", "findings"]
    sections = geopandas.read_file(path, layer="sections").set_index("section_id")
    assert sections.crs.to_epsg() == 3006
    seen = sections.loc["link-0/0"]
    assert (seen["element_id"], seen["grade"], seen["grade_word"]) == ("1000:0", 4, "poor")
    assert seen["start_measure"] == 0.25
    assert seen["condition_index"] == 45.0
    assert (seen["pothole_count"], seen["crazing_count"]) == (2, 0)
    assert (seen["pothole_severity_2_count"], seen["pothole_severity_3_count"]) == (2, 0)
    assert seen["pothole_severity_2_area_m2"] == seen["pothole_area_m2"] == 0.5
    assert (seen["method"], seen["index_name"]) == ("deduct", "Gatusyn deduct curves 1")
    assert (seen["index_low"], seen["index_high"]) == (33.0, 48.0)
    assert (seen["deduct_index"], seen["handbook_index"], seen["handbook_grade"]) == (45, 70, 3)
    assert "potholes" in seen["reasons"]
    assert seen["map_link"] == "http://127.0.0.1:8000/#section=link-0%2F0&finding="
    assert seen.geometry.equals(NETWORK.sections[0].line)
    assert bool(seen["width_is_assumed"])
    shares = ["seen_well_share", "seen_poorly_share", "not_seen_share"]
    assert seen[shares].tolist() == pytest.approx([0.5, 0.3, 0.2])
    assert seen["last_look"] == "2026-05-28"
    assert sections.loc["link-1/0"][shares].tolist() == [0.0, 0.0, 1.0]
    findings = geopandas.read_file(path, layer="findings")
    assert list(findings["sightings"]) == [2, 2]
    assert list(findings["looks"]) == [3, 3]
    assert list(findings["state"]) == ["new", "new"]
    assert list(findings["ended"].isna()) == [True, True]
    assert findings.geometry.geom_type.unique().tolist() == ["MultiPolygon"]
    assert math.isclose(findings.geometry.area.iloc[0], 0.25)
    assert findings["first_seen"].iloc[0].startswith("2026-05-28")


def test_not_seen_is_never_good(store: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "town.gpkg"
    write_export(store, NETWORK, path)
    sections = geopandas.read_file(path, layer="sections").set_index("section_id")
    for section_id in ("link-0/1", "link-1/0"):
        row = sections.loc[section_id]
        assert (row["grade"], row["grade_word"]) == (0, "unknown")
        assert row[["condition_index", "index_low", "deduct_index", "handbook_index"]].isna().all()
    assert np.isnan(sections.loc["link-1/0"]["pothole_count"]), "no damage is not known"


def test_a_geopackage_brings_its_styles_where_qgis_looks(store: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "town.gpkg"
    write_export(store, NETWORK, path)
    connection = apsw.Connection(str(path))
    kinds = dict(connection.execute("SELECT table_name, data_type FROM gpkg_contents"))
    assert kinds == {"sections": "features", "findings": "features", "layer_styles": "attributes"}
    styles = list(
        connection.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        )
    )
    columns = dict(connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    connection.close()
    assert {str(row[0]): row[1] for row in styles} == columns
    assert all(row[2] == 1 for row in styles)
    assert section_qml() == styles[0][3]


def test_styles_are_well_formed_and_name_every_grade() -> None:
    for text in (section_qml(), finding_qml(), section_sld(), finding_sld()):
        Xml.fromstring(text)
    root = Xml.fromstring(section_qml())
    labels = {c.attrib["value"]: c.attrib["label"] for c in root.iter("category")}
    assert labels == {
        str(grade.number): f"{grade.number} {grade.word}" if grade.number else "unknown"
        for grade in Grade
    }
    symbols = {symbol.attrib["name"] for symbol in root.iter("symbol")}
    assert {category.attrib["symbol"] for category in root.iter("category")} == symbols
    assert "dash" in section_qml()
    assert "215,25,28,255" in section_qml(), "grade 5 is the palette's red"


def test_geojson_is_one_collection_in_degrees(store: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "town.geojson"
    write_export(store, NETWORK, path, map_link=LINK)
    data = json.loads(path.read_text("utf-8"))
    layers = [feature["properties"]["layer"] for feature in data["features"]]
    assert layers == ["sections"] * 6 + ["findings"] * 2
    line = shape(data["features"][0]["geometry"])
    lon, lat = line.coords[0]
    assert 18.0 < lon < 18.2
    assert 59.2 < lat < 59.4
    again = Projection(3006).geometry_to_metres(line)
    assert again.hausdorff_distance(NETWORK.sections[0].line) < 0.02
    unknown = data["features"][3]["properties"]
    assert unknown["condition_index"] is None
    assert unknown["grade_word"] == "unknown"
    ring = LinearRing(data["features"][6]["geometry"]["coordinates"][0])
    assert ring.is_ccw, "RFC 7946 wants outer rings counterclockwise"
    assert geopandas.read_file(path).crs.to_epsg() == 4326


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_csv_opens_in_a_swedish_excel(store: SqlStore, tmp_path: Path) -> None:
    path = tmp_path / "town.csv"
    summary = write_export(store, NETWORK, path)
    assert summary.paths == (path, tmp_path / "town_findings.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in path.read_bytes()
    sections = read_csv(path)
    assert len(sections) == 6
    assert sections[0]["start_measure"] == "0,25"
    assert sections[0]["width_m"] == "6,5"
    assert sections[0]["condition_index"] == "45"
    assert sections[1]["condition_index"] == ""
    assert sections[0]["wkt"].startswith("LINESTRING (674000 6580000")
    findings = read_csv(tmp_path / "town_findings.csv")
    assert findings[0]["kind"] == "pothole"
    assert findings[0]["northing_m"] == "6579999,75"
    assert findings[0]["last_seen"] == "2026-05-28T20:27:40Z"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("=HYPERLINK(1)", ColumnType.TEXT, "'=HYPERLINK(1)"),
        ("+46 8", ColumnType.TEXT, "'+46 8"),
        ("@x", ColumnType.TEXT, "'@x"),
        ("-1+1|cmd", ColumnType.TEXT, "'-1+1|cmd"),
        ("\t=1", ColumnType.TEXT, "'\t=1"),
        ("-4711", ColumnType.TEXT, "-4711"),
        ("Åvägen", ColumnType.TEXT, "Åvägen"),
        ("", ColumnType.TEXT, ""),
        (None, ColumnType.TEXT, ""),
        (-0.5, ColumnType.REAL, "-0,5"),
        (10.0, ColumnType.REAL, "10"),
        (0.0, ColumnType.REAL, "0"),
        (1e-9, ColumnType.REAL, "0"),
        (-1e-9, ColumnType.REAL, "0"),
        (float("nan"), ColumnType.REAL, ""),
        (3, ColumnType.INTEGER, "3"),
        (False, ColumnType.BOOLEAN, "0"),
    ],
)
def test_a_cell_is_a_number_or_a_text_and_never_a_formula(
    value: Any, kind: ColumnType, shown: str
) -> None:
    assert cell(value, kind) == shown


def test_a_street_named_like_a_formula_is_harmless(store: SqlStore, tmp_path: Path) -> None:
    links = tuple(
        dataclasses.replace(link, street_name='=cmd|"/c calc";A1') for link in NETWORK.links
    )
    network = Network(epsg=3006, links=links, sections=NETWORK.sections)
    write_export(store, network, tmp_path / "town.csv")
    assert read_csv(tmp_path / "town.csv")[0]["street_name"] == '\'=cmd|"/c calc";A1'


@pytest.mark.parametrize("name", ["town.gpkg", "town.geojson", "town.csv"])
def test_a_town_that_nobody_looked_at_can_be_exported(tmp_path: Path, name: str) -> None:
    with create_store(tmp_path / "city", organisation="town", network=NETWORK) as empty:
        summary = write_export(empty, NETWORK, tmp_path / name)
    assert (summary.sections, summary.unknown, summary.findings) == (6, 6, 0)
    assert summary.period is None
    if name.endswith("gpkg"):
        assert len(geopandas.read_file(tmp_path / name, layer="findings")) == 0


@pytest.mark.parametrize("name", ["town.xls", "town", "town.shp"])
def test_an_unknown_ending_lists_the_three(store: SqlStore, tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        write_export(store, NETWORK, tmp_path / name)
    for ending in (".gpkg", ".geojson", ".csv"):
        assert ending in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_endings_may_be_written_large(store: SqlStore, tmp_path: Path) -> None:
    write_export(store, NETWORK, tmp_path / "TOWN.GPKG")
    assert len(geopandas.read_file(tmp_path / "TOWN.GPKG", layer="sections")) == 6


def test_a_file_is_only_replaced_when_told_to(store: SqlStore, tmp_path: Path) -> None:
    beside = tmp_path / "town_findings.csv"
    beside.write_text("mine")
    with pytest.raises(SettingsError, match="exists already"):
        write_export(store, NETWORK, tmp_path / "town.csv")
    assert beside.read_text() == "mine"
    write_export(store, NETWORK, tmp_path / "town.csv", overwrite=True)
    assert beside.read_text("utf-8-sig").startswith("finding_id;")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(SettingsError, match="is a folder"):
        write_export(store, NETWORK, tmp_path / "folder.csv", overwrite=True)
    with pytest.raises(SettingsError, match="is not a folder"):
        write_export(store, NETWORK, tmp_path / "missing" / "town.csv")


def test_a_period_without_grades_is_named(store: SqlStore, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no grades for 2019.*2026"):
        write_export(store, NETWORK, tmp_path / "town.csv", period="2019")


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "csv"])
def test_a_full_disk_leaves_the_former_file(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    path = tmp_path / f"town.{ending}"
    path.write_text("former")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFullError, match="nothing of the export was written"):
        write_export(store, NETWORK, path, overwrite=True)
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path], "no part is left behind"


def test_sections_that_are_not_counted_are_not_exported(store: SqlStore, tmp_path: Path) -> None:
    others = (dataclasses.replace(NETWORK.sections[0], is_counted=False), *NETWORK.sections[1:])
    network = dataclasses.replace(NETWORK, sections=others)
    assert write_export(store, network, tmp_path / "town.gpkg").sections == 5
