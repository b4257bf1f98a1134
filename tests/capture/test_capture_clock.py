from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from gatusyn.capture import Motion
from gatusyn.capture.clock import estimate_start
from gatusyn.capture.video_clock import settle_clock
from gatusyn.model import Track, TrackError

Floats = NDArray[np.float64]
Places = Callable[[Floats], tuple[Floats, Floats]]
T0 = 1_748_772_000.0


def _speed(time_s: Floats) -> Floats:
    """Return a drive of four minutes with two stops of unlike length."""
    stands = ((time_s > 60) & (time_s < 75)) | ((time_s > 130) & (time_s < 170))
    return np.where(stands | (time_s < 0), 0.0, 9.0 + 3.0 * np.sin(time_s / 9.0))


def _track(places: Places, *, noise_m: float = 0.0, stops: bool = True) -> Track:
    fine = np.arange(0, 240, 0.1)
    speed = _speed(fine) if stops else np.full(fine.size, 10.0)
    distance = np.concatenate([[0.0], np.cumsum(speed[:-1] * 0.1)])
    time = np.arange(0, 240.0)
    lon, lat = places(np.interp(time, fine, distance))
    rng = np.random.default_rng(7)
    return Track(
        source="drive.gpx",
        time_s=T0 + time,
        lon_deg=lon + rng.normal(0, noise_m / 56_000, time.size),
        lat_deg=lat + rng.normal(0, noise_m / 111_000, time.size),
        accuracy_m=np.full(time.size, np.nan),
    )


def _motions(start_s: float, length_s: float, *, seed: int = 1) -> list[Motion]:
    """Return the motion of a video that began ``start_s`` after the track."""
    rng = np.random.default_rng(seed)
    video = np.arange(0.25, length_s, 0.25)
    change = 1.0 + 0.6 * _speed(video + start_s) ** 0.5 * rng.uniform(0.6, 1.4, video.size)
    return [
        Motion(time_s=float(t), change=float(c), light=100.0)
        for t, c in zip(video, change, strict=True)
    ]


@pytest.mark.parametrize(("start_s", "length_s"), [(0.0, 238.0), (17.3, 200.0), (31.6, 150.0)])
@pytest.mark.parametrize("noise_m", [0.0, 3.0])
def test_the_start_is_found_to_half_a_second(
    places: Places, start_s: float, length_s: float, noise_m: float
) -> None:
    track = _track(places, noise_m=noise_m)
    estimate = estimate_start(_motions(start_s, length_s), track, windows=[])
    assert estimate is not None
    assert estimate.start_s - T0 == pytest.approx(start_s, abs=0.5)
    assert estimate.correlation > 0.75


def test_without_a_stop_there_is_no_estimate(places: Places) -> None:
    track = _track(places, stops=False)
    assert estimate_start(_motions(0, 200), track, windows=[]) is None


def test_two_stops_that_look_alike_are_not_guessed_between(places: Places) -> None:
    fine = np.arange(0, 600.0)
    speed = np.where((fine % 100) < 20, 0.0, 10.0)
    lon, lat = places(np.concatenate([[0.0], np.cumsum(speed[:-1])]))
    track = Track(
        source="a", time_s=T0 + fine, lon_deg=lon, lat_deg=lat, accuracy_m=np.full(600, np.nan)
    )
    video = np.arange(0.25, 150, 0.25)
    change = np.where(((video + 250) % 100) < 20, 1.0, 5.0)
    motions = [
        Motion(time_s=float(t), change=float(c), light=90.0)
        for t, c in zip(video, change, strict=True)
    ]
    assert estimate_start(motions, track, windows=[]) is None
    near = estimate_start(motions, track, windows=[(T0 + 230, T0 + 270)])
    assert near is not None
    assert near.start_s - T0 == pytest.approx(250, abs=1.5)


@pytest.mark.parametrize("seed", range(8))
def test_noise_is_no_clock(places: Places, seed: int) -> None:
    rng = np.random.default_rng(seed)
    motions = [
        Motion(time_s=i / 4, change=float(rng.uniform(1, 9)), light=90.0) for i in range(600)
    ]
    assert estimate_start(motions, _track(places), windows=[]) is None


