"""Smoothing brings a noisy track nearer to the truth and says how near."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatusyn.geo import Projection
from gatusyn.locate import smooth_track
from gatusyn.model import LocateParams, Track, TrackError
from gatusyn.simulate.receiver import drift

EPSG = 3006


def track_of(
    easting: np.ndarray,
    northing: np.ndarray,
    sigma: float = 2.0,
    times: np.ndarray | None = None,
) -> Track:
    lon, lat = Projection(EPSG).to_degrees(easting, northing)
    count = len(easting)
    return Track(
        source="drive.gpx",
        time_s=np.arange(count, dtype=float) if times is None else times,
        lon_deg=lon,
        lat_deg=lat,
        accuracy_m=np.full(count, sigma),
    )


def straight(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full(count, 357_000.0), 6_213_000 + 8.0 * np.arange(float(count))


def test_errors_shrink_and_the_bearing_is_that_of_the_street() -> None:
    random = np.random.default_rng(1)
    east, north = straight(120)
    noisy = track_of(east + random.normal(0, 2, 120), north + random.normal(0, 2, 120))
    ground = smooth_track(noisy, Projection(EPSG), LocateParams())
    error = np.hypot(ground.easting_m - east, ground.northing_m - north)
    assert np.sqrt((error**2).mean()) < 2.0
    middle = (ground.bearing_deg[10:-10] + 180) % 360 - 180
    assert np.abs(middle).max() < 15
    assert ground.distance_m[-1] == pytest.approx(8.0 * 119, rel=0.02)
    assert (np.diff(ground.distance_m) >= 0).all()


@pytest.mark.parametrize("correlation_s", [0.0, 60.0])
def test_its_sigma_is_honest_with_white_noise_and_with_a_phone_s(correlation_s: float) -> None:
    inside, errors = [], []
    for seed in range(12):
        random = np.random.default_rng(seed)
        east, north = straight(400)
        noise = (
            drift(random, 400, 3.0, correlation_s)
            if correlation_s
            else random.normal(0, 3.0, (400, 2))
        )
        ground = smooth_track(
            track_of(east + noise[:, 0], north + noise[:, 1], 3.0),
            Projection(EPSG),
            LocateParams(),
        )
        error = np.concatenate((ground.easting_m - east, ground.northing_m - north))
        inside.append(np.abs(error) <= 1.96 * np.tile(ground.sigma_m, 2))
        errors.append(error)
    assert 0.90 < np.mean(inside) < 0.995
    # White noise is smoothed away; what lasts cannot be, and is not claimed to be.
    assert np.std(errors) < 1.7 or correlation_s
    assert (ground.sigma_m > 2.0).all() == bool(correlation_s)


def test_the_noise_is_divided_as_it_is() -> None:
    random = np.random.default_rng(5)
    east, north = straight(600)
    noise = random.normal(0, 3.0, (600, 2))
    white = smooth_track(
        track_of(east + noise[:, 0], north + noise[:, 1], 3.0), Projection(EPSG), LocateParams()
    ).fixes
    noise = drift(random, 600, 3.0, 60.0)
    lasting = smooth_track(
        track_of(east + noise[:, 0], north + noise[:, 1], 3.0), Projection(EPSG), LocateParams()
    ).fixes
    assert white is not None
    assert lasting is not None
    assert white.white_m[0] == pytest.approx(3.0, rel=0.1)
    assert white.drift_m[0] < 1.5
    assert lasting.white_m[0] < 0.5
    assert lasting.drift_m[0] == pytest.approx(3.0, rel=0.05)


def test_standing_still_adds_no_distance_and_keeps_the_bearing() -> None:
    random = np.random.default_rng(2)
    east = 357_000.0 + np.concatenate((8.0 * np.arange(30.0), np.full(60, 8.0 * 29)))
    still = track_of(
        east + random.normal(0, 0.5, 90), np.full(90, 6.213e6) + random.normal(0, 0.5, 90), 0.5
    )
    ground = smooth_track(still, Projection(EPSG), LocateParams(unrest_m2s3=0.6))
    assert ground.distance_m[-1] - ground.distance_m[40] < 6.0
    assert np.abs(ground.bearing_deg[50:] - 90).max() < 45


def test_nine_hours_at_the_depot_are_no_drive() -> None:
    random = np.random.default_rng(3)
    count = 9 * 3600
    noise = drift(random, count, 3.0, 60.0)
    ground = smooth_track(
        track_of(357_000.0 + noise[:, 0], 6.213e6 + noise[:, 1], 3.0),
        Projection(EPSG),
        LocateParams(),
    )
    assert ground.distance_m[-1] < 0.02 * np.hypot(*np.diff(noise, axis=0).T).sum()
    assert np.isfinite(ground.sigma_m).all()


@settings(max_examples=40)
@given(
    steps=st.lists(st.floats(0.001, 5_000.0), min_size=1, max_size=30),
    seed=st.integers(0, 1000),
)
def test_any_times_that_rise_give_finite_places_near_the_fixes(
    steps: list[float], seed: int
) -> None:
    random = np.random.default_rng(seed)
    times = np.concatenate(([0.0], np.cumsum(steps)))
    east = 357_000.0 + np.cumsum(random.normal(0, 20, len(times)))
    north = 6.213e6 + np.cumsum(random.normal(0, 20, len(times)))
    ground = smooth_track(track_of(east, north, 3.0, times), Projection(EPSG), LocateParams())
    assert np.isfinite(ground.easting_m + ground.northing_m + ground.speed_ms).all()
    assert (ground.sigma_m > 0).all()
    reach = np.hypot(np.ptp(east), np.ptp(north)) + 100.0
    assert np.hypot(ground.easting_m - east, ground.northing_m - north).max() < reach


def test_one_fix_is_no_track() -> None:
    with pytest.raises(TrackError, match=r"drive\.gpx: has 1 fixes"):
        smooth_track(
            track_of(np.array([357_000.0]), np.array([6.213e6])), Projection(EPSG), LocateParams()
        )


def test_a_place_that_the_system_cannot_hold_is_named() -> None:
    track = Track(
        source="far.gpx",
        time_s=np.array([0.0, 1.0]),
        lon_deg=np.array([-120.0, -120.0]),
        lat_deg=np.array([91.0, 91.0]),
        accuracy_m=np.array([np.nan, np.nan]),
    )
    with pytest.raises(TrackError, match=r"far\.gpx: has places that EPSG:3006 cannot hold"):
        smooth_track(track, Projection(EPSG), LocateParams())


def test_a_receiver_that_says_nothing_is_known_to_say_nothing() -> None:
    east, north = straight(30)
    silent = smooth_track(track_of(east, north, np.nan), Projection(EPSG), LocateParams()).fixes
    spoken = smooth_track(track_of(east, north, 3.0), Projection(EPSG), LocateParams()).fixes
    assert silent is not None
    assert spoken is not None
    assert silent.is_guess
    assert not spoken.is_guess


@pytest.mark.parametrize("said", [0.0, 1e-9, 5_000.0])
def test_an_accuracy_that_no_receiver_has_is_no_fault(said: float) -> None:
    east, north = straight(40)
    ground = smooth_track(track_of(east, north, said), Projection(EPSG), LocateParams())
    assert np.isfinite(ground.sigma_m).all()
    off = np.hypot(ground.easting_m - east, ground.northing_m - north)
    assert (off <= 1.0 + 3.0 * ground.sigma_m).all()
