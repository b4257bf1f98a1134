"""Drives that are not only drives, as hours at the depot or a ferry: poses are right or none."""

from __future__ import annotations

import numpy as np
import pytest

from gatusyn.capture.sampling import sample_times
from gatusyn.evaluate.made_drives import (
    EPSG,
    MadeTown,
    Receiver,
    camera_settings,
    make_town,
    record_track,
)
from gatusyn.geo import Projection
from gatusyn.locate import PoseFinder, smooth_track
from gatusyn.model import Pose, Rejected, RejectReason, Track
from gatusyn.simulate.motion import Driver, drive
from gatusyn.simulate.receiver import drift
from gatusyn.simulate.route import cover_links
from gatusyn.simulate.sightings import SightParams

MOST_M = 12.0


@pytest.fixture(scope="module")
def town() -> MadeTown:
    return make_town(101, camera_settings(SightParams()), per_lane_km=0.0)


@pytest.fixture(scope="module")
def driven(town: MadeTown) -> np.ndarray:
    """Return true places once a second over a dozen links."""
    rng = np.random.default_rng(2)
    motion = drive(rng, cover_links(rng, town.roads.arcs(rng))[:14], 9.0, driver=Driver())
    place, _, _ = motion.at(np.arange(0.0, motion.time_s[-1], 1.0))
    return place


def posed(town: MadeTown, places: np.ndarray) -> tuple[np.ndarray, list[Pose | Rejected]]:
    """Return the times that are sampled, and their poses, with a phone's errors in the fixes."""
    noisy = places + drift(np.random.default_rng(3), len(places), 3.0, 60.0)
    lon, lat = Projection(EPSG).to_degrees(noisy[:, 0], noisy[:, 1])
    track = Track(
        source="hard.gpx",
        time_s=np.arange(float(len(places))),
        lon_deg=lon,
        lat_deg=lat,
        accuracy_m=np.full(len(places), 3.0),
    )
    ground = smooth_track(track, Projection(EPSG), town.settings.locate)
    poses = PoseFinder(
        town.network,
        ground,
        town.matcher.match(ground).track,
        town.settings.locate,
        max_gap_s=10.0,
        default_width_m=6.5,
    )
    times = sample_times(ground, spacing_m=5.0, max_gap_s=10.0)
    return times, [poses.at(f"{time_s:.1f}", float(time_s)) for time_s in times]


def off_m(places: np.ndarray, pose: Pose) -> float:
    true = [np.interp(pose.time_s, np.arange(len(places)), places[:, axis]) for axis in (0, 1)]
    return float(np.hypot(pose.easting_m - true[0], pose.northing_m - true[1]))


def test_nine_hours_at_the_depot_leave_the_drive_as_it_is(
    town: MadeTown, driven: np.ndarray
) -> None:
    yard = driven[-1] + np.array([-70.0, -90.0])
    stay = np.tile(yard, (9 * 3600, 1))
    way = driven[-1] + np.linspace(0.0, 1.0, 20)[1:, None] * (yard - driven[-1])
    places = np.concatenate((driven, way, stay, way[::-1], driven[::-1]))
    times, poses = posed(town, places)
    first, last = len(driven) + len(way), len(places) - len(driven) - len(way)
    idle = [pose for time_s, pose in zip(times, poses, strict=True) if first < time_s < last]
    assert len(idle) < 60, "a vehicle that stands takes no frames"
    alone, _ = posed(town, driven)
    seen = [pose for pose in poses if isinstance(pose, Pose) and pose.time_s < len(driven)]
    assert len(seen) > 0.85 * len(alone)
    assert np.median([off_m(places, pose) for pose in seen]) < 3.0


def test_a_ferry_is_on_no_street_and_the_drive_goes_on_after_it(
    town: MadeTown, driven: np.ndarray
) -> None:
    half = len(driven) // 2
    out = driven[half] + np.linspace(0.0, 1.0, 400)[1:, None] * np.array([-3000.0, 2500.0])
    places = np.concatenate((driven[: half + 1], out, out[::-1], driven[half:]))
    _, poses = posed(town, places)
    at_sea = (half + 60.0, half + 2 * len(out) - 60.0)
    crossing: list[Pose] = []
    ashore: list[Pose] = []
    for pose in poses:
        if isinstance(pose, Pose):
            (crossing if at_sea[0] < pose.time_s < at_sea[1] else ashore).append(pose)
    assert not crossing
    reasons = {pose.reason for pose in poses if isinstance(pose, Rejected)}
    assert RejectReason.OFF_NETWORK in reasons
    after = [pose for pose in ashore if pose.time_s > half + 2 * len(out)]
    assert len(after) > 40
    assert np.median([off_m(places, pose) for pose in after]) < 3.0
    assert max(off_m(places, pose) for pose in after[5:]) < MOST_M


@pytest.mark.parametrize("sigma_m", [1.0, 6.0])
def test_the_street_tells_how_good_a_silent_receiver_is(town: MadeTown, sigma_m: float) -> None:
    rng = np.random.default_rng(4)
    motion = drive(rng, cover_links(rng, town.roads.arcs(rng)), 9.0, driver=Driver())
    silent = Receiver(sigma_m=sigma_m, correlation_s=60.0, says_accuracy=False)
    track = record_track(rng, motion, silent, 0.0)
    ground = smooth_track(track, Projection(EPSG), town.settings.locate)
    poses = PoseFinder(
        town.network,
        ground,
        town.matcher.match(ground).track,
        town.settings.locate,
        max_gap_s=10.0,
        default_width_m=6.5,
    )
    found = [poses.at("f", float(time_s)) for time_s in ground.time_s[100:-100:5]]
    said = [pose.sigma_along_m for pose in found if isinstance(pose, Pose)]
    places = motion.at(ground.time_s)[0]
    off = [off_m(places, pose) for pose in found if isinstance(pose, Pose)]
    assert 0.5 < np.median(said) / (1.1 * np.median(off)) < 2.2
