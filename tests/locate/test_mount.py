"""A bad mount is told in plain words, and a good one is not blamed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.made_flows import flows_along, straight_track

from gatusyn.locate import calibrate, lens_remarks, mount_remarks
from gatusyn.model import (
    CalibrateParams,
    CameraParams,
    Flow,
    LocateParams,
    Rejected,
    RejectReason,
)

TRACK = straight_track(seconds=200)
GOOD = CameraParams(height_m=1.6, pitch_deg=8.0, horizontal_fov_deg=66.0)


def told(flows: list[Flow], given: CameraParams = GOOD) -> str:
    found = calibrate(flows, TRACK, given, CalibrateParams())
    return "\n".join(str(one) for one in mount_remarks(found, flows, given, LocateParams()))


def test_a_good_mount_gets_its_values_and_no_blame() -> None:
    said = told(flows_along(TRACK, GOOD))
    assert said.startswith("The camera was found from the drive, at ")
    assert "\n" not in said
    assert "settings" not in said


@pytest.mark.parametrize(
    ("mount", "words"),
    [
        (
            replace(GOOD, pitch_deg=-9.0),
            "of the picture is above the horizon: tilt the camera down",
        ),
        (replace(GOOD, roll_deg=7.0), "rolled 7° clockwise: set it level"),
        (replace(GOOD, roll_deg=-7.0), "rolled 7° anticlockwise"),
        (replace(GOOD, yaw_deg=16.0), "points 16° to the right of the way ahead"),
        (replace(GOOD, height_m=2.4), "unlike the settings: height 1.60 m"),
    ],
)
def test_each_fault_of_a_mount_is_named(mount: CameraParams, words: str) -> None:
    assert words in told(flows_along(TRACK, mount))


def test_a_loose_mount_shakes() -> None:
    assert "The camera shakes" in told(flows_along(TRACK, GOOD, shake_deg=0.8))


def test_a_soft_picture_is_told_of() -> None:
    assert "clean the lens" in told(flows_along(TRACK, GOOD, sharpness=15.0))


def test_a_bonnet_that_rests_is_told_of() -> None:
    rng = np.random.default_rng(4)
    flows = []
    for flow in flows_along(TRACK, GOOD):
        road = flow.before_px[:, 1] < 560
        rests = np.column_stack([rng.uniform(300, 980, 30), rng.uniform(570, 700, 30)])
        flows.append(
            replace(
                flow,
                before_px=np.concatenate([flow.before_px[road], rests]),
                after_px=np.concatenate([flow.after_px[road], rests + rng.normal(0, 0.1, (30, 2))]),
            )
        )
    assert "of the picture does not move" in told(flows)


def test_nothing_to_follow_says_that_the_settings_were_kept() -> None:
    assert told([]).startswith("The camera was taken as the settings say: no two frames are near")
    assert "too little or too unclear" in told(flows_along(TRACK, GOOD)[:3])


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (RejectReason.BLURRED, "30 % of the frames are too blurred: clean the lens"),
        (RejectReason.TOO_DARK, "30 % of the frames are too dark"),
        (RejectReason.TURNING, None),
    ],
)
def test_many_bad_frames_are_told_of(reason: RejectReason, words: str | None) -> None:
    rejected = [Rejected(frame_id=str(number), reason=reason) for number in range(30)]
    said = lens_remarks(rejected, 100)
    assert len(said) == (words is not None)
    assert words is None or str(said[0]).startswith(words)
    assert lens_remarks(rejected[:10], 100) == ()
    assert lens_remarks([], 0) == ()
