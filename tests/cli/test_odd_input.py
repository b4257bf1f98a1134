"""Odd tracks and networks at the command line: told and used as far as they go, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest
from shapely import LineString
from shapely.affinity import translate
from tests.cli.conftest import drive_in
from tests.made_stages import made_stages
from tests.made_town import PARAMS
from tests.run_cli import Run

from gatusyn.cli.demo import settings_of
from gatusyn.pipeline import City, create_city, inspect_drives, open_city
from gatusyn.simulate import TownFiles
from gatusyn.store import DriveSummary

POINT = re.compile(r"<trkpt.*?</trkpt>", re.DOTALL)
TIME = "%Y-%m-%dT%H:%M:%SZ"


def rewrite(track: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Change the list of a track's points."""
    text = track.read_text()
    points = POINT.findall(text)
    head, tail = text[: text.index(points[0])], text[text.rindex(points[-1]) + len(points[-1]) :]
    track.write_text(head + "\n".join(change(points)) + tail)


def point(lat: float, lon: float, at: datetime) -> str:
    place = f'<trkpt lat="{lat:.8f}" lon="{lon:.8f}">'
    return f"{place}<time>{at.strftime(TIME)}</time></trkpt>"


def place_of(text: str) -> tuple[float, float, datetime]:
    lat, lon = re.search(r'lat="([^"]*)" lon="([^"]*)"', text).groups()  # type: ignore[union-attr]
    at = re.search(r"<time>(.*)</time>", text).group(1)  # type: ignore[union-attr]
    return float(lat), float(lon), datetime.strptime(at, TIME).replace(tzinfo=UTC)


def backwards(points: list[str]) -> list[str]:
    return points[::-1]


def twice(points: list[str]) -> list[str]:
    return [one for one in points for _ in range(2)]


def a_night_at_the_depot(points: list[str]) -> list[str]:
    """Stand for 9 hours 80 m off the street after the drive, with a phone's wandering places."""
    lat, lon, at = place_of(points[-1])
    wander = np.random.default_rng(1).normal((-7e-4, 4e-4), 3e-5, (9 * 360, 2))
    stay = [
        point(lat + north, lon + east, at + timedelta(seconds=60 + 10 * number))
        for number, (north, east) in enumerate(wander.tolist())
    ]
    return points + stay


def a_ferry(points: list[str]) -> list[str]:
    """Go to sea after the drive, 12 m/s for half an hour."""
    lat, lon, at = place_of(points[-1])
    out = [
        point(lat - 1.08e-4 * number, lon - 1e-4 * number, at + timedelta(seconds=number))
        for number in range(30, 1800, 5)
    ]
    return points + out


def used(city: City) -> DriveSummary:
    (drive,) = city.store.drives()
    assert drive.received == drive.accepted + drive.rejected
    assert len(city.store.rejected(drive.drive_id)) == drive.rejected
    return drive


@pytest.fixture(scope="module")
def as_it_should_be(
    small_town: TownFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    """Yield a city in which the drive was inspected as it is; to be read only."""
    folder = tmp_path_factory.mktemp("plain") / "city"
    city = create_city(folder, network=small_town.network, settings=settings_of(PARAMS))
    inspect_drives(city, [small_town.drives[0][0]], stages=made_stages())
    yield city
    city.store.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (backwards, "the fixes were not in order of time and have been sorted"),
        (twice, "81 fixes with the time of the one before were left out"),
        (a_night_at_the_depot, "are on no street of the network"),
        (a_ferry, "are on no street of the network"),
    ],
)
def test_an_odd_track_is_told_and_its_drive_used(
    change: Callable[[list[str]], list[str]],
    told: str,
    run: Run,
    city: Path,
    small_town: TownFiles,
    as_it_should_be: City,
    tmp_path: Path,
) -> None:
    video, track = drive_in(tmp_path / "odd", small_town, "odd.mp4")
    rewrite(track, change)
    code, out, err = run("inspect", city, video)
    assert (code, err) == (0, "")
    assert told in re.sub(r"\s+", " ", out)
    opened = open_city(city)
    found, expected = used(opened), used(as_it_should_be)
    assert (found.received, found.accepted) == (expected.received, expected.accepted)
    assert found.distance_m == pytest.approx(expected.distance_m, rel=0.02)
    graded = {one.section_id: one.grade for one in opened.store.conditions()}
    assert graded == {one.section_id: one.grade for one in as_it_should_be.store.conditions()}
    opened.store.close()


def test_a_network_with_broken_links_is_told_and_driven(
    run: Run, small_town: TownFiles, tmp_path: Path
) -> None:
    rows = geopandas.read_file(small_town.network)
    east, north = rows.total_bounds[:2]
    odd = geopandas.GeoDataFrame(rows.iloc[[0, 0, 0]], crs=rows.crs)
    odd["ELEMENT_ID"] = ["zero", "crossing itself", "unconnected"]
    loop = [(0, 0), (90, 0), (90, 50), (40, 50), (40, -40)]
    lines = ([(0, 0), (0, 0)], loop, [(900, 0), (960, 5)])
    odd = odd.set_geometry([translate(LineString(line), east, north - 300.0) for line in lines])
    network = tmp_path / "odd.gpkg"
    pandas.concat([rows, odd], ignore_index=True).to_file(network, engine="pyogrio")
    folder = tmp_path / "city"
    code, out, err = run("init", folder, "--network", network)
    assert (code, err) == (0, "")
    assert "1 without length" in out
    code, out, err = run("inspect", folder, small_town.drives[0][0])
    assert (code, err) == (0, "")
    city = open_city(folder)
    links = {link.element_id: link for link in city.store.read_network().links}
    assert "zero" not in links
    assert not links["crossing itself"].line.is_simple
    sections = city.store.read_network().sections_by_link[links["crossing itself"].link_id]
    assert sum(one.length_m for one in sections) == pytest.approx(280.0)
    assert used(city).accepted > 0
    graded = {one.section_id: one for one in city.store.conditions()}
    assert graded[sections[0].section_id].not_seen_share == 1.0
    assert any(one.observed_share > 0.5 for one in graded.values())
    assert run("report", folder)[0] == 0
    assert run("export", folder, tmp_path / "out.gpkg")[0] == 0
    city.store.close()
