"""Poses: between fixes, in the lane, and never made up."""

from __future__ import annotations

import numpy as np
import pytest
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.locate import PoseFinder
from gatusyn.model import (
    Direction,
    GroundTrack,
    LocateParams,
    MatchedTrack,
    Pose,
    Rejected,
    RejectReason,
)


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
        distance_m=np.array(norths),
    )
    matched = MatchedTrack(
        link_index=np.full(count, link_index),
        offset_m=np.array(norths),
        with_link=np.full(count, with_link),
        distance_m=np.zeros(count),
    )
    return PoseFinder(
        network_of(street()),
        ground,
        matched,
        LocateParams(lane_sigma_m=1.0),
        max_gap_s=5.0,
        default_width_m=6.0,
    )


def test_between_two_fixes_and_towards_the_lane() -> None:
    pose = finder(times=[0.0, 1.0], norths=[40.0, 48.0]).at("f", 0.25)
    assert isinstance(pose, Pose)
    assert pose.northing_m == pytest.approx(NORTH + 42.0)
    # The lane's middle is 2 m right of the line; the track's variance is four times the lane's.
    assert pose.easting_m == pytest.approx(EAST + 2.0 * 4 / 5)
    assert pose.direction is Direction.WITH
    assert pose.sigma_m < 2.0


def test_against_the_link_the_lane_is_on_the_other_side() -> None:
    pose = finder(times=[0.0, 1.0], norths=[48.0, 40.0], bearing=180.0, with_link=False).at(
        "f", 0.5
    )
    assert isinstance(pose, Pose)
    assert pose.easting_m == pytest.approx(EAST - 2.0 * 4 / 5)
    assert pose.bearing_deg == pytest.approx(180.0)


def test_a_sure_track_keeps_its_place_across_the_street() -> None:
    pose = finder(times=[0.0, 1.0], norths=[40.0, 48.0], sigma=0.02).at("f", 0.5)
    assert isinstance(pose, Pose)
    assert pose.easting_m == pytest.approx(EAST, abs=0.01)


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
