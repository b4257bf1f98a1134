"""A video with its track, ready to be sampled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatusyn.capture.clock import RATE_HZ
from gatusyn.capture.frames import Motion, RawFrame
from gatusyn.capture.looks import choose_moments, read_flows
from gatusyn.capture.neighbours import Sampled, read_sampled
from gatusyn.capture.quality import judge
from gatusyn.capture.read_video import read_header, read_motion
from gatusyn.capture.sampling import sample_times
from gatusyn.capture.video_clock import VideoClock, settle_clock
from gatusyn.capture.video_header import VideoHeader
from gatusyn.model import (
    CalibrateParams,
    CaptureParams,
    DriveFault,
    DriveNote,
    DriveRemark,
    Figure,
    Flow,
    FootageError,
    GroundTrack,
    Rejected,
    RejectReason,
    Track,
)

_CLOCK_VIDEO_S: Final = 900.0
"""So much of a video is enough to find its clock."""


class VideoDrive:
    """A video whose clock is settled.

    Parameters
    ----------
    path
        The video.
    header
        What it says of itself.
    duration_s
        Its length.
    clock
        When it began.
    track
        The drive's, cleaned.
    drive_id
        SHA-256 of video and track.
    params
        Which frames are taken.
    remarks
        What a person should know so far.
    """

    def __init__(
        self,
        *,
        path: Path,
        header: VideoHeader,
        duration_s: float,
        clock: VideoClock,
        track: Track,
        drive_id: str,
        params: CaptureParams,
        remarks: Sequence[DriveRemark],
    ) -> None:
        self.name = path.name
        self.drive_id = drive_id
        self.track = track
        self.clock_offset_s = clock.offset_s
        self.size_px = (header.width_px, header.height_px)
        self.fov_deg: float | None = None
        self._path = path
        self._header = header
        self._start_s = clock.start_s
        self._duration_s = duration_s
        self._params = params
        self._remarks = list(remarks)

    @property
    def remarks(self) -> tuple[DriveRemark, ...]:
        """What a person should know; complete when all frames have been given."""
        return tuple(self._remarks)

    def sample_times(self, ground: GroundTrack) -> NDArray[np.float64]:
        """Return the times of the frames to come, seconds since 1970-01-01 UTC, shape [n]."""
        times = sample_times(
            ground, spacing_m=self._params.spacing_m, max_gap_s=self._params.max_gap_s
        )
        half_s = 0.5 / self._header.frames_per_s
        begun = times >= self._start_s - half_s
        return np.asarray(times[begun & (times <= self._start_s + self._duration_s - half_s)])

    def frames(
        self, ground: GroundTrack, *, neighbour_s: float = 0.0
    ) -> Iterator[RawFrame | Rejected]:
        """Give one item for each sampled time, in order; closing the iterator ends ffmpeg.

        Parameters
        ----------
        ground
            The smoothed track.
        neighbour_s
            How far before and after it each frame's neighbours are; 0 gives none.

        Raises
        ------
        FootageError
            If not one frame can be decoded.
        """
        wanted_s = [float(time) for time in self.sample_times(ground) - self._start_s]
        done, seen_s = 0, 0.0
        try:
            sampled = read_sampled(self._path, self._header, wanted_s, neighbour_s=neighbour_s)
            with closing(sampled) as frames:
                for one in frames:
                    for missed in wanted_s[done : one.index]:
                        yield _rejected(missed, RejectReason.TOO_CLOSE, "shares the next's frame")
                    done, seen_s = one.index + 1, one.time_s
                    yield self._judged(one, _frame_id(wanted_s[one.index]))
        except FootageError:
            if not done:
                raise
        if done < len(wanted_s):
            self._note_end(seen_s)
        for missed in wanted_s[done:]:
            detail = f"the video breaks off after {seen_s:.1f} s"
            yield _rejected(missed, RejectReason.UNREADABLE, detail)

    def flows(self, ground: GroundTrack, params: CalibrateParams) -> Iterator[Flow]:
        """Measure how the picture moves at moments spread over the drive; gives no pictures.

        Parameters
        ----------
        ground
            The smoothed track.
        params
            How many moments.
        """
        moments = choose_moments(
            ground,
            params,
            frames_per_s=self._header.frames_per_s,
            max_gap_s=self._params.max_gap_s,
        )
        yield from read_flows(
            self._path,
            self._header,
            moments,
            start_s=self._start_s,
            duration_s=self._duration_s,
        )

    def _judged(self, sampled: Sampled, frame_id: str) -> RawFrame | Rejected:
        fault = judge(sampled.image, self._params, frame_id=frame_id)
        if fault is not None:
            return fault
        return RawFrame(
            frame_id=frame_id,
            time_s=self._start_s + sampled.time_s,
            image=sampled.image,
            neighbours=tuple(
                RawFrame(frame_id=_frame_id(time_s), time_s=self._start_s + time_s, image=image)
                for time_s, image in sampled.neighbours
            ),
        )

    def _note_end(self, seen_s: float) -> None:
        remark = DriveRemark(
            note=DriveNote.VIDEO_ENDS,
            figures={
                "source": self.name,
                "seen_s": float(seen_s),
                "whole_s": float(self._duration_s),
            },
        )
        if remark not in self._remarks:
            self._remarks.append(remark)


def open_video(
    path: Path,
    track: Track,
    *,
    drive_id: str,
    params: CaptureParams,
    remarks: Sequence[DriveRemark],
) -> VideoDrive:
    """Open a video and settle its clock; parameters are those of ``VideoDrive``.

    Raises
    ------
    FootageError
        If the video cannot be used.
    TrackError
        If video and track do not overlap.
    """
    header = read_header(path)

    @cache
    def motions() -> Sequence[Motion]:
        until_s = _CLOCK_VIDEO_S if header.duration_s else float("inf")
        return read_motion(path, header, rate_hz=RATE_HZ, until_s=until_s)

    duration_s = header.duration_s
    if duration_s is None:
        if not motions():
            raise FootageError(
                path.name,
                "has no pictures that can be read",
                "Record it again.",
                fault=DriveFault.VIDEO_DAMAGED,
            )
        duration_s = motions()[-1].time_s
    clock = settle_clock(
        track,
        source=path.name,
        created_s=header.created_s,
        duration_s=duration_s,
        offset_s=params.clock_offset_s,
        motions=motions,
    )
    first_s = max(clock.start_s, float(track.time_s[0]))
    covered_s = min(clock.start_s + duration_s, float(track.time_s[-1])) - first_s
    extra = []
    if duration_s - covered_s > max(5.0, 0.1 * duration_s):
        figures: dict[str, Figure] = {
            "source": path.name,
            "outside_s": round(duration_s - covered_s),
            "whole_s": round(duration_s),
        }
        extra.append(DriveRemark(note=DriveNote.VIDEO_OUTSIDE, figures=figures))
    return VideoDrive(
        path=path,
        header=header,
        duration_s=duration_s,
        clock=clock,
        track=track,
        drive_id=drive_id,
        params=params,
        remarks=[*remarks, *clock.remarks, *extra],
    )


def _frame_id(video_s: float) -> str:
    return f"{max(round(video_s * 1000), 0):08d}"


def _rejected(video_s: float, reason: RejectReason, detail: str) -> Rejected:
    return Rejected(frame_id=_frame_id(video_s), reason=reason, detail=detail)
