"""Tracks from files: GPX, NMEA 0183 and CSV."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from gatusyn.capture.fixes import Fixes, clean_track, driving_times
from gatusyn.capture.parse_csv import parse_csv
from gatusyn.capture.parse_gpx import parse_gpx
from gatusyn.capture.parse_nmea import parse_nmea
from gatusyn.model import (
    CaptureParams,
    DriveFault,
    DriveNote,
    DriveRemark,
    Track,
    TrackError,
)

_MAX_BYTES: Final = 256 * 2**20
_UNTIMED_S: Final = 946684800.0


def read_track(
    path: Path, params: CaptureParams, *, untimed_speed_ms: float | None = None
) -> tuple[Track, tuple[DriveRemark, ...]]:
    """Read a track without footage, in order of time and without jumps.

    Parameters
    ----------
    path
        A GPX, NMEA or CSV file.
    params
        Says from which speed a step is a jump.
    untimed_speed_ms
        Metres a second at which a track without times is taken to have been driven, from
        2000-01-01 UTC (enough to match it to a network, not to place frames); None refuses it.

    Returns
    -------
    tuple
        The track, and remarks on what was left out or assumed.

    Raises
    ------
    TrackError
        If it cannot be used.
    """
    fixes = read_fixes(path)
    if untimed_speed_ms is not None and not np.isfinite(fixes.time_s).any():
        steps_s = driving_times(fixes, speed_ms=untimed_speed_ms, max_gap_s=params.max_gap_s)
        remark = DriveRemark(
            note=DriveNote.TRACK_TIMELESS,
            figures={"source": path.name, "speed_ms": untimed_speed_ms},
        )
        fixes = replace(fixes, time_s=_UNTIMED_S + steps_s, remarks=(*fixes.remarks, remark))
    return clean_track(fixes, source=path.name, max_speed_ms=params.max_speed_ms)


def read_fixes(path: Path) -> Fixes:
    """Read a track's fixes as the file has them; its content, not its name, says what it is.

    Raises
    ------
    TrackError
        If the file cannot be read, is empty, or is no track.
    """
    text = _read_text(path)
    start = text.lstrip()[:200]
    if start.startswith("<"):
        return parse_gpx(text, source=path.name)
    if start.startswith(("$", "!")) or path.suffix.lower() in {".nmea", ".nma"}:
        return parse_nmea(text, source=path.name)
    if path.suffix.lower() == ".gpx":
        raise TrackError(
            path.name,
            "is not a GPX file",
            "Export the track again.",
            fault=DriveFault.TRACK_UNREADABLE,
        )
    return parse_csv(text, source=path.name)


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise TrackError(
                path.name,
                f"is larger than {_MAX_BYTES // 2**20} MiB, too large for a track",
                "Cut it into one track for each drive.",
                fault=DriveFault.TRACK_LARGE,
                figures={"limit_mib": _MAX_BYTES // 2**20},
            )
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise TrackError(
            path, f"cannot be read ({reason})", "Check the path.", fault=DriveFault.UNREADABLE
        ) from error
    if not data.strip():
        raise TrackError(
            path.name, "is empty", "Export the track again.", fault=DriveFault.TRACK_EMPTY
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
