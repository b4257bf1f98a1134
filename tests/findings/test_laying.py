"""The parts of laying passes over each other say what their definitions say."""

from __future__ import annotations

import ctypes
import itertools
import sys

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import lapack

from gatusyn.findings import assignment
from gatusyn.findings.assignment import Near, near_pairs
from gatusyn.findings.cluster import Cluster, _one_to_one
from gatusyn.findings.days import day_of
from gatusyn.findings.groups import groups_of, moved_of
from gatusyn.findings.looks import Views, looks_at
from gatusyn.findings.one_thread import use_one_thread
from gatusyn.findings.pass_errors import PassErrors
from gatusyn.findings.placed import AT, Floats, Ints, Placed
from gatusyn.findings.windows import tiles_of
from gatusyn.model import TRACK_FIELDS, FindingParams

PARAMS = FindingParams()
GATE = PARAMS.gate_sigmas


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


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_offsets_and_variances_are_those_of_the_dense_least_squares(seed: int) -> None:
    values, passes, labels = tracks(seed)
    placed = Placed.of(values, PARAMS)
    errors = PassErrors.of(placed, passes, PARAMS)
    off, variance = errors.offsets_and_variances(labels)
    np.testing.assert_array_equal(off, errors.offsets(labels))

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
    errors = PassErrors.of(Placed.of(values, PARAMS), passes, PARAMS)
    # Each pass with damages of its own.
    _, apart = np.unique(passes * 4 + labels, return_inverse=True)
    whole = errors.offsets(apart)
    rows = np.flatnonzero(passes == passes[0])
    alone = errors.rows(rows).offsets(np.unique(apart[rows], return_inverse=True)[1])
    np.testing.assert_allclose(whole[rows], alone, atol=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 12.0))
def test_pairs_that_are_kept_are_those_that_are_found_anew(seed: int, by_m: float) -> None:
    values, _, _ = tracks(seed, count=30)
    placed = Placed.of(values, PARAMS)
    sigma = values[:, [AT["left_along_m"], AT["left_across_m"]]]
    near = Near.of(placed, sigma, gate=GATE)
    angle = np.random.default_rng(seed).uniform(0.0, 2.0 * np.pi, len(placed))
    moved = placed.moved(by_m * np.column_stack([np.sin(angle), np.cos(angle)]))
    some = np.flatnonzero(angle > 1.0)
    anew = near_pairs(moved, 1.1 * sigma, gate=GATE)
    kept = near_pairs(moved, 1.1 * sigma, gate=GATE, near=near)
    assert [one.tolist() for one in kept] == [one.tolist() for one in anew]
    part = near_pairs(moved.rows(some), sigma[some], gate=GATE, near=near.rows(some))
    alone = near_pairs(moved.rows(some), sigma[some], gate=GATE)
    assert [one.tolist() for one in part] == [one.tolist() for one in alone]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 12.0))
def test_pairs_of_a_few_tracks_are_those_that_trees_find(seed: int, slack_m: float) -> None:
    values, _, _ = tracks(seed, count=40)
    values[:, AT["pixel_class"]] = np.random.default_rng(seed).integers(0, 3, 40)
    placed = Placed.of(values, PARAMS)
    reach = np.random.default_rng(seed).uniform(0.5, 30.0, 40)
    few = assignment._candidates(placed, reach, slack_m)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "_FEW", 0)
        trees = assignment._candidates(placed, reach, slack_m)
    assert [one.tolist() for one in few] == [one.tolist() for one in trees]


@pytest.mark.skipif(sys.platform != "linux", reason="the wheels for Linux carry OpenBLAS")
def test_matrices_are_worked_out_by_one_thread() -> None:
    assert use_one_thread() == 2
    library = ctypes.CDLL(lapack._flapack.__file__)
    assert library.scipy_openblas_get_num_threads() == 1


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
    views = Views(
        run_ids=names.astype(object),
        time_s=rng.uniform(0.0, 9e5, 30),
        shapes=np.asarray(shapely.buffer(shapely.points(middles), 8.0, cap_style="square")),
        counting=np.asarray(shapely.buffer(shapely.points(middles), 4.0, cap_style="square")),
    )
    tiles = tiles_of(values[rng.integers(0, 20, 20)][:, [AT["east_m"], AT["north_m"]]])
    own_tile = tiles_of(values[:, [AT["east_m"], AT["north_m"]]])
    found = looks_at(places, tiles.tolist(), views, values, runs)
    for place, tile, looked in zip(places, tiles.tolist(), found, strict=True):
        expected = []
        for name, time_s, middle, shape, counting in zip(
            names, views.time_s, middles, views.shapes, views.counting, strict=True
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


@given(st.integers(1, 3), st.integers(0, 4), st.data())
def test_a_pass_is_assigned_at_the_least_cost(rows: int, known: int, data: st.DataObject) -> None:
    limit = 9.0
    costs = [
        data.draw(st.lists(st.floats(0.0, 18.0), min_size=known, max_size=known))
        for _ in range(rows)
    ]
    chosen = _one_to_one(costs, limit)
    taken = [at for at in chosen if at >= 0]
    assert len(set(taken)) == len(taken)

    def cost(pick: tuple[int, ...]) -> float:
        return sum(costs[row][at] if at >= 0 else limit for row, at in enumerate(pick))

    every = itertools.product(range(-1, known), repeat=rows)
    least = min(
        cost(one)
        for one in every
        if len({at for at in one if at >= 0}) == sum(at >= 0 for at in one)
    )
    assert cost(tuple(chosen)) <= least + 1e-9


def test_what_most_passes_saw_as_one_piece_is_one() -> None:
    # Passes 0 and 1 see one large thing, pass 2 its two ends.
    cost = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 8], [1, 1, 8, 0]], np.float64)
    apart = np.eye(4, dtype=np.bool_)
    whole = apart.copy()
    whole[:2] = True
    passes = [0, 1, 2, 2]
    assert len(set(Cluster(passes, cost, apart, limit=9.0).labels())) == 2
    assert Cluster(passes, cost, whole, limit=9.0).labels() == [0, 0, 0, 0]


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
