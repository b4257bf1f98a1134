"""The parts of laying passes over each other say what their definitions say."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gatusyn.findings.assignment import assign, assign_few, hanging, near_some
from gatusyn.findings.cluster import cluster_labels
from gatusyn.findings.days import day_of
from gatusyn.findings.groups import groups_of, moved_of
from gatusyn.findings.likeness import squared, tracks_for_loops
from gatusyn.findings.looks import looks_at
from gatusyn.findings.one_to_one import one_to_one
from gatusyn.findings.pass_errors import find_offsets, pass_errors_of
from gatusyn.findings.placed import AT, Floats, Ints, Placed
from gatusyn.findings.positive import diagonal_of_inverse, factor, inverse, solve
from gatusyn.findings.registration import register
from gatusyn.findings.votes import VOTE_M, vote, voted_places
from gatusyn.findings.windows import around, tiles_of, tiles_touching
from gatusyn.model import TRACK_FIELDS, FindingParams, LookColumns

PARAMS = FindingParams()
GATE = float(PARAMS.gate_sigmas)
COSTS = st.floats(0.0, 18.0) | st.integers(0, 18).map(float)


def tracks(seed: int, count: int = 14, passes: int = 3) -> tuple[Floats, Ints, Ints]:
    """Return rows of tracks on one street, the pass of each, and the damage of each."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(4), rng.integers(0, 4, count - 4)])
    own = np.sort(rng.integers(0, passes, count))
    values = np.zeros((count, len(TRACK_FIELDS)))
    values[:, AT["run"]], values[:, AT["place"]] = own, np.arange(count)
    values[:, AT["east_m"]] = 500_000.0 + rng.normal(0.0, 2.0, count)
    values[:, AT["north_m"]] = 6_000_000.0 + 20.0 * labels + rng.normal(0.0, 1.0, count)
    values[:, AT["heading_deg"]] = rng.choice([0.0, 90.0, 180.0], count)
    for name, low, high in (("half_along_m", 0.2, 2.0), ("half_across_m", 0.2, 0.6)):
        values[:, AT[name]] = rng.uniform(low, high, count)
    for name in ("area_m2", "sigma_along_m", "sigma_across_m", "confidence"):
        values[:, AT[name]] = rng.uniform(0.3, 0.9, count)
    values[:, AT["sightings"]] = rng.integers(1, 4, count)
    values[:, AT["first_s"]] = rng.integers(0, 5, count)
    values[:, [AT["left_along_m"], AT["left_across_m"]]] = rng.uniform(0.3, 0.8, (count, 2))
    return values, own, labels


def offsets(values: Floats, passes: Ints, labels: Ints) -> tuple[Floats, Floats]:
    """Return what is wrong with places, and the variances of their damages' places."""
    placed = Placed.of(values, PARAMS)
    loops, place = tracks_for_loops(placed), np.ascontiguousarray(placed.place_m)
    errors = pass_errors_of(loops, place, passes, PARAMS.common_over_m)
    off, variance = np.zeros((2, len(values), 2))
    find_offsets(errors, loops, np.unique(passes), labels, off, variance)
    return off, variance


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_offsets_and_variances_are_those_of_the_dense_least_squares(seed: int) -> None:
    values, passes, labels = tracks(seed)
    placed = Placed.of(values, PARAMS)
    off, variance = offsets(values, passes, labels)

    # Source: Rasmussen and Williams, 2.7: all places at once, as one Gaussian process.
    count = len(placed)
    axes = np.stack([placed.along, placed.right])
    place = placed.place_m - placed.place_m.mean(axis=0)
    apart = np.linalg.norm(place[:, None] - place[None], axis=-1)
    design = np.zeros((2 * count, 8))
    shared, covariance = np.zeros((2, 2 * count, 2 * count))
    for axis, over_m in enumerate((PARAMS.common_over_m, PARAMS.common_over_m / 2.0)):
        rows = slice(axis * count, (axis + 1) * count)
        common = placed.common_m[:, axis]
        one_pass = passes[:, None] == passes
        shared[rows, rows] = np.outer(common, common) * np.exp(-apart / over_m) * one_pass
        covariance[rows, rows] = shared[rows, rows] + np.diag(placed.own_m[:, axis] ** 2)
        for row, label in enumerate(labels.tolist()):
            design[axis * count + row, 2 * label : 2 * label + 2] = axes[axis, row]
    seen = np.concatenate([(place * unit).sum(axis=1) for unit in axes])
    inverse = np.linalg.inv(covariance)
    spread = np.linalg.inv(design.T @ inverse @ design)
    found = spread @ design.T @ inverse @ seen
    wrong = (shared @ inverse @ (seen - design @ found)).reshape(2, count)
    expected = wrong[0][:, None] * axes[0] + wrong[1][:, None] * axes[1]
    np.testing.assert_allclose(off, expected, atol=1e-8)
    projected = np.diag(design @ spread @ design.T).reshape(2, count).T
    np.testing.assert_allclose(variance, projected, rtol=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_a_pass_s_errors_do_not_depend_on_other_passes_where_no_damage_ties_them(
    seed: int,
) -> None:
    values, passes, labels = tracks(seed)
    # Each pass with damages of its own.
    passes = np.unique(passes, return_inverse=True)[1]
    apart = np.unique(passes * 4 + labels, return_inverse=True)[1]
    whole, _ = offsets(values, passes, apart)
    placed = Placed.of(values, PARAMS)
    loops, place = tracks_for_loops(placed), np.ascontiguousarray(placed.place_m)
    errors = pass_errors_of(loops, place, passes, PARAMS.common_over_m)
    rows = passes == passes[0]
    alone, own = np.zeros_like(place), np.full(len(rows), -1)
    own[rows] = np.unique(apart[rows], return_inverse=True)[1]
    find_offsets(errors, loops, passes[:1], own, alone, np.zeros((0, 2)))
    np.testing.assert_allclose(whole[rows], alone[rows], atol=1e-8)
    assert not alone[~rows].any()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(0, 10_000))
