"""Made-up roads: streets of several kinds, damage on them, routes over them, and what is seen."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from tests.made_sight import SURE

from gatusyn.model import Direction, NetworkType
from gatusyn.simulate.lines import lengths
from gatusyn.simulate.motion import Driver, drift_along, drive
from gatusyn.simulate.road_damage import scatter_damage
from gatusyn.simulate.roads import Roads, make_roads, network_links, total_km
from gatusyn.simulate.route import cover_links
from gatusyn.simulate.sightings import Mount, Scenery, true_place

SEES_ALL = replace(SURE, seen_near=2.0, seen_far=2.0)


@pytest.fixture(scope="module")
def roads() -> Roads:
    return make_roads(100)


@pytest.mark.parametrize("seed", range(100, 106))
def test_every_street_can_be_reached_from_every_other(seed: int) -> None:
    roads = make_roads(seed)
    arcs = roads.arcs(np.random.default_rng(0))
    ends = np.array([(arc.start_node, arc.end_node) for arc in arcs])
    graph = coo_array((np.ones(len(ends)), ends.T), shape=(len(roads.nodes),) * 2)
    count, _ = connected_components(graph, directed=True, connection="strong")
    assert count == 1
    assert np.bincount(ends[:, 0]).min() >= 1
    assert 5.0 < total_km(roads.links) < 8.0


def test_a_route_uses_each_link_and_joins_end_to_end(roads: Roads) -> None:
    rng = np.random.default_rng(3)
    route = cover_links(rng, roads.arcs(rng))
    assert {arc.link for arc in route} == set(range(len(roads.links)))
    for one, other in pairwise(route):
        assert one.end_node == other.start_node
        assert one.link != other.link
    assert len(route) < 2 * len(roads.links)


def test_the_delivery_has_ways_widths_and_cycle_paths(roads: Roads) -> None:
    links = network_links(roads)
    streets = [link for link in links if link.network_type is NetworkType.CAR]
    assert len(streets) == len(roads.links)
    assert any(link.direction is Direction.WITH for link in streets)
    assert any(link.width_m is None for link in streets)
    assert any(link.network_type is NetworkType.CYCLE for link in links)
    off = network_links(roads, line_sigma_m=1.0, seed=4)
    gaps = [a.line.distance(b.line) for a, b in zip(links, off, strict=True)]
    assert max(gaps) > 0.05
    # Lines that met still meet: the error belongs to the node.
    ends = shapely.get_coordinates([link.line for link in off if link.link_id[0] == "r"])
    assert len(np.unique(ends.round(6), axis=0)) == len(
        np.unique(
            shapely.get_coordinates([link.line for link in streets]).round(6),
            axis=0,
        )
    )


def test_damage_lies_on_the_road_apart_from_its_kind_and_as_dense_as_asked(roads: Roads) -> None:
    damages = scatter_damage(roads, seed=5, per_lane_km=12.0)
    assert 60 < len(damages) < 190
    shapes = np.array([one.footprint for one in damages], dtype=object)
    kinds = np.array([one.kind.pixel_class for one in damages])
    for kind in set(kinds.tolist()):
        own = shapes[kinds == kind]
        first, second = shapely.STRtree(own).query(own, predicate="dwithin", distance=0.99)
        assert (first == second).all()
    for one in damages[::10]:
        line = shapely.LineString(roads.links[one.link].line)
        reach = roads.kinds[one.link].width_m / 2.0
        corners = shapely.points(shapely.get_coordinates(one.footprint))
        assert shapely.distance(line, corners).max() <= reach


def test_a_driver_wanders_about_the_lane_and_its_speed(roads: Roads) -> None:
    rng = np.random.default_rng(3)
    route = cover_links(rng, roads.arcs(rng))[:20]
    plain = drive(np.random.default_rng(1), route, 10.0)
    swayed = drive(np.random.default_rng(1), route, 10.0, driver=Driver(dodges_per_km=0.0))
    lane = shapely.LineString(plain.place)
    off = shapely.distance(lane, shapely.points(swayed.place))
    assert 0.1 < np.median(off) < 0.5
    assert off.max() < 1.6
    assert swayed.speed_ms[plain.speed_ms.shape[0] // 4 :].std() > 0.3
    assert lengths(swayed.place)[-1] == pytest.approx(lengths(plain.place)[-1], rel=0.03)


def test_drift_keeps_its_spread_and_its_memory() -> None:
    values = drift_along(np.random.default_rng(1), np.arange(40_000.0), 3.0, 60.0)
    assert values.std() == pytest.approx(3.0, rel=0.15)
    kept = np.mean(values[60:] * values[:-60]) / values.var()
    assert kept == pytest.approx(np.exp(-1.0), abs=0.08)


def test_what_is_seen_lies_where_it_truly_is(roads: Roads) -> None:
    rng = np.random.default_rng(3)
    motion = drive(rng, cover_links(rng, roads.arcs(rng))[:12], 10.0, driver=Driver())
    scenery = Scenery(scatter_damage(roads, seed=5), seed=5)
    mount = Mount(rng, motion, SEES_ALL)
    grown = shapely.buffer(scenery.shapes, 0.12, quad_segs=16)
    count = 0
    for time_s in np.arange(1.0, motion.time_s[-1], 2.0):
        pose = mount.pose(time_s)
        for sighting in scenery.see(rng, pose, mount):
            assert sighting.damage is not None
            place = true_place(sighting.clean_px, mount.lens, pose)
            outside = place.difference(grown[sighting.damage]).area
            assert outside < 0.05 * place.area + 0.01
            said = shapely.Polygon(sighting.detection.outline_px)
            assert said.is_valid
            assert shapely.hausdorff_distance(said, sighting.clean_px.exterior) < 3.0
            count += 1
    assert count > 40


def test_nothing_is_seen_where_nothing_is_and_false_alarms_are_counted(roads: Roads) -> None:
    rng = np.random.default_rng(3)
    motion = drive(rng, cover_links(rng, roads.arcs(rng))[:4], 10.0)
    scenery = Scenery((), seed=1)
    quiet, noisy = (
        Mount(rng, motion, replace(SEES_ALL, false_per_frame=rate)) for rate in (0.0, 2.0)
    )
    for mount, least, most in ((quiet, 0, 0), (noisy, 100, 300)):
        seen = [scenery.see(rng, mount.pose(10.0), mount) for _ in range(100)]
        assert least <= sum(len(frame) for frame in seen) <= most
        assert all(one.damage is None for frame in seen for one in frame)
