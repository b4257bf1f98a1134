"""Fits a drive's mounts: roughly first, then the whole drive, then each stretch of time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatusyn.locate.adjust import Fit, Prior, adjust
from gatusyn.locate.flow_pairs import Views, first_focus, first_rates
from gatusyn.model import CalibrateParams, CameraParams

Floats = NDArray[np.float64]

_SHAKE_RAD: Final = math.radians(0.3)
_LOOSE_RAD: Final = math.radians(3.0)
"""How far a pair may be tilted beside the mount: by bumps, and while a slip is looked for."""

_WILD_RAD: Final = np.radians([12.0, 8.0, 12.0])
"""A pair tilted farther from the rest was misread, as in a sharp turn without road in sight."""

_TURN_RAD: Final = math.radians(2.0)
_LEVER_M: Final = 1.0
_MOST_SLIP_RAD: Final = 0.1
"""A lens so far ahead of the rear axle, give or take as much, moves into the bend by that over the
radius: the view lies that much to the other side of the way."""

_RATE_SIGMA: Final = 5.0
_ROUGHLY: Final = 3
"""Every third point is enough to see how each pair is tilted."""

_HELD: Final = 1e-7
_FARTHEST_SIGMAS: Final = 2.0
"""A focal length farther from what was believed was not seen but made up from noise: it is held."""

_LEAST_FITTING: Final = 0.35


def fit_roughly(
    views: Views, prior: tuple[Floats, Floats], min_looks: int
) -> tuple[Views, Floats] | None:
    """Return the pairs that make sense, and each one's unknowns with its whole tilt, [p, 7].

    None if they are too few. The focal length stays as it was given here: far from the truth, a
    telephoto lens that turns would fit as well.
    """
    if len(np.unique(views.group)) < min_looks:
        return None
    loose = _fit(
        views.thinned(_ROUGHLY),
        _held(prior),
        shake=_LOOSE_RAD,
        start=_start(views, prior),
        scales=(0.02, 0.006, 0.002),
    )
    own = loose.local.copy()
    own[:, 4:7] += loose.shared[:3]
    off = np.abs(own[:, 4:7] - np.median(own[:, 4:7], axis=0))
    good = (loose.fits >= _LEAST_FITTING) & (off < _WILD_RAD).all(axis=1)
    if len(np.unique(views.group[good])) < min_looks:
        return None
    return views.some(good), own[good]


def fit_mounts(
    views: Views, own: Floats, level: Floats, prior: tuple[Floats, Floats], bounds: list[float]
) -> list[tuple[Views, Fit]]:
    """Fit the whole drive, then each stretch of time with the whole drive's focal length."""
    start = np.array([*np.median(own[:, 4:7], axis=0), prior[0][3]])
    beside = level - start[:3]
    whole = _fit(views, prior, shake=_SHAKE_RAD, start=start, beside=beside, begin=own)
    if abs(whole.shared[3] - prior[0][3]) > _FARTHEST_SIGMAS * prior[1][3]:
        whole = _fit(views, _held(prior), shake=_SHAKE_RAD, start=start, beside=beside, begin=own)
        whole = _with_unsure_focal(whole, prior[1][3] ** 2)
    if len(bounds) == 2:
        return [(views, whole)]
    mean, sigma = _held((np.array([*prior[0][:3], whole.shared[3]]), prior[1]))
    begin = whole.local.copy()
    begin[:, 4:7] += whole.shared[:3]
    fits = []
    for from_s, until_s in pairwise(bounds):
        inside = (views.time_s >= from_s) & (views.time_s < until_s)
        first = np.array([*level[inside][0], mean[3]])
        part = views.some(inside)
        fit = _fit(part, (mean, sigma), shake=_SHAKE_RAD, start=first, begin=begin[inside])
        fits.append((part, _with_unsure_focal(fit, whole.covariance[3, 3])))
    return fits


def _held(prior: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return a prior that holds the focal length."""
    return prior[0], np.array([*prior[1][:3], _HELD])


def _with_unsure_focal(fit: Fit, variance: float) -> Fit:
    """Add what a focal length that was held costs.

    One that is off tilts the view that puts the vanishing point where it is.
    """
    slope = np.array([*np.sin(2.0 * fit.shared[:2]) / 2.0, 0.0, 1.0])
    return replace(fit, covariance=fit.covariance + variance * np.diag(slope**2))


def prior_of(camera: CameraParams, params: CalibrateParams) -> tuple[Floats, Floats]:
    """Return means and standard deviations of yaw, pitch, roll and log focal length in widths."""
    half = math.radians(camera.horizontal_fov_deg) / 2.0
    mean = np.array(
        [
            math.radians(camera.yaw_deg),
            math.radians(camera.pitch_deg),
            math.radians(camera.roll_deg),
            math.log(0.5 / math.tan(half)),
        ]
    )
    sigma = np.radians(
        [
            params.yaw_sigma_deg,
            params.pitch_sigma_deg,
            params.roll_sigma_deg,
            params.fov_sigma_deg / math.sin(2.0 * half),
        ]
    )
    return mean, np.maximum(sigma, _HELD)


def _start(views: Views, prior: tuple[Floats, Floats]) -> Floats:
    """Return where to begin: at the vanishing point, unless the settings hold the angles."""
    mean, sigma = prior
    focal = math.exp(mean[3])
    x, y = first_focus(views)
    seen = np.array([-math.atan(x / focal), -math.atan(y / focal), mean[2], mean[3]])
    return np.where(sigma > math.radians(0.5), seen, mean)


def _fit(
    views: Views,
    prior: tuple[Floats, Floats],
    *,
    shake: float,
    start: Floats,
    beside: Floats | None = None,
    begin: Floats | None = None,
    scales: tuple[float, ...] = (0.003, 0.0015),
) -> Fit:
    """Fit one mount.

    Parameters
    ----------
    beside
        How far each pair is known to be tilted beside the mount, [p, 3].
    begin
        Where each pair's own unknowns begin, with its whole tilt, [p, 7].
    """
    rates = first_rates(views, start)
    ratio = np.nanmedian(views.driven_m / rates) if np.isfinite(rates).any() else 1.6
    local = np.zeros((len(views), 7))
    local[:, 1] = -np.radians(views.turn_deg_s) * views.driven_m / views.speed_ms
    local[:, 3] = np.log(views.driven_m / ratio)
    if beside is not None:
        local[:, 4:7] = beside
    sigma = np.full((len(views), 7), shake)
    sigma[:, :3] = _TURN_RAD
    # So wide that all pairs together do not hold the focal length, which goes with the height.
    sigma[:, 3] = _RATE_SIGMA
    bend = np.radians(views.turn_deg_s) / np.maximum(views.speed_ms, 1.0)
    local[:, 4] -= np.clip(_LEVER_M * bend, -_MOST_SLIP_RAD, _MOST_SLIP_RAD)
    sigma[:, 4] += np.minimum(_LEVER_M * np.abs(bend), _MOST_SLIP_RAD)
    first = local
    if begin is not None:
        first = begin.copy()
        first[:, 4:7] -= start[:3]
    return adjust(
        views.pairs,
        Prior(shared=prior[0], shared_sigma=prior[1], local=local, local_sigma=sigma),
        start=start,
        start_local=first,
        groups=views.group,
        scales=scales,
    )


def levels(time_s: Floats, tilts: Floats, breaks: Sequence[float]) -> Floats:
    """Return the median tilt of the stretch that each pair lies in, [p, 3]."""
    stretch = np.searchsorted(np.asarray(breaks), time_s, side="right")
    return np.array([np.median(tilts[stretch == one], axis=0) for one in stretch])
