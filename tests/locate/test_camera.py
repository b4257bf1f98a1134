"""The camera model: pixels and ground are inverse to each other, and known cases hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.locate import Camera
from gatusyn.model import CameraParams
from gatusyn.simulate.camera import Lens, Pose, project, projection

cameras = st.builds(
    lambda height, pitch, yaw, roll, fov: Camera(
        params=CameraParams(
            height_m=height, pitch_deg=pitch, yaw_deg=yaw, roll_deg=roll, horizontal_fov_deg=fov
        ),
        width_px=1280,
        height_px=720,
    ),
    st.floats(0.8, 3.0),
    st.floats(0.0, 30.0),
    st.floats(-20.0, 20.0),
    st.floats(-15.0, 15.0),
    st.floats(40.0, 100.0),
)


@given(cameras, st.floats(3.0, 40.0), st.floats(-6.0, 6.0))
def test_ground_to_pixels_and_back(camera: Camera, ahead: float, aside: float) -> None:
    ground = np.array([[ahead, aside]])
    assert camera.to_ground(camera.to_pixels(ground)) == pytest.approx(ground, abs=1e-6)


def test_the_middle_of_the_picture_meets_the_road_where_the_axis_does() -> None:
    camera = Camera(params=CameraParams(height_m=2.0, pitch_deg=45.0), width_px=1281, height_px=721)
    assert camera.to_ground(np.array([[640.0, 360.0]])) == pytest.approx(np.array([[2.0, 0.0]]))


def test_a_point_to_the_right_is_right_in_the_picture_and_a_farther_one_is_higher() -> None:
    camera = Camera(params=CameraParams(), width_px=1280, height_px=720)
    (near, far) = camera.to_pixels(np.array([[5.0, 1.0], [10.0, 1.0]]))
    assert near[0] > far[0] > 639.5
    assert near[1] > far[1] > camera.horizon_px


def test_sky_has_no_place_on_the_road() -> None:
    camera = Camera(params=CameraParams(pitch_deg=5.0), width_px=1280, height_px=720)
    assert np.isnan(camera.to_ground(np.array([[640.0, camera.horizon_px - 5.0]]))).all()


def test_the_focal_length_spans_the_field_of_view() -> None:
    camera = Camera(params=CameraParams(horizontal_fov_deg=90.0), width_px=1000, height_px=500)
    assert camera.focal_px == pytest.approx(500.0 / math.tan(math.radians(45.0)))


@given(cameras, st.floats(3.0, 40.0), st.floats(-6.0, 6.0))
def test_the_simulators_own_projection_agrees(camera: Camera, ahead: float, aside: float) -> None:
    params = camera.params
    pose = Pose(
        x_m=0.0,
        y_m=0.0,
        height_m=params.height_m,
        heading_deg=params.yaw_deg,
        pitch_deg=params.pitch_deg,
        roll_deg=params.roll_deg,
    )
    lens = Lens(width_px=1280, height_px=720, fov_deg=params.horizontal_fov_deg)
    pixels, depth = project(projection(lens, pose), np.array([[aside, ahead, 0.0]]))
    if depth[0] > 0.1:
        assert camera.to_pixels(np.array([[ahead, aside]])) == pytest.approx(pixels, abs=1e-6)


def test_a_camera_rolled_clockwise_sees_the_horizon_rise_to_the_right() -> None:
    camera = Camera(params=CameraParams(roll_deg=5.0), width_px=1280, height_px=720)
    left, middle, right = camera.to_pixels(np.array([(1e6, -4e5), (1e6, 0.0), (1e6, 4e5)]))
    assert left[1] > middle[1] > right[1]
    assert camera.horizon_px == pytest.approx(
        np.interp(639.5, [left[0], right[0]], [left[1], right[1]]), abs=0.01
    )
