"""A track's fixes smoothed forwards and backwards, in metres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.geo import Projection, bearing_deg
from gatusyn.model import GroundTrack, LocateParams, Track, TrackError

Floats = NDArray[np.float64]

_SLOW_MS = 0.7


def smooth_track(track: Track, projection: Projection, params: LocateParams) -> GroundTrack:
    """Smooth a track with a constant-velocity Kalman filter and Rauch-Tung-Striebel smoother.

    Both axes share one covariance, since a fix's accuracy is the same in both (Rauch, Tung and
    Striebel 1965). The bearing of a vehicle that stands still is its last one; distance is not
    counted while it stands.

    Raises
    ------
    TrackError
        If the track has fewer than two fixes, or lies outside the projection's area.
    """
    if len(track) < 2:
        raise TrackError(track.source, f"has {len(track)} fixes", "At least two are needed.")
    easting, northing = projection.to_metres(track.lon_deg, track.lat_deg)
    if not (np.isfinite(easting).all() and np.isfinite(northing).all()):
        raise TrackError(
            track.source,
            f"has places that EPSG:{projection.epsg} cannot hold",
            "Is it a track of this town?",
        )
    sigma = np.where(np.isfinite(track.accuracy_m), track.accuracy_m, params.fix_sigma_m)
    state, variances = _smooth(
        track.time_s, np.column_stack((easting, northing)), sigma, params.acceleration_ms2
    )
    position, velocity = state[:, 0], state[:, 1]
    speed = np.hypot(velocity[:, 0], velocity[:, 1])
    steps = np.hypot(*np.diff(position, axis=0).T)
    # A speed within its own uncertainty is a vehicle that stands.
    moving = speed >= np.maximum(_SLOW_MS, 2.0 * np.sqrt(variances[:, 1]))
    steps[~moving[:-1] & ~moving[1:]] = 0.0
    return GroundTrack(
        time_s=track.time_s,
        easting_m=position[:, 0],
        northing_m=position[:, 1],
        bearing_deg=_held_while_standing(bearing_deg(velocity[:, 0], velocity[:, 1]), moving),
        speed_ms=speed,
        sigma_m=np.sqrt(variances[:, 0]),
        distance_m=np.concatenate(([0.0], np.cumsum(steps))),
    )


def _smooth(
    time_s: Floats, fixes: Floats, sigma: Floats, acceleration: float
) -> tuple[Floats, Floats]:
    """Return states [n, 2 (position, velocity), 2 (axis)] and variances [n, 2] of both."""
    count = len(time_s)
    state = np.zeros((count, 2, 2))
    covariance = np.zeros((count, 2, 2))
    predicted = np.zeros_like(state)
    predicted_covariance = np.zeros_like(covariance)
    transition = np.tile(np.eye(2), (count, 1, 1))
    state[0, 0] = fixes[0]
    covariance[0] = np.diag((sigma[0] ** 2, 30.0**2))
    for i in range(1, count):
        step = time_s[i] - time_s[i - 1]
        transition[i, 0, 1] = step
        push = np.array([step**2 / 2.0, step])
        predicted[i] = transition[i] @ state[i - 1]
        predicted_covariance[i] = (
            transition[i] @ covariance[i - 1] @ transition[i].T
            + np.outer(push, push) * acceleration**2
        )
        gain = predicted_covariance[i, :, 0] / (predicted_covariance[i, 0, 0] + sigma[i] ** 2)
        state[i] = predicted[i] + np.outer(gain, fixes[i] - predicted[i, 0])
        covariance[i] = predicted_covariance[i] - np.outer(gain, predicted_covariance[i, 0])
    for i in range(count - 2, -1, -1):
        back = covariance[i] @ transition[i + 1].T @ np.linalg.inv(predicted_covariance[i + 1])
        state[i] += back @ (state[i + 1] - predicted[i + 1])
        covariance[i] += back @ (covariance[i + 1] - predicted_covariance[i + 1]) @ back.T
    return state, np.diagonal(covariance, axis1=1, axis2=2)


def _held_while_standing(bearing: Floats, moving: NDArray[np.bool_]) -> Floats:
    """Return bearings [n]; a standing fix takes the last moving one's, or else the next's."""
    index = np.flatnonzero(moving)
    if not index.size:
        return bearing
    last = np.searchsorted(index, np.arange(len(bearing)), side="right") - 1
    held: Floats = bearing[index[np.maximum(last, 0)]]
    return held
