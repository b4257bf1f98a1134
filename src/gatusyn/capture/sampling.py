"""Which moments of a drive are looked at: by distance driven, not by time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import GroundTrack

Floats = NDArray[np.float64]

_STANDING_MS = 0.3
"""Below this a fix wanders by noise; the vehicle stands."""


def sample_times(ground: GroundTrack, *, spacing_m: float, max_gap_s: float) -> Floats:
    """Return the times at which the driven distance passes each multiple of the spacing.

    There is none while the vehicle stands, and none in gaps of the track.

    Parameters
    ----------
    ground
        A smoothed track.
    spacing_m
        Metres driven between two moments.
    max_gap_s
        A longer gap between two fixes is not bridged.

    Returns
    -------
    numpy.ndarray
        Seconds since 1970-01-01 UTC, strictly increasing, shape [n].
    """
    if len(ground) < 2:
        return np.empty(0)
    distance, time = ground.distance_m, ground.time_s
    first = np.ceil(distance[0] / spacing_m)
    wanted = np.arange(first, np.floor(distance[-1] / spacing_m) + 1) * spacing_m
    after = np.clip(np.searchsorted(distance, wanted, side="left"), 1, len(ground) - 1)
    seconds = time[after] - time[after - 1]
    metres = distance[after] - distance[after - 1]
    driving = (seconds <= max_gap_s) & (metres > _STANDING_MS * seconds)
    share = (wanted - distance[after - 1])[driving] / metres[driving]
    times = time[after - 1][driving] + np.clip(share, 0.0, 1.0) * seconds[driving]
    return np.asarray(np.unique(times), dtype=np.float64)


def in_gap(time_s: float, track_time_s: Floats, *, max_gap_s: float) -> bool:
    """Say whether a time lies outside a track, or in a gap of it that is not bridged.

    A time within half a second of a fix is on the track.

    Parameters
    ----------
    time_s
        Seconds since 1970-01-01 UTC.
    track_time_s
        The track's times, strictly increasing, shape [n].
    max_gap_s
        A longer gap between two fixes is not bridged.
    """
    after = int(np.searchsorted(track_time_s, time_s))
    around = track_time_s[max(after - 1, 0) : after + 1]
    if (np.abs(around - time_s) <= 0.5).any():
        return False
    return bool(around.size < 2 or around[1] - around[0] > max_gap_s)
