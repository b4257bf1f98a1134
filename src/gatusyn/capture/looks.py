"""Moments of a drive at which the motion of the picture is measured, and that motion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatusyn.capture.flow import measure_flow
from gatusyn.capture.read_video import read_frames
from gatusyn.capture.sampling import sample_times
from gatusyn.capture.video_header import VideoHeader
from gatusyn.model import CalibrateParams, Flow, FootageError, GroundTrack

Floats = NDArray[np.float64]

FRAMES: Final = 3
_APART_M: Final = 0.7
_FARTHEST_APART_M: Final = 1.6
_FARTHEST_APART_S: Final = 0.3
"""Frames are taken so far apart: less moves too little, more and near road is lost."""

_FEW: Final = 60
_NEAREST_M: Final = 12.0
"""A short drive is looked at more often, to have as many looks."""

_SLOWEST_MS: Final = 2.5
_BEND_DEG_S: Final = 6.0
_BEND_SHARE: Final = 0.25
"""So many of the looks are taken in bends, which alone tell the focal length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When to look, seconds since 1970-01-01 UTC, and how far apart the frames are, seconds."""

    time_s: float
    apart_s: float


def choose_moments(
    ground: GroundTrack, params: CalibrateParams, *, frames_per_s: float, max_gap_s: float
) -> list[Moment]:
    """Return moments spread over the drive, and some more in bends; in order of time.

    Where frames are too few a second for the speed there is none.
    """
    straight = _spread(ground, params.every_m, params.max_looks, max_gap_s)
    closer = sample_times(ground, spacing_m=max(params.every_m / 10.0, 2.0), max_gap_s=max_gap_s)
    bends = closer[_turn_rates(ground, closer) > _BEND_DEG_S]
    wanted = max(int(_BEND_SHARE * len(straight)), min(len(straight), 4))
    spread = np.linspace(0, len(bends), wanted, endpoint=False).astype(np.int64)
    times = np.unique(np.concatenate([straight, bends[spread] if len(bends) else bends]))
    moments: list[Moment] = []
    for time_s in times:
        speed = float(np.interp(time_s, ground.time_s, ground.speed_ms))
        if speed < _SLOWEST_MS:
            continue
        apart_s = max(round(_APART_M / speed * frames_per_s), 1) / frames_per_s
        if apart_s <= _FARTHEST_APART_S and apart_s * speed <= _FARTHEST_APART_M:
            last_s = moments[-1].time_s + FRAMES * moments[-1].apart_s if moments else -np.inf
            if time_s > last_s:
                moments.append(Moment(time_s=float(time_s), apart_s=apart_s))
    return moments


def _spread(ground: GroundTrack, every_m: float, most: int, max_gap_s: float) -> Floats:
    driven_m = float(ground.distance_m[-1] - ground.distance_m[0])
    spacing_m = max(min(every_m, max(driven_m / _FEW, _NEAREST_M)), driven_m / most)
    return sample_times(ground, spacing_m=spacing_m, max_gap_s=max_gap_s)


def _turn_rates(ground: GroundTrack, time_s: Floats) -> Floats:
    """Return degrees a second, without sign."""
    bearing = np.degrees(np.unwrap(np.radians(ground.bearing_deg)))
    rate = np.abs(np.gradient(bearing, ground.time_s))
    return np.asarray(np.interp(time_s, ground.time_s, rate))


def read_flows(
    path: Path, header: VideoHeader, moments: list[Moment], *, start_s: float, duration_s: float
) -> Iterator[Flow]:
    """Measure how the picture moves at moments of a video; no picture leaves this function.

    Only the surroundings of each moment are decoded. A moment that cannot be decoded is left out:
    who reads the frames later will say what is wrong.

    Parameters
    ----------
    path, header
        The video.
    start_s, duration_s
        When it began, on the track's clock, and how long it is.
    """
    for moment in moments:
        first_s = moment.time_s - start_s
        wanted_s = [first_s + index * moment.apart_s for index in range(FRAMES)]
        if first_s < 0 or wanted_s[-1] > duration_s - 0.5 / header.frames_per_s:
            continue
        try:
            with closing(read_frames(path, header, wanted_s, seek=True)) as frames:
                seen = [(time_s, image) for _, time_s, image in frames]
        except FootageError:
            continue
        for (before_s, before), (after_s, after) in pairwise(seen):
            yield measure_flow(
                before,
                after,
                time_s=start_s + (before_s + after_s) / 2.0,
                apart_s=after_s - before_s,
            )
