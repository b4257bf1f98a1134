"""Record a drive as a satellite receiver would: once a second, with errors."""

from dataclasses import dataclass

import numpy as np

from .arrays import Floats
from .motion import Motion
from .params import SimulationParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What the receiver recorded.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Seconds on the receiver's clock since the video's start on the video's clock.
    place : ndarray, shape (n, 2)
        Local easting, northing.
    """

    time_s: Floats
    place: Floats


def record(rng: np.random.Generator, motion: Motion, params: SimulationParams) -> Track:
    """Record a motion at 1 Hz with white and drifting errors and the clock's offset."""
    time = np.arange(0.0, motion.time_s[-1], 1.0)
    place, _, _ = motion.at(time)
    error = rng.normal(0.0, params.gps_white_sigma_m, place.shape)
    error += drift(rng, len(time), params.gps_drift_sigma_m, params.gps_drift_tau_s)
    return Track(time_s=time + params.clock_offset_s, place=place + error)


def drift(rng: np.random.Generator, count: int, sigma_m: float, tau_s: float) -> Floats:
    """Return a first-order Gauss-Markov process at 1 Hz in two axes, shape (count, 2)."""
    keep = np.exp(-1.0 / tau_s)
    kicks = rng.normal(0.0, sigma_m * np.sqrt(1 - keep**2), (count, 2))
    values = np.empty((count, 2))
    state = rng.normal(0.0, sigma_m, 2)
    for index in range(count):
        values[index] = state
        state = state * keep + kicks[index]
    return values
