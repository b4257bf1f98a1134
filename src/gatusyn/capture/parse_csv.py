"""Tracks, or positions of photos, in comma-separated (or semicolon-, tab-separated) text."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PureWindowsPath
from types import MappingProxyType
from typing import Final

from gatusyn.capture.fixes import RANGE_ERROR_M, Fixes, make_fixes
from gatusyn.model import (
    DriveFault,
    DriveNote,
    DriveRemark,
    Figure,
    TrackError,
)

_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "time": (
            *("time", "times", "timestamp", "datetime", "timeutc", "utctime", "utc", "gpstime"),
            *("timestampms", "timems", "timestamputc", "epoch", "epochs", "unixtime", "tid"),
        ),
        "date": ("date", "datum"),
        "lat": ("lat", "latitude", "latdeg", "latitudedeg", "latwgs84", "latitud"),
        "lon": ("lon", "lng", "long", "longitude", "londeg", "longitudedeg", "lonwgs84"),
        "accuracy": ("accuracy", "accuracym", "horizontalaccuracy", "hacc", "sigmam"),
        "hdop": ("hdop",),
        "file": ("file", "filename", "frame", "image", "imagename", "photo", "picture", "fil"),
    }
)


def parse_csv(text: str, *, source: str) -> Fixes:
    """Return the fixes of a table whose first line names the columns.

    Latitude and longitude are needed; time (ISO 8601, or seconds, milliseconds, microseconds or
    nanoseconds since 1970), accuracy in metres or HDOP, and the photo's file name are taken where
    they are. Decimal commas are understood.

    Parameters
    ----------
    text
        The table.
    source
        The file's name, for messages.

    Raises
    ------
    TrackError
        If columns are missing or no row can be read.
    """
    lines = text.splitlines()
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t|", key=header.count)
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise TrackError(
            source, f"is not a readable table ({error})", fault=DriveFault.TRACK_UNREADABLE
        ) from error
    columns = _columns(rows[0] if rows else [], source)
    fixes, names, broken, naive = [], [], 0, 0
    for row in rows[1:]:
        try:
            cells = {key: row[index].strip() for key, index in columns.items()}
            time_s, zoned = _time(cells)
            fixes.append((time_s, _number(cells["lon"]), _number(cells["lat"]), _accuracy(cells)))
        except (ValueError, IndexError, OverflowError):
            broken += 1
            continue
        naive += not zoned
        names.append(PureWindowsPath(cells.get("file", "")).name)
    if not fixes:
        raise TrackError(
            source,
            "has no row that can be read",
            "Check its columns.",
            fault=DriveFault.TRACK_COLUMNS,
        )
    remarks = []
    if broken:
        figures: dict[str, Figure] = {"source": source, "left_out": broken}
        remarks.append(DriveRemark(note=DriveNote.ROWS_BROKEN, figures=figures))
    if naive:
        remarks.append(DriveRemark(note=DriveNote.TRACK_ZONELESS, figures={"source": source}))
    named = tuple(names) if "file" in columns else ()
    return make_fixes(fixes, names=named, remarks=tuple(remarks))


def _columns(header: list[str], source: str) -> dict[str, int]:
    plain = ["".join(c for c in cell.lower() if c.isalnum()) for cell in header]
    found = {}
    for key, names in _NAMES.items():
        index = next((plain.index(name) for name in names if name in plain), None)
        if index is not None:
            found[key] = index
    missing = [
        word for key, word in (("lat", "latitude"), ("lon", "longitude")) if key not in found
    ]
    if missing:
        have = ", ".join(cell.strip()[:30] for cell in header[:12]) or "none"
        raise TrackError(
            source,
            f"has no column for {' and '.join(missing)} (its columns: {have})",
            "Name the columns time, lat, lon (and file, for photos).",
            fault=DriveFault.TRACK_COLUMNS,
        )
    return found


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _accuracy(cells: Mapping[str, str]) -> float:
    if cells.get("accuracy"):
        value = _number(cells["accuracy"])
    elif cells.get("hdop"):
        value = _number(cells["hdop"]) * RANGE_ERROR_M
    else:
        return math.nan
    return value if value > 0 else math.nan


def _time(cells: Mapping[str, str]) -> tuple[float, bool]:
    """Return seconds since 1970 (NaN without a time), and whether the zone was certain."""
    text = cells.get("time", "")
    if cells.get("date"):
        text = f"{cells['date']}T{text}"
    if not text:
        return math.nan, True
    try:
        value = _number(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        zoned = moment.tzinfo is not None
        return (moment if zoned else moment.replace(tzinfo=UTC)).timestamp(), zoned
    for limit, unit in ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6)):
        if abs(value) < limit:
            return value / unit, True
    return value / 1e9, True
