"""When a video began, on the track's clock: by comparing what moves with how fast it went.

While the vehicle stands, the picture stands; while it drives, the picture changes. So the video's
mean change over time has the shape of the track's speed, and the offset at which the two shapes fit
best is the clock's. Only stops and starts carry that shape, so without a stop there is no estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from gatusyn.capture.frames import Motion
from gatusyn.model import Track

Floats = NDArray[np.float64]

RATE_HZ = 4.0
"""Moments a second of the comparison."""

_MIN_VIDEO_S = 20.0
_MIN_OVERLAP = 0.8
_MIN_CORRELATION = 0.75
_MIN_LEAD = 0.1
_RIVAL_S = 2.0
_MIN_SHARPNESS = 0.01
_MIN_SHARE = 0.05
_STANDING_MS = 1.5
_DRIVING_MS = 6.0
_GAP_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEstimate:
    """Where the video fits the track best.

    Parameters
    ----------
    start_s
        The video's start, seconds since 1970-01-01 UTC on the track's clock.
    correlation
        Between the video's change and the track's speed there, -1..1.
    rival
        The best correlation at another offset.
    """

    start_s: float
    correlation: float
    rival: float


def has_stops(track: Track, video_s: float) -> bool:
    """Say whether a track stands for long enough that a video of ``video_s`` seconds shows it.

    If not, there is no need to decode the video for an estimate that cannot be clear.
    """
    times_s = np.arange(float(track.time_s[0]), float(track.time_s[-1]), 1.0 / RATE_HZ)
    speed, on_track = _speed(track, times_s)
    stands_s = float(((speed < _STANDING_MS) & (on_track > 0)).sum()) / RATE_HZ
    length_s = min(video_s, float(track.time_s[-1] - track.time_s[0]))
    return video_s >= _MIN_VIDEO_S and stands_s >= _MIN_SHARE * _MIN_OVERLAP * length_s


def estimate_start(
    motions: Sequence[Motion], track: Track, *, windows: Sequence[tuple[float, float]]
) -> StartEstimate | None:
    """Find the start of a video on its track's clock; None if that is not clear.

    It is clear if at least 80 % of the video lies on the track, the correlation is at least 0.75,
    no other offset 2 s or more away comes within 0.1 of it, the correlation has fallen by 0.01 two
    seconds to either side, and the track there both stands and drives for at least 5 % of the time.

    Parameters
    ----------
    motions
        The video's, in order of time.
    track
        The drive's.
    windows
        Earliest and latest start to try, seconds since 1970-01-01 UTC; all are tried if empty.
    """
    if len(motions) < 2 or motions[-1].time_s - motions[0].time_s < _MIN_VIDEO_S:
        return None
    moment_s = np.array([motion.time_s for motion in motions])
    change = np.array([motion.change for motion in motions])
    grid_s = np.arange(moment_s[0], moment_s[-1], 1.0 / RATE_HZ)
    shape = _video_shape(np.interp(grid_s, moment_s, change))
    margin_s = float(grid_s[-1] - grid_s[0])
    first_s = float(track.time_s[0]) - margin_s
    track_s = np.arange(first_s, float(track.time_s[-1]) + margin_s, 1.0 / RATE_HZ)
    speed, on_track = _speed(track, track_s)
    fit = _slide(shape, np.clip(speed / _DRIVING_MS, 0.0, 1.0), on_track)
    starts_s = track_s[: fit.size] - grid_s[0]
    fit = np.where(_inside(starts_s, windows), fit, -1.0)
    return _clear_peak(fit, starts_s, speed, on_track, shape.size)


def _video_shape(change: Floats) -> Floats:
    """Return change smoothed over a second and clipped: fast and slow driving look alike."""
    wide = int(RATE_HZ) // 2 * 2 + 1
    padded = np.pad(change, wide // 2, mode="edge")
    smooth = np.convolve(padded, np.ones(wide) / wide, mode="valid")
    usual = float(np.percentile(smooth, 60))
    return np.asarray(np.clip(smooth / max(usual, 1e-6), 0.0, 1.0), dtype=np.float64)


def _speed(track: Track, times_s: Floats) -> tuple[Floats, Floats]:
    """Return speed over four seconds, in m/s, and 1 where it is known, else 0 (shape [n])."""
    before, after = times_s - 2.0, times_s + 2.0
    ends = [
        (np.interp(t, track.time_s, track.lon_deg), np.interp(t, track.time_s, track.lat_deg))
        for t in (before, after)
    ]
    metres = np.asarray(Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2])
    index = np.clip(np.searchsorted(track.time_s, times_s), 1, len(track) - 1)
    known = track.time_s[index] - track.time_s[index - 1] <= _GAP_S
    known &= (times_s >= track.time_s[0]) & (times_s <= track.time_s[-1])
    return metres / 4.0, known.astype(np.float64)


def _slide(shape: Floats, speed: Floats, weight: Floats) -> Floats:
    """Return the correlation of a shape with each stretch of a longer one, weighted; -1 if unknown.

    The sums of Pearson's formula over all stretches are correlations, done by Fourier transform.
    """
    length = speed.size
    count = length - shape.size + 1
    if count < 1:
        return np.empty(0)
    spectrum = {k: np.conj(np.fft.rfft(v, length)) for k, v in _powers(shape).items()}
    series = {k: np.fft.rfft(weight * v) for k, v in _powers(speed).items()}

    def total(x: int, y: int) -> Floats:
        return np.asarray(np.fft.irfft(series[y] * spectrum[x], length)[:count], dtype=np.float64)

    n = np.maximum(total(0, 0), 1e-9)
    mean_x, mean_y = total(1, 0) / n, total(0, 1) / n
    var_x, var_y = total(2, 0) / n - mean_x**2, total(0, 2) / n - mean_y**2
    spread = np.sqrt(np.maximum(var_x, 0.0) * np.maximum(var_y, 0.0))
    known = (n >= _MIN_OVERLAP * shape.size) & (spread > 1e-4)
    covariance = total(1, 1) / n - mean_x * mean_y
    return np.where(known, covariance / np.maximum(spread, 1e-9), -1.0)


def _powers(values: Floats) -> dict[int, Floats]:
    return {0: np.ones_like(values), 1: values, 2: values**2}


def _inside(starts_s: Floats, windows: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    if not windows:
        return np.ones(starts_s.shape, dtype=np.bool_)
    parts = [(starts_s >= low) & (starts_s <= high) for low, high in windows]
    return np.asarray(np.any(parts, axis=0))


def _clear_peak(
    fit: Floats, starts_s: Floats, speed: Floats, on_track: Floats, size: int
) -> StartEstimate | None:
    if not fit.size:
        return None
    peak = int(np.argmax(fit))
    best = float(fit[peak])
    far = round(_RIVAL_S * RATE_HZ)
    if best < _MIN_CORRELATION or not far <= peak < fit.size - far:
        return None
    if max(fit[peak - far], fit[peak + far]) > best - _MIN_SHARPNESS:
        return None
    if min(fit[peak - 1], fit[peak + 1]) <= -1.0:  # at the edge of what was tried
        return None
    summit = np.zeros(fit.shape, dtype=np.bool_)
    summit[1:-1] = (fit[1:-1] >= fit[:-2]) & (fit[1:-1] >= fit[2:])
    summit[max(peak - far, 0) : peak + far + 1] = False
    rival = float(fit[summit].max(initial=-1.0))
    here, known = speed[peak : peak + size], on_track[peak : peak + size] > 0
    stands, drives = (here < _STANDING_MS)[known].mean(), (here > 3.0)[known].mean()
    if best - rival < _MIN_LEAD or min(stands, drives) < _MIN_SHARE:
        return None
    # The top of the parabola through the peak and its neighbours is finer than the grid.
    left, right = float(fit[peak - 1]), float(fit[peak + 1])
    bend = left - 2.0 * best + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    start_s = float(starts_s[peak]) + shift / RATE_HZ
    return StartEstimate(start_s=start_s, correlation=best, rival=rival)
