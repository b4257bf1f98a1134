"""Cells, OSM tags, NVDB columns and mapping files as pure functions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.model import Direction, NetworkError, NetworkType
from gatusyn.network import mapping, nvdb, osm_tags, values


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        (-1, None),
        (-1.0, None),
        ("-1", None),
        (math.nan, None),
        ("<Null>", None),
        (3.0, "3"),
        (2.5, "2.5"),
        (" Storgatan ", "Storgatan"),
        (0, "0"),
        ("År".encode(), "År"),
    ],
)
def test_text_of_a_cell(cell: object, text: str | None) -> None:
    assert values.text_of(cell) == text


@pytest.mark.parametrize(
    ("cell", "limit"),
    [
        (50, 50.0),
        ("50", 50.0),
        ("30 mph", 48.28),
        ("gångfart", 5.0),
        ("walk", 5.0),
        ("varierande", None),
        (1000, None),
        (0, None),
        (-1, None),
        ("50;30", None),
        ("none", None),
        (math.inf, None),
        (None, None),
    ],
)
def test_speed_limits(cell: object, limit: float | None) -> None:
    assert values.speed_kmh(cell) == (None if limit is None else pytest.approx(limit, abs=0.01))


@pytest.mark.parametrize(
    ("cell", "width"),
    [("6", 6.0), ("6,5", 6.5), ("6 m", 6.0), (7.1, 7.1), (-1, None), ("20'", None), (900, None)],
)
def test_widths(cell: object, width: float | None) -> None:
    assert values.width_m(cell) == width


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.binary()))
def test_no_cell_breaks_the_readers_of_cells(cell: object) -> None:
    values.text_of(cell)
    values.is_yes(cell)
    values.measure_of(cell)
    limit, width = values.speed_kmh(cell), values.width_m(cell)
    assert limit is None or 0 < limit <= 200
    assert width is None or 0 < width <= 60


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({"oneway": "yes"}, Direction.WITH),
        ({"oneway": "-1"}, Direction.AGAINST),
        ({"oneway": "no", "junction": "roundabout"}, Direction.BOTH),
        ({"junction": "roundabout"}, Direction.WITH),
        ({"junction": "circular"}, Direction.WITH),
        ({"highway": "motorway"}, Direction.WITH),
        ({"oneway": "alternating"}, Direction.BOTH),
        ({}, Direction.BOTH),
    ],
)
def test_osm_directions(tags: dict[str, str], direction: Direction) -> None:
    assert osm_tags.direction({"highway": "residential"} | tags) is direction


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "residential"}, NetworkType.CAR),
        ({"highway": "primary_link"}, NetworkType.CAR),
        ({"highway": "cycleway"}, NetworkType.CYCLE),
        ({"highway": "path", "bicycle": "designated"}, NetworkType.CYCLE),
        ({"highway": "footway"}, NetworkType.FOOT),
        ({"highway": "pedestrian", "area": "yes"}, None),
        ({"highway": "steps"}, None),
        ({"highway": "track"}, None),
        ({"highway": "construction"}, None),
    ],
)
def test_osm_network_types(tags: dict[str, str], kind: NetworkType | None) -> None:
    assert osm_tags.network_type(tags) is kind


def test_osm_limits_by_direction() -> None:
    tags = {"highway": "tertiary", "maxspeed": "50", "maxspeed:backward": "30"}
    said = osm_tags.attributes(tags)
    assert said is not None
    assert (said.speed_forward_kmh, said.speed_backward_kmh) == (50.0, 30.0)


def test_nvdb_columns_by_known_name_other_number_and_cut_name() -> None:
    columns = ["Namn_130", "Namn_132", "F_Hogst_22", "F_Hogst_24", "Klass_999", "F_Forbjude"]
    found = nvdb.find_columns(columns, nvdb.PROPERTY_COLUMNS)
    assert found.found == {
        "street_name": "Namn_130",
        "speed_forward": "F_Hogst_22",
        "functional_class": "Klass_999",
        "forward_forbidden": "F_Forbjude",
    }
    assert "width" in found.missing


def test_nvdb_columns_that_may_be_several_are_not_guessed() -> None:
    found = nvdb.find_columns(["Namn_140", "Namn_141"], nvdb.PROPERTY_COLUMNS)
    assert found.unclear["street_name"] == ("Namn_140", "Namn_141")
    assert "street_name" not in found.found


def test_gross_weight_is_not_a_speed_limit() -> None:
    found = nvdb.find_columns(["F_Hogst_24"], nvdb.PROPERTY_COLUMNS)
    assert "speed_forward" in found.missing


@pytest.mark.parametrize(
    ("cells", "direction"),
    [
        ({"forward_forbidden": 1}, Direction.AGAINST),
        ({"backward_forbidden": "1"}, Direction.WITH),
        ({"forward_forbidden": -1, "backward_forbidden": "-1"}, Direction.BOTH),
        ({"forward_forbidden": 1, "backward_forbidden": 1}, Direction.BOTH),
        ({}, Direction.BOTH),
    ],
)
def test_nvdb_directions(cells: dict[str, object], direction: Direction) -> None:
    assert nvdb.attributes(cells).direction is direction


def test_nvdb_codes() -> None:
    said = nvdb.attributes(
        {
            "network_type": 2.0,
            "surface": 2,
            "keeper_type": 2,
            "keeper_name": "Kiruna",
            "functional_class": 0,
        }
    )
    assert said.network_type is NetworkType.CYCLE
    assert (said.surface, said.road_keeper, said.functional_class) == (
        "gravel",
        "municipal (Kiruna)",
        "0",
    )
    assert nvdb.attributes({"network_type": 4}).network_type is NetworkType.FOOT


def test_the_example_mapping_is_a_mapping() -> None:
    parsed = mapping.parse_mapping("example.toml", mapping.EXAMPLE)
    assert parsed.epsg == 3006
    assert parsed.columns["element_id"] == "OBJECTID"
    assert parsed.values["direction"]["1"] == "with"


def test_a_wrong_mapping_is_told_all_its_faults() -> None:
    text = """
    epsg = "sweref"
    colums = 1
    [columns]
    start_measure = "FROM"
    names = "X"
    [defaults]
    network_type = "tram"
    [values.direction]
    "1" = "forward"
    """
    with pytest.raises(NetworkError) as caught:
        mapping.parse_mapping("m.toml", text)
    for part in (
        "'colums'",
        "'sweref'",
        "'names'",
        "element_id",
        "only one of start_measure",
        "'tram'",
        "'forward'",
    ):
        assert part in caught.value.problem
    assert "[columns]" in caught.value.remedy


@pytest.mark.parametrize("text", ["[columns", "columns = 3", "[columns]\nelement_id = 5"])
def test_broken_mappings_are_named(text: str) -> None:
    with pytest.raises(NetworkError, match=r"m\.toml"):
        mapping.parse_mapping("m.toml", text)


def test_a_word_without_meaning_is_counted_and_the_default_taken() -> None:
    parsed = mapping.parse_mapping(
        "m.toml",
        '[columns]\nelement_id = "id"\nnetwork_type = "typ"\n[defaults]\nnetwork_type = "foot"\n'
        '[values.network_type]\nGata = "car"',
    )
    reading = mapping.Reading(mapping=parsed)
    said = [reading.attributes({"network_type": word}) for word in ("Gata", "Spår", None, "cycle")]
    assert [one.network_type for one in said] == [
        NetworkType.CAR,
        NetworkType.FOOT,
        NetworkType.FOOT,
        NetworkType.CYCLE,
    ]
    (remark,) = reading.remarks()
    assert remark.startswith("1 rows have network_type 'Spår'")


def test_minus_one_is_yes_where_a_column_says_yes_or_no() -> None:
    said = nvdb.attributes({"forward_forbidden": 0, "backward_forbidden": -1})
    assert said.direction is Direction.WITH
    assert nvdb.attributes({"built_up": -1.0}).is_built_up
    assert nvdb.attributes({"built_up": None}).is_built_up is False
    assert nvdb.attributes({}).is_built_up is None


@pytest.mark.parametrize(
    ("cell", "direction"),
    [
        ("Med", Direction.WITH),
        ("Mot", Direction.AGAINST),
        ("Med och mot", Direction.BOTH),
        (None, Direction.BOTH),
        (1, Direction.WITH),
        (-1, Direction.AGAINST),
        ("sydväst", None),
    ],
)
def test_nvdb_words_for_directions(cell: object, direction: Direction | None) -> None:
    assert nvdb.direction_of(cell) is direction


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (20260501, "2026-05-01"),
        (20260501.0, "2026-05-01"),
        ("2026-05-01T10:00:00", "2026-05-01"),
        ("2026-05-01 00:00:00+00:00", "2026-05-01"),
        (99991231, "9999-12-31"),
        (None, None),
        ("snart", None),
        ("2026-13-01", None),
    ],
)
def test_days(cell: object, day: str | None) -> None:
    found = values.day_of(cell)
    assert (None if found is None else found.isoformat()) == day
