"""From fixes as a file has them to a track in order of time, without jumps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from gatusyn.model import (
    DriveFault,
    DriveNote,
    DriveRemark,
    Figure,
    Track,
    TrackError,
)

Floats = NDArray[np.float64]

RANGE_ERROR_M = 4.0
"""Metres of horizontal error per unit of dilution of precision (typical single-frequency)."""

_NOISE_M = 20.0
"""Two fixes may lie this much too far apart by noise alone."""

_EARLIEST_S = 315532800.0
_LATEST_S = 4102444800.0
_MAX_PIECES = 2000
_SHORTEST_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """Fixes in a file's own order, not yet judged.

    Parameters
    ----------
    time_s
        Seconds since 1970-01-01 UTC, shape [n]; NaN where there is no time.
    lon_deg, lat_deg
        WGS 84 degrees, shape [n].
    accuracy_m
        Horizontal standard deviation, shape [n]; NaN where the receiver gave none.
    names
        The photo that each fix belongs to, n of them; empty where the file names none.
    remarks
        What the parser left out, and why.
    """

    time_s: Floats
    lon_deg: Floats
    lat_deg: Floats
    accuracy_m: Floats
    names: tuple[str, ...] = ()
    remarks: tuple[DriveRemark, ...] = ()

    def __len__(self) -> int:
        return int(self.time_s.size)


def make_fixes(
    rows: list[tuple[float, float, float, float]],
    *,
    names: tuple[str, ...] = (),
    remarks: tuple[DriveRemark, ...] = (),
) -> Fixes:
    """Return fixes of rows of time_s, lon_deg, lat_deg, accuracy_m."""
    table = np.asarray(rows, dtype=np.float64).reshape(-1, 4)
    return Fixes(
        time_s=table[:, 0],
        lon_deg=table[:, 1],
        lat_deg=table[:, 2],
        accuracy_m=table[:, 3],
        names=names,
        remarks=remarks,
    )


def utc_text(time_s: float) -> str:
    """Return a time as people read it, to the second, UTC."""
    return datetime.fromtimestamp(time_s, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def driving_times(fixes: Fixes, *, speed_ms: float, max_gap_s: float) -> Floats:
    """Return seconds since the first fix at one speed, for fixes whose file has no times.

    Parameters
    ----------
    fixes
        In the order in which they were passed, n of them.
    speed_ms
        Metres a second.
    max_gap_s
        No step takes longer, so that no gap arises.
    """
    lon, lat = fixes.lon_deg, fixes.lat_deg
    metres = np.asarray(Geod(ellps="WGS84").inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])
    steps = np.clip(np.nan_to_num(metres / speed_ms), _SHORTEST_S, max_gap_s)
    return np.concatenate([[0.0], np.cumsum(steps)])[: len(fixes)]


def clean_track(
    fixes: Fixes, *, source: str, max_speed_ms: float
) -> tuple[Track, tuple[DriveRemark, ...]]:
    """Put fixes in order of time and leave out what cannot be true.

    Left out are fixes without time or outside the globe, second fixes of the same time, and fixes
    that could only be reached faster than ``max_speed_ms``.

    Parameters
    ----------
    fixes
        As parsed.
    source
        The file's name, for messages.
    max_speed_ms
        Metres a second.

    Returns
    -------
    tuple
        The track, and remarks on what was left out.

    Raises
    ------
    TrackError
        If fewer than two fixes remain, or most of them contradict each other.
    """
    remarks = list(fixes.remarks)
    fixes = _on_the_globe(fixes, source, remarks)
    fixes = _with_times(fixes, source, remarks)
    fixes = _in_order(fixes, source, remarks)
    fixes = _without_jumps(fixes, source, max_speed_ms, remarks)
    track = Track(
        source=source,
        time_s=fixes.time_s,
        lon_deg=fixes.lon_deg,
        lat_deg=fixes.lat_deg,
        accuracy_m=fixes.accuracy_m,
    )
    return track, tuple(remarks)


def _pick(fixes: Fixes, keep: NDArray[np.bool_] | NDArray[np.intp]) -> Fixes:
    return replace(
        fixes,
        time_s=fixes.time_s[keep],
        lon_deg=fixes.lon_deg[keep],
        lat_deg=fixes.lat_deg[keep],
        accuracy_m=fixes.accuracy_m[keep],
        names=(),
    )


def _on_the_globe(fixes: Fixes, source: str, remarks: list[DriveRemark]) -> Fixes:
    if not len(fixes):
        raise TrackError(
            source, "has no fixes", "Export the track again.", fault=DriveFault.TRACK_EMPTY
        )
    lon, lat = fixes.lon_deg, fixes.lat_deg
    null = (lon == 0.0) & (lat == 0.0)
    good = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0) & ~null
    wrong = int(len(fixes) - good.sum())
    if wrong * 2 >= len(fixes):
        swapped = (np.abs(lat) <= 180.0) & (np.abs(lat) > 90.0) & (np.abs(lon) <= 90.0)
        if swapped.sum() * 2 >= len(fixes):
            raise TrackError(
                source,
                "has latitudes above 90 degrees: latitude and longitude seem to be swapped",
                "Swap the two columns.",
                fault=DriveFault.TRACK_SWAPPED,
            )
        raise TrackError(
            source,
            f"has {wrong} of {len(fixes)} positions that are no degrees on the globe",
            "Export the track as WGS 84 latitude and longitude in degrees.",
            fault=DriveFault.TRACK_POSITIONS,
            figures={"wrong": wrong, "count": len(fixes)},
        )
    if wrong:
        remarks.append(_left_out(DriveNote.FIXES_PLACELESS, source, wrong))
    return _pick(fixes, good)


def _with_times(fixes: Fixes, source: str, remarks: list[DriveRemark]) -> Fixes:
    timed = np.isfinite(fixes.time_s)
    if not timed.any():
        raise TrackError(
            source,
            "has positions but no times, so no frame can be placed on it",
            "Export the track with times (a recorded track, not a planned route).",
            fault=DriveFault.TRACK_TIMELESS,
        )
    dated = timed & (fixes.time_s >= _EARLIEST_S) & (fixes.time_s <= _LATEST_S)
    if not dated.any():
        raise TrackError(
            source,
            f"has times that are no dates (the first is {fixes.time_s[timed][0]:g})",
            "Give times as ISO 8601 or as seconds since 1970-01-01 UTC.",
            fault=DriveFault.TRACK_TIMELESS,
        )
    missing = int(len(fixes) - dated.sum())
    if missing:
        remarks.append(_left_out(DriveNote.FIXES_TIMELESS, source, missing))
    return _pick(fixes, dated)


def _in_order(fixes: Fixes, source: str, remarks: list[DriveRemark]) -> Fixes:
    if (np.diff(fixes.time_s) < 0).any():
        remarks.append(DriveRemark(note=DriveNote.FIXES_SORTED, figures={"source": source}))
    fixes = _pick(fixes, np.argsort(fixes.time_s, kind="stable"))
    first = np.concatenate([[True], np.diff(fixes.time_s) > 0])
    double = int(len(fixes) - first.sum())
    if first.sum() < 2:
        problem = "has the same time at every fix" if double else "has only one usable fix"
        raise TrackError(
            source,
            problem,
            "Export the track again with a time at every fix.",
            fault=DriveFault.TRACK_TIMELESS if double else DriveFault.TRACK_EMPTY,
        )
    if double:
        remarks.append(_left_out(DriveNote.FIXES_DOUBLE, source, double))
    return _pick(fixes, first)


def _without_jumps(
    fixes: Fixes, source: str, max_speed_ms: float, remarks: list[DriveRemark]
) -> Fixes:
    """Keep the longest chain of pieces between which no speed limit of nature is broken."""
    geod = Geod(ellps="WGS84")
    lon, lat, time = fixes.lon_deg, fixes.lat_deg, fixes.time_s
    step_m = np.asarray(geod.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])
    breaks = np.flatnonzero(step_m - _NOISE_M > max_speed_ms * np.diff(time)) + 1
    if not breaks.size:
        return fixes
    starts = np.concatenate([[0], breaks])
    ends = np.concatenate([breaks, [len(fixes)]]) - 1
    if starts.size > _MAX_PIECES:
        raise _contradiction(source, f"jumps {breaks.size} times in {len(fixes)} fixes")
    weight = ends - starts + 1
    best = weight.copy()
    before = np.full(starts.size, -1)
    for j in range(1, starts.size):
        here = np.full(j, starts[j])
        gap_m = np.asarray(geod.inv(lon[ends[:j]], lat[ends[:j]], lon[here], lat[here])[2])
        reachable = gap_m - _NOISE_M <= max_speed_ms * (time[starts[j]] - time[ends[:j]])
        if reachable.any():
            i = int(np.argmax(np.where(reachable, best[:j], -1)))
            best[j] = best[i] + weight[j]
            before[j] = i
    keep = np.zeros(len(fixes), dtype=np.bool_)
    piece = int(np.argmax(best))
    while piece >= 0:
        keep[starts[piece] : ends[piece] + 1] = True
        piece = int(before[piece])
    left_out = int(len(fixes) - keep.sum())
    if keep.sum() < 2 or left_out * 2 >= len(fixes):
        raise _contradiction(source, f"contradicts itself: {left_out} of {len(fixes)} fixes jump")
    figures: dict[str, Figure] = {
        "source": source,
        "left_out": left_out,
        "count": len(fixes),
        "jump_km": float(step_m.max()) / 1000.0,
    }
    remarks.append(DriveRemark(note=DriveNote.FIXES_JUMP, figures=figures))
    return _pick(fixes, keep)


def _left_out(note: DriveNote, source: str, count: int) -> DriveRemark:
    return DriveRemark(note=note, figures={"source": source, "left_out": count})


def _contradiction(source: str, problem: str) -> TrackError:
    return TrackError(
        source,
        problem,
        "Record the track again, or raise capture.max_speed_ms.",
        fault=DriveFault.TRACK_JUMPS,
    )
