"""Next year's delivery: what was stored is carried over, or told; a kill changes nothing."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from shapely import affinity
from shapely.ops import substring
from tests.made_stages import made_stages
from tests.made_town import PARAMS
from tests.run_cli import run_cli

from gatusyn.cli.demo import settings_of
from gatusyn.model import (
    CarryParams,
    FactKind,
    Finding,
    GatusynError,
    NetworkError,
    SectionCondition,
)
from gatusyn.network import LinkChange
from gatusyn.pipeline import (
    City,
    NetworkUpdate,
    bring_up_to_date,
    create_city,
    inspect_drives,
    open_city,
    update_network,
)
from gatusyn.simulate import TownFiles


@pytest.fixture(scope="module")
def seen_city(small_town: TownFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a city in which the town's drive was inspected; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("seen") / "city"
    city = create_city(folder, network=small_town.network, settings=settings_of(PARAMS))
    inspect_drives(city, [small_town.drives[0][0]], stages=made_stages())
    city.store.close()
    return folder


@pytest.fixture
def city(seen_city: Path, tmp_path: Path) -> City:
    shutil.copytree(seen_city, tmp_path / "city")
    return open_city(tmp_path / "city")


@pytest.fixture
def rows(small_town: TownFiles) -> geopandas.GeoDataFrame:
    return geopandas.read_file(small_town.network)


def delivery(rows: geopandas.GeoDataFrame, path: Path) -> Path:
    rows.to_file(path, layer="NVDB_homogeniserad", driver="GPKG", engine="pyogrio")
    return path


def joined(*parts: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Return the rows of tables with the same columns."""
    (first, *_) = parts
    values = np.concatenate([part.to_numpy() for part in parts])
    frame = geopandas.GeoDataFrame(values, columns=first.columns).astype(first.dtypes.to_dict())
    return frame.set_geometry("geometry").set_crs(first.crs)


def split(rows: geopandas.GeoDataFrame, at: float = 0.37) -> geopandas.GeoDataFrame:
    """Cut every row at a share of its measures."""
    first, second = rows.copy(), rows.copy()
    middle = (rows.START_MEASURE + at * (rows.END_MEASURE - rows.START_MEASURE)).round(8)
    first["END_MEASURE"], second["START_MEASURE"] = middle, middle
    first["geometry"] = [substring(line, 0.0, at, normalized=True) for line in rows.geometry]
    second["geometry"] = [substring(line, at, 1.0, normalized=True) for line in rows.geometry]
    return joined(first, second)


def derived(city: City) -> tuple[tuple[Finding, ...], tuple[SectionCondition, ...]]:
    return city.store.findings(), city.store.conditions()


def state(city: City) -> tuple[object, ...]:
    store = city.store
    return (
        store.read_network(),
        store.observations(),
        store.coverage(),
        store.facts_stamp(),
        store.derived_stamp(),
        derived(city),
    )


def graded_km(done: NetworkUpdate) -> tuple[float, float]:
    (period,) = done.periods
    return period.graded_m


def test_the_same_delivery_again_is_told_and_changes_nothing(
    city: City, small_town: TownFiles
) -> None:
    before = state(city)
    assert update_network(city, small_town.network).changes is None
    assert state(city) == before


