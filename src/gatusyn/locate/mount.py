"""What is wrong with how a camera is mounted, in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import numpy as np

from gatusyn.locate.camera import Camera
from gatusyn.locate.footprints import FrameGround
from gatusyn.model import (
    Calibration,
    CameraParams,
    CameraSpan,
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
    (
        RejectReason.BLURRED,
        "are too blurred: clean the lens and the windscreen, fasten the mount, check the focus",
    ),
    (RejectReason.TOO_DARK, "are too dark: drive by day, or uncover the lens"),
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


def mount_remarks(
    calibration: Calibration, flows: Sequence[Flow], given: CameraParams, locate: LocateParams
) -> tuple[str, ...]:
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
        _found(calibration, given),
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


def _why_kept(calibration: Calibration, flows: Sequence[Flow]) -> Iterator[str]:
    kept = "the camera was taken as the settings say"
    if not flows:
        yield (
            f"{kept}: no two frames are near enough to follow the road between them (photos, a "
            "video with few frames a second, or hardly any driving)"
        )
    else:
        yield (
            f"{kept}: the motion of the picture at {calibration.looks} moments was too little or "
            "too unclear to find it (a short drive, a dirty lens, darkness, a view blocked, or a "
            "camera that shakes)"
        )


def _found(calibration: Calibration, given: CameraParams) -> str:
    span = max(calibration.spans, key=lambda one: one.looks)
    text = f"camera found from the drive: {values_text(span)} (95 %, {span.looks} looks)"
    other = []
    for name, error, words, unit, digits, least in _NAMES:
        seen, said = getattr(span.params, name), getattr(given, name)
        limit = least * said if name == "height_m" else least
        if abs(seen - said) > max(limit, 3 * getattr(span, error)):
            other.append(f"{words} {said:.{digits}f}{unit}")
    return f"{text}; the settings say: {', '.join(other)}" if other else text


def _slips(calibration: Calibration) -> Iterator[str]:
    for before, after in pairwise(calibration.spans):
        moment = datetime.fromtimestamp(before.until_s, tz=UTC)
        steps = ", ".join(
            f"{words} {getattr(before.params, name):.1f}° to {getattr(after.params, name):.1f}°"
            for name, _, words, *_ in _NAMES[1:4]
            if abs(getattr(after.params, name) - getattr(before.params, name)) >= 0.5
        )
        yield (
            f"the mount slipped at about {moment:%H:%M:%S} UTC ({steps}): what was seen before and "
            "after was placed each with its own values. Fasten it"
        )


def _posture(
    calibration: Calibration, flows: Sequence[Flow], locate: LocateParams
) -> Iterator[str]:
    span = max(calibration.spans, key=lambda one: one.looks)
    camera = Camera(params=span.params, width_px=flows[0].width_px, height_px=flows[0].height_px)
    horizon = (camera.horizon_px + 0.5) / camera.height_px
    if horizon > _SKY_SHARE:
        lower = math.degrees(math.atan((horizon - 0.4) * camera.height_px / camera.focal_px))
        yield (
            f"{100 * min(horizon, 1.0):.0f} % of the picture is above the horizon: tilt the camera "
            f"down by about {lower:.0f}°"
        )
    if abs(span.params.roll_deg) > _ASKEW_DEG:
        way = "clockwise" if span.params.roll_deg > 0 else "anticlockwise"
        yield f"the camera is rolled {abs(span.params.roll_deg):.0f}° {way}: set it level"
    if abs(span.params.yaw_deg) > _ASIDE_DEG:
        way = "right" if span.params.yaw_deg > 0 else "left"
        yield (
            f"the camera points {abs(span.params.yaw_deg):.0f}° to the {way} of the way ahead: "
            "turn it forward"
        )
    window = FrameGround.of(camera, locate).window_px
    seen = (
        0.0
        if window.is_empty
        else FrameGround(camera=camera, window_px=window).to_road(window).area
    )
    share = seen / (2.0 * locate.lateral_m * (locate.far_m - locate.near_m))
    if share < _ROAD_SHARE:
        yield (
            f"only {100 * share:.0f} % of the road from {locate.near_m:g} to {locate.far_m:g} m "
            "ahead is in the picture"
        )


def _loose(calibration: Calibration) -> Iterator[str]:
    if calibration.shake_deg > _LOOSE_DEG:
        yield (
            f"the camera shakes: its tilt differs by {calibration.shake_deg:.1f}° from moment to "
            "moment, so places are less sure. Fasten it"
        )


def _covered(flows: Sequence[Flow]) -> Iterator[str]:
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
            yield (
                f"the lowest {100 * share:.0f} % of the picture does not move: bonnet, dashboard "
                "or dirt hides road there. Raise the camera or tilt it up a little"
            )


def lens_remarks(rejected: Sequence[Rejected], received: int) -> tuple[str, ...]:
    """Return what the frames that were too blurred or too dark say of lens, light and mount."""
    remarks = []
    for reason, words in _LENS:
        share = sum(one.reason is reason for one in rejected) / max(received, 1)
        if share > _MANY:
            remarks.append(f"{100 * share:.0f} % of the frames {words}")
    return tuple(remarks)


def _soft(flows: Sequence[Flow]) -> Iterator[str]:
    if flows and float(np.median([flow.sharpness for flow in flows])) < _SOFT:
        yield "the pictures are soft: clean the lens and the windscreen, and check the focus"
