"""A survey beside the city's grades: places by key and by geometry, classes, and every row told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from tests.made_network import EAST, NORTH, network_of, street
from tests.store.made_store import make_condition

from gatusyn.evaluate import (
    SurveyComparison,
    SurveyReading,
    compare_survey,
    read_survey,
    survey_as_json,
    survey_table,
    survey_text,
)
from gatusyn.geo import Projection
from gatusyn.model import Grade, SectionCondition, SurveyError

NETWORK = network_of(street(), street("b", east=EAST + 40), street("c", east=EAST + 80))
LIMITS = (85.0, 70.0, 55.0, 40.0)
GRADES = {90.0: Grade.VERY_GOOD, 75.0: Grade.GOOD, 60.0: Grade.FAIR, 20.0: Grade.VERY_POOR}
INDICES = (90.0, 75.0, 60.0, 20.0, None)
CONDITIONS: tuple[SectionCondition, ...] = tuple(
    make_condition(
        section.section_id,
        index=index,
        grade=Grade.UNKNOWN if index is None else GRADES[index],
    )
    for place, section in enumerate(NETWORK.sections)
    for index in [INDICES[place % 5]]
)
OURS = {one.section_id: one.grade.number for one in CONDITIONS if one.index is not None}


def written(folder: Path, lines: list[str], name: str = "survey.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def compared(
    path: Path, reading: SurveyReading | None = None, *, value: str | None = None
) -> SurveyComparison:
    survey = read_survey(path, epsg=NETWORK.epsg, value=value)
    done = compare_survey(survey, NETWORK, CONDITIONS, LIMITS, reading=reading)
    assert done.received == done.compared + sum(done.left_out.values())
    return done


def test_by_section_id_and_every_row_is_told(tmp_path: Path) -> None:
    rows = [f"{name};{number}" for name, number in OURS.items()]
    more = ["a:0-1#4;3", "x;1", "a:0-1#0;", "b:0-1#0;bra", ";2"]
    done = compared(written(tmp_path, ["section_id;klass", *rows, *more]))
    assert (done.received, done.compared) == (17, 12)
    assert done.left_out == {
        "the section has no grade": 1,
        "no such section": 1,
        "no value": 1,
        "the value is no number": 1,
        "no section id": 1,
    }
    assert done.agreement.same == 1.0
    assert done.agreement.confusion[4] == (0, 0, 0, 0, 3)
    assert {one.difference for one in done.sections} == {0}


def test_by_element_and_measures_a_row_may_lie_on_several_sections(tmp_path: Path) -> None:
    rows = ["a;0,0;0,4;1", "a;0,4;0,5;5", "b;0,0;0,05;2", "b;0,9;0,7;2", "b;0,8;1,7;2", "q;0;1;3"]
    done = compared(written(tmp_path, ["element_id;start_measure;end_measure;value", *rows]))
    values = {one.section.section_id: one.survey_value for one in done.sections}
    assert values == {"a:0-1#0": 1.0, "a:0-1#1": 1.0, "a:0-1#2": 5.0, "b:0-1#3": 2.0}
    assert done.left_out == {
        "covers too little of a section": 1,
        "measures are not two between 0 and 1": 1,
        "no section at that element id and measures": 1,
    }


def test_rows_that_share_a_section_count_by_their_length(tmp_path: Path) -> None:
    rows = ["a;0;0.15;2", "a;0.15;0.2;6"]
    done = compared(
        written(tmp_path, ["element_id;start_measure;end_measure;value", *rows]),
        SurveyReading(limits=(1.5, 2.5, 3.5, 4.5)),
    )
    assert done.sections[0].survey_value == pytest.approx(3.0)
    assert done.sections[0].survey_class == 3
    assert not done.higher_is_better


@pytest.mark.parametrize("in_degrees", [False, True])
def test_by_lines_of_a_map_layer_shifted_and_in_other_pieces(
    tmp_path: Path, in_degrees: bool
) -> None:
    # 25 m pieces of street a and b, 3 m beside their lines, and one far away.
    lines, values = [], []
    for east, worse in ((EAST, 0), (EAST + 40, 1)):
        for start in range(0, 100, 25):
            ends = [(east + 3, NORTH + start), (east + 3, NORTH + start + 25)]
            lines.append(shapely.LineString(ends))
            values.append(1 + worse)
    lines.append(shapely.LineString([(EAST + 900, NORTH), (EAST + 900, NORTH + 20)]))
    frame = geopandas.GeoDataFrame({"Betyg": [*values, 3]}, geometry=lines, crs=NETWORK.epsg)
    path = tmp_path / "survey.gpkg"
    (frame.to_crs(4326) if in_degrees else frame).to_file(path, layer="s", driver="GPKG")
    done = compared(path)
    assert done.survey.placed_by == "geometry"
    assert done.left_out == {"no section near": 1}
    by_element = {(one.section.element_id, one.survey_value) for one in done.sections}
    assert by_element == {("a", 1.0), ("b", 2.0)}
    assert len(done.sections) == 8, "four graded sections a street"


def test_by_points_in_metres_and_in_degrees(tmp_path: Path) -> None:
    metres = written(tmp_path, ["E;N;value", f"{EAST + 2:.1f};{NORTH + 30:.1f};4"])
    lon, lat = (
        float(one[0])
        for one in Projection(NETWORK.epsg).to_degrees(
            np.array([EAST + 2.0]), np.array([NORTH + 30.0])
        )
    )
    degrees = written(tmp_path, ["lon,lat,value", f"{lon:.7f},{lat:.7f},4"], "b.csv")
    shape = f"LINESTRING ({EAST} {NORTH + 20}, {EAST} {NORTH + 40})"
    wkt = written(tmp_path, ["wkt;value", f"{shape};4"], "c.csv")
    for path in (metres, degrees, wkt):
        (one,) = compared(path).sections
        assert (one.section.section_id, one.survey_class) == ("a:0-1#1", 4)
        assert one.difference == -2, "ours is two classes better"


def test_an_index_is_classed_by_the_city_s_limits_and_may_be_upside_down(tmp_path: Path) -> None:
    rows = ["a:0-1#0;92", "a:0-1#1;85", "a:0-1#2;84", "a:0-1#3;10"]
    done = compared(written(tmp_path, ["section_id;index", *rows]))
    assert [one.survey_class for one in done.sections] == [1, 1, 2, 5]
    assert done.higher_is_better
    assert done.agreement.rank_correlation.value == pytest.approx(1.0)
    turned = compared(
        written(tmp_path, ["section_id;index", *rows]), SurveyReading(higher_is_better=False)
    )
    assert [one.survey_class for one in turned.sections] == [5, 5, 5, 1]
    assert turned.agreement.rank_correlation.value == pytest.approx(-1.0)


def test_classes_that_count_upwards_are_turned(tmp_path: Path) -> None:
    rows = ["a:0-1#0;5", "a:0-1#1;4", "a:0-1#2;3", "a:0-1#3;1"]
    done = compared(
        written(tmp_path, ["section_id;value", *rows]), SurveyReading(higher_is_better=True)
    )
    assert done.agreement.same == 1.0


@pytest.mark.parametrize(
    ("lines", "how", "message"),
    [
        (["section_id;value"], {}, "has no rows"),
        (["section_id;x", "a:0-1#0;1"], {}, "no column that is known for values.*--value"),
        (["section_id;value;pci", "a:0-1#0;1;2"], {}, "has several values"),
        (["name;value", "Storgatan;1"], {}, "says nowhere where its rows are"),
        (["section_id;value;value", "a;1;2"], {}, "different column names"),
        (["section_id;value", "a:0-1#0;1;2"], {}, "row 1 has 3 cells and the first row 2"),
        (["section_id;value", "z;1"], {}, "nothing in common .* by section id"),
        (["section_id;value", "a:0-1#4;1"], {}, "none of which can be compared"),
        (["section_id;value", "a:0-1#0;bra"], {}, r"row 1: the value is no number"),
        (["section_id;value", "a:0-1#0;-3"], {}, "neither classes 1 to 5 nor an index"),
        (["section_id;value", "a:0-1#0;3"], {"limits": (1.0, 3.0, 2.0, 4.0)}, "rise or fall"),
        (
            ["section_id;value", "a:0-1#0;3"],
            {"limits": (1.0, 2.0, 3.0, 4.0), "higher_is_better": True},
            "contradict",
        ),
        (["lon;lat;value", "357000;6213000;1"], {}, "lon and lat are no degrees"),
        (["E;N;value", "6213000;357000;1"], {}, "nothing in common.*easting before northing"),
        (["E;N;value", f"{EAST + 300};{NORTH};1"], {}, "nothing in common.*--within"),
    ],
)
def test_a_wrong_survey_is_told_what_is_wrong(
    tmp_path: Path, lines: list[str], how: dict[str, Any], message: str
) -> None:
    with pytest.raises(SurveyError, match=message):
        compared(written(tmp_path, lines), SurveyReading(**how))


def test_wrong_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match=r"has no column 'betyg'.*section_id, value"):
        compared(written(tmp_path, ["section_id;value", "a:0-1#0;1"]), value="betyg")
    with pytest.raises(SurveyError, match="cannot be read"):
        compared(tmp_path / "missing.csv")
    with pytest.raises(SurveyError, match=r"ending '\.xls'"):
        compared(written(tmp_path, ["x"], "survey.xls"))
    with pytest.raises(SurveyError, match=r"is no \.gpkg file"):
        compared(written(tmp_path, ["section_id;value"], "survey.gpkg"))
    (tmp_path / "latin.csv").write_bytes("värde;section_id\n".encode("latin-1"))
    with pytest.raises(SurveyError, match="UTF-8"):
        compared(tmp_path / "latin.csv")
    two = tmp_path / "two.gpkg"
    frame = geopandas.GeoDataFrame({"value": [1]}, geometry=[shapely.Point(EAST, NORTH)], crs=3006)
    frame.to_file(two, layer="one", driver="GPKG")
    frame.to_file(two, layer="other", driver="GPKG", mode="a")
    cut = tmp_path / "cut.gpkg"
    cut.write_bytes(two.read_bytes()[:30_000])
    with pytest.raises(SurveyError, match=r"cut\.gpkg"):
        compared(cut)
    (tmp_path / "long.csv").write_text("section_id;value\n" + "x" * 200_000 + ";1\n")
    with pytest.raises(SurveyError, match="is no CSV file"):
        compared(tmp_path / "long.csv")
    with pytest.raises(SurveyError, match=r"has 2 layers on the map.*--layer: one, other"):
        compared(two)


def test_a_city_without_grades_is_told_so(tmp_path: Path) -> None:
    survey = read_survey(written(tmp_path, ["section_id;value", "a:0-1#0;1"]), epsg=3006)
    with pytest.raises(SurveyError, match="has no grades yet"):
        compare_survey(survey, NETWORK, (), LIMITS)


def test_text_figures_and_map_say_the_same(tmp_path: Path) -> None:
    rows = [f"{name};{min(number + 1, 5)}" for name, number in OURS.items()]
    done = compared(written(tmp_path, ["section_id;value", *rows, "x;1"]))
    text = survey_text(done)
    assert "13 received = 12 compared + 1 left out; placed by section id" in text
    assert "by the deduct method (Gatusyn deduct curves 1)" in text
    assert "We are stricter by         -0.750" in text
    figures = survey_as_json(done)
    assert figures["rows"] == {"received": 13, "compared": 12, "left_out": {"no such section": 1}}
    assert figures["by_class"][4] == {"class": 5, "survey": 3, "ours": 3, "same": 3}
    assert figures["bias"]["value"] == pytest.approx(-0.75)
    table = survey_table(done, NETWORK)
    assert [row["difference"] for row in table.rows[:4]] == [-1, -1, -1, 0]
    assert table.style is not None
    assert "1 better than the survey" in table.style.qml
    assert set(table.rows[0]) == set(table.columns)


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    rows = [f"{name};{min(number + 1, 5)}" for name, number in OURS.items()]
    one = compared(written(tmp_path, ["section_id;value", *rows]))
    two = compared(written(tmp_path, ["section_id;value", *rows[::-1]], "two.csv"))
    assert replace(two, survey=one.survey) == one