def test_unchanged_streets_keep_what_they_had_to_the_last_bit(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    before = state(city)
    extra = rows.iloc[[0]].copy()
    extra["ELEMENT_ID"] = "9900:9999"
    extra["geometry"] = extra.geometry.translate(-500.0, 0.0)
    done = update_network(city, delivery(joined(rows, extra), tmp_path / "grown.gpkg"))
    assert done.changes is not None
    assert done.changes.links[LinkChange.NEW] == 1
    assert state(city)[1:3] == before[1:3]
    assert city.store.findings() == before[5][0]  # type: ignore[index]
    assert set(before[5][1]) <= set(city.store.conditions())  # type: ignore[index]
    assert not bring_up_to_date(city), "what was written with it is up to date"


def test_split_streets_keep_findings_grades_and_pictures(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    findings, _ = derived(city)
    done = update_network(city, delivery(split(rows), tmp_path / "split.gpkg"))
    assert done.counts is not None
    assert done.findings is not None
    for count in done.counts.values():
        assert count.by_id == count.carried
        assert not count.lost
    after = {one.finding_id: one for one in city.store.findings()}
    assert len(after) == len(findings) == done.findings.kept
    for finding in findings:
        now = after[finding.finding_id]
        assert now.footprint == finding.footprint
        assert now.element_id == finding.element_id
        assert now.measure == pytest.approx(finding.measure, abs=1e-6)
    before_m, after_m = graded_km(done)
    assert after_m == pytest.approx(before_m, rel=0.25)
    worst = next(iter(after.values()))
    views = city.store.pictures(worst.section_id)
    assert views
    assert any(view.observations for view in views)
    links = city.store.read_network().link_by_id
    assert {view.frame.pose.link_id for view in views} <= set(links)
    kept = update_network(city, tmp_path / "split.gpkg")
    assert kept.changes is None


def test_what_is_written_is_what_would_be_derived(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    moved = rows.set_geometry(rows.geometry.translate(1.5, 1.0))
    update_network(city, delivery(split(moved), tmp_path / "moved.gpkg"))
    written = derived(city)
    assert not bring_up_to_date(city)
    city.store.work.forget()
    assert bring_up_to_date(city)
    assert derived(city) == written


def test_it_does_not_matter_whether_drives_were_made_coarse_before_or_after(
    city: City, seen_city: Path, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    shutil.copytree(seen_city, tmp_path / "other")
    other = open_city(tmp_path / "other")
    moved = delivery(rows.set_geometry(rows.geometry.translate(1.5, 1.0)), tmp_path / "moved.gpkg")
    first = update_network(city, moved)
    coarsen(city)
    coarsen(other)
    done = update_network(other, moved)
    assert first.counts == done.counts
    looks = [[look.footprint for _, look in one.store.coverage()] for one in (city, other)]
    assert len(looks[0]) == len(looks[1]) > 0
    assert shapely.equals_exact(looks[0], looks[1], tolerance=0.1).all()
    assert other.store.observations() == city.store.observations()
    assert [one.finding_id for one in other.store.findings()] == [
        one.finding_id for one in city.store.findings()
    ]
    assert derived(city)[1] == derived(other)[1]


def coarsen(city: City) -> None:
    """Take away what drives tell besides what was measured."""
    (drive,) = city.store.drives()
    assert city.store.make_coarse(
        drive.drive_id, gap_s=20.0, reason="old", by="bo", now_s=drive.ended_s
    )
    bring_up_to_date(city)


def test_a_network_that_moved_two_metres_takes_what_was_seen_along(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    before, coverage = derived(city), city.store.coverage()
    moved = rows.set_geometry(rows.geometry.translate(2.0, 0.0))
    done = update_network(city, delivery(moved, tmp_path / "moved.gpkg"))
    assert done.changes is not None
    assert done.findings is not None
    assert done.changes.moved_m[1] == pytest.approx(2.0, abs=0.05)
    assert done.findings.lost == 0
    before_m, after_m = graded_km(done)
    assert after_m == pytest.approx(before_m, rel=0.1)
    assert len(city.store.coverage()) == len(coverage)
    # The tiles in which passes are laid over each other stay where they are.
    assert done.findings.kept >= 0.8 * len(before[0])


def test_reversed_and_renumbered_links_keep_all_by_geometry(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    findings, _ = derived(city)
    other = rows.set_geometry(shapely.reverse(rows.geometry.array))
    other["ELEMENT_ID"] = "1:" + rows.ELEMENT_ID.str.replace(":", "")
    done = update_network(city, delivery(other, tmp_path / "other.gpkg"))
    assert done.counts is not None
    count = done.counts[FactKind.OBSERVATION]
    assert count.by_geometry == count.carried > 0
    assert not count.lost
    after = {one.finding_id: one for one in city.store.findings()}
    for finding in findings:
        assert after[finding.finding_id].footprint == finding.footprint
        assert after[finding.finding_id].side is not finding.side


def test_what_lay_on_a_closed_street_is_told_and_written_to_a_file(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    findings, _ = derived(city)
    closed = findings[0].element_id
    # What was seen beside a junction may have been seen from another street as well: that stays.
    elsewhere = {
        (run_id, one.observation_id)
        for run_id, one in city.store.observations()
        if one.element_id != closed
    }
    lost = {
        one.finding_id
        for one in findings
        if one.element_id == closed and not elsewhere & set(one.observation_ids)
    }
    assert lost
    file = tmp_path / "lost.geojson"
    new = delivery(rows[rows["ELEMENT_ID"].ne(closed)], tmp_path / "closed.gpkg")
    done = update_network(city, new, not_carried=file)
    assert done.counts is not None
    assert done.counts[FactKind.OBSERVATION].lost
    assert not lost & {one.finding_id for one in city.store.findings()}
    features = json.loads(file.read_text("utf-8"))["features"]
    told = [one["properties"] for one in features if one["properties"]["layer"] == "observations"]
    assert len(told) == done.counts[FactKind.OBSERVATION].lost.total()
    streets = [one["properties"] for one in features if one["properties"]["layer"] == "links"]
    assert {one["element_id"] for one in streets} == {closed}
    assert all(one["reason"] for one in streets)
    with pytest.raises(GatusynError, match="exists already"):
        update_network(city, new, not_carried=file)


def test_going_back_to_the_former_delivery_finds_everything_as_it_was(
    city: City, small_town: TownFiles, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    before = state(city)
    closed = city.store.findings()[0].element_id
    update_network(city, delivery(rows[rows["ELEMENT_ID"].ne(closed)], tmp_path / "closed.gpkg"))
    assert state(city) != before
    update_network(city, small_town.network)
    assert state(city) == before


def test_a_street_that_one_delivery_lacked_comes_back_with_the_next(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    findings, _ = derived(city)
    closed = findings[0].element_id
    update_network(city, delivery(rows[rows["ELEMENT_ID"].ne(closed)], tmp_path / "closed.gpkg"))
    update_network(city, delivery(split(rows), tmp_path / "split.gpkg"))
    assert {one.finding_id for one in city.store.findings()} == {one.finding_id for one in findings}


def test_a_delivery_in_another_system_is_brought_into_the_citys(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    findings, _ = derived(city)
    done = update_network(city, delivery(rows.to_crs(3008), tmp_path / "local.gpkg"))
    assert (done.delivered_epsg, done.network.epsg) == (3008, 3006)
    assert {one.finding_id for one in city.store.findings()} == {one.finding_id for one in findings}


def test_a_dry_run_changes_nothing(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    before = state(city)
    file = tmp_path / "lost.gpkg"
    new = delivery(split(rows), tmp_path / "split.gpkg")
    done = update_network(city, new, dry_run=True, not_carried=file)
    assert done.changes is not None
    assert file.exists()
    assert state(city) == before


@pytest.mark.parametrize("fault", ["another town", "wrong system", "not a network", "missing"])
def test_a_delivery_that_cannot_be_right_is_refused(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path, fault: str
) -> None:
    before = state(city)
    path = tmp_path / "bad.gpkg"
    if fault == "another town":
        delivery(rows.set_geometry(rows.geometry.translate(40_000.0, 0.0)), path)
    elif fault == "wrong system":
        delivery(rows.set_crs(3008, allow_override=True), path)
    elif fault == "not a network":
        path.write_bytes(b"hello")
    with pytest.raises(NetworkError) as told:
        update_network(city, path)
    assert "bad.gpkg" in str(told.value)
    assert state(city) == before


def test_a_kill_in_the_middle_leaves_the_former_state(
    city: City, rows: geopandas.GeoDataFrame, tmp_path: Path
) -> None:
    before = state(city)
    city.store.close()
    new = delivery(split(rows), tmp_path / "split.gpkg")
    killed = (
        "import os, signal, sys, pathlib\n"
        "from gatusyn.pipeline import open_city, update_network\n"
        "from gatusyn.store import sql_store\n"
        "def die(*facts): os.kill(os.getpid(), signal.SIGKILL)\n"
        "sql_store.derived.replace_derived = die\n"
        "update_network(open_city(pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[2]))\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", killed, str(city.folder), str(new)], check=False, timeout=300
    )
    assert process.returncode == -signal.SIGKILL
    opened = open_city(city.folder)
    assert state(opened) == before
    assert update_network(opened, new).changes is not None
    opened.store.close()


def test_the_command_reports(
    city: City,
    rows: geopandas.GeoDataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    city.store.close()
    turned = affinity.translate(rows.geometry.iloc[0], 0.0, 30.0)
    rows.loc[rows.index[0], "geometry"] = turned
    new = delivery(rows, tmp_path / "new.gpkg")
    lost = tmp_path / "lost.gpkg"
    told = []
    for options in (["--dry-run"], ["--not-carried", lost], []):
        assert run_cli(monkeypatch, "network", "update", city.folder, new, *options) == 0
        told.append(capsys.readouterr().out)
    assert "not found again" in told[0]
    assert "observations:" in told[0]
    assert "Nothing was changed (--dry-run)" in told[0]
    assert "It is now the city's network" in told[1]
    assert "nothing was changed" in told[2]
    assert set(geopandas.list_layers(lost).name) == {"links", "observations"}


def test_a_limit_out_of_range_is_named() -> None:
    with pytest.raises(GatusynError, match="max_shift_m"):
        CarryParams(max_shift_m=100.0)
