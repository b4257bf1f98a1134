"""``gatusyn evaluate survey`` and the two methods at the command line, on a city of two streets."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from pathlib import Path

import geopandas
import pytest
from shapely import LineString, box
from tests.made_network import EAST, NORTH
from tests.run_cli import Run, runner
from tests.store.made_store import make_facts, make_observation

from gatusyn.condition.load_curves import OURS
from gatusyn.model import (
    ConditionMethod,
    ConditionParams,
    Coverage,
    Network,
    PixelClass,
)
from gatusyn.pipeline import City, create_city
from gatusyn.pipeline.write_settings import write_settings


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


def seen_facts(network: Network) -> object:
    """Return a drive that looked at both streets and saw holes on the first one's first section."""
    facts = make_facts()
    first, section = network.links[0], network.sections[0]
    frame = facts.frames[0]
    (east, north), *_ = first.line.coords
    observations = tuple(
        replace(
            make_observation(number),
            frame_id=frame.frame_id,
            pixel_class=PixelClass.POTHOLE,
            footprint=box(east + 1, north + at, east + 1.5, north + at + 0.5),
            confidence=0.95,
            link_id=first.link_id,
            element_id=first.element_id,
            section_id=section.section_id,
            offset_m=at,
            measure=at / first.length_m,
            length_m=0.5,
            area_m2=0.25,
        )
        for number, at in enumerate((4.0, 9.0, 14.0))
    )
    coverage = tuple(
        Coverage(
            frame_id=frame.frame_id,
            link_id=link.link_id,
            footprint=link.line.buffer(4.0, cap_style="flat"),
            time_s=facts.started_s,
        )
        for link in network.links
    )
    frames = (
        replace(frame, pose=replace(frame.pose, link_id=first.link_id, offset_m=2.0)),
        *facts.frames[1:],
    )
    return replace(
        facts,
        network_version=network.version,
        frames=frames,
        observations=observations,
        coverage=coverage,
    )


@pytest.fixture
def city(tmp_path: Path) -> City:
    lines = [LineString([(EAST + 100 * i, NORTH), (EAST + 100 * i, NORTH + 100)]) for i in range(2)]
    names = {"id": ["1", "2"], "name": ["Storgatan", "Lillgatan"], "width": [7.0, 7.0]}
    frame = geopandas.GeoDataFrame(names, geometry=lines, crs=3006)
    frame.to_file(tmp_path / "roads.gpkg", layer="roads", driver="GPKG")
    mapping = tmp_path / "roads.toml"
    columns = 'element_id = "id"\nstreet_name = "name"\nwidth_m = "width"\n'
    mapping.write_text(f"[columns]\n{columns}", "utf-8")
    made = create_city(tmp_path / "city", network=tmp_path / "roads.gpkg", mapping=mapping)
    made.store.write_drive(seen_facts(made.store.read_network()))  # type: ignore[arg-type]
    return made


def test_a_survey_is_compared_and_mapped(run: Run, city: City, tmp_path: Path) -> None:
    sections = city.store.read_network().sections
    rows = [f"{one.section_id};{3 if place == 0 else 1}" for place, one in enumerate(sections)]
    survey = tmp_path / "survey.csv"
    survey.write_text("\n".join(["section_id;klass", *rows, "unknown;2"]), "utf-8")
    wanted = ("--json", tmp_path / "out.json", "--gpkg", tmp_path / "map.gpkg")
    code, out, err = run("evaluate", "survey", city.folder, survey, *wanted)
    assert (code, err) == (0, "")
    assert "11 received = 10 compared + 1 left out" in out
    assert "by the deduct method (Gatusyn deduct curves 1)" in out
    figures = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert figures["rows"]["left_out"] == {"no such section": 1}
    table = geopandas.read_file(tmp_path / "map.gpkg", layer="survey_comparison")
    assert len(table) == 10
    assert table["grade"].tolist()[1:] == [1] * 9
    assert table["grade"].iloc[0] >= 3
    styles = geopandas.read_file(tmp_path / "map.gpkg", layer="layer_styles")
    assert styles["f_table_name"].tolist() == ["survey_comparison"]
    code, _, err = run("evaluate", "survey", city.folder, survey, "--gpkg", tmp_path / "map.gpkg")
    assert code == 2
    assert "exists already" in err


def test_a_wrong_survey_is_one_message(run: Run, city: City, tmp_path: Path) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_text("name;value\nStorgatan;1\n", "utf-8")
    code, out, err = run("evaluate", "survey", city.folder, survey)
    assert (code, out) == (10, "")
    assert "says nowhere where its rows are" in err
    assert "Traceback" not in err
    code, _, err = run("evaluate", "survey", city.folder, survey, "--period", "1999")
    assert code == 2
    assert "has no grades for 1999" in err


def test_the_method_is_a_setting_and_said_with_the_figures(run: Run, city: City) -> None:
    code, out, _ = run("report", city.folder)
    assert code == 0
    assert "Grades and index by the deduct method (Gatusyn deduct curves 1)." in out
    before = city.store.conditions()
    chosen = ConditionParams(method=ConditionMethod.HANDBOOK)
    write_settings(city.folder / "gatusyn.toml", replace(city.settings, condition=chosen))
    code, out, _ = run("report", city.folder)
    assert code == 0
    assert "Grades and index by the handbook method (Gatusyn handbook table 1)." in out
    after = city.store.conditions()
    assert {one.method for one in after} == {ConditionMethod.HANDBOOK}
    for one, two in zip(before, after, strict=True):
        assert (one.deduct_index, one.handbook_index) == (two.deduct_index, two.handbook_index)
        assert (one.index, two.index) == (one.deduct_index, two.handbook_index)


def test_curves_of_the_city_s_own_are_used_and_a_wrong_file_is_one_message(
    run: Run, city: City
) -> None:
    own = (resources.files("gatusyn.condition") / "curves" / OURS).read_text("utf-8")
    settings = replace(city.settings, condition=ConditionParams(deduct_curves="astm.toml"))
    write_settings(city.folder / "gatusyn.toml", settings)
    code, out, err = run("report", city.folder)
    assert (code, out) == (2, "")
    assert "astm.toml: cannot be read" in err
    named = own.replace('units = "metric"', 'units = "metric"\nstandard = "ASTM D6433-20"')
    (city.folder / "astm.toml").write_text(named, "utf-8")
    code, out, _ = run("report", city.folder)
    assert code == 0
    assert "by the deduct method (PCI (ASTM D6433-20))" in out
    (city.folder / "astm.toml").write_text(own, "utf-8")
    code, out, _ = run("report", city.folder)
    assert "(Gatusyn deduct curves 1)" in out, "other curves are graded by without being asked"
    assert "PCI" not in out
