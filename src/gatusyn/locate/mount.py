"""What is wrong with how a camera is mounted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from gatusyn.locate.camera import Camera
from gatusyn.locate.footprints import FrameGround
from gatusyn.model import (
    Calibration,
    CameraParams,
    CameraSpan,
    DriveNote,
    DriveRemark,
    Figure,
    Flow,
    LocateParams,
    Rejected,
    RejectReason,
)

_SKY_SHARE: Final = 0.6
_ASKEW_DEG: Final = 4.0
_ASIDE_DEG: Final = 10.0
_LOOSE_DEG: Final = 0.6
_SOFT: Final = 30.0
_ROAD_SHARE: Final = 0.5
_RESTS_PX: Final = 0.7
_BANDS: Final = 24
_COVERED_SHARE: Final = 0.1

_MANY: Final = 0.2
_LENS: Final = (
    (RejectReason.BLURRED, DriveNote.FRAMES_BLURRED),
    (RejectReason.TOO_DARK, DriveNote.FRAMES_DARK),
)

_NAMES: Final = (
    ("height_m", "height_se_m", "height", " m", 2, 0.08),
    ("pitch_deg", "pitch_se_deg", "tilted down", "°", 1, 1.0),
    ("yaw_deg", "yaw_se_deg", "turned right", "°", 1, 1.5),
    ("roll_deg", "roll_se_deg", "rolled clockwise", "°", 1, 1.0),
    ("horizontal_fov_deg", "fov_se_deg", "width of view", "°", 1, 3.0),
)
"""Value, its standard error, words, unit, decimals, and from which difference it is told of (the
height's as a share)."""

_SHORT: Final = (
    ("height", "m"),
    ("pitch", "deg"),
    ("yaw", "deg"),
    ("roll", "deg"),
    ("view", "deg"),
)
"""What the same are called in a remark's figures, and their unit."""


def mount_remarks(
    calibration: Calibration, flows: Sequence[Flow], given: CameraParams, locate: LocateParams
) -> tuple[DriveRemark, ...]:
    """Return what the driver and the engineer should know of the camera and its mount.

    Parameters
    ----------
    flows
        Those that the calibration was made of.
    given
        The settings' camera.
    locate
        Says which part of the road is to be looked at.
    """
    if not calibration.found:
        return (*_why_kept(calibration, flows), *_soft(flows))
    return (
        *_found(calibration, given),
        *_slips(calibration),
        *_posture(calibration, flows, locate),
        *_loose(calibration),
        *_covered(flows),
        *_soft(flows),
    )


def values_text(span: CameraSpan) -> str:
    """Return a camera's values with twice their standard errors."""
    return ", ".join(
        f"{words} {getattr(span.params, name):.{digits}f}{unit} "
        f"± {2 * getattr(span, error):.{digits}f}"
        for name, error, words, unit, digits, _ in _NAMES
    )


def _why_kept(calibration: Calibration, flows: Sequence[Flow]) -> Iterator[DriveRemark]:
    if not flows:
        yield DriveRemark(note=DriveNote.CAMERA_FRAMES_APART)
    else:
        yield DriveRemark(note=DriveNote.CAMERA_UNCLEAR, figures={"looks": calibration.looks})


def _found(calibration: Calibration, given: CameraParams) -> Iterator[DriveRemark]:
    span = max(calibration.spans, key=lambda one: one.looks)
    errors: dict[str, Figure] = {
        f"{short}_error_{unit}": 2.0 * float(getattr(span, error))
        for (_, error, *_), (short, unit) in zip(_NAMES, _SHORT, strict=True)
    }
    figures = {"looks": span.looks, **_values(span.params), **errors}
    yield DriveRemark(note=DriveNote.CAMERA_FOUND, figures=figures)
    for name, error, *_, least in _NAMES:
        seen, said = getattr(span.params, name), getattr(given, name)
        limit = least * said if name == "height_m" else least
        if abs(seen - said) > max(limit, 3 * getattr(span, error)):
            yield DriveRemark(note=DriveNote.CAMERA_UNLIKE, figures=_values(given))
            return


def _values(params: CameraParams) -> dict[str, Figure]:
    return {
        f"{short}_{unit}": float(getattr(params, name))
        for (name, *_), (short, unit) in zip(_NAMES, _SHORT, strict=True)
    }


def _slips(calibration: Calibration) -> Iterator[DriveRemark]:
    for before, after in pairwise(calibration.spans):
        later: dict[str, Figure] = {
            f"later_{name}": value for name, value in _values(after.params).items()
        }
        yield DriveRemark(
            note=DriveNote.MOUNT_SLIPPED,
            figures={"slipped_s": before.until_s, **_values(before.params), **later},
        )


def _posture(
    calibration: Calibration, flows: Sequence[Flow], locate: LocateParams
) -> Iterator[DriveRemark]:
    span = max(calibration.spans, key=lambda one: one.looks)
    camera = Camera(params=span.params, width_px=flows[0].width_px, height_px=flows[0].height_px)
    horizon = (camera.horizon_px + 0.5) / camera.height_px
    if horizon > _SKY_SHARE:
        lower = math.degrees(math.atan((horizon - 0.4) * camera.height_px / camera.focal_px))
        yield DriveRemark(
            note=DriveNote.SKY,
            figures={"share": round(100 * min(horizon, 1.0)), "lower_deg": round(lower)},
        )
    if abs(span.params.roll_deg) > _ASKEW_DEG:
        right = span.params.roll_deg > 0
        yield DriveRemark(
            note=DriveNote.ROLLED_CLOCKWISE if right else DriveNote.ROLLED_ANTICLOCKWISE,
            figures={"whole_deg": round(abs(span.params.roll_deg))},
        )
    if abs(span.params.yaw_deg) > _ASIDE_DEG:
        yield DriveRemark(
            note=DriveNote.ASIDE_RIGHT if span.params.yaw_deg > 0 else DriveNote.ASIDE_LEFT,
            figures={"whole_deg": round(abs(span.params.yaw_deg))},
        )
    window = FrameGround.of(camera, locate).window_px
    seen = (
        0.0
        if window.is_empty
        else FrameGround(camera=camera, window_px=window).to_road(window).area
    )
    share = seen / (2.0 * locate.lateral_m * (locate.far_m - locate.near_m))
    if share < _ROAD_SHARE:
        yield DriveRemark(
            note=DriveNote.ROAD_CUT,
            figures={
                "share": round(100 * share),
                "near_m": round(locate.near_m),
                "far_m": round(locate.far_m),
            },
        )


def _loose(calibration: Calibration) -> Iterator[DriveRemark]:
    if calibration.shake_deg > _LOOSE_DEG:
        yield DriveRemark(
            note=DriveNote.MOUNT_SHAKES, figures={"shake_deg": float(calibration.shake_deg)}
        )


def _covered(flows: Sequence[Flow]) -> Iterator[DriveRemark]:
    """Tell of what rests at the bottom of the picture while the road below it should move."""
    resting, moving = np.zeros(_BANDS), np.zeros(_BANDS)
    for flow in flows:
        inside = np.abs(flow.before_px[:, 0] / flow.width_px - 0.5) < 0.3
        band = (flow.before_px[inside, 1] * _BANDS / flow.height_px).astype(np.int64)
        rests = np.hypot(*(flow.after_px - flow.before_px)[inside].T) < _RESTS_PX
        band = band.clip(0, _BANDS - 1)
        resting += np.bincount(band[rests], minlength=_BANDS)
        moving += np.bincount(band[~rests], minlength=_BANDS)
    low = np.arange(_BANDS) >= _BANDS // 2
    held = low & (resting > moving) & (resting > 0.5 * len(flows))
    if held.any():
        share = 1.0 - float(np.flatnonzero(held)[0]) / _BANDS
        if share >= _COVERED_SHARE:
            yield DriveRemark(note=DriveNote.VIEW_COVERED, figures={"share": round(100 * share)})


def lens_remarks(rejected: Sequence[Rejected], received: int) -> tuple[DriveRemark, ...]:
    """Return what the frames that were too blurred or too dark say of lens, light and mount."""
    remarks = []
    for reason, note in _LENS:
        share = sum(one.reason is reason for one in rejected) / max(received, 1)
        if share > _MANY:
            remarks.append(DriveRemark(note=note, figures={"share": round(100 * share)}))
    return tuple(remarks)


def _soft(flows: Sequence[Flow]) -> Iterator[DriveRemark]:
    if flows and float(np.median([flow.sharpness for flow in flows])) < _SOFT:
        yield DriveRemark(note=DriveNote.SOFT)
