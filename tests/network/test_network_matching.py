"""Matching tracks to made-up networks, and a real drive to a real one."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import gpxpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import LineString

from gatusyn.geo import Projection, bearing_deg
from gatusyn.model import (
    Direction,
    GroundTrack,
    Link,
    MatchParams,
    Network,
    NetworkParams,
    NetworkType,
    UnmatchedReason,
)
from gatusyn.network import Matcher, match_track, read_network

Floats = NDArray[np.float64]
PARAMS = MatchParams()


def network_of(
    *lines: list[tuple[float, float]],
    direction: Direction = Direction.BOTH,
    kinds: dict[int, NetworkType] | None = None,
) -> Network:
    links = tuple(
        Link(
            link_id=str(number),
            element_id=str(number),
            start_measure=0.0,
            end_measure=1.0,
            line=LineString(line),
            direction=direction,
            network_type=(kinds or {}).get(number, NetworkType.CAR),
        )
        for number, line in enumerate(lines)
    )
    return Network(epsg=3006, links=links, sections=())


def track_of(places: Floats, *, step_s: float = 1.0) -> GroundTrack:
    places = np.asarray(places, dtype=np.float64)
    count = places.shape[0]
    steps = np.gradient(places, axis=0) if count > 1 else np.zeros((count, 2))
    driven = np.hypot(*np.diff(places, axis=0).T)
    return GroundTrack(
        time_s=np.arange(count, dtype=np.float64) * step_s,
        easting_m=places[:, 0],
        northing_m=places[:, 1],
        bearing_deg=bearing_deg(steps[:, 0], steps[:, 1]),
        speed_ms=np.hypot(steps[:, 0], steps[:, 1]) / step_s,
        sigma_m=np.full(count, 4.0),
        distance_m=np.concatenate(([0.0], np.cumsum(np.nan_to_num(driven)))),
    )


def along(line: list[tuple[float, float]], step_m: float) -> Floats:
    shape = LineString(line)
    offsets = np.arange(0.0, shape.length + 1e-9, step_m)
    return np.array([shape.interpolate(offset).coords[0] for offset in offsets])


CROSS = network_of(
    [(0, 0), (200, 0)], [(200, 0), (400, 0)], [(200, 0), (200, 200)], [(200, -200), (200, 0)]
)


@pytest.mark.parametrize("step_m", [0.5, 3.0, 12.0, 40.0])
def test_a_drive_through_a_crossing(step_m: float) -> None:
    places = along([(0, 0), (200, 0), (200, 200)], step_m)
    matched = match_track(CROSS, track_of(places), PARAMS)
    far = np.hypot(places[:, 0] - 200, places[:, 1]) > 6.0
    expected = np.where(places[:, 1] > 0, 2, 0)
    assert (matched.link_index[far] == expected[far]).all()
    assert matched.matched.all()
    assert matched.with_link.all()
    assert matched.distance_m.max() < 6.0
    on_street = far & (expected == 0)
    assert matched.offset_m[on_street] == pytest.approx(places[on_street, 0], abs=0.5)


def test_driving_against_the_digitised_direction() -> None:
    places = along([(400, 0), (0, 0)], 10.0)
    matched = match_track(CROSS, track_of(places), PARAMS)
    assert not matched.with_link.any()
    assert (np.diff(matched.offset_m[matched.link_index == 0]) < 0).all()


def test_bearing_and_way_choose_between_parallel_one_ways() -> None:
    network = network_of([(0, 0), (300, 0)], [(300, 9), (0, 9)], direction=Direction.WITH)
    # Nearer to the link that leads the other way.
    places = along([(0, 6), (300, 6)], 10.0)
    assert (match_track(network, track_of(places), PARAMS).link_index == 0).all()
    assert (match_track(network, track_of(places[::-1]), PARAMS).link_index == 1).all()


def test_noise_at_a_side_street_does_not_lead_into_it() -> None:
    network = network_of([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 100)])
    places = along([(0, 0), (200, 0)], 10.0)
    places[10] += (0.0, 9.0)
    matched = match_track(network, track_of(places), PARAMS)
    assert set(matched.link_index.tolist()) == {0, 1}


def test_far_from_every_link_is_unmatched_and_not_forced() -> None:
    places = np.vstack(
        (along([(0, 0), (100, 0)], 10.0), along([(100, 300), (190, 300)], 10.0), [(195.0, 0.0)])
    )
    matched = match_track(CROSS, track_of(places), PARAMS)
    off = places[:, 1] > 200
    assert (matched.link_index[off] == -1).all()
    assert np.isnan(matched.offset_m[off]).all()
    assert np.isnan(matched.distance_m[off]).all()
    assert matched.matched[~off].all()


def test_no_way_between_begins_a_new_stretch() -> None:
    network = network_of([(0, 0), (100, 0)], [(150, 0), (250, 0)])
    places = along([(0, 0), (250, 0)], 10.0)
    matching = Matcher(network, PARAMS).match(track_of(places))
    assert [[link for link, _ in way] for way in matching.ways] == [[0], [1]]
    assert set(matching.track.link_index[[0, -1]].tolist()) == {0, 1}


def test_a_u_turn_on_the_street() -> None:
    places = np.vstack((along([(0, 0), (120, 0)], 10.0), along([(110, 3), (0, 3)], 10.0)))
    network = network_of([(0, 0), (400, 0)])
    matched = match_track(network, track_of(places), PARAMS)
    assert matched.matched.all()
    assert matched.with_link[:10].all()
    assert not matched.with_link[-10:].any()
    assert matched.offset_m == pytest.approx(places[:, 0], abs=1.0)


def test_a_one_way_street_is_not_driven_backwards() -> None:
    network = network_of([(0, 0), (300, 0)], direction=Direction.AGAINST)
    matched = match_track(network, track_of(along([(0, 0), (300, 0)], 10.0)), PARAMS)
    assert not matched.with_link[matched.matched].any()


def test_standing_still_stays_on_the_street() -> None:
    noise = np.random.default_rng(4).normal(0.0, 2.0, (200, 2))
    still = np.array([100.0, 0.0]) + noise
    places = np.vstack((along([(0, 0), (100, 0)], 10.0), still, along([(110, 0), (190, 0)], 10.0)))
    matched = match_track(CROSS, track_of(places), PARAMS)
    assert (matched.link_index == 0).all()
    assert matched.offset_m[20:200] == pytest.approx(100.0, abs=12.0)


def test_cars_keep_off_the_cycle_path_unless_allowed() -> None:
    network = network_of([(0, 0), (200, 0)], [(0, 8), (200, 8)], kinds={1: NetworkType.CYCLE})
    track = track_of(along([(0, 8), (200, 8)], 10.0))
    assert (match_track(network, track, PARAMS).link_index == 0).all()
    both = {NetworkType.CAR, NetworkType.CYCLE}
    assert (match_track(network, track, PARAMS, network_types=both).link_index == 1).all()


def test_nothing_to_match() -> None:
    empty = track_of(np.empty((0, 2)))
    assert match_track(CROSS, empty, PARAMS).link_index.size == 0
    lone = track_of(np.array([[50.0, 3.0]]))
    assert match_track(CROSS, lone, PARAMS).link_index.tolist() == [0]
    paths = network_of([(0, 0), (9, 0)], kinds={0: NetworkType.FOOT})
    assert not match_track(paths, lone, PARAMS).matched.any()
    assert not match_track(network_of(), lone, PARAMS).matched.any()


def test_fixes_without_a_place_are_unmatched() -> None:
    places = along([(0, 0), (200, 0)], 10.0)
    places[5] = math.nan
    matched = match_track(CROSS, track_of(places), PARAMS)
    assert matched.link_index[5] == -1
    assert matched.matched[:5].all()
    assert matched.matched[6:].all()


def test_the_way_fills_links_without_a_fix() -> None:
    network = network_of([(0, 0), (100, 0)], [(100, 0), (110, 0)], [(110, 0), (220, 0)])
    places = np.array([[20.0, 0.0], [60.0, 0.0], [90.0, 0.0], [130.0, 0.0], [170.0, 0.0]])
    (way,) = Matcher(network, PARAMS).match(track_of(places)).ways
    assert way == ((0, True), (1, True), (2, True))


def test_a_tunnel_without_fixes_is_bridged_along_the_street() -> None:
    bend = [(200.0, 0.0), (400.0, 150.0), (600.0, 150.0), (800.0, 0.0)]
    network = network_of([(0, 0), (200, 0)], bend, [(800, 0), (1000, 0)], [(200, 0), (200, -300)])
    whole = along([(0, 0), *bend, (1000, 0)], 10.0)
    track = track_of(whole)
    # Over ground within 100 m of the mouths only: 45 s without a fix.
    outside = np.flatnonzero((whole[:, 0] < 290) | (whole[:, 0] > 710))
    matching = Matcher(network, PARAMS).match(track.part(outside))
    assert matching.track.matched.all()
    (way,) = matching.ways
    assert way == ((0, True), (1, True), (2, True))


def test_backing_up_to_a_bin_leaves_the_vehicle_on_its_street() -> None:
    back, on = along([(150, 0), (120, 0)], 2.0), along([(122, 0), (390, 0)], 10.0)
    places = np.vstack((along([(0, 0), (150, 0)], 10.0), back, on))
    noise = np.random.default_rng(5).normal(0.0, 1.5, places.shape)
    matched = match_track(CROSS, track_of(places + noise), PARAMS)
    assert matched.matched.all()
    assert set(matched.link_index.tolist()) == {0, 1}
    assert (
        np.abs(
            np.where(matched.link_index == 1, 200.0, 0.0) + matched.offset_m - places[:, 0]
        ).max()
        < 12.0
    )


def yard_of(east: float, north: float) -> Floats:
    """Up and down between parked lorries, across the street's direction."""
    lanes = [(east + 12.0 * lane, north + 22.0 * (lane % 2)) for lane in range(4)]
    corners = [
        corner
        for east_m, top in lanes
        for corner in ((east_m, top), (east_m, 2 * north + 22 - top))
    ]
    there = along(corners, 6.0)
    return np.vstack((there, there[::-1], there, there[::-1]))


