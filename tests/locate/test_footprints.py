"""Footprints: size and place on the road, link, side, measure and section."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely import Point, Polygon
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.locate import Camera, FrameGround, Ground
from gatusyn.model import (
    CameraParams,
    Detection,
    Direction,
    LocateParams,
    PixelClass,
    Pose,
    Side,
)

CAMERA = Camera(
    params=CameraParams(height_m=2.0, pitch_deg=10.0, horizontal_fov_deg=65.0),
    width_px=1280,
    height_px=720,
)
PARAMS = LocateParams(near_m=4.0, far_m=14.0, lateral_m=4.0, beside_m=20.0)


def pose(*, bearing_deg: float = 0.0, east: float = EAST + 2.0, north: float = NORTH + 30) -> Pose:
    return Pose(
        time_s=1.0,
        easting_m=east,
        northing_m=north,
        bearing_deg=bearing_deg,
        speed_ms=8.0,
        sigma_along_m=1.0,
        sigma_across_m=0.2,
        sigma_bearing_deg=1.0,
        link_id="a:0-1",
        offset_m=north - NORTH,
        direction=Direction.WITH if bearing_deg < 90 else Direction.AGAINST,
    )


def square_ahead(ahead: float, aside: float, side: float = 1.0) -> Detection:
    half = side / 2
    corners = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    return Detection(
        pixel_class=PixelClass.POTHOLE,
        outline_px=CAMERA.to_pixels(corners + np.array((ahead, aside))),
        confidence=0.8,
    )


@pytest.mark.parametrize(
    ("bearing", "centre", "side"),
    [
        (0.0, (EAST + 2 - 1, NORTH + 30 + 8), Side.RIGHT),
        (180.0, (EAST + 2 + 1, NORTH + 30 - 8), Side.RIGHT),
        (270.0, (EAST + 2 - 8, NORTH + 30 - 1), Side.LEFT),
    ],
)
def test_a_square_on_the_road_comes_back_with_its_size_and_place(
    bearing: float, centre: tuple[float, float], side: Side
) -> None:
    ground = Ground(network_of(street()), PARAMS)
    view = FrameGround.of(CAMERA, PARAMS)
    (seen,) = ground.observations(
        "f", (square_ahead(8.0, -1.0),), view, pose(bearing_deg=bearing), number=0
    )
    assert seen.area_m2 == pytest.approx(1.0, rel=1e-6)
    assert seen.length_m == pytest.approx(1.0, rel=1e-6)
    assert seen.footprint.centroid.distance(Point(centre)) < 0.01
    assert seen.side is side
    assert seen.offset_m == pytest.approx(centre[1] - NORTH, abs=0.3)
    assert seen.measure == pytest.approx(seen.offset_m / 100.0)
    assert seen.section_id == f"a:0-1#{int(seen.offset_m // 20)}"


def test_what_is_beyond_the_window_is_cut_off() -> None:
    ground = Ground(network_of(street()), PARAMS)
    view = FrameGround.of(CAMERA, PARAMS)
    (seen,) = ground.observations("f", (square_ahead(14.0, 0.0, side=2.0),), view, pose(), number=0)
    assert seen.area_m2 == pytest.approx(2.0, rel=0.02)
    assert not ground.observations("f", (square_ahead(20.0, 0.0),), view, pose(), number=0)


def test_coverage_is_the_window_on_the_ground_as_far_as_the_picture_shows_it() -> None:
    view = FrameGround.of(CAMERA, PARAMS)
    whole = replace(PARAMS, two_lanes_from_m=100.0)
    look = Ground(network_of(street()), whole).coverage("f", view, pose())
    assert look is not None
    assert 60.0 < look.footprint.area <= 80.0 + 1e-6
    assert look.footprint.contains(Point(EAST + 2.0, NORTH + 38.0))
    assert not look.footprint.contains(Point(EAST + 2.0, NORTH + 33.0))


def test_a_bow_tie_outline_does_not_break_a_frame() -> None:
    bow = Detection(
        pixel_class=PixelClass.CRACK,
        outline_px=CAMERA.to_pixels(np.array([(6.0, -1), (8.0, 1), (8.0, -1), (6.0, 1)])),
        confidence=0.5,
    )
    seen = Ground(network_of(street()), PARAMS).observations(
        "f", (bow,), FrameGround.of(CAMERA, PARAMS), pose(), number=7
    )
    assert len(seen) == 2
    assert [one.observation_id for one in seen] == ["000007/0", "000007/1"], "not the frame's name"
    assert sum(one.area_m2 for one in seen) == pytest.approx(2.0, rel=1e-3)


def test_damage_belongs_to_the_nearer_street_unless_both_are_near() -> None:
    network = network_of(street(), street("b", east=EAST + 9.0))
    view = FrameGround.of(CAMERA, LocateParams(near_m=4, far_m=14, lateral_m=12))
    ground = Ground(network, LocateParams(beside_m=20))
    (near,) = ground.observations("f", (square_ahead(9.0, 3.0),), view, pose(), number=0)
    (far,) = ground.observations("f", (square_ahead(12.0, 6.5),), view, pose(), number=0)
    assert (near.link_id, far.link_id) == ("a:0-1", "b:0-1")


def test_damage_beside_a_carriageway_of_known_width_is_not_the_streets() -> None:
    detections = (square_ahead(8.0, 1.0), square_ahead(8.0, 3.5))
    view = FrameGround.of(CAMERA, PARAMS)
    strict = LocateParams(beside_m=0.75)
    known = Ground(network_of(street()), strict).observations(
        "f", detections, view, pose(), number=0
    )
    assert [one.footprint.centroid.x for one in known] == [pytest.approx(EAST + 3.0, abs=0.01)]
    network = network_of(street())
    unsure = replace(
        network, sections=tuple(replace(one, width_is_assumed=True) for one in network.sections)
    )
    assert len(Ground(unsure, strict).observations("f", detections, view, pose(), number=0)) == 2


def test_a_camera_that_sees_no_road_covers_nothing() -> None:
    up = Camera(params=CameraParams(pitch_deg=-10.0), width_px=1280, height_px=200)
    assert FrameGround.of(up, PARAMS).window_px.is_empty
    assert isinstance(FrameGround.of(CAMERA, PARAMS).window_px, Polygon)