@pytest.mark.parametrize("count", [0, 1, 20])
def test_short_videos_have_no_estimate(places: Places, count: int) -> None:
    motions = _motions(50, 30)[:count]
    assert estimate_start(motions, _track(places), windows=[]) is None


def _never() -> NoReturn:
    raise AssertionError("the motion was measured although it was not needed")


def _nothing() -> Sequence[Motion]:
    return ()


def test_a_given_offset_is_taken(places: Places) -> None:
    clock = settle_clock(
        _track(places),
        source="a.mp4",
        created_s=T0 + 5,
        duration_s=60,
        offset_s=-2.5,
        motions=_never,
    )
    assert clock.start_s == T0 + 2.5
    assert clock.offset_s == -2.5
    assert clock.remarks == ()


def test_a_given_offset_without_a_clock_counts_from_the_track(places: Places) -> None:
    clock = settle_clock(
        _track(places), source="a.mp4", created_s=None, duration_s=60, offset_s=30, motions=_never
    )
    assert clock.start_s == T0 + 30


def test_the_time_of_creation_is_taken_where_motion_says_nothing(places: Places) -> None:
    clock = settle_clock(
        _track(places),
        source="a.mp4",
        created_s=T0 + 5,
        duration_s=60,
        offset_s=None,
        motions=_nothing,
    )
    assert clock.start_s == T0 + 5
    assert clock.remarks == ()


def test_a_time_of_creation_at_the_end_is_seen(places: Places) -> None:
    clock = settle_clock(
        _track(places),
        source="a.mp4",
        created_s=T0 + 238,
        duration_s=200,
        offset_s=None,
        motions=_nothing,
    )
    assert clock.start_s == T0 + 38
    assert clock.offset_s == -200
    assert "end of the recording" in str(clock.remarks[0])


def test_motion_corrects_a_clock_that_drifted(places: Places) -> None:
    clock = settle_clock(
        _track(places),
        source="a.mp4",
        created_s=T0 + 60,
        duration_s=200,
        offset_s=None,
        motions=lambda: _motions(17.3, 200),
    )
    assert clock.start_s - T0 == pytest.approx(17.3, abs=0.5)
    assert "-42." in str(clock.remarks[0]) or "-43." in str(clock.remarks[0])


@pytest.mark.parametrize("ends", [False, True])
def test_motion_that_agrees_with_the_clock_confirms_it(places: Places, ends: bool) -> None:
    clock = settle_clock(
        _track(places),
        source="a.mp4",
        created_s=T0 + 17 + 200 * ends,
        duration_s=200,
        offset_s=None,
        motions=lambda: _motions(17.3, 200),
    )
    assert clock.start_s == T0 + 17
    assert len(clock.remarks) == ends


def test_a_track_without_stops_needs_no_look_at_the_motion(places: Places) -> None:
    clock = settle_clock(
        _track(places, noise_m=2.0, stops=False),
        source="a.mp4",
        created_s=T0 + 1,
        duration_s=200,
        offset_s=None,
        motions=_never,
    )
    assert clock.start_s == T0 + 1


def test_without_any_clock_both_start_together(places: Places) -> None:
    clock = settle_clock(
        _track(places),
        source="a.mp4",
        created_s=None,
        duration_s=60,
        offset_s=None,
        motions=_nothing,
    )
    assert clock.start_s == T0
    assert "start together" in str(clock.remarks[0])


@pytest.mark.parametrize(
    ("created_s", "offset_s"), [(T0 + 7200, None), (T0 + 40 * 86400, None), (T0, 5000.0)]
)
def test_no_overlap_names_both_intervals(
    places: Places, created_s: float, offset_s: float | None
) -> None:
    with pytest.raises(TrackError, match="do not overlap") as caught:
        settle_clock(
            _track(places),
            source="a.mp4",
            created_s=created_s,
            duration_s=60,
            offset_s=offset_s,
            motions=_nothing,
        )
    assert caught.value.problem.count("UTC") == 4
    assert "a.mp4" in caught.value.problem
    assert "clock_offset_s" in caught.value.remedy
