"""Match the made-up grid of ``peers/mapmatch/gen.py`` and count the fixes on their true link.

usage: python benchmarks/matching_grid.py FOLDER SIGMA_M

FOLDER holds ``net.npz`` and ``trace.npz`` as ``gen.py`` writes them; SIGMA_M is the noise that it
was given. Prints one JSON line: the matcher's share of fixes on their true link (all, and those
more than 15 m from a node) and its points a second, beside those of the nearest link in this run.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.geo import bearing_deg
from gatusyn.model import GroundTrack, Link, MatchParams, Network
from gatusyn.network import Matcher

_EPSG = 3006
_FAR_M = 15.0


def read_grid(folder: Path) -> tuple[Network, GroundTrack, NDArray[np.int64], NDArray[np.bool_]]:
    """Return the links, the trace, its true links and which fixes are far from a node."""
    net, trace = np.load(folder / "net.npz"), np.load(folder / "trace.npz")
    places = np.column_stack((net["NX"], net["NY"]))
    middle = np.column_stack((net["mx"], net["my"]))
    lines = shapely.linestrings(np.stack((places[net["u"]], middle, places[net["v"]]), axis=1))
    links = tuple(
        Link(link_id=str(k), element_id=str(k), start_measure=0.0, end_measure=1.0, line=line)
        for k, line in enumerate(np.asarray(lines, object))
    )
    east, north, time_s = trace["px"], trace["py"], trace["t"]
    step_east, step_north = np.gradient(east), np.gradient(north)
    driven = np.hypot(np.diff(east), np.diff(north))
    track = GroundTrack(
        time_s=time_s,
        easting_m=east,
        northing_m=north,
        bearing_deg=bearing_deg(step_east, step_north),
        speed_ms=np.hypot(step_east, step_north),
        sigma_m=np.full(east.size, np.nan),
        distance_m=np.concatenate(([0.0], np.cumsum(driven))),
    )
    network = Network(epsg=_EPSG, links=links, sections=())
    return network, track, trace["truth"], trace["dn"] > _FAR_M


def main() -> int:
    """Match, compare with the nearest link, and print the figures."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    network, track, truth, far = read_grid(Path(sys.argv[1]))
    params = MatchParams(sigma_m=float(sys.argv[2]), search_m=max(60.0, 4.0 * float(sys.argv[2])))
    began = time.perf_counter()
    matcher = Matcher(network, params)
    built = time.perf_counter()
    found = matcher.match(track).track.link_index
    matched = time.perf_counter()
    tree = shapely.STRtree([link.line for link in network.links])
    asked = time.perf_counter()
    nearest = tree.nearest(shapely.points(track.easting_m, track.northing_m))
    answered = time.perf_counter()
    figures = {
        "right_percent": round(100 * float((found == truth).mean()), 2),
        "right_far_percent": round(100 * float((found == truth)[far].mean()), 2),
        "unmatched": int((found < 0).sum()),
        "points_per_s": round(len(track) / (matched - built)),
        "points_per_s_with_building": round(len(track) / (matched - began)),
        "nearest_right_percent": round(100 * float((nearest == truth).mean()), 2),
        "nearest_points_per_s": round(len(track) / (answered - asked)),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
