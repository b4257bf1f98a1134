"""From footprints to what an engineer records: kinds, measures and severities."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, affinity, box
from shapely.geometry.base import BaseGeometry

from gatusyn.findings import records_of, with_neighbours
from gatusyn.model import (
    DamageKind,
    DamageRecord,
    PixelClass,
    RecordParams,
    SettingsError,
    SeverityReason,
)

PARAMS = RecordParams()


def cracks(shape: BaseGeometry, *, along_deg: float = 0.0) -> list[DamageRecord]:
    return records_of(PixelClass.CRACK, shape, along_deg=along_deg, confidence=0.9, params=PARAMS)


def hole(shape: BaseGeometry) -> DamageRecord:
    (record,) = records_of(PixelClass.POTHOLE, shape, along_deg=0.0, confidence=0.9, params=PARAMS)
    return record


def band(*points: tuple[float, float], width: float = 0.3) -> BaseGeometry:
    return LineString(points).buffer(width / 2, join_style="mitre")


@given(st.floats(0.0, 360.0), st.floats(0.0, 360.0), st.floats(1.5, 8.0), st.floats(0.2, 0.5))
@example(136.0, 0.0, 1.5, 0.5)
@example(135.41273733004453, 0.0, 7.986352746927335, 0.43167)
@settings(max_examples=60, deadline=None)
def test_a_straight_band_is_one_crack_by_its_angle_to_the_street(
    street: float, crack: float, length: float, width: float
) -> None:
    angle = math.radians(crack)
    (record,) = cracks(
        band((0, 0), (length * math.sin(angle), length * math.cos(angle)), width=width),
        along_deg=street,
    )
    between = abs((street - crack + 90.0) % 180.0 - 90.0)
    if between < 40.0:
        assert record.kind is DamageKind.LONGITUDINAL_CRACK
    if between > 50.0:
        assert record.kind is DamageKind.TRANSVERSE_CRACK
    # A middle line may end half a width short of either end.
    assert record.length_m == pytest.approx(length, abs=width + 0.05)
    assert record.area_m2 == pytest.approx(record.length_m * PARAMS.linear_width_m)


@given(st.floats(0.0, 360.0))
@settings(max_examples=20, deadline=None)
def test_records_turn_with_the_street(turn: float) -> None:
    shape = band((0, 0), (0, 4), (2.5, 4))
    turned = affinity.rotate(shape, -turn, origin=(0, 0))
    kinds = {one.kind: one.length_m for one in cracks(turned, along_deg=turn)}
    assert set(kinds) == {DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK}
    assert kinds[DamageKind.LONGITUDINAL_CRACK] == pytest.approx(4.0, abs=0.4)
    assert kinds[DamageKind.TRANSVERSE_CRACK] == pytest.approx(2.5, abs=0.4)


def test_a_t_is_one_crack_along_and_one_across() -> None:
    shape = band((0, 0), (0, 5)).union(band((-2, 5), (2, 5)))
    kinds = {one.kind: one.length_m for one in cracks(shape)}
    assert kinds == {
        DamageKind.LONGITUDINAL_CRACK: pytest.approx(5.0, abs=0.5),
        DamageKind.TRANSVERSE_CRACK: pytest.approx(4.0, abs=0.5),
    }


def test_a_crack_seen_with_gaps_is_one() -> None:
    shape = band((0, 0), (0, 2)).union(band((0.1, 2.5), (0.1, 5)))
    (record,) = cracks(shape)
    assert record.length_m == pytest.approx(4.5, abs=0.4)


def test_a_wide_area_is_crazing_by_its_area() -> None:
    shape = box(0, 0, 1.2, 3.0)
    (record,) = cracks(shape)
    assert record.kind is DamageKind.CRAZING
    assert record.area_m2 == pytest.approx(3.6, rel=0.06)
    assert record.length_m == pytest.approx(3.0, rel=0.05)
    assert record.reason is SeverityReason.CLEAR_NET


def test_a_long_crack_out_of_a_net_is_a_crack_of_its_own() -> None:
    shape = box(0, 0, 1.5, 3.0).union(band((0.7, 2.5), (0.7, 8.0)))
    assert {one.kind for one in cracks(shape)} == {
        DamageKind.CRAZING,
        DamageKind.LONGITUDINAL_CRACK,
    }
    frayed = box(0, 0, 1.5, 3.0).union(band((0.7, 2.5), (0.7, 3.8)))
    assert [one.kind for one in cracks(frayed)] == [DamageKind.CRAZING]


@given(st.lists(st.tuples(st.floats(-4, 4), st.floats(-4, 4), st.floats(0.1, 1.2)), min_size=1,
                max_size=12))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_whatever_the_shape_it_is_recorded_and_no_more_than_it(
    blobs: list[tuple[float, float, float]],
) -> None:
    shape = MultiPolygon([Point(0, 0).buffer(0.01)]).union(Point(*blobs[0][:2]).buffer(blobs[0][2]))
    for east, north, size in blobs[1:]:
        shape = shape.union(box(east, north, east + size, north + 0.3))
    for pixel_class in PixelClass:
        found = records_of(pixel_class, shape, along_deg=20.0, confidence=0.5, params=PARAMS)
        assert found
        assert all(one.kind.pixel_class is pixel_class for one in found)
        assert all(one.length_m > 0.0 and one.area_m2 > 0.0 for one in found)
        total = sum(one.footprint.area for one in found)
        assert total <= shape.area + PARAMS.cell_m * shape.length
        areas = [one.area_m2 for one in found]
        assert areas == sorted(areas, reverse=True)


@pytest.mark.parametrize(
    ("diameter_m", "reason"),
    [
        (0.15, SeverityReason.SMALL_HOLE),
        (0.3, SeverityReason.MEDIUM_HOLE),
        (0.6, SeverityReason.LARGE_HOLE),
    ],
)
def test_a_pothole_is_graded_by_its_diameter(diameter_m: float, reason: SeverityReason) -> None:
    record = hole(Point(0, 0).buffer(diameter_m / 2))
    assert (record.kind, record.reason) == (DamageKind.POTHOLE, reason)


def test_a_large_hole_is_lost_surface() -> None:
    assert hole(box(0, 0, 1.2, 1.2)).reason is SeverityReason.SURFACE_LOST
    wide = hole(box(0, 0, 2.0, 3.0))
    assert (wide.kind, wide.severity) == (DamageKind.SURFACE_LOSS, 3)
    assert wide.area_m2 == pytest.approx(6.0)


def test_potholes_side_by_side_are_counted_apart() -> None:
    two = Point(0, 0).buffer(0.3).union(Point(1.2, 0).buffer(0.2))
    found = records_of(PixelClass.POTHOLE, two, along_deg=0.0, confidence=0.9, params=PARAMS)
    assert [round(one.length_m, 1) for one in found] == [0.6, 0.4]


def test_what_lies_on_a_net_or_a_patch_makes_it_worse() -> None:
    (net,) = cracks(box(0, 0, 1.2, 3.0))
    (patch,) = records_of(
        PixelClass.PATCH, box(10, 0, 12, 2), along_deg=0.0, confidence=0.9, params=PARAMS
    )
    (line,) = cracks(band((11, -1), (11, 4)))
    pothole = hole(Point(0.5, 0.5).buffer(0.3))
    alone = with_neighbours([net, patch], PARAMS)
    assert [one.severity for one in alone] == [2, 1]
    worse = with_neighbours([net, patch, line, pothole], PARAMS)
    assert [one.reason for one in worse[:2]] == [
        SeverityReason.PIECES_LOST,
        SeverityReason.CRACKED_PATCH,
    ]
    broken = with_neighbours([patch, hole(Point(11, 1).buffer(0.2))], PARAMS)[0]
    assert broken.reason is SeverityReason.BROKEN_PATCH
    assert with_neighbours([], PARAMS) == []


def test_nothing_is_recorded_of_nothing() -> None:
    assert cracks(LineString([(0, 0), (1, 1)])) == []


def test_severities_and_settings_hold_together() -> None:
    assert {reason.severity for reason in SeverityReason} == {1, 2, 3}
    assert np.isclose(replace(PARAMS, cell_m=0.1).cell_m, 0.1)
    with pytest.raises(SettingsError, match="large_hole_m"):
        RecordParams(medium_hole_m=0.5, large_hole_m=0.4)
    with pytest.raises(SettingsError, match=r"records\.cell_m"):
        RecordParams(cell_m=0.0)
