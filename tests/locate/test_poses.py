"""Poses: between fixes, in the lane, by the bends of the street, and never made up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from shapely import LineString
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.locate import PoseFinder
from gatusyn.locate.lanes import lane_of
from gatusyn.model import (
    Direction,
    Fixes,
    GroundTrack,
    Link,
    LocateParams,
    MatchedTrack,
    Network,
    Pose,
    Rejected,
    RejectReason,
)

PARAMS = LocateParams(lane_sigma_m=0.4)


def finder(
    *,
    times: list[float],
    norths: list[float],
    bearing: list[float] | float = 0.0,
    east: float = EAST,
    sigma: float = 2.0,
    link_index: int = 0,
    with_link: bool = True,
) -> PoseFinder:
    count = len(times)
    ground = GroundTrack(
        time_s=np.array(times),
        easting_m=np.full(count, east),
        northing_m=NORTH + np.array(norths),
        bearing_deg=np.broadcast_to(np.array(bearing, dtype=float), (count,)),
        speed_ms=np.full(count, 8.0),
        sigma_m=np.full(count, sigma),
        distance_m=np.abs(np.array(norths) - norths[0]),
    )
    matched = MatchedTrack(
        link_index=np.full(count, link_index),
        offset_m=np.array(norths),
        with_link=np.full(count, with_link),
        distance_m=np.zeros(count),
    )
    return PoseFinder(
        network_of(street()), ground, matched, PARAMS, max_gap_s=5.0, default_width_m=6.0
    )


TIMES = [float(second) for second in range(8)]


def along(first: float, last: float) -> list[float]:
    return [float(north) for north in np.linspace(first, last, 8)]


def test_between_two_fixes_and_in_the_lane() -> None:
    pose = finder(times=TIMES, norths=along(10.0, 66.0)).at("f", 3.25)
    assert isinstance(pose, Pose)
    assert pose.northing_m == pytest.approx(NORTH + 36.0, abs=0.3)
    # The lane's middle is 2 m right of the line, and better known than the fixes.
    assert 1.2 < pose.easting_m - EAST < 2.0
    assert pose.direction is Direction.WITH
    assert 0.2 < pose.sigma_across_m < 0.5
    assert pose.sigma_along_m > 2 * pose.sigma_across_m
    assert pose.bearing_deg == pytest.approx(0.0, abs=2.0) or pose.bearing_deg > 358.0


def test_against_the_link_the_lane_is_on_the_other_side() -> None:
    pose = finder(times=TIMES, norths=along(66.0, 10.0), bearing=180.0, with_link=False).at(
        "f", 3.5
    )
    assert isinstance(pose, Pose)
    assert 1.2 < EAST - pose.easting_m < 2.0
    assert pose.bearing_deg == pytest.approx(180.0, abs=2.0)


def test_a_sure_track_keeps_its_place_across_the_street() -> None:
    pose = finder(times=TIMES, norths=along(10.0, 66.0), sigma=0.02).at("f", 3.5)
    assert isinstance(pose, Pose)
    assert pose.easting_m == pytest.approx(EAST, abs=0.05)
    assert pose.sigma_across_m < 0.05


def test_a_vehicle_far_beside_the_lane_is_not_drawn_into_it() -> None:
    pose = finder(times=TIMES, norths=along(10.0, 66.0), east=EAST + 12.0, sigma=1.0).at("f", 3.5)
    assert isinstance(pose, Pose)
    assert pose.easting_m == pytest.approx(EAST + 12.0, abs=0.2)
    assert pose.sigma_across_m > 0.4


@pytest.mark.parametrize("with_link", [True, False])
@pytest.mark.parametrize("left_hand", [True, False])
def test_lanes_by_side_way_and_width(with_link: bool, left_hand: bool) -> None:
    def lane(width: float | None, direction: Direction = Direction.BOTH) -> tuple[float, float]:
        line = LineString([(0.0, 0.0), (0.0, 50.0)])
        link = Link(
            link_id="a",
            element_id="a",
            start_measure=0.0,
            end_measure=1.0,
            line=line,
            width_m=width,
            direction=direction,
        )
        return lane_of(
            link, with_link=with_link, left_hand=left_hand, sigma_m=0.4, default_width_m=6.5
        )

    side = -1.0 if left_hand else 1.0
    assert lane(6.0) == pytest.approx((side * 1.5, 0.4))
    assert lane(4.0, Direction.WITH) == pytest.approx((0.0, math.hypot(0.4, 0.25)))
    middle, sigma = lane(14.0)
    # Either of two lanes of 3.5 m: half a lane to either side of their middle.
    assert middle == side * 3.5
    assert sigma == pytest.approx(math.hypot(0.4, 1.75))
    assert lane(None)[0] == side * 6.5 / 4
    assert lane(None)[1] > lane(6.5)[1]


def bend_network() -> Network:
    first = street("a")
    second = Link(
        link_id="b:0-1",
        element_id="b",
        start_measure=0.0,
        end_measure=1.0,
        line=LineString([(EAST, NORTH + 100.0), (EAST + 100.0, NORTH + 100.0)]),
        width_m=8.0,
    )
    return Network(epsg=3006, links=(first, second), sections=network_of(first).sections)


def test_a_turn_tells_what_the_fixes_lasting_error_is_along_the_street() -> None:
    network = bend_network()
    norths = np.concatenate((np.arange(0.0, 100.0, 8.0), np.full(12, 98.0)))
    easts = np.concatenate((np.full(13, 2.0), np.arange(4.0, 100.0, 8.0)))
    count, off = len(norths), np.array([4.0, 0.0])  # the receiver is 4 m too far east all along
    ground = GroundTrack(
        time_s=np.arange(float(count)),
        easting_m=EAST + easts + off[0],
        northing_m=NORTH + norths + off[1],
        bearing_deg=np.where(np.arange(count) < 13, 0.0, 90.0),
        speed_ms=np.full(count, 8.0),
        sigma_m=np.full(count, 3.0),
        distance_m=8.0 * np.arange(float(count)),
        fixes=Fixes(
            easting_m=EAST + easts + off[0],
            northing_m=NORTH + norths + off[1],
            white_m=np.full(count, 0.3),
            drift_m=np.full(count, 3.0),
        ),
    )
    matched = MatchedTrack(
        link_index=np.where(np.arange(count) < 13, 0, 1),
        offset_m=np.where(np.arange(count) < 13, norths, easts + off[0]),
        with_link=np.full(count, True),
        distance_m=np.zeros(count),
    )
    poses = PoseFinder(network, ground, matched, PARAMS, max_gap_s=5.0, default_width_m=6.0)
    before, after = poses.at("f", 8.0), poses.at("g", 17.0)
    assert isinstance(before, Pose)
    assert isinstance(after, Pose)
    # On the first street the error is across it and the lane shows it; on the second, along it.
    assert before.easting_m == pytest.approx(EAST + 2.0, abs=0.6)
    assert after.easting_m == pytest.approx(EAST + 4.0 + 4 * 8.0, abs=1.5)
    assert after.sigma_along_m < 2.5
    assert before.link_id == "a:0-1"
    assert after.link_id == "b:0-1"


@pytest.mark.parametrize(
    ("made", "time", "reason"),
    [
        (finder(times=[0.0, 1.0], norths=[0.0, 8.0]), 2.0, RejectReason.NO_TRACK),
        (finder(times=[0.0, 9.0], norths=[0.0, 72.0]), 4.0, RejectReason.NO_TRACK),
        (
            finder(times=[0.0, 1.0], norths=[0.0, 8.0], bearing=[350.0, 10.0]),
            0.5,
            RejectReason.TURNING,
        ),
        (
            finder(times=[0.0, 1.0], norths=[0.0, 8.0], link_index=-1),
            0.5,
            RejectReason.OFF_NETWORK,
        ),
    ],
)
def test_where_nothing_is_known_there_is_a_reason(
    made: PoseFinder, time: float, reason: RejectReason
) -> None:
    result = made.at("frame-7", time)
    assert isinstance(result, Rejected)
    assert (result.frame_id, result.reason) == ("frame-7", reason)
