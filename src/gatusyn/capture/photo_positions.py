"""Times and positions of photos: from their EXIF, from a table that names them, from a track."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from gatusyn.capture.exif import PhotoTags
from gatusyn.capture.fixes import Fixes, driving_times, make_fixes, utc_text
from gatusyn.model import (
    DriveFault,
    DriveNote,
    DriveRemark,
    Figure,
    Track,
    TrackError,
)

_PLAIN_SPEED_MS = 10.0
_QUARTER_S = 900.0
_ZONES = range(-56, 57)
"""Time zones from UTC-14 to UTC+14, in quarters of an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedPhotos:
    """Photos with their times, and fixes where they bring their own.

    Parameters
    ----------
    time_s
        Seconds since 1970-01-01 UTC by photo name, on the clock of the photos.
    fixes
        The photos' own positions; none where a track gives them.
    remarks
        What was assumed.
    """

    time_s: Mapping[str, float]
    fixes: Fixes | None
    remarks: tuple[DriveRemark, ...] = ()


def from_exif(
    tags: Mapping[str, PhotoTags], *, source: str, fallback_s: float, max_gap_s: float
) -> TimedPhotos:
    """Return the times and positions that photos bring themselves.

    Parameters
    ----------
    tags
        By photo name.
    source
        The folder's name, for messages.
    fallback_s
        When the drive was, if no photo says; seconds since 1970-01-01 UTC.
    max_gap_s
        A longer gap between two fixes is not bridged.

    Raises
    ------
    TrackError
        If fewer than two photos have a position.
    """
    placed = {name: tag for name, tag in tags.items() if tag.placed}
    if len(placed) < 2:
        raise TrackError(
            source,
            f"has {len(tags)} photos, {len(placed)} of them with a position",
            "Switch on the camera's location, or put the drive's GPX or CSV track beside them.",
            fault=DriveFault.PHOTOS_PLACELESS,
            figures={"placed": len(placed), "count": len(tags)},
        )
    rows = [(tag.time_s, tag.lon_deg, tag.lat_deg, tag.accuracy_m) for tag in placed.values()]
    zoned = all(tag.zoned for tag in placed.values())
    return _timed(
        list(placed),
        make_fixes(rows),
        source,
        zoned=zoned,
        fallback_s=fallback_s,
        max_gap_s=max_gap_s,
    )


def from_table(
    fixes: Fixes,
    tags: Mapping[str, PhotoTags],
    *,
    source: str,
    fallback_s: float,
    max_gap_s: float,
) -> TimedPhotos:
    """Return the times and positions that a table gives to photos by their names.

    A table without times takes the photos' own; if they have none either, its order counts.

    Parameters
    ----------
    fixes
        As parsed, with names.
    tags, source, fallback_s, max_gap_s
        As in ``from_exif``.
    """
    zoned = True
    if not np.isfinite(fixes.time_s).any():
        own = [tags.get(name) for name in fixes.names]
        times = [tag.time_s if tag else math.nan for tag in own]
        zoned = all(tag.zoned for tag in own if tag)
        fixes = replace(fixes, time_s=np.array(times, dtype=np.float64))
    return _timed(
        fixes.names, fixes, source, zoned=zoned, fallback_s=fallback_s, max_gap_s=max_gap_s
    )


def on_track(
    tags: Mapping[str, PhotoTags], track: Track, *, source: str, offset_s: float | None
) -> tuple[TimedPhotos, float]:
    """Return the photos' times, and the seconds that bring them to the track's clock.

    Without a given offset and without a time zone in the photos, the zone (in quarters of an hour)
    is taken that puts most photos on the track, the nearest to UTC among equals.

    Raises
    ------
    TrackError
        If no photo has a time, or none lies on the track.
    """
    timed = {name: tag for name, tag in tags.items() if math.isfinite(tag.time_s)}
    if not timed:
        raise TrackError(
            source,
            "has photos without times, so they cannot be placed on the track",
            "Give a CSV with the columns file, lat, lon.",
            fault=DriveFault.PHOTOS_TIMELESS,
        )
    times = np.array([tag.time_s for tag in timed.values()])
    first, last = float(track.time_s[0]), float(track.time_s[-1])

    def covered(offset: float) -> int:
        return int(((times + offset >= first - 0.5) & (times + offset <= last + 0.5)).sum())

    offset, remarks = offset_s or 0.0, []
    if offset_s is None and not covered(0.0) and not all(tag.zoned for tag in timed.values()):
        choices = sorted((step * _QUARTER_S for step in _ZONES), key=abs)
        offset = max(choices, key=covered)
        shift: dict[str, Figure] = {"source": source, "offset_h": offset / 3600}
        remarks.append(DriveRemark(note=DriveNote.PHOTOS_SHIFTED, figures=shift))
    if not covered(offset):
        raise TrackError(
            track.source,
            f"covers {utc_text(first)} to {utc_text(last)}, but the photos of {source} were taken "
            f"{utc_text(times.min() + offset)} to {utc_text(times.max() + offset)}: "
            "they do not overlap",
            "Give the track of this drive, or set capture.clock_offset_s.",
            fault=DriveFault.OTHER_TIME,
        )
    spread = _spread(np.asarray(times))
    return (
        TimedPhotos(
            time_s=dict(zip(timed, spread, strict=True)), fixes=None, remarks=tuple(remarks)
        ),
        offset,
    )


def _timed(
    names: Sequence[str],
    fixes: Fixes,
    source: str,
    *,
    zoned: bool,
    fallback_s: float,
    max_gap_s: float,
) -> TimedPhotos:
    """Give every fix a time of its own."""
    remarks = []
    if not np.isfinite(fixes.time_s).any():
        steps_s = driving_times(fixes, speed_ms=_PLAIN_SPEED_MS, max_gap_s=max_gap_s)
        fixes = replace(fixes, time_s=fallback_s + steps_s)
        taken: dict[str, Figure] = {"source": source, "taken_day": float(fallback_s)}
        remarks.append(DriveRemark(note=DriveNote.PHOTOS_TIMELESS, figures=taken))
    elif not zoned:
        remarks.append(DriveRemark(note=DriveNote.PHOTOS_ZONELESS, figures={"source": source}))
    fixes = replace(fixes, time_s=np.asarray(_spread(fixes.time_s)), names=())
    known = {
        name: float(time)
        for name, time in zip(names, fixes.time_s, strict=True)
        if math.isfinite(time)
    }
    return TimedPhotos(time_s=known, fixes=fixes, remarks=tuple(remarks))


def _spread(times_s: NDArray[np.float64]) -> list[float]:
    """Spread photos of the same whole second evenly over it, in their order.

    Cameras that write no fractions of seconds give several photos one time.
    """
    spread: list[float] = []
    for time_s, group in groupby(float(value) for value in times_s):
        count = len(list(group))
        whole = math.isfinite(time_s) and time_s == math.floor(time_s)
        spread.extend(time_s + (i / count if whole else 0.0) for i in range(count))
    return spread
