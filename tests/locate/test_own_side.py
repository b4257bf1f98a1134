"""Which side of the street a look counts for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box
from tests.locate.test_footprints import CAMERA, PARAMS, pose, square_ahead
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.geo import bearing_at, side_of_line, unit_vector
from gatusyn.locate import FrameGround, Ground
from gatusyn.locate.own_side import own_side
from gatusyn.model import Coverage, Direction, Link, LocateParams, Pose

VIEW = FrameGround.of(CAMERA, PARAMS)
LEFT_HAND = replace(PARAMS, left_hand_traffic=True)


def looked(one: Pose, params: LocateParams = PARAMS, link: Link | None = None) -> Coverage:
    own = street() if link is None else link
    sections = [
        replace(section, width_m=own.width_m or 8.0) for section in network_of(own).sections
    ]
    network = replace(network_of(own), sections=tuple(sections))
    look = Ground(network, params).coverage("f", VIEW, one)
    assert look is not None
    return look


@pytest.mark.parametrize(
    ("bearing", "east", "params", "seen"),
    [
        (0.0, 2.0, PARAMS, (0.0, 6.0)),
        (180.0, -2.0, PARAMS, (-6.0, 0.0)),
        (0.0, -2.0, LEFT_HAND, (-6.0, 0.0)),
        (180.0, 2.0, LEFT_HAND, (0.0, 6.0)),
        (0.0, 2.0, replace(PARAMS, lateral_m=1.0), (1.0, 3.0)),
    ],
)
def test_a_look_ends_in_the_middle_of_a_street_with_two_lanes(
    bearing: float, east: float, params: LocateParams, seen: tuple[float, float]
) -> None:
    view = FrameGround.of(CAMERA, params)
    one = pose(bearing_deg=bearing, east=EAST + east, north=NORTH + 50.0)
    look = Ground(network_of(street()), params).coverage("f", view, one)
    assert look is not None
    west, _, right, _ = look.footprint.bounds
    assert (west - EAST, right - EAST) == pytest.approx(seen, abs=0.01)
    west, _, right, _ = look.in_view.bounds
    aside = params.lateral_m
    assert (west - EAST, right - EAST) == pytest.approx((east - aside, east + aside), abs=0.01)


@pytest.mark.parametrize(
    ("width_m", "direction", "west"),
    [
        (8.0, Direction.BOTH, 0.0),
        (8.0, Direction.WITH, -2.0),
        (4.6, Direction.BOTH, 0.0),
        (4.4, Direction.BOTH, -2.0),
    ],
)
def test_one_way_streets_and_narrow_ones_are_looked_at_whole(
    width_m: float, direction: Direction, west: float
) -> None:
    link = replace(street(), width_m=width_m, direction=direction)
    assert looked(pose(), link=link).footprint.bounds[0] - EAST == pytest.approx(west, abs=0.01)


@pytest.mark.parametrize(("east", "west"), [(-0.3, 0.0), (-0.5, -2.5), (-3.0, -5.0), (3.0, 0.0)])
def test_who_surely_drives_on_the_other_side_looks_at_the_lane_there(
    east: float, west: float
) -> None:
    """The place is sure to 0.2 m, so 0.4 m beyond the middle may be chance."""
    look = looked(pose(east=EAST + east))
    assert look.footprint.bounds[0] - EAST == pytest.approx(west, abs=0.01)


def test_who_does_not_follow_the_link_looks_at_the_own_lane() -> None:
    turning = replace(pose(), bearing_deg=60.0)
    look = looked(turning)
    east, north = unit_vector(60.0)
    aside = [
        (x - turning.easting_m) * north - (y - turning.northing_m) * east
        for x, y in look.footprint.exterior.coords
    ]
    assert (min(aside), max(aside)) == pytest.approx((-2.0, 4.0), abs=0.01)


def test_what_shows_only_the_other_side_looks_at_nothing() -> None:
    shown = VIEW.to_map(VIEW.window_px, pose()).intersection(
        box(EAST - 2.0, NORTH, EAST - 0.5, NORTH + 60.0)
    )
    road = VIEW.to_picture(
        shapely.transform(shown, lambda at: at - (pose().easting_m, pose().northing_m))
    )
    assert isinstance(road, Polygon)
    ground = Ground(network_of(street()), PARAMS)
    assert ground.coverage("f", VIEW, pose(), seen_px=road) is None
    detections = (square_ahead(8.0, -3.0),)
    (found,) = ground.observations("f", detections, VIEW, pose(), number=0)
    assert found.footprint.centroid.x < EAST, "what is seen there is told"


@given(
    st.lists(st.floats(-12.0, 12.0), min_size=4, max_size=8),
    st.floats(0.0, 1.0),
    st.booleans(),
    st.floats(-0.3, 6.0),
)
def test_on_any_bend_nothing_left_of_the_middle_counts(
    turns: list[float], share: float, with_link: bool, aside: float
) -> None:
    headings = np.cumsum(turns)
    steps = [(10.0 * east, 10.0 * north) for east, north in map(unit_vector, headings.tolist())]
    line = LineString(np.cumsum([(EAST, NORTH), *steps], axis=0))
    link = replace(street(), line=line)
    own = line if with_link else LineString(line.coords[::-1])
    offset = share * line.length
    bearing = bearing_at(own, offset)
    east, north = unit_vector(bearing)
    beside = own.interpolate(offset)
    one = replace(
        pose(),
        easting_m=beside.x + aside * north,
        northing_m=beside.y - aside * east,
        bearing_deg=bearing,
        offset_m=offset if with_link else line.length - offset,
        direction=Direction.WITH if with_link else Direction.AGAINST,
    )
    ground = own_side(link, 8.0, one, PARAMS)
    assert ground is not None
    assert ground.is_valid
    here = Point(beside.x + 1.0 * north, beside.y - 1.0 * east)
    assert ground.contains(here)
    assert not ground.contains(Point(beside.x - 1.0 * north, beside.y + 1.0 * east))
    for ahead in np.arange(offset + 1.0, min(offset + 14.0, line.length - 1.0), 2.0).tolist():
        place = own.interpolate(ahead)
        ahead_east, ahead_north = unit_vector(bearing_at(own, ahead, reach_m=0.5))
        for side in (-1.5, 1.5):
            there = Point(place.x + side * ahead_north, place.y - side * ahead_east)
            assert ground.contains(there) is (side_of_line(own, there) > 0.0)
