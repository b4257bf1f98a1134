"""Write a drive's track as GPX or CSV."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import gpxpy.gpx
import numpy as np
import pyproj

from gatusyn.model.errors import TrackError

from .drives import Drive
from .town import Town


def write_track(town: Town, planned: Drive, path: Path) -> None:
    """Write the receiver's track, longitude and latitude in WGS 84, times in UTC.

    Parameters
    ----------
    town : Town
        Gives the local origin.
    planned : Drive
        Drive whose track to write.
    path : Path
        A file that ends in .gpx or .csv.
    """
    to_degrees = pyproj.Transformer.from_crs("EPSG:3006", "EPSG:4326", always_xy=True)
    place = planned.track.place + np.array(town.origin_m)
    longitude, latitude = to_degrees.transform(place[:, 0], place[:, 1])
    times = [planned.start + timedelta(seconds=float(second)) for second in planned.track.time_s]
    rows = list(zip(times, longitude, latitude, strict=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gpx":
        path.write_text(_gpx(planned.name, rows), encoding="utf-8")
    elif path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(["time", "longitude", "latitude"])
            for time, east, north in rows:
                writer.writerow([time.isoformat(), f"{east:.8f}", f"{north:.8f}"])
    else:
        raise TrackError(path, "is no kind of track that can be written", "Name it .gpx or .csv")


def _gpx(name: str, rows: list[tuple[datetime, float, float]]) -> str:
    document = gpxpy.gpx.GPX()
    document.creator = "gatusyn simulate"
    segment = gpxpy.gpx.GPXTrackSegment(
        [
            gpxpy.gpx.GPXTrackPoint(
                latitude=round(float(north), 8), longitude=round(float(east), 8), time=time
            )
            for time, east, north in rows
        ]
    )
    track = gpxpy.gpx.GPXTrack(name=name)
    track.segments.append(segment)
    document.tracks.append(track)
    return str(document.to_xml())
