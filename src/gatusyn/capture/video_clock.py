"""Decide when a video began on its track's clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gatusyn.capture.clock import StartEstimate, estimate_start, has_stops
from gatusyn.capture.fixes import utc_text
from gatusyn.capture.frames import Motion
from gatusyn.model import (
    DriveFault,
    DriveNote,
    DriveRemark,
    Track,
    TrackError,
)

_AGREES_S = 1.0
"""An estimate this near to the time of creation confirms it; both are about that exact."""

_DRIFT_S = 90.0
"""How wrong a camera's clock may be and still be called set."""

_ZONES_S = 26 * 3600.0
"""Clocks that differ by less may have been set to another time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoClock:
    """When a video began.

    Parameters
    ----------
    start_s
        Seconds since 1970-01-01 UTC on the track's clock.
    offset_s
        Seconds added to the video's own times to get there.
    remarks
        How it was found, where a person should know.
    """

    start_s: float
    offset_s: float
    remarks: tuple[DriveRemark, ...] = ()


def settle_clock(
    track: Track,
    *,
    source: str,
    created_s: float | None,
    duration_s: float,
    offset_s: float | None,
    motions: Callable[[], Sequence[Motion]],
) -> VideoClock:
    """Return when a video began, on its track's clock.

    In order: the offset that a person gave; the offset at which the video's motion fits the track's
    speed, if that is clear and does not just confirm the container's clock; the container's time of
    creation (which some cameras write at the start, others at the end: the one that covers more of
    the track); the start of the track.

    Parameters
    ----------
    track, source
        The drive's track, and the video's name for messages.
    created_s, duration_s
        The container's time of creation (UTC) if it has one, and the video's length.
    offset_s
        Seconds to add to the video's own times; None finds them.
    motions
        Measures the video's motion; called only where it is needed.

    Raises
    ------
    TrackError
        If video and track do not overlap.
    """
    base_s = float(track.time_s[0]) if created_s is None else created_s
    if offset_s is not None:
        clock = VideoClock(start_s=base_s + offset_s, offset_s=offset_s)
        return _overlapping(clock, track, source, duration_s)
    found = _on_track(track, created_s, duration_s)
    if created_s is not None and not found and _distance_s(track, created_s) > _ZONES_S:
        raise _no_overlap(track, source, created_s, duration_s)
    windows = [(start - _DRIFT_S, start + _DRIFT_S) for start in found]
    stops = has_stops(track, duration_s)
    estimate = estimate_start(motions(), track, windows=windows) if stops else None
    agreed = [s for s in found if estimate and abs(estimate.start_s - s) <= _AGREES_S]
    if estimate is not None and not agreed:
        return _estimated(estimate, base_s, created_s, source)
    if created_s is not None and not found:
        raise _no_overlap(track, source, created_s, duration_s)
    return _assumed(agreed or found, base_s, created_s, source)


def _assumed(
    starts: Sequence[float], base_s: float, created_s: float | None, source: str
) -> VideoClock:
    """Take the first start that the time of creation allows, or the track's own start."""
    if created_s is None:
        remark = DriveRemark(note=DriveNote.CLOCKLESS, figures={"source": source})
        return VideoClock(start_s=base_s, offset_s=0.0, remarks=(remark,))
    if starts[0] == created_s:
        return VideoClock(start_s=created_s, offset_s=0.0)
    remark = DriveRemark(note=DriveNote.CLOCK_AT_END, figures={"source": source})
    return VideoClock(start_s=starts[0], offset_s=starts[0] - created_s, remarks=(remark,))


def _on_track(track: Track, created_s: float | None, duration_s: float) -> list[float]:
    """Return the starts that a time of creation allows, the one with more of the track first."""
    if created_s is None:
        return []
    starts = [created_s, created_s - duration_s]
    overlaps = {start: round(_overlap_s(track, start, duration_s)) for start in starts}
    usable = [start for start in starts if _overlap_s(track, start, duration_s) > 0]
    return sorted(usable, key=lambda start: -overlaps[start])


def _estimated(
    estimate: StartEstimate, base_s: float, created_s: float | None, source: str
) -> VideoClock:
    offset_s = estimate.start_s - base_s
    remark = DriveRemark(
        note=DriveNote.CLOCK_BY_TRACK if created_s is None else DriveNote.CLOCK_BY_OWN,
        figures={
            "source": source,
            "offset_s": float(offset_s),
            "fit": float(estimate.correlation),
            "rival": max(float(estimate.rival), 0.0),
        },
    )
    return VideoClock(start_s=estimate.start_s, offset_s=offset_s, remarks=(remark,))


def _overlapping(clock: VideoClock, track: Track, source: str, duration_s: float) -> VideoClock:
    if _overlap_s(track, clock.start_s, duration_s) <= 0:
        raise _no_overlap(track, source, clock.start_s, duration_s)
    return clock


def _overlap_s(track: Track, start_s: float, duration_s: float) -> float:
    end_s = min(start_s + duration_s, float(track.time_s[-1]))
    return end_s - max(start_s, float(track.time_s[0]))


def _distance_s(track: Track, time_s: float) -> float:
    first_s, last_s = float(track.time_s[0]), float(track.time_s[-1])
    return max(first_s - time_s, time_s - last_s, 0.0)


def _no_overlap(track: Track, source: str, start_s: float, duration_s: float) -> TrackError:
    return TrackError(
        track.source,
        f"covers {utc_text(track.time_s[0])} to {utc_text(track.time_s[-1])}, but {source} was "
        f"recorded {utc_text(start_s)} to {utc_text(start_s + duration_s)}: they do not overlap",
        "Give the track of this drive, or set capture.clock_offset_s (seconds to add to the "
        "video's times).",
        fault=DriveFault.OTHER_TIME,
    )
