import dataclasses
import itertools
import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gatusyn.model import DamageKind
from gatusyn.model.errors import SettingsError
from gatusyn.simulate import SimulationParams, Town, make_town, write_network, write_truth
from gatusyn.simulate.arrays import Floats
from gatusyn.simulate.damage import LINEAR_CRACK_WIDTH_M, lay, makers
from gatusyn.simulate.lines import bend, roughen, total_length
from gatusyn.simulate.plan import plan_ground
from gatusyn.simulate.route import plan_route, split_route


@pytest.fixture(scope="module")
def town() -> Town:
    return make_town(SimulationParams(seed=3, blocks_x=3, blocks_y=1, damage_density=1.5))


def test_params_name_every_fault_at_once() -> None:
    with pytest.raises(SettingsError, match=r"fps.*image_width_px") as caught:
        SimulationParams(fps=0.0, image_width_px=321)
    assert "blocks_x" not in str(caught.value)


def test_the_same_seed_makes_the_same_town(town: Town) -> None:
    again = make_town(town.params)
    other = make_town(dataclasses.replace(town.params, seed=4, damage_density=0.0))
    assert [damage.id for damage in again.damages] == [damage.id for damage in town.damages]
    for one, two in zip(town.damages, again.damages, strict=True):
        assert shapely.equals_exact(one.footprint, two.footprint)
    np.testing.assert_array_equal(town.nodes, again.nodes)
    assert not np.array_equal(town.nodes, other.nodes)


def test_damages_lie_within_their_carriageway(town: Town) -> None:
    assert {damage.kind for damage in town.damages} == set(DamageKind)
    carriageway = plan_ground(town).carriageway
    for damage in town.damages:
        link, street = town.links[damage.link], town.street_of(damage.link)
        road = shapely.buffer(shapely.LineString(link.line), street.width_m / 2)
        assert shapely.contains(road, damage.footprint)
        assert shapely.contains(carriageway, damage.footprint)
        assert shapely.is_valid(damage.footprint)
        assert damage.side == ("right" if damage.right_m >= 0 else "left")


def test_potholes_have_the_size_of_potholes(town: Town) -> None:
    sizes = [d.size_m for d in town.damages if d.kind is DamageKind.POTHOLE]
    assert sizes
    assert min(sizes) > 0.2
    assert max(sizes) < 1.2


def test_lost_surface_is_large_and_patches_are_repairs(town: Town) -> None:
    lost = [d.area_m2 for d in town.damages if d.kind is DamageKind.SURFACE_LOSS]
    assert lost
    assert min(lost) > 0.9
    assert max(lost) < 9.0
    for damage in town.damages:
        assert (damage.repair is not None) == (damage.kind is DamageKind.PATCH)


def test_a_linear_crack_is_measured_along_its_run(town: Town) -> None:
    cracks = [d for d in town.damages if d.kind is DamageKind.TRANSVERSE_CRACK]
    assert cracks
    for crack in cracks:
        first, last = crack.lines[0][0], crack.lines[0][-1]
        straight = float(np.hypot(*(last - first)))
        assert straight <= crack.length_m < 1.3 * straight
        assert crack.area_m2 == pytest.approx(crack.length_m * LINEAR_CRACK_WIDTH_M)


@given(st.integers(0, 2**31 - 1), st.sampled_from(sorted(makers())))
@settings(max_examples=40, deadline=None)
def test_every_draft_has_a_footprint_of_its_own_measure(seed: int, pattern: str) -> None:
    line = np.array([[0.0, 0.0], [0.0, 100.0]])
    draft = makers()[pattern](np.random.default_rng(seed))
    laid = lay(draft, name="damage-0001", link=0, line=line, along_m=50.0, right_m=1.5)
    assert shapely.is_valid(laid.footprint)
    # A narrow strip of a wheel track whose surface is gone is the longest.
    assert 0.1 < laid.length_m < 25.0
    assert 0.0 < laid.area_m2 < 14.0


def test_no_damage_means_none() -> None:
    assert not make_town(SimulationParams(blocks_x=1, blocks_y=1, damage_density=0.0)).damages


def test_streets_differ_in_how_bad_they_are(town: Town) -> None:
    counts = [0] * len(town.streets)
    for damage in town.damages:
        counts[town.links[damage.link].street] += 1
    assert max(counts) >= 3 * max(1, min(counts))


