"""Shapes as rasters: laid along a direction, and back on the map where they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, affinity, box

from gatusyn.geo import rasterise

CELL_M = 0.05


@given(
    st.floats(0.0, 360.0),
    st.floats(0.3, 6.0),
    st.floats(0.3, 6.0),
    st.floats(-3e5, 3e5),
)
@settings(max_examples=40, deadline=None)
def test_a_shape_comes_back_where_it_was(
    bearing: float, length: float, width: float, east: float
) -> None:
    shape = affinity.rotate(box(east, 6.5e6, east + width, 6.5e6 + length), 31.0)
    raster = rasterise(shape, bearing_deg=bearing, cell_m=CELL_M)
    back = raster.outline(raster.mask)
    edge = CELL_M * shape.length
    assert back.symmetric_difference(shape).area < 0.75 * edge
    assert back.area == pytest.approx(shape.area, abs=0.6 * edge)


def test_rows_run_along_the_direction_and_columns_to_its_right() -> None:
    # A bar 4 m along a bearing of 60 degrees, with a block to its right at its far end.
    bar = box(-0.1, 0.0, 0.1, 4.0).union(box(0.0, 3.6, 1.0, 4.0))
    shape = affinity.rotate(bar, -60.0, origin=(0, 0))
    raster = rasterise(shape, bearing_deg=60.0, cell_m=CELL_M)
    rows, columns = np.nonzero(raster.mask)
    assert np.ptp(rows) * CELL_M == pytest.approx(4.0, abs=0.15)
    assert columns[rows > rows.max() - 4].max() > columns[rows < rows.min() + 40].max() + 10
    far = raster.to_map(np.array([[rows.max(), columns.min()]], dtype=np.float64))[0]
    assert Point(far).distance(Point(4 * np.sin(np.pi / 3), 4 * np.cos(np.pi / 3))) < 0.25


def test_a_huge_shape_gets_larger_cells() -> None:
    raster = rasterise(box(0, 0, 1000, 1000), bearing_deg=0.0, cell_m=CELL_M)
    assert raster.cell_m == pytest.approx(0.5)
    assert raster.mask.size < 4.1e6


def test_holes_stay_open_and_nothing_is_refused() -> None:
    ring = Point(0, 0).buffer(1.0).difference(Point(0, 0).buffer(0.5))
    assert rasterise(ring, bearing_deg=10.0, cell_m=CELL_M).mask.sum() * CELL_M**2 < 2.6
    with pytest.raises(ValueError, match="area"):
        rasterise(Polygon(), bearing_deg=0.0, cell_m=CELL_M)