def test_a_yard_beside_the_street_is_left_out_with_its_reason() -> None:
    network = network_of([(0, 0), (600, 0)])
    before, yard = along([(0, 0), (300, 0)], 10.0), yard_of(300.0, 12.0)
    places = np.vstack((before, yard, along([(300, 0), (600, 0)], 10.0)))
    matching = Matcher(network, PARAMS).match(track_of(places))
    (stretch,) = matching.unmatched
    assert stretch.reason is UnmatchedReason.NO_LINK_FITS
    assert stretch.first == pytest.approx(len(before), abs=8)
    assert stretch.last == pytest.approx(len(before) + len(yard), abs=8)
    assert not matching.track.matched[stretch.first : stretch.last + 1].any()
    assert matching.ways == (((0, True),), ((0, True),))


def test_a_drive_begins_where_the_vehicle_comes_out_of_the_yard() -> None:
    network = network_of([(0, 0), (300, 0)], [(300, 0), (600, 0)])
    street = along([(330, 0), (600, 0)], 10.0)
    for places in (
        np.vstack((yard_of(250.0, 12.0), street)),
        np.vstack((street, yard_of(560.0, 12.0))),
    ):
        matching = Matcher(network, PARAMS).match(track_of(places))
        assert [way[-1] for way in matching.ways] == [(1, True)]
        assert (1, False) not in matching.ways[0]
        (stretch,) = matching.unmatched
        assert stretch.reason is UnmatchedReason.NO_LINK_FITS
        assert stretch.last - stretch.first + 1 == pytest.approx(len(places) - len(street), abs=12)