def test_network_has_the_columns_of_a_delivery(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "network.gpkg"
    write_network(town, path)
    frame = geopandas.read_file(path, engine="pyogrio")
    expected = {"ELEMENT_ID", "START_MEASURE", "END_MEASURE", "EXTENT_LENGTH", "Namn_130",
                "Vagtr_474", "F_Hogst_225", "B_Hogst_225", "Bredd_156", "Vagha_6", "Klass_181",
                "Slitl_152", "ADT_f_117", "GCM_t_502"}  # fmt: skip
    assert expected <= set(frame.columns)
    assert frame.crs.to_epsg() == 3006
    assert frame.geometry.has_z.all()
    assert (frame.geometry.length - frame["EXTENT_LENGTH"]).abs().max() < 0.05
    assert sorted(frame["Vagtr_474"].unique()) == [1, 2]
    for _, rows in frame.sort_values("START_MEASURE").groupby("ELEMENT_ID"):
        assert rows["START_MEASURE"].iloc[0] == 0.0
        assert rows["END_MEASURE"].iloc[-1] == 1.0
        np.testing.assert_allclose(rows["START_MEASURE"].iloc[1:], rows["END_MEASURE"].iloc[:-1])
        ends = shapely.get_point(rows.geometry.to_numpy(), -1)
        starts = shapely.get_point(rows.geometry.to_numpy(), 0)
        np.testing.assert_allclose(shapely.distance(ends[:-1], starts[1:]), 0, atol=0.01)


def test_truth_places_damages_on_the_network(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "truth.geojson"
    write_truth(town, path)
    truth = json.loads(path.read_text(encoding="utf-8"))
    assert truth["crs"]["properties"]["name"].endswith("3006")
    assert len(truth["features"]) == len(town.damages)
    for feature, damage in zip(truth["features"], town.damages, strict=True):
        shape = shapely.geometry.shape(feature["geometry"])
        moved = shapely.transform(damage.footprint, lambda p: p + np.array(town.origin_m))
        assert shapely.hausdorff_distance(shape, moved) < 0.005
        properties = feature["properties"]
        link = town.links[damage.link]
        assert link.start_measure < properties["measure"] < link.end_measure
        assert properties["kind"] == damage.kind.value
    assert truth["simulation"]["undriven_streets"]


@pytest.mark.parametrize(("blocks_x", "blocks_y"), [(1, 1), (2, 1), (3, 1), (3, 2)])
def test_route_covers_every_driven_link_both_ways(blocks_x: int, blocks_y: int) -> None:
    params = SimulationParams(blocks_x=blocks_x, blocks_y=blocks_y, damage_density=0.0)
    town = make_town(params)
    route = plan_route(town)
    driven = {index for index in range(len(town.links)) if town.street_of(index).driven}
    ways = {(arc.link, arc.start_node) for arc in route}
    assert {link for link, _ in ways} == driven
    assert len(ways) == 2 * len(driven)
    for before, after in itertools.pairwise(route):
        assert before.end_node == after.start_node
    for parts in (1, 2, 3):
        pieces = split_route(route, parts)
        assert [arc for piece in pieces for arc in piece] == route
        assert len(pieces) == parts


@given(st.floats(-300, 300), st.floats(-300, 300), st.floats(-20, 20), st.floats(0.1, 0.9))
@settings(max_examples=40)
def test_bending_onto_a_straight_line_keeps_distances(
    east: float, north: float, right: float, share: float
) -> None:
    line = np.array([[0.0, 0.0], [east, north + 400.0]])
    length = total_length(line)
    place: Floats = bend(line, np.array([share * length]), np.array([right]))[0]
    ahead = (line[1] - line[0]) / length
    assert place @ ahead == pytest.approx(share * length, abs=1e-6)
    assert place @ np.array([ahead[1], -ahead[0]]) == pytest.approx(right, abs=1e-6)


def test_roughening_keeps_the_given_points() -> None:
    line = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    rough = roughen(np.random.default_rng(1), line, 0.1, 0.05)
    assert len(rough) > 20
    for point in line:
        assert np.hypot(*(rough - point).T).min() == 0.0
    assert np.hypot(*np.diff(rough, axis=0).T).max() <= 0.05
