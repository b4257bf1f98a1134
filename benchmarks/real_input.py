"""The whole job on real photos, and a real track on a real network.

1. Consecutive photos of a survey line are laid along a real street of Stockholm with made-up
   positions and inspected. The survey was made elsewhere, so this shows that real photos go
   through; it says nothing of accuracy.
2. The real GPX of Andorra, which has no times, is given a steady speed and matched onto the
   OpenStreetMap extract of Andorra.

    python benchmarks/real_input.py SHARED_FOLDER --json build/real_input.json
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from shapely import LineString
from shapely.ops import linemerge

from gatusyn.capture import read_track
from gatusyn.geo import Projection
from gatusyn.locate import smooth_track
from gatusyn.model import CameraParams, CaptureParams, CitySettings, Link, Network
from gatusyn.network import match_track, read_network
from gatusyn.pipeline import City, StageClock, create_city, inspect_drives, summarise
from gatusyn.report import report_text

RUNS = (("DF_251_251BDF0490", 756, 29), ("RS_290_290RS294095", 19435, 35))
SPACING_M, SPEED_MS = 5.0, 8.0


def consecutive_photos(road: Path, line: str, first: int, count: int) -> list[Path]:
    """Return the photos of a survey line from a chainage on, in order."""
    with (road / "frames.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["survey_line"] == line]
    rows = [row for row in rows if float(row["chainage"]) >= first]
    rows.sort(key=lambda row: float(row["chainage"]))
    images = {path.stem: path for path in (road / "images").iterdir()}
    return [images[Path(row["frame"]).stem] for row in rows[:count]]


def longest_streets(network: Network, count: int) -> list[LineString]:
    """Return the longest unbroken one-way lines of named streets, longest first."""
    by_name: dict[str, list[Link]] = {}
    for link in network.links:
        if link.street_name:
            by_name.setdefault(link.street_name, []).append(link)
    lines = []
    for links in by_name.values():
        merged = linemerge([link.line for link in links], directed=True)
        parts = [merged] if isinstance(merged, LineString) else list(merged.geoms)
        lines.append(max(parts, key=lambda part: part.length))
    return sorted(lines, key=lambda line: -line.length)[:count]


def lay_along(photos: Sequence[Path], line: LineString, epsg: int, folder: Path, seed: int) -> None:
    """Link photos into a folder beside a table of made-up positions along a line.

    White noise of 1.5 m and a slow drift of 1.5 m on each axis, as a phone between houses has.
    """
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    count = len(photos)
    drift = np.cumsum(random.normal(0.0, 0.3, (count, 2)), axis=0).clip(-3.0, 3.0)
    places = np.array([line.interpolate(20.0 + SPACING_M * i).coords[0] for i in range(count)])
    noisy = places + drift + random.normal(0.0, 1.5, (count, 2))
    lon, lat = Projection(epsg).to_degrees(noisy[:, 0], noisy[:, 1])
    with (folder / "positions.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(("file", "time", "lat", "lon"))
        for i, photo in enumerate(photos):
            name = f"{i:04}{photo.suffix}"
            (folder / name).symlink_to(photo.resolve())
            table.writerow((name, 1_760_000_000 + i * SPACING_M / SPEED_MS, lat[i], lon[i]))


def inspect_photos(shared: Path, home: Path) -> tuple[City, dict[str, Any]]:
    """Lay two survey lines along two streets of Stockholm and run the whole job on them."""
    settings = replace(
        CitySettings(),
        name="Stockholm (photos from elsewhere, made-up positions)",
        # The survey's camera is not documented: these are guesses from the lane's shape.
        camera=CameraParams(height_m=1.5, pitch_deg=6.0, horizontal_fov_deg=60.0),
        capture=CaptureParams(spacing_m=4.0),
    )
    city = create_city(
        home / "stockholm",
        network=shared / "data" / "networks" / "stockholm" / "edges.shp",
        settings=settings,
    )
    network = city.store.read_network()
    lines = longest_streets(network, len(RUNS))
    folders = []
    for seed, ((name, first, count), line) in enumerate(zip(RUNS, lines, strict=True)):
        photos = consecutive_photos(shared / "data" / "road", name, first, count)
        folders.append(home / "drives" / name)
        lay_along(photos, line, network.epsg, folders[-1], seed)
    clock = StageClock()
    inspection = inspect_drives(city, folders, clock=clock)
    drives = []
    for outcome in inspection.outcomes:
        if outcome.facts is None:
            raise SystemExit(f"{outcome.name}: {outcome.error}")
        facts = outcome.facts
        drives.append(
            {
                "photos": facts.name,
                "metres": round(facts.distance_m),
                "received": facts.received,
                "accepted": len(facts.frames),
                "rejected": Counter(one.reason.value for one in facts.rejected),
                "observations": Counter(one.pixel_class.value for one in facts.observations),
            }
        )
    grades = Counter(one.grade.word for one in city.store.conditions())
    return city, {
        "links": len(network.links),
        "sections": len(network.sections),
        "drives": drives,
        "findings": Counter(one.kind.value for one in city.store.findings()),
        "sections_by_grade": grades,
        "seconds": {stage: round(spent, 2) for stage, spent in clock.seconds.items()},
    }


def match_andorra(shared: Path) -> list[dict[str, Any]]:
    """Match every real track of Andorra onto the extract's streets."""
    settings = CitySettings()
    network = read_network(
        shared / "data" / "networks" / "osm" / "andorra.osm.pbf", params=settings.network
    )
    results = []
    for path in sorted((shared / "data" / "tracks" / "andorra").glob("*.gpx")):
        # The file has places but no times: a steady speed is made up for it.
        track, _ = read_track(path, settings.capture, untimed_speed_ms=SPEED_MS)
        ground = smooth_track(track, Projection(network.epsg), settings.locate)
        matched = match_track(network, ground, settings.match)
        on = matched.matched
        results.append(
            {
                "track": path.name,
                "fixes": len(ground),
                "matched_share": round(float(on.mean()), 4),
                "median_distance_m": round(float(np.median(matched.distance_m[on])), 2),
                "kilometres": round(float(ground.distance_m[-1]) / 1000, 2),
                "streets": len({network.links[i].street_name for i in matched.link_index[on]}),
            }
        )
    return results


def main() -> None:
    """Run both and print or write what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--folder", type=Path, help="where to keep the city (default: nowhere)")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        city, photos = inspect_photos(arguments.shared, arguments.folder or Path(temporary))
        print(report_text(summarise(city)))
        city.store.close()
    result = {"photos": photos, "andorra": match_andorra(arguments.shared)}
    text = json.dumps(result, indent=2)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(text + "\n", "utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
