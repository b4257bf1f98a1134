"""Finds how the camera sits in the vehicle from how the picture moves while it drives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatusyn.locate.adjust import Fit
from gatusyn.locate.fit_mounts import fit_mounts, fit_roughly, levels, prior_of
from gatusyn.locate.flow_pairs import views_of
from gatusyn.locate.height import Height, find_height
from gatusyn.locate.slips import find_slips
from gatusyn.model import (
    CalibrateParams,
    Calibration,
    CameraParams,
    CameraSpan,
    Flow,
    GroundTrack,
)

Floats = NDArray[np.float64]

CALIBRATION_VERSION: Final = "flow 1"
"""Changes whenever the same drive would give other values; part of a run's identity."""

_CALM_DEG_S: Final = 10.0
"""A track's turn rate is off by some degrees a second: a stricter limit leaves too few looks."""

_FLOOR_RAD: Final = np.radians([0.10, 0.12, 0.12])
_FLOOR_LOG_FOCAL: Final = 0.012
_FLOOR_HEIGHT_SHARE: Final = 0.012
"""What flow, coding and lens add to all pairs alike, so that no number of pairs shows it. Chosen on
simulated drives of seeds 100 to 104."""

_LARGEST_PITCH_SE_DEG: Final = 0.6
_LARGEST_ROLL_SE_DEG: Final = 1.5


def calibrate(
    flows: Sequence[Flow],
    ground: GroundTrack,
    camera: CameraParams,
    params: CalibrateParams,
) -> Calibration:
    """Find height, pitch, yaw, roll and field of view from a drive.

    The vanishing point of the drive gives pitch and yaw; the road's motion gives its plane, so the
    roll, and, with the metres driven, the height; how points at the edges turn in bends gives the
    focal length. What is not seen stays as ``camera`` says it, with that value's own uncertainty.
    A sideways drift of the vehicle is not told from yaw, nor a lens's distortion from anything.

    Parameters
    ----------
    flows
        Of the drive, in order of time.
    ground
        Its smoothed track.
    camera, params
        What is believed before, and how firmly.
    """
    unknown = kept(camera, params, looks=_looks(flows))
    views = views_of(flows, ground)
    prior = prior_of(camera, params)
    rough = fit_roughly(views, prior, params.min_looks)
    if rough is None:
        return unknown
    views, own = rough
    calm = np.abs(views.turn_deg_s) < _CALM_DEG_S
    breaks = find_slips(views.time_s, own[:, 4:7], views.group, calm)
    for tried in (breaks, []):
        bounds = [-math.inf, *tried, math.inf]
        level = levels(views.time_s, own[:, 4:7], tried)
        fits = fit_mounts(views, own, level, prior, bounds)
        height = find_height(fits, camera.height_m, params.height_sigma_m)
        spans = tuple(
            _span(fit, height, camera, params, between, len(np.unique(part.group)))
            for (part, fit), between in zip(fits, pairwise(bounds), strict=True)
        )
        if all(_is_sure(span) for span in spans):
            off = np.abs(own[:, 5] - level[:, 1])
            return Calibration(
                spans=spans,
                found=True,
                looks=_looks(flows),
                residual_px=round(max(fit.scale for _, fit in fits) * 1280.0, 3),
                fitting_share=round(float(np.median(np.concatenate([f.fits for _, f in fits]))), 3),
                shake_deg=round(math.degrees(1.4826 * float(np.median(off))), 3),
            )
    return unknown


def _is_sure(span: CameraSpan) -> bool:
    return span.pitch_se_deg <= _LARGEST_PITCH_SE_DEG and span.roll_se_deg <= _LARGEST_ROLL_SE_DEG


def kept(camera: CameraParams, params: CalibrateParams, *, looks: int) -> Calibration:
    """Return a calibration that keeps the given values."""
    span = CameraSpan(
        from_s=-math.inf,
        until_s=math.inf,
        params=camera,
        height_se_m=params.height_sigma_m,
        pitch_se_deg=params.pitch_sigma_deg,
        yaw_se_deg=params.yaw_sigma_deg,
        roll_se_deg=params.roll_sigma_deg,
        fov_se_deg=params.fov_sigma_deg,
        looks=0,
    )
    return Calibration(
        spans=(span,),
        found=False,
        looks=looks,
        residual_px=math.nan,
        fitting_share=math.nan,
        shake_deg=math.nan,
    )


def _looks(flows: Sequence[Flow]) -> int:
    times = np.array([flow.time_s for flow in flows])
    return int(len(times) > 0) + int((np.diff(times) > 0.5).sum())


def _span(
    fit: Fit,
    height: Height,
    camera: CameraParams,
    params: CalibrateParams,
    between: tuple[float, float],
    looks: int,
) -> CameraSpan:
    yaw, pitch, roll, log_focal = (float(value) for value in fit.shared)
    floor = np.array([*_FLOOR_RAD, _FLOOR_LOG_FOCAL])
    held = np.array(
        [params.yaw_sigma_deg, params.pitch_sigma_deg, params.roll_sigma_deg, params.fov_sigma_deg]
    )
    se = np.where(held > 0, np.hypot(np.sqrt(np.diag(fit.covariance)), floor), 0.0)
    fov = 2.0 * math.atan(0.5 / math.exp(log_focal))
    sure = math.hypot(height.se_m, height.value_m * math.hypot(_FLOOR_HEIGHT_SHARE, se[3]))
    free = params.height_sigma_m > 0
    # Rounded, so that the same drive has the same values on every machine.
    return CameraSpan(
        from_s=between[0],
        until_s=between[1],
        params=replace(
            camera,
            height_m=_within(round(height.value_m, 3), 0.3, 6.0) if free else camera.height_m,
            pitch_deg=_or(held[1], camera.pitch_deg, math.degrees(pitch), -10.0, 60.0),
            yaw_deg=_or(held[0], camera.yaw_deg, math.degrees(yaw), -60.0, 60.0),
            roll_deg=_or(held[2], camera.roll_deg, math.degrees(roll), -45.0, 45.0),
            horizontal_fov_deg=_or(
                held[3], camera.horizontal_fov_deg, math.degrees(fov), 20.0, 140.0
            ),
        ),
        height_se_m=round(min(sure, params.height_sigma_m), 3),
        yaw_se_deg=round(math.degrees(se[0]), 2),
        pitch_se_deg=round(math.degrees(se[1]), 2),
        roll_se_deg=round(math.degrees(se[2]), 2),
        fov_se_deg=round(math.degrees(se[3] * math.sin(fov)), 2),
        looks=looks,
    )


def _or(sigma: float, given: float, seen: float, low: float, high: float) -> float:
    return _within(round(seen, 2), low, high) if sigma > 0 else given


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
