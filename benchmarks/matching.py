"""Match the Kubicka tracks and write the arcs driven, for ``matching_score.py``.

usage: python benchmarks/matching.py TRACKS_DIR OUT_DIR

TRACKS_DIR holds NAME/NAME.{nodes,arcs,track}: nodes ``lon lat``, arcs ``from to`` (directed,
0-based node rows), track ``lon lat seconds``. OUT_DIR gets NAME.csv, one arc row a line in the
order driven.
Prints one JSON line with points a second, with and without building the index and graph. A track
that cannot be read or has no fix gets an empty file, and is told on standard error; what else lies
in the folder is left alone. Fixes without a place on the globe are left out, those in disorder are
sorted, and of those of one moment the first is kept.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from shapely import LineString

from gatusyn.geo import Projection, bearing_deg, utm_epsg
from gatusyn.model import Direction, GroundTrack, Link, MatchParams, Network
from gatusyn.network import Matcher


def read_links(folder: Path, projection: Projection) -> Network:
    """Read one track's arcs as one-way links, by row; those of no length are left out."""
    nodes = table(folder / f"{folder.name}.nodes", columns=2)
    arcs = table(folder / f"{folder.name}.arcs", columns=2).astype(np.int64)
    places = np.column_stack(projection.to_metres(nodes[:, 0], nodes[:, 1]))
    links = tuple(
        Link(
            link_id=str(row),
            element_id=str(row),
            start_measure=0.0,
            end_measure=1.0,
            line=LineString(places[[start, end]]),
            direction=Direction.WITH,
        )
        for row, (start, end) in enumerate(arcs.tolist())
        if np.any(places[start] != places[end])
    )
    return Network(epsg=projection.epsg, links=links, sections=())


def table(path: Path, *, columns: int) -> np.ndarray:
    """Read a file of numbers, float [rows, columns]; it may be empty."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*input contained no data", category=UserWarning)
        return np.loadtxt(path, ndmin=2, usecols=range(columns)).reshape(-1, columns)


def read_track(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read lon, lat and seconds [n] in the order of time, one fix a moment."""
    fixes = table(path, columns=3)
    with np.errstate(invalid="ignore"):
        on_globe = (np.abs(fixes[:, 0]) <= 180.0) & (np.abs(fixes[:, 1]) < 90.0)
    fixes = fixes[on_globe & np.isfinite(fixes[:, 2])]
    _, first = np.unique(fixes[:, 2], return_index=True)
    lon, lat, time_s = fixes[first].T
    return lon, lat, time_s


def ground_track(lon: np.ndarray, lat: np.ndarray, time_s: np.ndarray, epsg: int) -> GroundTrack:
    """Project fixes and take bearing and speed from the fixes before and after."""
    east, north = Projection(epsg).to_metres(lon, lat)
    alone = len(time_s) < 2
    step_east, step_north = (
        np.zeros(len(time_s)) if alone else np.gradient(x) for x in (east, north)
    )
    seconds = np.ones(len(time_s)) if alone else np.maximum(np.gradient(time_s), 1e-3)
    driven = np.hypot(np.diff(east), np.diff(north))
    return GroundTrack(
        time_s=time_s,
        easting_m=east,
        northing_m=north,
        bearing_deg=bearing_deg(step_east, step_north),
        speed_ms=np.hypot(step_east, step_north) / seconds,
        sigma_m=np.full(east.size, np.nan),
        distance_m=np.concatenate(([0.0], np.cumsum(driven))),
    )


@dataclass(slots=True)
class Tally:
    """What was matched, and the seconds that it took."""

    tracks: int = 0
    unreadable: int = 0
    points: int = 0
    unmatched: int = 0
    building_s: float = 0.0
    matching_s: float = 0.0

    def figures(self) -> dict[str, int]:
        """Return the figures that are printed."""
        whole_s = self.matching_s + self.building_s
        return {
            "tracks": self.tracks,
            "unreadable": self.unreadable,
            "points": self.points,
            "unmatched": self.unmatched,
            "points_per_s": round(self.points / self.matching_s) if self.matching_s else 0,
            "points_per_s_with_building": round(self.points / whole_s) if whole_s else 0,
        }


def arcs_driven(folder: Path, tally: Tally) -> list[str]:
    """Match one track; return the rows of the arcs in the order driven."""
    lon, lat, time_s = read_track(folder / f"{folder.name}.track")
    if not len(time_s):
        raise ValueError("has no fix")
    projection = Projection(utm_epsg(float(lon.mean()), float(lat.mean())))
    network = read_links(folder, projection)
    track = ground_track(lon, lat, time_s, projection.epsg)
    began = time.perf_counter()
    matcher = Matcher(network, MatchParams(search_m=60.0))
    built = time.perf_counter()
    matching = matcher.match(track)
    tally.matching_s += time.perf_counter() - built
    tally.building_s += built - began
    tally.points += len(track)
    tally.unmatched += int((~matching.track.matched).sum())
    return [network.links[link].link_id for way in matching.ways for link, _ in way]


def main() -> int:
    """Match every track of the folder."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tracks, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    for folder in sorted(path for path in tracks.iterdir() if path.is_dir()):
        if not (folder / f"{folder.name}.track").exists():
            print(f"{folder.name}: holds no {folder.name}.track and is left out", file=sys.stderr)
            continue
        tally.tracks += 1
        try:
            rows = arcs_driven(folder, tally)
        except (OSError, ValueError, IndexError) as error:
            tally.unreadable += 1
            rows = []
            print(f"{folder.name}: cannot be matched: {error}", file=sys.stderr)
        (out / f"{folder.name}.csv").write_text("".join(f"{row}\n" for row in rows))
    print(json.dumps(tally.figures()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
