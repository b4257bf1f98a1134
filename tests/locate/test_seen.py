"""Of the road ahead only what the picture shows counts as looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Point
from tests.locate.test_footprints import CAMERA, PARAMS, pose
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.locate import FrameGround, Ground, road_in_picture


def layer(rows: int = 72, columns: int = 128) -> NDArray[np.float32]:
    """Return road in the lower half of a picture of 1280 x 720 px, in cells of 10 px."""
    road = np.zeros((rows, columns), np.float32)
    road[rows // 2 :] = 0.9
    return road


STEP = (10.0, 10.0)


def test_road_reaches_to_the_borders_of_its_cells() -> None:
    assert road_in_picture(layer(), step_px=STEP).bounds == pytest.approx(
        (-0.5, 359.5, 1279.5, 719.5)
    )


def test_a_picture_without_road_shows_none() -> None:
    assert road_in_picture(np.zeros((72, 128), np.float32)).is_empty
    view = FrameGround.of(CAMERA, PARAMS)
    assert view.part_of(road_in_picture(np.zeros((72, 128), np.float32))).is_empty


def test_what_a_vehicle_hides_is_not_looked_at_and_what_a_hole_shows_is() -> None:
    params = replace(PARAMS, two_lanes_from_m=100.0)
    road, ground = layer(), Ground(network_of(street()), params)
    view = FrameGround.of(CAMERA, PARAMS)
    # A car ahead in the lane: from above the horizon down to 8 m before the lens.
    (x0, y), (x1, _) = CAMERA.to_pixels(np.array([(8.0, -1.0), (8.0, 1.0)]))
    road[: int(y // 10) + 1, int(x0 // 10) : int(x1 // 10) + 1] = 0.0
    # A manhole, 6 m ahead.
    ((x, y),) = CAMERA.to_pixels(np.array([(6.0, -2.0)]))
    road[int(y // 10), int(x // 10)] = 0.0
    seen = view.part_of(road_in_picture(road, step_px=STEP))
    look = ground.coverage("f", view, pose(), seen_px=seen)
    whole = ground.coverage("f", view, pose())
    east, north = EAST + 2.0, NORTH + 30.0
    assert look is not None
    assert whole is not None
    assert whole.footprint.buffer(1e-3).contains(look.footprint)
    assert not look.footprint.contains(Point(east, north + 10.0)), "behind the car"
    assert look.footprint.contains(Point(east, north + 7.0)), "before it"
    assert look.footprint.contains(Point(east + 2.5, north + 10.0)), "beside it"
    assert look.footprint.contains(Point(east - 2.0, north + 6.0)), "a manhole is ground"
    assert 0.5 * whole.footprint.area < look.footprint.area < 0.9 * whole.footprint.area


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(2, 40))
def test_any_layer_gives_valid_shapes_within_the_picture(
    seed: int, rows: int, columns: int
) -> None:
    road = np.random.default_rng(seed).random((rows, columns)).astype(np.float32)
    shapes = road_in_picture(road, step_px=(7.0, 5.0))
    left, top, right, bottom = shapes.bounds if not shapes.is_empty else (0, 0, 0, 0)
    assert shapes.is_valid
    assert left >= -0.5 - 7 <= right <= 7 * columns - 0.5 + 7
    assert top >= -0.5 - 5 <= bottom <= 5 * rows - 0.5 + 5
    assert shapes.area <= 1.3 * 35 * rows * columns
