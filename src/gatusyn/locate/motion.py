"""What a vehicle's motion, its fixes and the street say of where it was, as one chain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.locate.chain import solve_chain
from gatusyn.model import Fixes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# The state: easting, northing, both velocities, both lasting errors of the fixes in their standard
# deviations, and how far from the lane's middle the vehicle keeps, in that one's.
_STATES = 7
_PLACE, _VELOCITY, _DRIFT, _ASIDE = slice(0, 2), slice(2, 4), slice(4, 6), 6
_FASTEST_MS = 30.0
# Shorter steps, and lasting errors that last longer than this share, would only cost digits.
_SHORTEST_S = 0.02
_LONGEST = 0.9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Places and velocities at the times of the fixes, with their covariance.

    Parameters
    ----------
    place_m
        Easting, northing, shape [n, 2].
    velocity_ms
        Metres a second east and north, shape [n, 2].
    covariance
        Of easting, northing and both velocities, shape [n, 4, 4].
    drift_square
        Expected square of the fixes' lasting error in its standard deviations, both axes: 1 on
        average if those are right, shape [n, 2].
    """

    place_m: Floats
    velocity_ms: Floats
    covariance: Floats
    drift_square: Floats


class MotionChain:
    """Gathers what is known of a drive, in information form, and solves it.

    Between fixes the velocity changes by white noise (constant velocity, R. E. Kalman's filter as
    in Bar-Shalom, Li and Kirubarajan 2001, section 6.2.2); a fix's error is the sum of a white one
    and one that lasts (first-order Gauss-Markov, A. Gelb 1974, section 3.8).

    Parameters
    ----------
    fixes
        The error's lasting part is carried from fix to fix.
    unrest
        Spectral density of the acceleration, m²/s³.
    correlation_s
        Over which the lasting part falls to 1/e.
    """

    def __init__(
        self,
        time_s: Floats,
        fixes: Fixes,
        *,
        unrest: float,
        correlation_s: float,
        turned: Turned | None = None,
    ) -> None:
        count = len(time_s)
        self._fixes = fixes
        self._origin = np.array([fixes.easting_m[0], fixes.northing_m[0]])
        self._diagonal = np.zeros((count, _STATES, _STATES))
        self._below = np.zeros((max(count - 1, 0), _STATES, _STATES))
        self._right = np.zeros((count, _STATES))
        self._step_s = np.maximum(np.diff(time_s), _SHORTEST_S)
        self._diagonal[0, range(_STATES), range(_STATES)] = (
            1e-8, 1e-8, _FASTEST_MS**-2, _FASTEST_MS**-2, 1.0, 1.0, 1.0,
        )  # fmt: skip
        self._add_motion(unrest, turned)
        kept = np.minimum(np.exp(-self._step_s / correlation_s), _LONGEST)[:, None, None]
        self._tie(_DRIFT, np.eye(2) / (1.0 - kept**2), kept * np.eye(2))
        self._add_fixes()

    def _add_motion(self, unrest: float, turned: Turned | None) -> None:
        step = self._step_s[:, None, None]
        angle = np.zeros(len(step)) if turned is None else np.radians(turned.right_deg)
        restless = unrest if turned is None else unrest + turned.unrest_m2s3[:, None, None]
        eye = np.eye(2)
        # Inverse of the covariance [[s³/3, s²/2], [s²/2, s]] of what white acceleration adds.
        own = (
            np.concatenate(
                (
                    np.concatenate((12.0 / step**3 * eye, -6.0 / step**2 * eye), axis=2),
                    np.concatenate((-6.0 / step**2 * eye, 4.0 / step * eye), axis=2),
                ),
                axis=1,
            )
            / restless
        )
        onward = np.tile(np.eye(4), (len(step), 1, 1))
        onward[:, _PLACE, _VELOCITY] = step * _rotations(angle / 2.0)
        onward[:, _VELOCITY, _VELOCITY] = _rotations(angle)
        self._tie(slice(0, 4), own, onward)

    def _tie(self, states: slice, own: Floats, onward: Floats) -> None:
        before = np.swapaxes(onward, 1, 2) @ own
        self._diagonal[1:, states, states] += own
        self._diagonal[:-1, states, states] += before @ onward
        self._below[:, states, states] -= np.swapaxes(before, 1, 2)

    def _add_fixes(self) -> None:
        fixes = self._fixes
        seen = np.column_stack((fixes.easting_m, fixes.northing_m)) - self._origin
        weight = fixes.white_m**-2.0
        for axis in (0, 1):
            place, drift = axis, 4 + axis
            self._diagonal[:, place, place] += weight
            self._diagonal[:, drift, drift] += weight * fixes.drift_m**2
            self._diagonal[:, place, drift] += weight * fixes.drift_m
            self._diagonal[:, drift, place] += weight * fixes.drift_m
            self._right[:, place] += weight * seen[:, axis]
            self._right[:, drift] += weight * fixes.drift_m * seen[:, axis]

    def solved(self, lane: Lane | None = None) -> Whereabouts:
        """Return where the vehicle was, by the lane, too, if there is one."""
        if lane is None:
            solution, blocks = solve_chain(
                self._diagonal[:, :_ASIDE, :_ASIDE],
                self._below[:, :_ASIDE, :_ASIDE],
                self._right[:, :_ASIDE],
            )
        else:
            solution, blocks = solve_chain(*self._with(lane))
        return Whereabouts(
            place_m=solution[:, _PLACE] + self._origin,
            velocity_ms=solution[:, _VELOCITY],
            covariance=blocks[:, :4, :4],
            drift_square=solution[:, _DRIFT] ** 2
            + np.diagonal(blocks, axis1=1, axis2=2)[:, _DRIFT],
        )

    def _with(self, lane: Lane) -> tuple[Floats, Floats, Floats]:
        diagonal, below, right = self._diagonal.copy(), self._below.copy(), self._right.copy()
        kept = np.minimum(lane.kept, _LONGEST)
        own = 1.0 / (1.0 - kept**2)
        diagonal[1:, _ASIDE, _ASIDE] += own
        diagonal[:-1, _ASIDE, _ASIDE] += own * kept**2
        below[:, _ASIDE, _ASIDE] -= own * kept
        on, weight = lane.fix, lane.slack_m**-2.0
        row = np.zeros((len(on), _STATES))
        row[:, _PLACE] = lane.right
        row[:, _ASIDE] = -lane.sigma_m
        aside = (lane.right * (lane.middle_m - self._origin)).sum(axis=1)
        diagonal[on] += weight * row[:, :, None] * row[:, None, :]
        right[on] += weight * row * aside[:, None]
        return diagonal, below, right


def _rotations(right: Floats) -> Floats:
    """Return matrices [n, 2, 2] that turn easting, northing to the right by angles [n]."""
    cosine, sine = np.cos(right), np.sin(right)
    return np.stack((cosine, sine, -sine, cosine), axis=1).reshape(-1, 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """By how much a vehicle that follows its street turns between each fix and the next.

    Parameters
    ----------
    right_deg
        To the right, shape [n - 1].
    unrest_m2s3
        How unsure that makes its velocity: spectral density of acceleration, shape [n - 1].
    """

    right_deg: Floats
    unrest_m2s3: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The middle of the lane at some of the fixes.

    Parameters
    ----------
    fix
        Indexes of the fixes, shape [m].
    middle_m
        A point on the middle of the lane, easting and northing, shape [m, 2].
    right
        Unit vector to the right of the direction of travel, shape [m, 2].
    sigma_m
        Standard deviation of the vehicle's place about the middle, shape [m].
    kept
        Correlation of that place between each fix and the next, shape [n - 1].
    slack_m
        Standard deviation of what is left, new at every fix.
    """

    fix: Integers
    middle_m: Floats
    right: Floats
    sigma_m: Floats
    kept: Floats
    slack_m: float
