"""First-order uncertainty agrees with trying it out; intervals in the street's own directions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.locate import Camera
from gatusyn.locate.uncertainty import place_covariance, sigmas_towards
from gatusyn.model import CameraParams, Direction, LocateParams, Pose

CAMERA = Camera(params=CameraParams(height_m=1.6), width_px=1280, height_px=720)
NOTHING = LocateParams(
    pitch_sigma_deg=0.0,
    yaw_sigma_deg=0.0,
    roll_sigma_deg=0.0,
    height_sigma_m=0.0,
    pixel_sigma_px=0.0,
)


def pose(along: float = 0.0, across: float = 0.0, bearing: float = 0.0) -> Pose:
    return Pose(
        time_s=0.0,
        easting_m=0.0,
        northing_m=0.0,
        bearing_deg=0.0,
        speed_ms=10.0,
        sigma_along_m=along,
        sigma_across_m=across,
        sigma_bearing_deg=bearing,
        link_id="a",
        offset_m=0.0,
        direction=Direction.WITH,
    )


def spread(changed: dict[str, float], ahead: float, right: float) -> np.ndarray:
    """Return by how much a pixel's place moves when the camera is otherwise than told."""
    pixel = CAMERA.to_pixels(np.array([[ahead, right]]))
    told = CAMERA.to_ground(pixel)
    other = replace(CAMERA, params=replace(CAMERA.params, **changed)).to_ground(pixel)
    moved: np.ndarray = (other - told)[0]
    return moved


@pytest.mark.parametrize(("ahead", "right"), [(5.0, 0.0), (8.0, 2.5), (12.0, -3.0)])
@pytest.mark.parametrize(
    ("name", "step", "params"),
    [
        ("pitch_deg", 0.05, replace(NOTHING, pitch_sigma_deg=0.05)),
        ("yaw_deg", 0.05, replace(NOTHING, yaw_sigma_deg=0.05)),
        ("height_m", 0.01, replace(NOTHING, height_sigma_m=0.01)),
    ],
)
def test_each_part_is_what_changing_the_camera_does(
    ahead: float, right: float, name: str, step: float, params: LocateParams
) -> None:
    moved = spread({name: float(getattr(CAMERA.params, name)) + step}, ahead, right)
    covariance = place_covariance(ahead, right, CAMERA, pose(), params)
    assert covariance == pytest.approx(np.outer(moved, moved), rel=0.05, abs=1e-6)


def test_a_pixel_counts_more_along_the_ray_than_across_it() -> None:
    far = np.array([[10.0, 1.0]])
    pixel = CAMERA.to_pixels(far)
    places = CAMERA.to_ground(pixel + np.array([[1.0, 0.0], [0.0, 1.0]])) - far
    covariance = place_covariance(10.0, 1.0, CAMERA, pose(), replace(NOTHING, pixel_sigma_px=1.0))
    assert covariance[0, 0] == pytest.approx((places[:, 0] ** 2).sum(), rel=0.1)
    assert covariance[1, 1] == pytest.approx((places[:, 1] ** 2).sum(), rel=0.25)


def test_the_pose_adds_its_own_and_its_turn_grows_with_distance() -> None:
    covariance = place_covariance(0.0, 0.0, CAMERA, pose(2.0, 0.5), NOTHING)
    assert covariance == pytest.approx(np.diag([4.0, 0.25]))
    near, far = (
        place_covariance(ahead, 0.0, CAMERA, pose(bearing=2.0), NOTHING)[1, 1] ** 0.5
        for ahead in (5.0, 10.0)
    )
    assert far == pytest.approx(2.0 * near)
    assert far == pytest.approx(10.0 * math.radians(2.0))


@given(along=st.floats(0.01, 10.0), across=st.floats(0.01, 10.0), turned=st.floats(-360.0, 360.0))
def test_turning_keeps_the_sum_of_the_variances(along: float, across: float, turned: float) -> None:
    found = sigmas_towards(np.diag([along**2, across**2]), turned)
    assert math.hypot(*found) == pytest.approx(math.hypot(along, across))
    assert sigmas_towards(np.diag([along**2, across**2]), 90.0) == pytest.approx((across, along))
