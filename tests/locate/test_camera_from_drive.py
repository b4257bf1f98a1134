"""The camera comes out of the drive as it was, with errors that say how sure it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.made_flows import flow_at, flows_along, straight_track

from gatusyn.locate import calibrate
from gatusyn.model import CalibrateParams, CameraParams, CameraSpan

GIVEN = CameraParams()
PARAMS = CalibrateParams()
TRACK = straight_track()
MOUNT = CameraParams(
    height_m=2.2, pitch_deg=2.5, yaw_deg=-3.0, roll_deg=2.0, horizontal_fov_deg=58.0
)


def off(span: CameraSpan, truth: CameraParams) -> dict[str, float]:
    """Return how far each value is off, in its own standard errors."""
    return {
        name: abs(getattr(span.params, name) - getattr(truth, name)) / getattr(span, error)
        for name, error in (
            ("height_m", "height_se_m"),
            ("pitch_deg", "pitch_se_deg"),
            ("yaw_deg", "yaw_se_deg"),
            ("roll_deg", "roll_se_deg"),
            ("horizontal_fov_deg", "fov_se_deg"),
        )
    }


# Shrinking a slow example takes minutes and says no more.
@settings(max_examples=4, phases=(Phase.generate,))
@given(
    st.builds(
        lambda height, pitch, yaw, roll, fov: CameraParams(
            height_m=height, pitch_deg=pitch, yaw_deg=yaw, roll_deg=roll, horizontal_fov_deg=fov
        ),
        st.floats(1.2, 2.6),
        st.floats(-2.0, 12.0),
        st.floats(-5.0, 5.0),
        st.floats(-3.0, 3.0),
        st.floats(55.0, 80.0),
    )
)
def test_any_usual_mount_is_found(mount: CameraParams) -> None:
    found = calibrate(flows_along(TRACK, mount), TRACK, GIVEN, PARAMS)
    assert found.found
    (span,) = found.spans
    assert max(off(span, mount).values()) < 3.0
    assert span.pitch_se_deg < 0.3
    assert span.height_se_m < 0.05 * mount.height_m
    assert found.residual_px == pytest.approx(0.2, abs=0.1)


def test_a_third_of_the_points_moving_by_themselves_does_no_harm() -> None:
    found = calibrate(flows_along(TRACK, MOUNT, wrong_share=0.35), TRACK, GIVEN, PARAMS)
    assert max(off(found.spans[0], MOUNT).values()) < 3.0
    assert found.fitting_share == pytest.approx(0.65, abs=0.1)


def test_the_height_is_in_the_tracks_metres() -> None:
    flows = flows_along(TRACK, MOUNT)
    doubled = replace(TRACK, speed_ms=2 * TRACK.speed_ms)
    free = replace(PARAMS, height_sigma_m=10.0)
    once, twice = (calibrate(flows, one, GIVEN, free) for one in (TRACK, doubled))
    assert twice.spans[0].params.height_m == pytest.approx(
        2 * once.spans[0].params.height_m, rel=0.002
    )
    assert twice.spans[0].params.pitch_deg == pytest.approx(
        once.spans[0].params.pitch_deg, abs=0.02
    )


def test_what_is_held_stays_as_it_was_given() -> None:
    held = replace(PARAMS, fov_sigma_deg=0.0, height_sigma_m=0.0)
    given_well = replace(GIVEN, horizontal_fov_deg=58.0, height_m=2.2)
    (span,) = calibrate(flows_along(TRACK, MOUNT), TRACK, given_well, held).spans
    assert (span.params.horizontal_fov_deg, span.params.height_m) == (58.0, 2.2)
    assert (span.fov_se_deg, span.height_se_m) == (0.0, 0.0)
    assert span.params.pitch_deg == pytest.approx(MOUNT.pitch_deg, abs=3 * span.pitch_se_deg)


def test_without_bends_the_width_of_view_is_less_sure() -> None:
    rng = np.random.default_rng(3)
    times = np.arange(2.0, 33.0, 0.7)
    straight = [flow_at(float(time), MOUNT, rng, shake_deg=0.0) for time in times]
    bent = [
        flow_at(35.2 + 0.2 * number, MOUNT, rng, turn_deg_s=18.0, shake_deg=0.0)
        for number in range(20)
    ]
    without = calibrate(straight, TRACK, GIVEN, PARAMS).spans[0]
    both = calibrate([*straight, *bent], TRACK, GIVEN, PARAMS).spans[0]
    assert without.fov_se_deg > 1.5 * both.fov_se_deg
    assert both.params.horizontal_fov_deg == pytest.approx(58.0, abs=3 * both.fov_se_deg)


def test_a_slip_in_mid_drive_gives_two_cameras() -> None:
    after = replace(MOUNT, pitch_deg=6.5, roll_deg=-1.0)
    flows = [
        *[flow for flow in flows_along(TRACK, MOUNT) if flow.time_s < 220.0],
        *[flow for flow in flows_along(TRACK, after) if flow.time_s >= 220.0],
    ]
    found = calibrate(flows, TRACK, GIVEN, PARAMS)
    first, second = found.spans
    assert first.until_s == second.from_s == pytest.approx(220.0, abs=10.0)
    assert max(off(first, MOUNT).values()) < 3.0
    assert max(off(second, after).values()) < 3.0
    assert found.at(100.0) is first
    assert found.at(300.0) is second
    assert found.at(1e12) is second


def test_a_steady_mount_has_not_slipped() -> None:
    found = calibrate(flows_along(TRACK, MOUNT, shake_deg=0.4), TRACK, GIVEN, PARAMS)
    assert len(found.spans) == 1


@pytest.mark.parametrize("count", [0, 1, 8])
def test_too_few_looks_keep_what_was_given(count: int) -> None:
    found = calibrate(flows_along(TRACK, MOUNT)[:count], TRACK, GIVEN, PARAMS)
    assert not found.found
    assert found.looks == count
    assert [span.params for span in found.spans] == [GIVEN]
    assert found.spans[0].pitch_se_deg == PARAMS.pitch_sigma_deg


def test_points_that_move_anyhow_keep_what_was_given() -> None:
    flows = flows_along(TRACK, MOUNT, wrong_share=1.0)
    found = calibrate(flows, TRACK, GIVEN, PARAMS)
    assert not found.found
    assert found.spans[0].params == GIVEN


def test_the_same_flows_give_the_same_camera() -> None:
    flows = flows_along(TRACK, MOUNT)
    assert calibrate(flows, TRACK, GIVEN, PARAMS) == calibrate(flows, TRACK, GIVEN, PARAMS)
