"""A track's fixes smoothed forwards and backwards, in metres."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gatusyn.geo import Projection, bearing_deg
from gatusyn.locate.motion import MotionChain
from gatusyn.model import DriveFault, Fixes, GroundTrack, LocateParams, Track, TrackError

Floats = NDArray[np.float64]

_SLOW_MS = 0.7
# The third differences of white noise have 20 times its variance.
_THIRD = 20.0
_FEWEST = 20
_STEADY = 1.5
_LEAST_WHITE_M = 0.3
_LEAST_DRIFT_SHARE = 0.15


def smooth_track(track: Track, projection: Projection, params: LocateParams) -> GroundTrack:
    """Smooth a track over the whole drive (fixed interval).

    The bearing of a vehicle that stands still is its last one; distance is not counted while it
    stands.

    Raises
    ------
    TrackError
        If the track has fewer than two fixes, or lies outside the projection's area.
    """
    if len(track) < 2:
        raise TrackError(
            track.source,
            f"has {len(track)} fixes",
            "At least two are needed.",
            fault=DriveFault.TRACK_EMPTY,
        )
    easting, northing = projection.to_metres(track.lon_deg, track.lat_deg)
    if not (np.isfinite(easting).all() and np.isfinite(northing).all()):
        raise TrackError(
            track.source,
            f"has places that EPSG:{projection.epsg} cannot hold",
            "Is it a track of this town?",
            fault=DriveFault.OUTSIDE_TOWN,
        )
    said = np.isfinite(track.accuracy_m)
    sigma = np.maximum(np.where(said, track.accuracy_m, params.fix_sigma_m), _LEAST_WHITE_M)
    fixes = replace(
        _with_errors(track.time_s, easting, northing, sigma, params), is_guess=not said.any()
    )
    chain = MotionChain(
        track.time_s, fixes, unrest=params.unrest_m2s3, correlation_s=params.fix_correlation_s
    )
    found = chain.solved()
    position, velocity = found.place_m, found.velocity_ms
    speed = np.hypot(velocity[:, 0], velocity[:, 1])
    steps = np.hypot(*np.diff(position, axis=0).T)
    # A speed within its own uncertainty is a vehicle that stands.
    moving = speed >= np.maximum(_SLOW_MS, 2.0 * np.sqrt(found.covariance[:, 2, 2]))
    steps[~moving[:-1] & ~moving[1:]] = 0.0
    return GroundTrack(
        time_s=track.time_s,
        easting_m=position[:, 0],
        northing_m=position[:, 1],
        bearing_deg=_held_while_standing(bearing_deg(velocity[:, 0], velocity[:, 1]), moving),
        speed_ms=speed,
        sigma_m=np.sqrt(found.covariance[:, 0, 0]),
        distance_m=np.concatenate(([0.0], np.cumsum(steps))),
        fixes=fixes,
    )


def _with_errors(
    time_s: Floats, easting: Floats, northing: Floats, sigma: Floats, params: LocateParams
) -> Fixes:
    """Divide the fixes' errors into what is new in every fix and what lasts.

    A receiver that smooths has little of the first and much of the second. How much is new shows in
    the third differences of the places, from which a vehicle's motion all but drops out; what is
    left of the stated variance lasts.
    """
    white = _white_m(time_s, np.column_stack((easting, northing)))
    share = params.white_share if np.isnan(white) else white / float(np.median(sigma))
    new = np.maximum(share * sigma, _LEAST_WHITE_M)
    lasting = sigma * np.sqrt(max(1.0 - share**2, _LEAST_DRIFT_SHARE**2))
    return Fixes(easting_m=easting, northing_m=northing, white_m=new, drift_m=lasting)


def _white_m(time_s: Floats, places: Floats) -> float:
    """Return the standard deviation of the fixes' white error; NaN if too few fixes tell it.

    Only fixes evenly apart in time count, and those of a vehicle that moves: many receivers hold
    the place of one that stands.
    """
    step = np.diff(time_s)
    if len(step) < 3:
        return float("nan")
    spans = np.column_stack((step[:-2], step[1:-1], step[2:]))
    even = spans.max(axis=1) <= _STEADY * spans.min(axis=1)
    moved = np.hypot(*(places[3:] - places[:-3]).T) > 3.0 * _SLOW_MS * spans.sum(axis=1)
    third = np.diff(places, n=3, axis=0)[even & moved & (spans.max(axis=1) <= 2.0)]
    if len(third) < _FEWEST:
        return float("nan")
    # The median over 0.6745 is a normal distribution's standard deviation, whatever the outliers.
    return float(np.median(np.abs(third))) / 0.6745 / math.sqrt(_THIRD)


def _held_while_standing(bearing: Floats, moving: NDArray[np.bool_]) -> Floats:
    """Return bearings [n]; a standing fix takes the last moving one's, or else the next's."""
    index = np.flatnonzero(moving)
    if not index.size:
        return bearing
    last = np.searchsorted(index, np.arange(len(bearing)), side="right") - 1
    held: Floats = bearing[index[np.maximum(last, 0)]]
    return held
