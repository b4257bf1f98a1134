"""Reading line layers: NVDB, mapped, OSM's names, and every fault of a delivery."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from shapely import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from gatusyn.model import Direction, Network, NetworkError, NetworkParams, NetworkType
from gatusyn.network import read_network

E, N = 674_000.0, 6_580_000.0
MAPPING = '[columns]\nelement_id = "nr"\nstreet_name = "gata"\n'


def line(*steps: tuple[float, float], at: tuple[float, float] = (E, N)) -> LineString:
    return LineString([(at[0] + x, at[1] + y) for x, y in ((0.0, 0.0), *steps)])


def write(
    path: Path,
    columns: Mapping[str, Sequence[Any]],
    geometries: Sequence[BaseGeometry | None],
    *,
    epsg: int | None = 3006,
    layer: str | None = None,
) -> Path:
    frame = gpd.GeoDataFrame(dict(columns), geometry=list(geometries), crs=epsg)
    options = {} if layer is None else {"layer": layer}
    # Column names are cut at ten characters and systems left out on purpose here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path, **options)
    return path


def read(path: Path, mapping: str | None = None, *, layer: str | None = None) -> Network:
    where = None
    if mapping is not None:
        where = path.with_suffix(".toml")
        where.write_text(mapping, encoding="utf-8")
    return read_network(path, params=NetworkParams(), mapping=where, layer=layer)


def fault_of(path: Path, mapping: str | None = None, *, layer: str | None = None) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        read(path, mapping, layer=layer)
    assert caught.value.source.endswith(path.name)
    return caught.value


NVDB: dict[str, list[Any]] = {
    "ROUTE_ID": ["1000:1", "1000:1", "1000:2"],
    "FROM_MEASURE": [0.0, 0.4, 0.0],
    "TO_MEASURE": [0.4, 1.0, 1.0],
    "Namn_130": ["Storgatan", "Storgatan", None],
    "Namn_132": ["E4", None, None],
    "F_Hogst_225": [50.0, 30.0, -1.0],
    "B_Hogst_225": [40.0, 1000.0, -1.0],
    "F_Hogst_24": [12.0, 12.0, 12.0],
    "Klass_181": [0, 5, 9],
    "Bredd_156": [7.5, -1.0, 2.4],
    "Slitl_152": [1, 2, None],
    "Vagha_6": [1, 2, 3],
    "Vagha_7": ["Trafikverket", "Kiruna", None],
    "Vagtr_474": [1, 1, 2],
    "F_ForbjudenFardriktning": [None, 1, None],
    "B_ForbjudenFardriktning": [1, None, None],
}
NVDB_LINES = [
    shapely.force_3d(line((40, 0)), -99999.0),
    MultiLineString([[(E + 40, N), (E + 70, N)], [(E + 70, N), (E + 100, N)]]),
    line((0, 50)),
]


@pytest.mark.parametrize("name", ["nvdb.gpkg", "nvdb.shp"])
def test_nvdb(tmp_path: Path, name: str) -> None:
    geometries = NVDB_LINES if name.endswith("gpkg") else [shapely.force_2d(g) for g in NVDB_LINES]
    path = write(tmp_path / name, NVDB, geometries)
    network = read(path)
    assert network.epsg == 3006
    one, two, cycle = network.links
    assert one.link_id == "1000:1:0.00000000-0.40000000"
    assert (one.street_name, one.functional_class, one.surface) == ("Storgatan", "0", "paved")
    assert (one.speed_forward_kmh, one.speed_backward_kmh, one.width_m) == (50.0, 40.0, 7.5)
    assert (one.direction, one.road_keeper) == (Direction.WITH, "state (Trafikverket)")
    assert (two.direction, two.road_keeper) == (Direction.AGAINST, "municipal (Kiruna)")
    assert (two.speed_backward_kmh, two.width_m, two.surface) == (None, None, "gravel")
    assert two.length_m == pytest.approx(60.0)
    assert (cycle.network_type, cycle.street_name) == (NetworkType.CYCLE, None)
    assert cycle.speed_forward_kmh is None
    (remark,) = network.remarks
    assert remark.startswith("1 of 3 links (0.1 km) have no width; it is assumed")
    assert {section.link_id for section in network.sections} == {
        link.link_id for link in network.links
    }
    assert read(path).version == network.version


def test_nvdb_says_which_columns_it_did_not_find(tmp_path: Path) -> None:
    few = {key: NVDB[key] for key in ("ROUTE_ID", "FROM_MEASURE", "TO_MEASURE")}
    network = read(write(tmp_path / "n.gpkg", few, NVDB_LINES))
    assert any("width" in remark for remark in network.remarks)
    assert any("network type" in remark for remark in network.remarks)
    assert {link.network_type for link in network.links} == {NetworkType.CAR}


def test_broken_rows_are_counted(tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        nan_line = LineString([(E, N), (math.nan, N)])
    rows = [line((40, 0)), None, LineString(), nan_line, line((0, 0)), line((5, 5), at=(0.0, 0.0))]
    columns: dict[str, list[Any]] = {
        "ELEMENT_ID": [str(k) for k in range(6)],
        "START_MEASURE": [0.0] * 6,
        "END_MEASURE": [1.0] * 6,
        "Vagtr_474": [1, 1, 1, 1, 1, 1],
    }
    with np.errstate(invalid="ignore"):
        network = read(write(tmp_path / "n.gpkg", columns, rows))
    assert [link.element_id for link in network.links] == ["0"]
    (left_out,) = (remark for remark in network.remarks if "left out" in remark)
    assert "5 of 6 rows" in left_out
    assert "2 without geometry" in left_out
    assert "1 outside" in left_out


def test_only_broken_rows_is_a_fault(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {"ROUTE_ID": ["a"], "FROM_MEASURE": [0.5], "TO_MEASURE": [0.5]}
    fault = fault_of(write(tmp_path / "n.gpkg", columns, [line((40, 0))]))
    assert "1 of 1 rows were left out" in fault.problem


def test_mapped_geojson_in_degrees_becomes_sweref(tmp_path: Path) -> None:
    path = write(
        tmp_path / "n.geojson",
        {"nr": [7], "gata": ["Kungsgatan"], "enkel": ["F"]},
        [LineString([(18.06, 59.33), (18.07, 59.33)])],
        epsg=4326,
    )
    mapping = (
        MAPPING + 'direction = "enkel"\n[defaults]\nwidth_m = 8\n[values.direction]\nF = "with"'
    )
    network = read(path, mapping)
    (link,) = network.links
    assert network.epsg == 3006
    assert (link.element_id, link.street_name, link.width_m) == ("7", "Kungsgatan", 8.0)
    assert link.direction is Direction.WITH
    assert link.length_m == pytest.approx(569, abs=2)
    assert link.line.coords[0] == pytest.approx((674_000, 6_580_000), abs=5000)


def test_web_mercator_is_not_taken_for_metres(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"nr": [1], "gata": ["A"]}, geometry=[line((100, 0))], crs=3006)
    path = tmp_path / "n.gpkg"
    frame.to_crs(3857).to_file(path)
    network = read(path, MAPPING)
    assert network.epsg == 3006
    assert network.links[0].length_m == pytest.approx(100.0, abs=0.1)


def test_a_towns_own_metric_system_is_kept(tmp_path: Path) -> None:
    path = write(
        tmp_path / "n.gpkg",
        {"nr": [1], "gata": ["A"]},
        [line((100, 0), at=(153_000, 6_580_000))],
        epsg=3011,
    )
    assert read(path, MAPPING).epsg == 3011


def test_a_mapping_can_give_the_coordinate_system_and_number_the_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "n.gpkg", {"gata": ["A", "B"]}, [line((9, 0)), line((0, 9))], epsg=None)
    network = read(path, 'epsg = 3006\n[columns]\nelement_id = "fid"\nstreet_name = "gata"\n')
    assert network.epsg == 3006
    assert [link.element_id for link in network.links] == ["1", "2"]


def test_no_coordinate_system(tmp_path: Path) -> None:
    path = write(tmp_path / "n.gpkg", {"nr": [1], "gata": ["A"]}, [line((9, 0))], epsg=None)
    fault = fault_of(path, MAPPING)
    assert "no coordinate system" in fault.problem
    assert "epsg" in fault.remedy


def test_degrees_declared_as_metres(tmp_path: Path) -> None:
    degrees = [LineString([(18.06, 59.33), (18.07, 59.33)])]
    path = write(tmp_path / "n.gpkg", {"nr": [1], "gata": ["A"]}, degrees)
    assert "look like degrees (18.06000, 59.33000)" in fault_of(path, MAPPING).problem


def test_metres_declared_as_degrees(tmp_path: Path) -> None:
    path = write(tmp_path / "n.gpkg", {"nr": [1], "gata": ["A"]}, [line((9, 0))], epsg=4326)
    assert "look like metres" in fault_of(path, MAPPING).problem


def test_swapped_axes_are_outside_the_area_of_use(tmp_path: Path) -> None:
    swapped = [line((9, 0), at=(N, E))]
    path = write(tmp_path / "n.gpkg", {"nr": [1], "gata": ["A"]}, swapped)
    fault = fault_of(path, MAPPING)
    assert "outside the area" in fault.problem
    assert "swapped" in fault.remedy


@pytest.mark.parametrize("epsg", [999_999, -4])
def test_an_unknown_epsg_code(tmp_path: Path, epsg: int) -> None:
    path = write(tmp_path / "n.gpkg", {"nr": [1], "gata": ["A"]}, [line((9, 0))])
    assert "unknown coordinate system" in fault_of(path, f"epsg = {epsg}\n{MAPPING}").problem


def test_no_mapping_names_the_columns_and_shows_how(tmp_path: Path) -> None:
    path = write(tmp_path / "n.gpkg", {"nr": [1], "gata": ["A"]}, [line((9, 0))])
    fault = fault_of(path)
    assert "nr, gata" in fault.problem
    assert "element_id" in fault.remedy


def test_all_missing_columns_are_named_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "n.gpkg", {"nr": [1]}, [line((9, 0))])
    fault = fault_of(path, '[columns]\nelement_id = "id"\nwidth_m = "bredd"\n')
    assert "id (for element_id), bredd (for width_m)" in fault.problem
    assert "nr" in fault.remedy


def test_an_empty_layer(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"nr": [1]}, geometry=[line((9, 0))], crs=3006)
    path = tmp_path / "n.gpkg"
    frame.iloc[:0].to_file(path, geometry_type="LineString")
    assert "no rows" in fault_of(path, MAPPING).problem


def test_points_only(tmp_path: Path) -> None:
    path = write(tmp_path / "n.gpkg", {"nr": [1]}, [Point(E, N)])
    assert "no lines" in fault_of(path, MAPPING).problem


def test_points_in_a_layer_of_any_geometry(tmp_path: Path) -> None:
    path = write(tmp_path / "n.geojson", {"nr": [1]}, [Point(18, 59)], epsg=4326)
    assert "no lines" in fault_of(path, MAPPING).problem


def test_several_layers(tmp_path: Path) -> None:
    path = tmp_path / "n.gpkg"
    for layer, name in (("vag", "A"), ("gc", "B")):
        write(path, {"nr": [1], "gata": [name]}, [line((9, 0))], layer=layer)
    assert "vag, gc" in fault_of(path, MAPPING).remedy
    fault = fault_of(path, MAPPING, layer="bana")
    assert "no layer 'bana'" in fault.problem
    assert "vag, gc" in fault.remedy
    assert read(path, MAPPING, layer="gc").links[0].street_name == "B"


@pytest.mark.parametrize("name", ["n.gpkg", "n.shp", "n.geojson", "n.osm.pbf", "n.osm"])
def test_empty_and_foreign_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    assert "empty (0 bytes)" in fault_of(path).problem
    path.write_bytes(b"%PDF-1.7 not a network")
    assert "not a readable" in fault_of(path).problem


@pytest.mark.parametrize("name", ["n.gpkg", "n.shp"])
def test_files_cut_short(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"nr": [1], "gata": ["A"]}, [line((9, 0))])
    path.write_bytes(path.read_bytes()[:60])
    assert fault_of(path, MAPPING).problem


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "does not exist" in fault_of(tmp_path / "n.gpkg").problem
    (tmp_path / "d.gpkg").mkdir()
    assert "is a folder" in fault_of(tmp_path / "d.gpkg").problem


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("n.vrt", "<OGRVRTDataSource/>"),
        ("n.csv", "a,b\n1,2\n"),
        ("n.gpkg", "<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>"),
        ("n.json", json.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector"})),
        ("n.geojson", json.dumps({"type": "Topology", "objects": {}, "arcs": []})),
        ("n.geojson", "{"),
    ],
)
def test_other_kinds_are_refused(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    assert fault_of(path).problem


def test_a_shapefile_without_its_companions(tmp_path: Path) -> None:
    path = write(tmp_path / "n.shp", {"nr": [1], "gata": ["A"]}, [line((9, 0))])
    path.with_suffix(".dbf").unlink()
    assert "n.dbf" in fault_of(path, MAPPING).problem


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "n.gpkg", {"nr": [1]}, [line((9, 0))])
    with pytest.raises(NetworkError, match=r"m\.toml"):
        read_network(path, params=NetworkParams(), mapping=tmp_path / "m.toml")


def test_osm_names_need_no_mapping_and_twins_become_one_link(tmp_path: Path) -> None:
    there = LineString([(18.06, 59.33), (18.07, 59.33)])
    columns: dict[str, list[Any]] = {
        "osmid": ["11", "11", "[12, 13]", "14"],
        "name": ["Kungsgatan", "Kungsgatan", "['Aveny', 'Torg']", None],
        "highway": ["residential", "residential", "['primary', 'tertiary']", "steps"],
        "maxspeed": ["30", "30", None, None],
        "oneway": [0, 0, 1, 0],
    }
    lines = [
        there,
        there.reverse(),
        LineString([(18.07, 59.33), (18.08, 59.34)]),
        LineString([(18.07, 59.33), (18.08, 59.32)]),
    ]
    seen: list[tuple[int, int]] = []
    network = read_network(
        write(tmp_path / "edges.gpkg", columns, lines, epsg=4326),
        params=NetworkParams(),
        on_progress=lambda done, total: seen.append((done, total)),
    )
    street, avenue = network.links
    assert (street.direction, street.speed_backward_kmh) == (Direction.BOTH, 30.0)
    assert (avenue.direction, avenue.street_name) == (Direction.WITH, "Aveny")
    assert avenue.functional_class == "primary"
    assert "opposite direction" in network.remarks[0]
    assert "no road" in network.remarks[0]
    assert seen[-1] == (4, 4)


@pytest.mark.shared
def test_stockholm(shared: Path) -> None:
    network = read(shared / "data" / "networks" / "stockholm" / "edges.shp")
    assert network.epsg == 3006
    assert 9000 < len(network.links) < 15_021
    assert sum(link.length_m for link in network.links) == pytest.approx(1.12e6, rel=0.02)
    assert sum(link.street_name is not None for link in network.links) > 7000


def test_homogenised_rows_that_do_not_hold_on_a_given_day(tmp_path: Path) -> None:
    columns = {**NVDB, "VALID_FROM": [20200101, 20200101, 20270101], "VALID_TO": [99991231] * 3}
    path = write(tmp_path / "n.gpkg", columns, NVDB_LINES)
    network = read_network(path, params=NetworkParams(), day=date(2026, 5, 1))
    assert {link.element_id for link in network.links} == {"1000:1"}
    assert "1 of 3 rows were left out: 1 not valid on the day." in network.remarks
    assert len(read(path).links) == 3


def test_a_homogenised_file_geodatabase(tmp_path: Path) -> None:
    lines = [shapely.force_2d(line) for line in NVDB_LINES]
    several = [MultiLineString(list(shapely.get_parts(line))) for line in lines]
    frame = gpd.GeoDataFrame(NVDB, geometry=several, crs=3006)
    path = tmp_path / "n.gdb"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(frame, path, layer="TNE_FT_VAGDATA", driver="OpenFileGDB")
    assert [link.street_name for link in read(path).links] == ["Storgatan", "Storgatan", None]
