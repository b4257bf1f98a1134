"""NVDB in one layer a feature type: both editions' names, joins, dates, and every fault."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from gatusyn.model import (
    Direction,
    Link,
    Network,
    NetworkError,
    NetworkParams,
    NetworkType,
    Side,
    Structure,
)
from gatusyn.network import read_network
from gatusyn.network.features import Feature, Features, designation_of
from gatusyn.network.nvdb_layers import layer_of
from gatusyn.network.overlay import Overlay, Part

E, N = 674_000.0, 6_580_000.0
DAY = date(2026, 5, 1)
Columns = dict[str, list[Any]]

# A street of 200 m to the east, a side street north from its middle, and a cycle path beside it.
LINES = [
    LineString([(E, N), (E + 200, N)]),
    LineString([(E + 100, N), (E + 100, N + 80)]),
    LineString([(E, N + 4), (E + 200, N + 4)]),
]
REFERENCE: Columns = {
    "ELEMENT_ID": ["1000:1", "1000:2", "1000:3"],
    "START_MEASURE": [0.0, 0.0, 0.0],
    "END_MEASURE": [1.0, 1.0, 1.0],
    "VALID_FROM": [20100101] * 3,
    "VALID_TO": [99991231] * 3,
}


def rows(*stretches: tuple[str, float, float], **columns: list[Any]) -> Columns:
    return {
        "ELEMENT_ID": [element for element, _, _ in stretches],
        "START_MEASURE": [start for _, start, _ in stretches],
        "END_MEASURE": [end for _, _, end in stretches],
        "VALID_FROM": [20200101] * len(stretches),
        "VALID_TO": [99991231] * len(stretches),
        **columns,
    }


def one_of(columns: Columns, **changed: list[Any]) -> Columns:
    return {**columns, **changed}


LAYERS: dict[str, Columns] = {
    "Vagtrafiknat": rows(
        ("1000:1", 0, 1),
        ("1000:2", 0, 1),
        ("1000:3", 0, 1),
        Nattyp=["bilnät", "bilnät", "cykelnät"],
    ),
    "Gatunamn": rows(("1000:1", 0, 1), ("1000:2", 0, 1), NAMN=["Storgatan", "Sidogatan"]),
    "Hastighetsgrans": rows(
        ("1000:1", 0, 0.25),
        ("1000:1", 0.25, 1),
        ("1000:1", 0.25, 1),
        Hogsta_tillatna_hastighet=[50, 30, 40],
        DIRECTION=["Med och mot", "Med", "Mot"],
        Beteckning__Organisationskod=["0180", None, "180"],
        Beteckning__Artal=[2022, None, 2023],
        Beteckning__Lopnummer=["02696", None, 7],
    ),
    "ForbjudenFardriktning": rows(("1000:2", 0, 1), DIRECTION=["Mot"]),
    "FunkVagklass": rows(("1000:1", 0, 1), ("1000:2", 0, 1), KLASS=[4, 8]),
    "Vagbredd": rows(("1000:1", 0, 1), Bredd=[7.5], Matmetod=["Uppskattad"]),
    "Slitlager": rows(("1000:1", 0, 0.5), ("1000:1", 0.5, 1), Slitlagertyp=["belagd", "grus"]),
    "Vaghallare": rows(
        ("1000:1", 0, 1),
        ("1000:2", 0, 1),
        Vaghallartyp=["kommunal", "enskild"],
        Vaghallarnamn=["Kiruna", None],
    ),
    "GCM_vagtyp": rows(("1000:3", 0, 1), Gcm_typ=["cykelbana"]),
    "Cirkulationsplats": rows(("1000:2", 0.5, 1), DIRECTION=["Med"]),
    "Bro_och_tunnel": rows(("1000:2", 0, 0.5), Konstruktion=["överfart"]),
    "Trafik": rows(
        ("1000:1", 0, 1), ("1000:1", 0, 1), Adt_samtliga_fordon=[900, 800], DIRECTION=["Med", "Mot"]
    ),
    "TattbebyggtOmrade": rows(("1000:1", 0, 1)),
}


def write(
    path: Path,
    layer: str,
    columns: Mapping[str, Sequence[Any]],
    geometries: Sequence[BaseGeometry | None] | None = None,
    *,
    epsg: int = 3006,
    driver: str = "GPKG",
) -> None:
    lines = dict(zip(REFERENCE["ELEMENT_ID"], LINES, strict=True))
    shapes = geometries or [lines.get(name, LINES[0]) for name in columns["ELEMENT_ID"]]
    frame = gpd.GeoDataFrame(dict(columns), geometry=list(shapes), crs=epsg)
    # Shapefiles cut column names, and file geodatabases have no plain lines.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(
            frame,
            path,
            layer=layer,
            driver=driver,
            append=path.exists() and driver != "ESRI Shapefile",
        )


def delivery(
    path: Path, layers: Mapping[str, Columns] = LAYERS, *, reference: Columns | None = None
) -> Path:
    write(path, "NVDB_DK_O_1_Reflinjetillkomst", reference or REFERENCE, LINES)
    for number, (name, columns) in enumerate(layers.items(), 2):
        prefix = "TRAFIK_DK_O" if name == "Trafik" else "NVDB_DK_O"
        write(path, f"{prefix}_{number}_{name}", columns)
    return path


def read(path: Path, *, day: date | None = DAY) -> Network:
    return read_network(path, params=NetworkParams(), day=day)


def at(network: Network, element: str, measure: float) -> Link:
    (found,) = (
        link
        for link in network.links
        if link.element_id == element and link.start_measure < measure < link.end_measure
    )
    return found


def said(network: Network, word: str) -> str:
    (found,) = (remark for remark in network.remarks if word in remark)
    return found


def test_a_county_file_of_layers(tmp_path: Path) -> None:
    network = read(delivery(tmp_path / "Lan.gpkg"))
    assert network.epsg == 3006
    measures = [(a.start_measure, a.end_measure) for a in network.links if a.element_id == "1000:1"]
    # Cut where the limit changes, and once where surface changes and the side street ends.
    assert measures == [(0.0, 0.25), (0.25, 0.5), (0.5, 1.0)]
    first, middle, last = (at(network, "1000:1", place) for place in (0.1, 0.3, 0.7))
    assert first.link_id == "1000:1:0.00000000-0.25000000"
    assert first.line.equals(LineString([(E, N), (E + 50, N)]))
    assert (first.speed_forward_kmh, first.speed_backward_kmh) == (50.0, 50.0)
    assert (last.speed_forward_kmh, last.speed_backward_kmh) == (30.0, 40.0)
    assert (middle.surface, last.surface) == ("paved", "gravel")
    assert {link.street_name for link in (first, middle, last)} == {"Storgatan"}
    assert (last.width_m, last.functional_class, last.aadt) == (7.5, "4", 1700.0)
    assert (last.road_keeper, last.is_built_up) == ("municipal (Kiruna)", True)

    near, far = at(network, "1000:2", 0.2), at(network, "1000:2", 0.8)
    assert near.direction is far.direction is Direction.WITH
    assert (near.structure, far.structure) == (Structure.BRIDGE, None)
    assert (near.is_roundabout, far.is_roundabout) == (False, True)
    assert (near.road_keeper, near.is_built_up, near.width_m) == ("private", False, None)

    path = at(network, "1000:3", 0.5)
    assert (path.network_type, path.path_type) == (NetworkType.CYCLE, "cykelbana")
    assert (path.start_measure, path.end_measure) == (0.0, 1.0)
    assert "Hastighetsgrans 3 of 3" in said(network, "as of 2026-05-01")
    assert not any("left out" in remark for remark in network.remarks)


SHORT: dict[str, str] = {
    "ELEMENT_ID": "RLID",
    "START_MEASURE": "STARTAVST",
    "END_MEASURE": "SLUTAVST",
    "VALID_FROM": "FRAN_DATUM",
    "VALID_TO": "TILL_DATUM",
    "DIRECTION": "RIKTNING",
    "Hogsta_tillatna_hastighet": "HTHAST",
    "Beteckning__Organisationskod": "ORGNISTI1",
    "Beteckning__Artal": "AARTAL1",
    "Beteckning__Lopnummer": "LOEPNUMME1",
    "Bredd": "BREDD",
    "Slitlagertyp": "TYP",
    "Gcm_typ": "GCMTYP",
    "Konstruktion": "KONTRUTION",
}


def short(columns: Columns) -> Columns:
    return {SHORT.get(name, name): cells for name, cells in columns.items()}


def shapefiles(folder: Path) -> Path:
    folder.mkdir()
    options: dict[str, Any] = {"driver": "ESRI Shapefile"}
    write(folder / "Kiruna_NVDB_DKReflinjetillkomst.shp", "x", short(REFERENCE), LINES, **options)
    lines = dict(zip(REFERENCE["ELEMENT_ID"], LINES, strict=True))
    for name, columns in LAYERS.items():
        shapes = [lines[element] for element in columns["ELEMENT_ID"]]
        write(folder / f"Kiruna_NVDB_DK{name}.shp", "x", short(columns), shapes, **options)
    return folder


def without_reading(network: Network) -> list[tuple[Any, ...]]:
    return [
        (link.link_id, link.speed_forward_kmh, link.surface, link.width_m, link.street_name)
        for link in network.links
    ]


def test_a_folder_and_a_zip_of_shapefiles_with_short_names(tmp_path: Path) -> None:
    folder = shapefiles(tmp_path / "shapes")
    network, expected = read(folder), read(delivery(tmp_path / "Lan.gpkg"))
    assert without_reading(network) == without_reading(expected)
    assert [one.designation for one in network.regulations] == [
        "0180 2022-02696",
        "0180 2023-00007",
    ]
    with zipfile.ZipFile(tmp_path / "shapes.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"delivery/{file.name}")
    assert read(tmp_path / "shapes.zip").links == network.links


def test_a_file_geodatabase(tmp_path: Path) -> None:
    path = tmp_path / "12_Skane_lan.gdb"
    lines = dict(zip(REFERENCE["ELEMENT_ID"], LINES, strict=True))

    def put(layer: str, columns: Columns, shapes: Sequence[BaseGeometry] | None = None) -> None:
        kept = {
            {
                "ELEMENT_ID": "route_id",
                "START_MEASURE": "from_measure",
                "END_MEASURE": "to_measure",
            }.get(name, name): cells
            for name, cells in columns.items()
            if not name.startswith("VALID")
        }
        own = shapes or [lines[name] for name in columns["ELEMENT_ID"]]
        write(path, layer, kept, own, driver="OpenFileGDB")

    # Parts between nodes, as a file geodatabase has them.
    halves = [LineString([(E, N), (E + 100, N)]), LineString([(E + 100, N), (E + 200, N)])]
    put(
        "TNE_RefLinkPart",
        {"ELEMENT_ID": ["1000:1", "1000:1"], "START_MEASURE": [0, 0.5], "END_MEASURE": [0.5, 1]},
        halves,
    )
    put("TNE_FT_Vagtrafiknat_1", rows(("1000:1", 0, 1), vagtr_474=[1]))
    put("TNE_FT_Hastighetsgrans_1", rows(("1000:1", 0, 0.75), hogst_225=[60]))
    put("TNE_FT_FunkVagklass_1", rows(("1000:1", 0, 1), klass_181=[3]))
    network = read(path)
    assert [(a.start_measure, a.end_measure) for a in network.links] == [
        (0, 0.5),
        (0.5, 0.75),
        (0.75, 1),
    ]
    assert [a.speed_forward_kmh for a in network.links] == [60.0, 60.0, None]
    assert {a.functional_class for a in network.links} == {"3"}


def test_rows_that_do_not_hold_on_the_day_are_counted(tmp_path: Path) -> None:
    names = one_of(
        rows(
            ("1000:1", 0, 1), ("1000:1", 0, 1), ("1000:1", 0, 1), NAMN=["Gammal", "Nu", "Blivande"]
        ),
        VALID_FROM=[20000101, 20200101, 20270101],
        VALID_TO=[20200101, 20270101, 99991231],
    )
    path = delivery(tmp_path / "n.gpkg", {"Gatunamn": names})
    for day, name in ((DAY, "Nu"), (date(2019, 12, 31), "Gammal"), (date(2027, 1, 1), "Blivande")):
        network = read(path, day=day)
        assert at(network, "1000:1", 0.1).street_name == name
        assert "Gatunamn: 2 of 3 rows were left out: 2 not valid on the day." in network.remarks


def test_a_closed_reference_line_is_no_link(tmp_path: Path) -> None:
    closed = one_of(REFERENCE, VALID_TO=[99991231, 20240101, 99991231])
    network = read(delivery(tmp_path / "n.gpkg", reference=closed))
    assert {link.element_id for link in network.links} == {"1000:1", "1000:3"}
    assert "1 of 3 rows were left out: 1 not valid on the day." in network.remarks
    assert "Vagtrafiknat: 1 of 3 rows were left out: 1 on link sequences without geometry." in (
        network.remarks
    )


def test_the_day_is_the_deliverys_own_unless_given(tmp_path: Path) -> None:
    path = delivery(tmp_path / "n.gpkg")
    today = date.today().isoformat()
    assert f"as of {today}" in read(path, day=None).remarks[0]


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    limits = rows(
        ("1000:1", 0, 0.5),
        ("", 0, 1),
        ("1000:1", 0.5, 0.4),
        ("1000:1", 0.5, 1.5),
        ("9999:9", 0, 1),
        ("1000:1", 0.5, 1),
        Hogsta_tillatna_hastighet=["50", "50", "50", "50", "50", "varierande"],
    )
    network = read(delivery(tmp_path / "n.gpkg", {"Hastighetsgrans": limits}))
    remark = said(network, "Hastighetsgrans: ")
    assert remark.startswith("Hastighetsgrans: 5 of 6 rows were left out: ")
    for reason in (
        "1 without an element id",
        "2 whose measures do not rise or are not within 0 to 1",
        "1 on link sequences without geometry",
        "1 without a value",
    ):
        assert reason in remark
    assert "Hastighetsgrans 1 of 6" in network.remarks[0]


def test_missing_layers_are_said(tmp_path: Path) -> None:
    network = read(delivery(tmp_path / "n.gpkg", {"Gatunamn": LAYERS["Gatunamn"]}))
    remark = said(network, "not in the delivery")
    assert remark.startswith("12 layers")
    assert "Vagbredd: no widths (assumed by class)" in remark
    assert {link.network_type for link in network.links} == {NetworkType.CAR}
    assert {link.is_built_up for link in network.links} == {None}


def test_without_reference_geometry(tmp_path: Path) -> None:
    path = tmp_path / "n.gpkg"
    for name in ("Gatunamn", "Vagbredd"):
        write(path, f"NVDB-{name}", LAYERS[name])
    with pytest.raises(NetworkError) as caught:
        read(path)
    assert "NVDB-Reflinjetillkomst" in caught.value.problem
    assert "Gatunamn, Vagbredd" in caught.value.remedy


def test_reference_geometry_in_degrees_that_says_metres(tmp_path: Path) -> None:
    path = tmp_path / "n.gpkg"
    degrees = [LineString([(18.0, 59.3), (18.01, 59.3)])] * 3
    write(path, "NVDB-Reflinjetillkomst", REFERENCE, degrees)
    write(path, "NVDB-Gatunamn", LAYERS["Gatunamn"])
    with pytest.raises(NetworkError, match="look like degrees"):
        read(path)


def test_a_reference_layer_without_measures(tmp_path: Path) -> None:
    path = tmp_path / "n.gpkg"
    write(path, "NVDB-Reflinjetillkomst", {"ELEMENT_ID": ["1", "2", "3"]}, LINES)
    write(path, "NVDB-Gatunamn", LAYERS["Gatunamn"])
    with pytest.raises(NetworkError, match="no column for start_measure, end_measure"):
        read(path)


def test_side_and_order_decide_between_rows(tmp_path: Path) -> None:
    names = rows(
        ("1000:1", 0, 1),
        ("1000:1", 0, 1),
        ("1000:1", 0, 1),
        NAMN=["Ena sidan", "Andra namnet", "Namnet"],
        SIDE=["Höger", "Vänster och höger", None],
        Ordningsnummer=[1, 2, 1],
    )
    network = read(delivery(tmp_path / "n.gpkg", {"Gatunamn": names}))
    assert at(network, "1000:1", 0.1).street_name == "Namnet"


def test_rows_that_differ_are_said_and_the_newest_counts(tmp_path: Path) -> None:
    widths = one_of(
        rows(("1000:1", 0, 1), ("1000:1", 0, 1), Bredd=[6, 8]), VALID_FROM=[20230101, 20200101]
    )
    network = read(delivery(tmp_path / "n.gpkg", {"Vagbredd": widths}))
    assert at(network, "1000:1", 0.1).width_m == 6.0
    assert "1 stretches have rows that differ in width m" in said(network, "differ")


def test_one_way_at_certain_times_is_no_one_way_street(tmp_path: Path) -> None:
    forbidden = rows(("1000:2", 0, 1), DIRECTION=["Mot"], Tidsintervall__Startdag1=["måndag"])
    network = read(delivery(tmp_path / "n.gpkg", {"ForbjudenFardriktning": forbidden}))
    assert at(network, "1000:2", 0.5).direction is Direction.BOTH
    assert "1 that hold at certain times only" in said(network, "left out")


def test_regulations_keep_their_designation(tmp_path: Path) -> None:
    layers = {
        "Vagtrafiknat": LAYERS["Vagtrafiknat"],
        "Hastighetsgrans": LAYERS["Hastighetsgrans"],
        "ForbudTrafik": rows(
            ("1000:1", 0.4, 0.6),
            ("1000:1", 0, 0.1),
            DIRECTION=["Med", None],
            SIDE=["Höger", None],
            Beteckning__Organisationskod=["0180", None],
            Beteckning__Artal=[2021, None],
            Beteckning__Lopnummer=[12, None],
        ),
    }
    network = read(delivery(tmp_path / "n.gpkg", layers))
    limit, backward, ban = network.regulations
    assert (limit.kind, limit.designation, limit.value) == (
        "Hastighetsgrans",
        "0180 2022-02696",
        "50",
    )
    assert (backward.designation, backward.direction) == ("0180 2023-00007", Direction.AGAINST)
    assert (ban.kind, ban.direction, ban.side) == ("ForbudTrafik", Direction.WITH, Side.RIGHT)
    assert (ban.start_measure, ban.end_measure, ban.valid_from) == (0.4, 0.6, "2020-01-01")
    assert network.regulations_on(at(network, "1000:1", 0.1)) == (limit,)
    assert network.regulations_on(at(network, "1000:1", 0.4)) == (backward, ban)
    assert network.regulations_on(at(network, "1000:2", 0.4)) == ()
    assert "1 without the designation of a regulation" in said(network, "ForbudTrafik: ")


def test_a_crossing_point_cuts_its_link(tmp_path: Path) -> None:
    path = delivery(tmp_path / "n.gpkg", {"Gatunamn": LAYERS["Gatunamn"]})
    crossing: Columns = {"ELEMENT_ID": ["1000:1"], "MEASURE": [0.8]}
    write(path, "NVDB_DK_O_99_Korsning", crossing, [Point(E + 160, N)])
    network = read(path)
    ends = [link.end_measure for link in network.links if link.element_id == "1000:1"]
    assert ends == [0.5, 0.8, 1.0]


def test_a_bridge_is_not_cut_by_the_road_below(tmp_path: Path) -> None:
    path = tmp_path / "n.gpkg"
    lines = [LineString([(E, N), (E + 200, N)]), LineString([(E + 100, N - 90), (E + 100, N + 90)])]
    columns = {name: cells[:2] for name, cells in REFERENCE.items()}
    write(path, "NVDB-Reflinjetillkomst", columns, lines)
    write(path, "NVDB-Gatunamn", LAYERS["Gatunamn"])
    assert len(read(path).links) == 2


def test_a_zip_with_nothing_in_it_and_one_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("LAS MIG.txt", "hej")
    with pytest.raises(NetworkError, match="holds no GeoPackage"):
        read(path)
    path.write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(NetworkError, match="cannot be unpacked"):
        read(path)


def test_a_zip_whose_content_is_damaged_is_named(tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(delivery(tmp_path / "n.gpkg"), "n.gpkg")
    content = bytearray(path.read_bytes())
    content[60:90] = b"\xff" * 30
    path.write_bytes(content)
    with pytest.raises(NetworkError, match=r"d\.zip: cannot be unpacked"):
        read(path)


def test_names_in_a_zip_do_not_lead_out_of_it(tmp_path: Path) -> None:
    inside = delivery(tmp_path / "n.gpkg")
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.write(inside, "../../../n.gpkg")
    before = sorted(tmp_path.rglob("*"))
    assert read(tmp_path / "d.zip").links == read(inside).links
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_and_a_broken_geodatabase(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    with pytest.raises(NetworkError, match="holds no GeoPackage"):
        read(tmp_path / "d")
    (tmp_path / "d.gdb").mkdir()
    with pytest.raises(NetworkError, match="not a readable gdb"):
        read(tmp_path / "d.gdb")


@pytest.mark.parametrize(
    ("table", "layer"),
    [
        ("NVDB-Gatunamn", "Gatunamn"),
        ("NVDB_DKGatunamn", "Gatunamn"),
        ("NVDB_DK_O_24_Gatunamn", "Gatunamn"),
        ("Kiruna_NVDB_DKGatunamn", "Gatunamn"),
        ("TNE_FT_Gatunamn_1", "Gatunamn"),
        ("tne_ft_bro_och_tunnel_1", "Bro_och_tunnel"),
        ("TNE_RefLinkPart", "Reflinjetillkomst"),
        ("NVDB_DKReflinjetillkomst", "Reflinjetillkomst"),
        ("TRAFIK_DK_O_105_Trafik", "Trafik"),
        ("NVDB-ForbudTrafik", "ForbudTrafik"),
        ("Hastighetsgräns", "Hastighetsgrans"),
        ("FunktionellVägklass", "FunkVagklass"),
        ("VIS_DKSlitlager", None),
        ("VIS-Slitlager", None),
        ("VIS_DKJarnvagskorsning", None),
        ("NVDB-C_Rekbilvagcykeltrafik", None),
        ("TNE_FT_VAGDATA", None),
    ],
)
def test_names_of_layers(table: str, layer: str | None) -> None:
    assert layer_of(table) == layer


@pytest.mark.parametrize(
    ("parts", "designation"),
    [
        (("0180", 2022, "02696"), "0180 2022-02696"),
        ((180.0, "2022", 2696.0), "0180 2022-02696"),
        (("0180", None, "02696"), None),
        ((-1, 2022, 1), None),
    ],
)
def test_designations(parts: tuple[object, object, object], designation: str | None) -> None:
    assert designation_of(*parts) == designation


MEASURES = st.integers(0, 1000).map(lambda number: number / 1000)


@given(
    st.lists(st.tuples(MEASURES, MEASURES, st.sampled_from((6.0, 7.0, 8.0))), max_size=8),
    st.tuples(MEASURES, MEASURES).filter(lambda pair: abs(pair[0] - pair[1]) > 0.01),
)
def test_stretches_tile_the_part_and_have_the_features_values(
    stretches: list[tuple[float, float, float]], ends: tuple[float, float]
) -> None:
    start, end = min(ends), max(ends)
    features = [
        Feature(
            layer="Vagbredd",
            start_measure=min(a, b),
            end_measure=max(a, b),
            claims=(("width_m", width),),
            rank=(1.0, 0.0, float(newness)),
        )
        for newness, (a, b, width) in enumerate(stretches)
        if a != b
    ]
    part = Part(
        element_id="1",
        start_measure=start,
        end_measure=end,
        line=LineString([(0, 0), (3, 4), (503, 4)]),
    )
    held = Features()
    held.by_element["1"] = features
    found = list(Overlay().rows([part], held))
    assert found[0].start_measure == start
    assert found[-1].end_measure == end
    assert all(a.end_measure == b.start_measure for a, b in pairwise(found))
    assert all(a.attributes != b.attributes for a, b in pairwise(found))
    lengths = [shapely.length(row.geometry) for row in found]
    assert sum(lengths) == pytest.approx(505.0)
    for row, length in zip(found, lengths, strict=True):
        share = (row.end_measure - row.start_measure) / (end - start)
        assert length == pytest.approx(505.0 * share, abs=1e-6)
        middle = (row.start_measure + row.end_measure) / 2
        over = [one for one in features if one.start_measure < middle < one.end_measure]
        newest = max(over, key=lambda one: one.rank, default=None)
        assert row.attributes.width_m == (
            None if newest is None else dict(newest.claims)["width_m"]
        )
