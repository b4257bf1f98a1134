"""GPX tracks."""

from __future__ import annotations

import math

import gpxpy
from gpxpy.gpx import GPXException

from gatusyn.capture.fixes import RANGE_ERROR_M, Fixes, make_fixes
from gatusyn.model import DriveFault, TrackError


def parse_gpx(text: str, *, source: str) -> Fixes:
    """Return the track points of a GPX document.

    Parameters
    ----------
    text
        The document.
    source
        The file's name, for messages.

    Raises
    ------
    TrackError
        If it is not GPX, or declares entities (which can be made to fill the memory).
    """
    upper = text.upper()
    if "<!DOCTYPE" in upper or "<!ENTITY" in upper:
        raise TrackError(
            source,
            "declares a document type or entities, which a track never needs",
            "Export the track again from the app that recorded it.",
            fault=DriveFault.TRACK_UNREADABLE,
        )
    try:
        document = gpxpy.parse(text)
    except (GPXException, ValueError, TypeError, AttributeError) as error:
        raise TrackError(
            source,
            f"is not a readable GPX file ({_brief(error)})",
            "Export the track again.",
            fault=DriveFault.TRACK_UNREADABLE,
        ) from error
    rows = []
    for track in document.tracks:
        for segment in track.segments:
            for point in segment.points:
                time_s = point.time.timestamp() if point.time else math.nan
                hdop = point.horizontal_dilution
                accuracy = math.nan if hdop is None else hdop * RANGE_ERROR_M
                rows.append((time_s, point.longitude, point.latitude, accuracy))
    if not rows and (document.routes or document.waypoints):
        raise TrackError(
            source,
            "has a route or waypoints but no recorded track",
            "Export the recorded track (trk), not the planned route.",
            fault=DriveFault.TRACK_PLANNED,
        )
    return make_fixes(rows)


def _brief(error: Exception) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__