def test_a_drive_that_never_leaves_the_yard_is_on_no_street() -> None:
    matching = Matcher(network_of([(0, 0), (600, 0)]), PARAMS).match(track_of(yard_of(300.0, 12.0)))
    assert matching.ways == ()
    assert [stretch.reason for stretch in matching.unmatched] == [UnmatchedReason.NO_LINK_FITS]


def test_why_fixes_are_on_no_link() -> None:
    places = along([(0, 0), (200, 0)], 10.0)
    places[5] = math.nan
    places[12:15, 1] += 300.0
    matching = Matcher(CROSS, PARAMS).match(track_of(places))
    assert [(each.first, each.last, each.reason) for each in matching.unmatched] == [
        (5, 5, UnmatchedReason.NO_PLACE),
        (12, 14, UnmatchedReason.NO_LINK_NEAR),
    ]


def test_an_error_that_lasts_is_not_taken_for_a_yard() -> None:
    places = along([(0, 30), (400, 30)], 10.0)
    network = network_of([(0, 0), (400, 0)])
    matching = Matcher(network, PARAMS).match(track_of(places))
    assert matching.ways == (((0, True),),)
    assert matching.unmatched == ()


def test_noise_along_the_street_is_no_turning_back() -> None:
    network = network_of([(0, 0), (150, 0)], [(150, 0), (0, 0)], direction=Direction.WITH)
    wander = np.concatenate((np.arange(0, 90, 9), np.arange(90, 65, -5), np.arange(65, 150, 9)))
    places = np.column_stack((wander, np.zeros(wander.size))).astype(np.float64)
    track = track_of(places)
    standing = (wander > 60) & (wander < 95)
    track.speed_ms[standing] = 0.0
    matching = Matcher(network, PARAMS).match(track)
    assert matching.ways == (((0, True),),)


