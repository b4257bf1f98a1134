"""Bad input at the command line: one clear message, a non-zero exit, and the others go on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import pytest
from PIL import Image
from tests.cli.conftest import drive_in
from tests.run_cli import Run

from gatusyn.pipeline import open_city
from gatusyn.simulate import TownFiles


def truncated(town: TownFiles, folder: Path) -> Path:
    video, _ = drive_in(folder, town)
    video.write_bytes(video.read_bytes()[:300])
    return video


def without_track(town: TownFiles, folder: Path) -> Path:
    video, track = drive_in(folder, town)
    track.unlink()
    return video


def track_without_times(town: TownFiles, folder: Path) -> Path:
    video, track = drive_in(folder, town)
    track.write_text(re.sub(r"<time>[^<]*</time>", "", track.read_text()))
    return video


def track_of_another_year(town: TownFiles, folder: Path) -> Path:
    video, track = drive_in(folder, town)
    track.write_text(re.sub(r"<time>20\d\d", "<time>2001", track.read_text()))
    return video


def track_elsewhere(town: TownFiles, folder: Path) -> Path:
    video, track = drive_in(folder, town)
    text = track.read_text()
    track.write_text(re.sub(r'lat="5\d', 'lat="41', text))
    return video


def track_swapped(town: TownFiles, folder: Path) -> Path:
    video, track = drive_in(folder, town)
    swapped = re.sub(r'lat="([^"]*)" lon="([^"]*)"', r'lat="\2" lon="\1"', track.read_text())
    track.write_text(swapped)
    return video


def photos_without_position(town: TownFiles, folder: Path) -> Path:
    folder.mkdir()
    for number in range(3):
        Image.fromarray(np.full((90, 160, 3), 120, np.uint8)).save(folder / f"{number}.jpg")
    return folder


def not_photos(town: TownFiles, folder: Path) -> Path:
    folder.mkdir()
    (folder / "empty.jpg").touch()
    (folder / "letter.jpg").write_text("Dear engineer")
    return folder


@pytest.mark.parametrize(
    "make",
    [
        truncated,
        without_track,
        track_without_times,
        track_of_another_year,
        track_elsewhere,
        track_swapped,
        photos_without_position,
        not_photos,
    ],
)
def test_a_drive_that_cannot_be_used_is_one_message_and_the_others_go_on(
    make: Callable[[TownFiles, Path], Path],
    run: Run,
    city: Path,
    small_town: TownFiles,
    short_drive: Path,
    tmp_path: Path,
) -> None:
    bad = make(small_town, tmp_path / "bad")
    code, out, err = run("inspect", city, bad, short_drive)
    assert code != 0
    lines = [line for line in err.splitlines() if line.strip()]
    assert len(lines) == 1, err
    assert bad.stem in lines[0]
    assert "Traceback" not in err
    assert "frames received" in out
    opened = open_city(city)
    assert len(opened.store.drives()) == 1
    opened.store.close()


def test_a_video_that_breaks_off_is_used_as_far_as_it_goes(
    run: Run, city: Path, small_town: TownFiles, tmp_path: Path
) -> None:
    video, _ = drive_in(tmp_path / "broken", small_town)
    video.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    code, out, err = run("inspect", city, video)
    assert (code, err) == (0, "")
    assert re.search(r"rejected \(.*unreadable", out)
    assert "cut off" in out


def test_a_clock_offset_that_leaves_no_overlap_is_told(
    run: Run, city: Path, small_town: TownFiles
) -> None:
    video, _ = small_town.drives[0]
    code, _, err = run("inspect", city, video, "--clock-offset", "90000")
    assert code == 5
    assert "overlap" in err


def test_a_jump_of_500_km_is_left_out_and_told(
    run: Run, city: Path, small_town: TownFiles, tmp_path: Path
) -> None:
    video, track = drive_in(tmp_path / "jump", small_town)
    places = re.findall(r'lat="[^"]*"', track.read_text())
    jumped = track.read_text().replace(places[20], 'lat="60.6"', 1)
    track.write_text(jumped)
    code, out, err = run("inspect", city, video)
    assert (code, err) == (0, "")
    assert "note:" in out
    assert re.search(r"jump|left out", out)


def test_degrees_declared_as_metres_make_no_city(run: Run, tmp_path: Path) -> None:
    lines = geopandas.GeoDataFrame(
        {"element_id": ["a"]},
        geometry=geopandas.GeoSeries.from_wkt(["LINESTRING (12.7 56.0, 12.71 56.01)"]),
        crs=3006,
    )
    lines.to_file(tmp_path / "net.gpkg")
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\nelement_id = "element_id"\n')
    code, _, err = run(
        "init", tmp_path / "c", "--network", tmp_path / "net.gpkg", "--mapping", mapping
    )
    assert code == 3
    assert "net.gpkg" in err
    assert "degrees" in err
    assert not (tmp_path / "c" / "gatusyn.toml").exists()


def test_a_folder_that_is_no_city_is_told(run: Run, tmp_path: Path) -> None:
    code, _, err = run("report", tmp_path)
    assert code == 2
    assert "gatusyn init" in err


def test_report_and_export_of_what_was_inspected(
    run: Run, city: Path, small_town: TownFiles, tmp_path: Path
) -> None:
    assert run("inspect", city, small_town.drives[0][0])[0] == 0
    code, out, _ = run("report", city)
    assert code == 0
    assert "Worst streets" in out
    for ending in ("gpkg", "geojson", "csv"):
        target = tmp_path / f"out.{ending}"
        assert run("export", city, target)[0] == 0
        assert target.stat().st_size > 1000
    sections = geopandas.read_file(tmp_path / "out.gpkg", layer="sections")
    findings = geopandas.read_file(tmp_path / "out.gpkg", layer="findings")
    assert {"element_id", "start_measure", "end_measure", "grade"} <= set(sections.columns)
    assert {"element_id", "measure", "kind"} <= set(findings.columns)
    looks = tmp_path / "looks.gpkg"
    code, out, _ = run("export", city, tmp_path / "again.csv", "--looks", looks)
    seen = geopandas.read_file(looks, layer="looks")
    assert code == 0
    assert f"{len(seen)} looks" in out
    assert seen["quality"].between(0.0, 1.0).all()
    assert (seen["sharpness"].notna() & (seen["light"] > 25) & (seen["distance_m"] < 12)).all()
    shares = geopandas.read_file(looks, layer="sections")
    each = shares[["seen_well_share", "seen_poorly_share", "not_seen_share"]]
    assert np.allclose(each.sum(axis=1), 1.0)
    assert set(shares["section_id"]) == set(sections["section_id"])
    assert shares["last_look"].dropna().str.startswith("20").all()
    assert run("export", city, tmp_path / "third.csv", "--looks", looks)[0] == 2, "it is there"
    assert not (tmp_path / "third.csv").exists()
    code, _, err = run("export", city, tmp_path / "out.xyz")
    assert code == 2
    assert ".gpkg" in err
