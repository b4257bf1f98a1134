"""Smoothing brings a noisy track nearer to the truth and stands still when the vehicle does."""

from __future__ import annotations

import numpy as np
import pytest

from gatusyn.geo import Projection
from gatusyn.locate import smooth_track
from gatusyn.model import LocateParams, Track, TrackError

EPSG = 3006


def track_of(easting: np.ndarray, northing: np.ndarray, sigma: float = 2.0) -> Track:
    lon, lat = Projection(EPSG).to_degrees(easting, northing)
    count = len(easting)
    return Track(
        source="drive.gpx",
        time_s=np.arange(count, dtype=float),
        lon_deg=lon,
        lat_deg=lat,
        accuracy_m=np.full(count, sigma),
    )


def test_errors_shrink_and_the_bearing_is_that_of_the_street() -> None:
    random = np.random.default_rng(1)
    north = 6_213_000 + 8.0 * np.arange(120.0)
    east = np.full(120, 357_000.0)
    noisy = track_of(east + random.normal(0, 2, 120), north + random.normal(0, 2, 120))
    ground = smooth_track(noisy, Projection(EPSG), LocateParams())
    error = np.hypot(ground.easting_m - east, ground.northing_m - north)
    assert np.sqrt((error**2).mean()) < 2.0
    middle = (ground.bearing_deg[10:-10] + 180) % 360 - 180
    assert np.abs(middle).max() < 15
    assert ground.distance_m[-1] == pytest.approx(8.0 * 119, rel=0.02)
    assert (np.diff(ground.distance_m) >= 0).all()


def test_standing_still_adds_no_distance_and_keeps_the_bearing() -> None:
    random = np.random.default_rng(2)
    east = 357_000.0 + np.concatenate((8.0 * np.arange(30.0), np.full(60, 8.0 * 29)))
    still = track_of(
        east + random.normal(0, 0.5, 90), np.full(90, 6.213e6) + random.normal(0, 0.5, 90), 0.5
    )
    ground = smooth_track(still, Projection(EPSG), LocateParams(acceleration_ms2=0.8))
    assert ground.distance_m[-1] - ground.distance_m[40] < 6.0
    assert np.abs(ground.bearing_deg[50:] - 90).max() < 45


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