@pytest.mark.parametrize(("step_s", "ways"), [(1.0, 2), (60.0, 1)])
def test_a_detour_takes_time(step_s: float, ways: int) -> None:
    network = network_of(
        [(0, 0), (100, 0)], [(100, 0), (100, 400), (120, 400), (120, 0)], [(120, 0), (220, 0)]
    )
    places = np.vstack((along([(0, 0), (96, 0)], 12.0), along([(125, 0), (221, 0)], 12.0)))
    assert len(Matcher(network, PARAMS).match(track_of(places, step_s=step_s)).ways) == ways


def test_speed_smooths_the_places_along_the_way() -> None:
    network = network_of([(0, 0), (500, 0)], [(500, 0), (500, 500)], [(500, 500), (1000, 500)])
    true = along([(0, 0), (500, 0), (500, 500), (1000, 500)], 10.0)
    noisy = true + np.random.default_rng(3).normal(0.0, 10.0, true.shape)
    track = dataclasses.replace(track_of(noisy), sigma_m=np.full(len(true), 10.0))
    matched = match_track(network, track, PARAMS)
    along_m = 500.0 * matched.link_index + matched.offset_m
    error = along_m - 10.0 * np.arange(len(true))
    assert np.sqrt(np.mean(error**2)) < 5.0


def test_times_that_fit_no_vehicle_leave_the_places_alone() -> None:
    places = along([(0, 0), (900, 0)], 30.0)
    track = track_of(places)
    track.time_s[15:] += 3000.0
    track.time_s[20:] -= 2999.5
    matched = match_track(network_of([(0, 0), (900, 0)]), track, PARAMS)
    assert matched.offset_m == pytest.approx(places[:, 0], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-80, 480), st.floats(-280, 280)), min_size=1, max_size=40),
    st.sampled_from(list(Direction)),
)
def test_any_track_gives_valid_places(
    places: list[tuple[float, float]], direction: Direction
) -> None:
    lines = [[(x, y) for x, y in link.line.coords] for link in CROSS.links]
    network = network_of(*lines, direction=direction)
    track = track_of(np.array(places))
    matched = match_track(network, track, PARAMS)
    assert len(matched.link_index) == len(track)
    on = matched.matched
    assert np.isnan(matched.offset_m[~on]).all()
    lengths = np.array([link.length_m for link in network.links])
    assert (matched.offset_m[on] >= 0).all()
    assert (matched.offset_m[on] <= lengths[matched.link_index[on]] + 1e-9).all()
    reached = np.array(
        [
            min(link.line.distance(LineString([place, place])) for link in network.links)
            for place in places
        ]
    )
    # Nothing is placed more than a thinning step farther away than candidates may be.
    assert (reached[on] <= PARAMS.search_m + 6.0).all()


@pytest.mark.shared
def test_a_real_drive_in_andorra(shared: Path) -> None:
    folder = shared / "data"
    network = read_network(folder / "networks" / "osm" / "andorra.osm.pbf", params=NetworkParams())
    with (folder / "tracks" / "andorra" / "andorra_for_map_matching.gpx").open() as stream:
        fixes = list(gpxpy.parse(stream).walk(only_points=True))
    lon = np.array([fix.longitude for fix in fixes])
    lat = np.array([fix.latitude for fix in fixes])
    places = np.column_stack(Projection(network.epsg).to_metres(lon, lat))
    matched = match_track(network, track_of(places), PARAMS)
    assert matched.matched.mean() > 0.95
    assert np.median(matched.distance_m[matched.matched]) < 8.0
