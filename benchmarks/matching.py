"""Match the Kubicka tracks and write the arcs driven, for ``matching_score.py``.

usage: python benchmarks/matching.py TRACKS_DIR OUT_DIR

TRACKS_DIR holds NAME/NAME.{nodes,arcs,track}: nodes ``lon lat``, arcs ``from to`` (directed,
0-based node rows), track ``lon lat seconds``. OUT_DIR gets NAME.csv, one arc row a line in the
order driven.
Prints one JSON line with points a second, with and without building the index and graph.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from shapely import LineString

from gatusyn.geo import Projection, bearing_deg, utm_epsg
from gatusyn.model import Direction, GroundTrack, Link, MatchParams, Network
from gatusyn.network import Matcher


def read_links(folder: Path, projection: Projection) -> Network:
    """Read one track's arcs as one-way links, by row; those of no length are left out."""
    nodes = np.loadtxt(folder / f"{folder.name}.nodes", ndmin=2)
    arcs = np.loadtxt(folder / f"{folder.name}.arcs", dtype=np.int64, ndmin=2)
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


def ground_track(lon: np.ndarray, lat: np.ndarray, time_s: np.ndarray, epsg: int) -> GroundTrack:
    """Project fixes and take bearing and speed from the fixes before and after."""
    east, north = Projection(epsg).to_metres(lon, lat)
    step_east, step_north = np.gradient(east), np.gradient(north)
    seconds = np.maximum(np.gradient(time_s), 1e-3)
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


def main() -> int:
    """Match every track of the folder."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tracks, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    points, building_s, matching_s, unmatched = 0, 0.0, 0.0, 0
    for folder in sorted(path for path in tracks.iterdir() if path.is_dir()):
        lon, lat, time_s = np.loadtxt(folder / f"{folder.name}.track", ndmin=2).T
        projection = Projection(utm_epsg(float(lon.mean()), float(lat.mean())))
        network = read_links(folder, projection)
        track = ground_track(lon, lat, time_s, projection.epsg)
        began = time.perf_counter()
        matcher = Matcher(network, MatchParams(search_m=60.0))
        built = time.perf_counter()
        matching = matcher.match(track)
        matching_s += time.perf_counter() - built
        building_s += built - began
        points += len(track)
        unmatched += int((~matching.track.matched).sum())
        rows = [network.links[link].link_id for way in matching.ways for link, _ in way]
        (out / f"{folder.name}.csv").write_text("".join(f"{row}\n" for row in rows))
    figures = {
        "points": points,
        "unmatched": unmatched,
        "points_per_s": round(points / matching_s),
        "points_per_s_with_building": round(points / (matching_s + building_s)),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
