"""Extents by kind and severity: parts, lengths along the street, sums that conserve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tests.made_facts import look
from tests.made_findings import finding
from tests.made_network import EAST, NORTH, network_of, street

from gatusyn.condition.extents import (
    KINDS,
    Extents,
    along_shares,
    covered_lengths,
    extents_of,
    parts_of,
)
from gatusyn.condition.looked import Looked, extent_along, looked_at, surfaces_of
from gatusyn.model import (
    ConditionParams,
    Coverage,
    DamageKind,
    Finding,
    LookColumns,
    LookParams,
    Network,
    SeverityReason,
)

NETWORK = network_of(street())
FAR = (EAST + 4.0, NORTH + 20.0)
PARAMS = ConditionParams()


def looked(*looks: Coverage, network: Network = NETWORK) -> Looked:
    """Return what looks show; without any, all of the street and what is beside it."""
    shown = looks or (look("all", 50.0, half_m=60.0),)
    rates = np.ones((len(shown), 3, 2))
    surfaces = surfaces_of(network.counted_sections)
    columns = LookColumns.of([("r", one) for one in shown])
    return looked_at(columns, rates, surfaces, network, PARAMS, LookParams())


def sums(findings: list[Finding], *looks: Coverage, network: Network = NETWORK) -> Extents:
    seen = looked(*looks, network=network)
    return extents_of(findings, parts_of(findings, network), seen, network.counted_sections, PARAMS)


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 20), st.floats(0, 20)), max_size=12))
def test_what_intervals_cover_together(drawn: list[tuple[int, float, float]]) -> None:
    key = np.array([one[0] for one in drawn], dtype=np.int64)
    start = np.array([min(one[1:]) for one in drawn])
    end = np.array([max(one[1:]) for one in drawn])
    covered = covered_lengths(key, start, end, 3)
    for own in range(3):
        parts = [shapely.box(start[i], 0, end[i], 1) for i in np.flatnonzero(key == own)]
        assert covered[own] == pytest.approx(shapely.union_all(parts).area, abs=1e-6)


def test_a_finding_over_a_border_is_shared_out_and_nothing_is_lost() -> None:
    across = finding(DamageKind.CRAZING, 38.0, along_m=8.0, across_m=1.0)
    inside = finding(DamageKind.CRAZING, 10.0, along_m=2.0, across_m=1.0)
    done = sums([across, inside])
    row = KINDS.index(DamageKind.CRAZING)
    assert done.area_m2[:, row].sum(axis=1).tolist() == pytest.approx([2.0, 6.0, 2.0, 0.0, 0.0])
    assert done.area_m2.sum() == pytest.approx(across.area_m2 + inside.area_m2)
    assert done.count[:, row].sum(axis=1).tolist() == [1, 1, 1, 0, 0]
    assert done.along_m[1, row].tolist() == pytest.approx([6.0, 6.0, 0.0])


def test_damage_side_by_side_counts_its_length_once() -> None:
    left = finding(DamageKind.LONGITUDINAL_CRACK, 8.0, along_m=8.0, across_m=0.1, east=-1.0)
    right = finding(DamageKind.LONGITUDINAL_CRACK, 10.0, along_m=8.0, across_m=0.1, east=1.0)
    done = sums([left, right])
    assert done.along_m[0, 0, 0] == pytest.approx(10.0)
    assert done.length_m[0, 0, 0] == pytest.approx(16.0), "but its metres twice"


def test_a_worse_damage_is_of_the_slighter_severities_too() -> None:
    slight = finding(DamageKind.CRAZING, 5.0, along_m=4.0, reason=SeverityReason.FAINT_NET)
    severe = finding(DamageKind.CRAZING, 12.0, along_m=2.0, reason=SeverityReason.PIECES_LOST)
    done = sums([slight, severe])
    row = KINDS.index(DamageKind.CRAZING)
    assert done.along_m[0, row].tolist() == pytest.approx([6.0, 2.0, 2.0])
    assert done.count[0, row].tolist() == [1, 0, 1]


@pytest.mark.parametrize("north", [0.05, 10.0, 19.95])
def test_a_crack_across_affects_a_stretch_of_street(north: float) -> None:
    done = sums([finding(DamageKind.TRANSVERSE_CRACK, north, along_m=0.05, across_m=3.0)])
    total = done.along_m[:, 1, 0].sum()
    assert total == pytest.approx(PARAMS.handbook_reach_m)


def test_what_lies_beside_the_surface_stays_with_its_own_section() -> None:
    beside = finding(DamageKind.POTHOLE, 30.0, east=30.0)
    done = sums([beside])
    assert done.area_m2.sum(axis=(1, 2)).tolist() == pytest.approx([0, beside.area_m2, 0, 0, 0])


def test_sections_that_are_not_counted_take_their_part_with_them() -> None:
    cut = tuple(replace(one, is_counted=place != 1) for place, one in enumerate(NETWORK.sections))
    network = replace(NETWORK, sections=cut)
    across = finding(DamageKind.CRAZING, 20.0, along_m=8.0, across_m=1.0)
    done = sums([across], network=network)
    assert done.area_m2.sum(axis=(1, 2)).tolist() == pytest.approx([4.0, 0.0, 0.0, 0.0])


def test_the_length_looked_at_goes_from_the_first_to_the_last_metre() -> None:
    looks = [look("f", 10.0, half_m=5.0), look("g", 13.0, half_m=5.0)]
    seen = looked(*looks)
    assert seen.area_m2[:2].tolist() == pytest.approx([13.0 * 8, 0.0])
    assert seen.looks.tolist() == [2, 0, 0, 0, 0]
    lone = [finding(DamageKind.LONGITUDINAL_CRACK, 10.0, along_m=6.5, across_m=0.1)]
    shares = along_shares(sums(lone), seen, NETWORK.counted_sections)
    assert shares[0, 0, 0] == pytest.approx(0.5)


@given(st.lists(st.floats(-5.0, 105.0), min_size=1, max_size=40), st.booleans())
def test_what_many_looks_show_is_what_all_of_them_show(places: list[float], whole: bool) -> None:
    # Some at once may show all of a section: what then follows must not count, nor be needed.
    drawn = places + (np.linspace(0.0, 100.0, 20).tolist() if whole else [])
    looks = [look(f"{number}", at, half_m=4.0) for number, at in enumerate(drawn)]
    surfaces = surfaces_of(NETWORK.counted_sections)
    count = len(looks)
    columns = LookColumns.of([("r", one) for one in looks])
    seen = looked_at(columns, np.ones((count, 3, 2)), surfaces, NETWORK, PARAMS, LookParams())
    every = shapely.union_all([one.footprint for one in looks])
    expected = shapely.area(shapely.intersection(every, surfaces))
    assert seen.area_m2.tolist() == pytest.approx(expected.tolist(), abs=1e-6)
    assert shapely.area(seen.surface).tolist() == seen.area_m2.tolist()
    touching = shapely.intersects(np.array([one.footprint for one in looks])[:, None], surfaces)
    assert seen.looks.tolist() == touching.sum(axis=0).tolist()


def test_distances_along_a_line_that_bends() -> None:
    line = shapely.LineString([(0, 0), (10, 0), (10, 10)])
    shapes = np.array([shapely.box(4, -1, 6, 1), shapely.box(9, 5, 11, 30), shapely.Polygon()])
    low, high = extent_along(shapes, np.array([line] * 3))
    assert low.tolist() == [4.0, 15.0, 0.0]
    assert high.tolist() == [6.0, 20.0, 0.0]


def test_what_lies_beyond_the_part_looked_at_is_listed_and_does_not_stand_for_the_rest() -> None:
    own = replace(look("f", 10.0, half_m=10.0), footprint=shapely.box(EAST, NORTH, *FAR))
    near = finding(DamageKind.CRAZING, 5.0, east=2.0)
    beyond = finding(DamageKind.CRAZING, 10.0, east=-2.0)
    between = finding(DamageKind.CRAZING, 15.0, east=0.0)
    done = sums([near, beyond, between], own)
    row = KINDS.index(DamageKind.CRAZING)
    each = near.area_m2
    assert done.count[0, row].sum() == 3
    assert done.area_m2[0, row].sum() == pytest.approx(3.0 * each)
    assert done.inside_count[0, row].sum() == 2
    assert done.inside[0, row].sum() == pytest.approx(1.5 * each)
    assert done.inside_m2[0, row].sum() == pytest.approx(1.5 * each)
