"""Match the Kubicka tracks as if they came live, fix by fix, and compare with the finished tracks.

usage: python -m benchmarks.matching_live TRACKS_DIR [--delay SECONDS]... [--tracks N]

Prints, for each delay, the share of fixes that are on the same link in the same direction (or both
on none) as when the whole track is matched at once, their median distance along it, and how long a
fix takes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
from benchmarks.matching import ground_track, read_links

from gatusyn.geo import Projection, utm_epsg
from gatusyn.model import GroundTrack, MatchedTrack, MatchParams
from gatusyn.network import LiveMatcher, Matcher


def live(matcher: Matcher, track: GroundTrack, delay_s: float) -> tuple[MatchedTrack, np.ndarray]:
    """Return the places that a live matcher gave, and seconds for each fix."""
    matching = LiveMatcher(matcher, delay_s=delay_s)
    parts, seconds = [], []
    for fix in range(len(track)):
        one = track.part(np.array([fix]))
        began = time.perf_counter()
        parts.append(matching.add(one)[1])
        seconds.append(time.perf_counter() - began)
    parts.append(matching.finish()[1])
    joined = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(MatchedTrack)
    }
    return MatchedTrack(**joined), np.array(seconds)


def main() -> int:
    """Match every track of the folder with each delay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tracks_dir", type=Path)
    parser.add_argument("--delay", type=float, action="append")
    parser.add_argument("--tracks", type=int, default=8, help="take every so manieth, so many")
    arguments = parser.parse_args()
    folders = sorted(path for path in arguments.tracks_dir.iterdir() if path.is_dir())
    folders = folders[:: max(len(folders) // arguments.tracks, 1)][: arguments.tracks]
    for delay_s in arguments.delay or [0.0, 5.0, 10.0, 20.0, 40.0]:
        same, apart, seconds = [], [], []
        for folder in folders:
            lon, lat, time_s = np.loadtxt(folder / f"{folder.name}.track", ndmin=2).T
            rising = np.concatenate(([True], np.diff(np.maximum.accumulate(time_s)) > 0))
            lon, lat, time_s = lon[rising], lat[rising], time_s[rising]
            projection = Projection(utm_epsg(float(lon.mean()), float(lat.mean())))
            matcher = Matcher(read_links(folder, projection), MatchParams(search_m=60.0))
            track = ground_track(lon, lat, time_s, projection.epsg)
            whole = matcher.match(track).track
            matched, taken = live(matcher, track, delay_s)
            agrees = whole.link_index == matched.link_index
            same.append(agrees)
            apart.append(np.abs(whole.offset_m - matched.offset_m)[agrees & whole.matched])
            seconds.append(taken)
        took = np.concatenate(seconds)
        figures = {
            "delay_s": delay_s,
            "tracks": len(folders),
            "fixes": int(took.size),
            "same_link": round(float(np.concatenate(same).mean()), 4),
            "median_apart_m": round(float(np.median(np.concatenate(apart))), 2),
            "ms_per_fix": round(1000.0 * float(took.mean()), 2),
            "ms_p99": round(1000.0 * float(np.quantile(took, 0.99)), 2),
        }
        print(json.dumps(figures), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