def test_loops_over_matrices_find_what_linear_algebra_finds(blocks: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    half = rng.normal(0.0, 1.0, (2 * blocks, 2 * blocks))
    half[rng.random(half.shape) < 0.5] = 0.0
    matrix = half @ half.T + np.eye(2 * blocks)
    expected, right = np.linalg.inv(matrix), rng.normal(0.0, 1.0, 2 * blocks)
    np.testing.assert_allclose(inverse(matrix.copy()), expected, atol=1e-9)
    upper, found = matrix.copy(), right.copy()
    factor(upper)
    solve(upper, found)
    np.testing.assert_allclose(np.triu(upper).T @ np.triu(upper), matrix, atol=1e-9)
    np.testing.assert_allclose(found, expected @ right, atol=1e-8)
    blocks_of = [expected[i : i + 2, i : i + 2] for i in range(0, 2 * blocks, 2)]
    wanted = [[one[0, 0], one[0, 1], one[1, 1]] for one in blocks_of]
    np.testing.assert_allclose(diagonal_of_inverse(upper), wanted, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_tracks_hang_together_by_pairs_whose_distance_is_below_the_gate(seed: int) -> None:
    values, passes, _ = tracks(seed, count=40)
    values[:, AT["pixel_class"]] = np.random.default_rng(seed).integers(0, 3, 40)
    placed = Placed.of(values, PARAMS)
    sigma = np.ascontiguousarray(values[:, [AT["left_along_m"], AT["left_across_m"]]])
    loops, place = tracks_for_loops(placed), np.ascontiguousarray(placed.place_m)
    near = [
        (one, other)
        for one in range(40)
        for other in range(one + 1, 40)
        if placed.pixel_class[one] == placed.pixel_class[other]
        and squared(loops, place, sigma, one, other) <= GATE**2
    ]
    first, second = np.array(near, np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(40, 40))
    some = np.random.default_rng([seed, 1]).random(40) < 0.2
    beside_some = some.copy()
    for one, other in near:
        beside_some[[one, other]] |= some[one] or some[other]
    assert near_some(placed, sigma, some, gate=GATE).tolist() == beside_some.tolist()
    component = hanging(placed, sigma, gate=GATE)
    assert component.tolist() == connected_components(graph, directed=False)[1].tolist()
    # The few tracks of a window are assigned as those of a town.
    every = assign(placed, passes, sigma, component, gate=GATE)
    few = assign_few(loops, place, sigma, passes, np.arange(40), GATE)
    assert few.tolist() == every.tolist()


def test_a_distance_is_that_of_places_and_sizes() -> None:
    values, _, _ = tracks(1, count=4)
    for name, own in (
        ("east_m", (0.0, 3.0, 0.0, 0.0)),
        ("north_m", (0.0, 0.0, 4.0, 0.0)),
        ("heading_deg", (0.0, 0.0, 0.0, 90.0)),
        ("half_along_m", (1.0, 1.0, 1.0, 0.5)),
        ("half_across_m", (0.5, 0.5, 0.5, 1.0)),
        ("area_m2", (1.0, 1.0, 1.0, 1.0)),
    ):
        values[:, AT[name]] = own
    loops = tracks_for_loops(Placed.of(values, PARAMS))
    place = np.ascontiguousarray(values[:, [AT["east_m"], AT["north_m"]]])
    sigma = np.full((4, 2), (0.8, 0.5))
    # Variances 1.28 and 0.5: 0.64 in place of the 0.1 of sure places.
    doubt = np.log(6.4)
    assert squared(loops, place, sigma, 0, 1) == pytest.approx(9.0 / 0.5 + doubt)
    assert squared(loops, place, sigma, 0, 2) == pytest.approx(16.0 / 1.28 + doubt)
    # Turned by a right angle it is the same shape in the same place.
    assert squared(loops, place, sigma, 0, 3) == pytest.approx(np.log((0.64 + 0.25) ** 2 / 0.1))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(-1.0, 1.0), st.floats(-0.6, 0.6))
def test_a_pass_is_laid_by_as_much_as_it_is_off(seed: int, east_m: float, north_m: float) -> None:
    rng = np.random.default_rng(seed)
    values, _, _ = tracks(seed, count=20)
    values[:10, AT["east_m"]] += np.linspace(0.0, 80.0, 10) ** 1.1
    values[:, AT["heading_deg"]], values[:, AT["pixel_class"]] = 90.0, 0.0
    values[10:] = values[:10]
    values[10:, [AT["east_m"], AT["north_m"]]] += (east_m, north_m)
    loops = tracks_for_loops(Placed.of(values, PARAMS))
    place = np.ascontiguousarray(values[:, [AT["east_m"], AT["north_m"]]])
    known, own = np.arange(10), rng.permutation(np.arange(10, 20))
    # What is beside it by chance, and that errors are small, keep it from all of it.
    np.testing.assert_allclose(vote(loops, place, own, known, 1), (east_m, north_m), atol=0.25)
    assert vote(loops, place, own, known[:0], 1) == (0.0, 0.0)
    laid = voted_places(loops, place, np.arange(20), np.array([0, 10, 20]), np.arange(2))
    off = vote(loops, place, known + 10, known, 1)
    np.testing.assert_array_equal(laid[:10], place[:10])
    np.testing.assert_allclose(laid[10:], place[10:] - off, atol=1e-9)


def test_a_window_s_tracks_are_moved_onto_each_other() -> None:
    values, _, _ = tracks(3, count=30, passes=1)
    spread = np.stack([np.full(30, 500_000.0), 6_000_000.0 + 4.0 * np.arange(30)], axis=1)
    shift = np.array([[0.0, 0.0], [0.5, 1.0], [-0.6, 0.3], [0.3, -1.2]])
    rows = []
    for run, by_m in enumerate(shift):
        own = values.copy()
        own[:, AT["run"]], own[:, AT["heading_deg"]] = run, 0.0
        own[:, [AT["east_m"], AT["north_m"]]] = spread + by_m
        own[:, [AT["first_clock_s"], AT["last_clock_s"]]] = np.arange(30)[:, None]
        rows.append(own)
    placed = Placed.of(np.vstack(rows), PARAMS)
    found = register(placed, np.ones(120, np.bool_), PARAMS)
    assert found.passes.tolist() == np.repeat(np.arange(4), 30).tolist()
    left = (placed.place_m - found.off_m).reshape(4, 30, 2)
    away = np.abs(left - left.mean(axis=0))
    assert np.median(away) < 0.05
    assert away.max() < 0.3
    assert (np.hypot(*VOTE_M) > np.hypot(*found.sigma_m.T)).all()


@given(
    arrays(np.float64, st.tuples(st.integers(0, 30), st.just(4)), elements=st.floats(-500, 500)),
    st.floats(0.0, 150.0),
)
def test_tiles_that_boxes_touch_are_those_of_their_points(drawn: Floats, beside_m: float) -> None:
    low, high = np.minimum(drawn[:, :2], drawn[:, 2:]), np.maximum(drawn[:, :2], drawn[:, 2:])
    found = tiles_touching(np.hstack([low, high]), beside_m=beside_m)
    expected = set()
    for (west, south), (east, north) in zip(low - beside_m, high + beside_m, strict=True):
        easts = [*np.arange(west, east, 119.0), east]
        norths = [*np.arange(south, north, 119.0), north]
        points = np.array([(x, y) for x in easts for y in norths])
        expected |= set(tiles_of(points).tolist())
    assert found == expected
    assert found <= around(found)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_a_look_is_moved_as_what_its_run_saw_nearest_to_it_in_the_tile(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, _, _ = tracks(seed, count=20)
    values[:, [AT["off_east_m"], AT["off_north_m"]]] = rng.normal(0.0, 1.0, (20, 2))
    places = values[:, [AT["east_m"], AT["north_m"]]] + rng.normal(0.0, 40.0, (20, 2))
    runs = {0: "a", 1: "b", 2: "c"}
    names = rng.choice(["a", "b", "c", "unknown"], 30)
    middles = places[rng.integers(0, 20, 30)] + rng.uniform(-6.0, 6.0, (30, 2))
    views = LookColumns(
        run_ids=names.astype(object),
        frame_ids=np.arange(30).astype(str).astype(object),
        link_ids=np.full(30, "l", dtype=object),
        time_s=rng.uniform(0.0, 9e5, 30),
        in_view=np.asarray(shapely.buffer(shapely.points(middles), 8.0, cap_style="square")),
        footprints=np.asarray(shapely.buffer(shapely.points(middles), 4.0, cap_style="square")),
        measures=np.full((30, 3), np.nan),
    )
    tiles = tiles_of(values[rng.integers(0, 20, 20)][:, [AT["east_m"], AT["north_m"]]])
    own_tile = tiles_of(values[:, [AT["east_m"], AT["north_m"]]])
    found = looks_at(places, tiles.tolist(), views, values, runs)
    for place, tile, looked in zip(places, tiles.tolist(), found, strict=True):
        expected = []
        for name, time_s, middle, shape, counting in zip(
            names, views.time_s, middles, views.in_view, views.footprints, strict=True
        ):
            own = [
                row
                for row in range(20)
                if own_tile[row] == tile and runs[int(values[row, AT["run"]])] == name
            ]
            off = np.zeros(2)
            if own:
                east_north = values[own][:, [AT["east_m"], AT["north_m"]]]
                nearest = int(((east_north - middle) ** 2).sum(axis=1).argmin())
                off = values[own[nearest], [AT["off_east_m"], AT["off_north_m"]]]
            if shapely.intersects_xy(shape, *(place + off)):
                counts = bool(shapely.intersects_xy(counting, *(place + off)))
                expected.append((time_s, name, counts))
        expected.sort()
        assert looked.run_ids == [name for _, name, _ in expected]
        assert looked.days_s == [day_of(time_s) for time_s, _, _ in expected]
        assert looked.counts == [counts for _, _, counts in expected]


@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(0, 7)), elements=COSTS))
def test_a_pass_is_assigned_at_the_least_cost(costs: Floats) -> None:
    limit, rows = 9.0, len(costs)
    chosen = one_to_one(costs, limit).tolist()
    taken = [at for at in chosen if at >= 0]
    assert len(set(taken)) == len(taken)
    assert all(costs[row, at] < limit for row, at in enumerate(chosen) if at >= 0)
    every = np.hstack([costs, np.full((rows, rows), limit)])
    least = every[linear_sum_assignment(every)].sum()
    cost = sum(costs[row, at] if at >= 0 else limit for row, at in enumerate(chosen))
    assert cost <= least + 1e-9


