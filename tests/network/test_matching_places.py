"""Where matching is hard: bridges, paths beside streets, roundabouts, crossings, bad networks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from shapely import LineString

from gatusyn.geo import bearing_deg
from gatusyn.model import Direction, GroundTrack, Link, MatchParams, Network, NetworkType
from gatusyn.network import Matcher, match_track

Floats = NDArray[np.float64]
Line = list[tuple[float, float]]
PARAMS = MatchParams()


def link(name: str, line: Line, **properties: object) -> Link:
    values = {"start_measure": 0.0, "end_measure": 1.0, **properties}
    return Link(link_id=name, element_id=name, line=LineString(line), **values)  # type: ignore[arg-type]


def network_of(*links: Link) -> Network:
    return Network(epsg=3006, links=links, sections=())


def drive(
    line: Line, *, noise_m: float, seed: int, step_m: float = 10.0
) -> tuple[GroundTrack, Floats]:
    """Return a drive at 10 m/s along a line, and the truth: metres along, east, north."""
    shape = LineString(line)
    along = np.arange(0.0, shape.length + 1e-9, step_m)
    true = np.array([shape.interpolate(offset).coords[0] for offset in along])
    places = true + np.random.default_rng(seed).normal(0.0, noise_m, true.shape)
    steps = np.gradient(true, axis=0)
    track = GroundTrack(
        time_s=along / 10.0,
        easting_m=places[:, 0],
        northing_m=places[:, 1],
        bearing_deg=bearing_deg(steps[:, 0], steps[:, 1]),
        speed_ms=np.full(along.size, 10.0),
        sigma_m=np.full(along.size, max(noise_m, 1.0)),
        distance_m=along,
    )
    return track, np.column_stack((along, true))


def names(network: Network, track: GroundTrack) -> list[str]:
    matched = match_track(network, track, PARAMS)
    return [network.links[at].link_id if at >= 0 else "" for at in matched.link_index.tolist()]


# Two streets that cross on two levels: their lines meet, but no link ends there.
BRIDGE = network_of(
    link("over 1", [(-400, 0), (-200, 0)]),
    link("over 2", [(-200, 0), (200, 0)]),
    link("over 3", [(200, 0), (400, 0)]),
    link("under 1", [(0, -400), (0, -200)]),
    link("under 2", [(0, -200), (0, 200)]),
    link("under 3", [(0, 200), (0, 400)]),
)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("noise_m", [3.0, 8.0])
def test_over_and_under_a_bridge(seed: int, noise_m: float) -> None:
    ways: dict[str, Line] = {"over": [(-400, 0), (400, 0)], "under": [(0, -400), (0, 400)]}
    for way, line in ways.items():
        track, _ = drive(line, noise_m=noise_m, seed=seed)
        found = names(BRIDGE, track)
        assert all(name.startswith(way) for name in found), found


@pytest.mark.parametrize("seed", range(10))
def test_a_slanting_bridge(seed: int) -> None:
    """The roads part by 15 degrees only: near the crossing place and bearing say little."""
    east, north = math.cos(math.radians(15)), math.sin(math.radians(15))
    network = network_of(
        link("over", [(-400, 0), (400, 0)]),
        link("under", [(-400 * east, -400 * north), (400 * east, 400 * north)]),
    )
    track, _ = drive([(-400, 0), (400, 0)], noise_m=3.0, seed=seed)
    assert set(names(network, track)) == {"over"}


def test_standing_under_a_bridge_stays_under_it() -> None:
    line = [(0.0, -200.0), (0.0, 0.0)]
    track, _ = drive([*line, (0.0, 200.0)], noise_m=3.0, seed=4)
    still = np.repeat(20, 40)
    order = np.concatenate((np.arange(20), still, np.arange(20, len(track))))
    noise = np.random.default_rng(5).normal(0.0, 3.0, (order.size, 2))
    paused = GroundTrack(
        time_s=np.arange(order.size, dtype=np.float64),
        easting_m=track.easting_m[order] + noise[:, 0],
        northing_m=track.northing_m[order] + noise[:, 1],
        bearing_deg=track.bearing_deg[order],
        speed_ms=np.where(order == 20, 0.0, 10.0),
        sigma_m=np.full(order.size, 3.0),
        distance_m=np.arange(order.size, dtype=np.float64),
    )
    assert all(name.startswith("under") for name in names(BRIDGE, paused))


@pytest.mark.parametrize("seed", range(10))
def test_a_car_stays_on_the_street_beside_a_cycle_path(seed: int) -> None:
    network = network_of(
        link("street", [(0, 0), (600, 0)]),
        link("path", [(0, 4), (600, 4)], network_type=NetworkType.CYCLE),
    )
    track, _ = drive([(0, 4), (600, 4)], noise_m=3.0, seed=seed)
    assert set(names(network, track)) == {"street"}


@pytest.mark.parametrize("seed", range(10))
def test_a_cycle_stays_on_the_path_across_its_link_to_the_street(seed: int) -> None:
    network = network_of(
        link("street", [(0, 0), (600, 0)]),
        link("path 1", [(0, 8), (300, 8)], network_type=NetworkType.CYCLE),
        link("path 2", [(300, 8), (600, 8)], network_type=NetworkType.CYCLE),
        link("across", [(300, 8), (300, 0)], network_type=NetworkType.CYCLE),
    )
    track, _ = drive([(0, 8), (600, 8)], noise_m=2.0, seed=seed)
    matched = match_track(network, track, PARAMS, network_types={NetworkType.CYCLE})
    found = {network.links[at].link_id for at in matched.link_index.tolist()}
    assert found <= {"path 1", "path 2", "across"}
    off = [at for at in matched.link_index.tolist() if network.links[at].link_id == "across"]
    assert len(off) <= 2


RADIUS = 20.0


def arc(start_deg: float, end_deg: float, radius: float = RADIUS) -> Line:
    return [
        (radius * math.cos(math.radians(a)), radius * math.sin(math.radians(a)))
        for a in np.linspace(start_deg, end_deg, 13)
    ]


ARMS = {"E": 0.0, "N": 90.0, "W": 180.0, "S": 270.0}


def roundabout() -> Network:
    """A roundabout driven counter-clockwise, with four arms of 200 m."""
    ring = [
        link(f"ring {number}", arc(90 * number, 90 * (number + 1)), direction=Direction.WITH)
        for number in range(4)
    ]
    arms = [
        link(
            f"arm {name}",
            [
                (RADIUS * math.cos(math.radians(a)), RADIUS * math.sin(math.radians(a))),
                (220 * math.cos(math.radians(a)), 220 * math.sin(math.radians(a))),
            ],
        )
        for name, a in ARMS.items()
    ]
    return network_of(*ring, *arms)


@pytest.mark.parametrize("seed", range(10))
def test_three_quarters_of_a_roundabout(seed: int) -> None:
    network = roundabout()
    line = [(0.0, -220.0), (0.0, -RADIUS), *arc(270, 540)[1:], (-220.0, 0.0)]
    track, _ = drive(line, noise_m=3.0, seed=seed)
    matching = Matcher(network, PARAMS).match(track)
    ways = [[network.links[at].link_id for at, _ in way] for way in matching.ways]
    assert ways == [["arm S", "ring 3", "ring 0", "ring 1", "arm W"]]
    ring = [
        at
        for way in matching.ways
        for at, with_link in way
        if network.links[at].direction is Direction.WITH and not with_link
    ]
    assert ring == []


def crossing() -> Network:
    return network_of(
        *(
            link(
                f"arm {name}",
                [(0, 0), (200 * math.cos(math.radians(a)), 200 * math.sin(math.radians(a)))],
            )
            for name, a in ARMS.items()
        )
    )


@pytest.mark.parametrize("turn", ["straight", "left", "right"])
def test_near_a_crossing_the_link_is_right_where_it_can_be(turn: str) -> None:
    """At least 95 % of the fixes within 20 m of it are on the right link, at 3 m of noise."""
    network = crossing()
    out = {"straight": "W", "left": "S", "right": "N"}[turn]
    angle = math.radians(ARMS[out])
    line = [(200.0, 0.0), (0.0, 0.0), (200 * math.cos(angle), 200 * math.sin(angle))]
    right = near = far_right = far = 0
    for seed in range(40):
        track, true = drive(line, noise_m=3.0, seed=seed, step_m=4.0)
        found = names(network, track)
        for (along, _, _), name in zip(true.tolist(), found, strict=True):
            expected = "arm E" if along < 200.0 else f"arm {out}"
            if abs(along - 200.0) > 20.0:
                far += 1
                far_right += name == expected
            # At the crossing itself a fix is on both.
            elif along != 200.0:
                near += 1
                right += name == expected
    assert far_right / far >= 0.99, (turn, far_right / far)
    assert right / near >= 0.95, (turn, right / near)


BAD_LINKS = {
    "of no length": [(50.0, 0.0), (50.0, 0.0)],
    "crossing itself": [(100.0, 0.0), (150.0, 50.0), (150.0, -50.0), (100.0, 0.001), (90.0, 40.0)],
    "a closed ring": [(100.0, 0.0), (120.0, 20.0), (80.0, 20.0), (100.0, 0.0)],
    "joined to nothing": [(20.0, 12.0), (180.0, 12.0)],
    "twice the same point": [(0.0, 30.0), (60.0, 30.0), (60.0, 30.0), (200.0, 30.0)],
}


@pytest.mark.parametrize("kind", BAD_LINKS)
@pytest.mark.parametrize("seed", range(3))
def test_bad_links_do_not_draw_the_drive_off_its_street(kind: str, seed: int) -> None:
    network = network_of(
        link("street 1", [(0, 0), (100, 0)]), link("street 2", [(100, 0), (200, 0)]),
        link("bad", BAD_LINKS[kind]),
    )  # fmt: skip
    track, _ = drive([(0, 0), (200, 0)], noise_m=2.0, seed=seed)
    found = names(network, track)
    assert found.count("bad") <= 1
    assert "" not in found
    assert all(np.isfinite(match_track(network, track, PARAMS).offset_m))


def test_a_network_of_bad_links_only_matches_nothing_wrong() -> None:
    network = network_of(*(link(kind, line) for kind, line in BAD_LINKS.items()))
    track, _ = drive([(0, 0), (200, 0)], noise_m=2.0, seed=1)
    matched = match_track(network, track, PARAMS)
    on = matched.matched
    lengths = np.array([one.length_m for one in network.links])
    assert (matched.offset_m[on] <= lengths[matched.link_index[on]] + 1e-9).all()