def test_what_most_passes_saw_as_one_piece_is_one() -> None:
    # Passes 0 and 1 see one large thing, pass 2 its two ends.
    cost = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 8], [1, 1, 8, 0]], np.float64)
    apart = np.eye(4, dtype=np.bool_)
    whole = apart.copy()
    whole[:2] = True
    passes = np.array([0, 1, 2, 2])
    assert len(set(cluster_labels(passes, cost, apart, 9.0).tolist())) == 2
    assert cluster_labels(passes, cost, whole, 9.0).tolist() == [0, 0, 0, 0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_a_damage_s_figures_do_not_depend_on_what_else_there_is(seed: int) -> None:
    values, _, labels = tracks(seed)
    values[:, AT["damage"]] = labels
    every = groups_of(values, moved_of(values, PARAMS))
    for number, group in enumerate(every):
        own = np.flatnonzero(labels == number)
        (alone,) = groups_of(values[own], moved_of(values[own], PARAMS))
        assert own[alone.rows].tolist() == group.rows.tolist()
        assert (alone.best, alone.shift_m, alone.sigma_m) == (
            group.best,
            group.shift_m,
            group.sigma_m,
        )
        first_s = values[group.rows, AT["first_s"]]
        assert (np.diff(first_s) >= 0.0).all()
