"""Shapes of many things at once are those of each."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, affinity, box

from gatusyn.geo import middles_of

HOLED = Point(0.0, 0.0).buffer(3.0).difference(box(1.0, -1.0, 2.0, 1.5))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=6), st.floats(-3e5, 3e5), st.floats(0.1, 9.0))
def test_middles_are_centroids(kinds: list[int], east: float, size: float) -> None:
    one = Polygon([(0.0, 0.0), (2.0, 0.0), (2.0, 0.5), (0.3, 4.0)])
    forms = (one, one.reverse(), HOLED, MultiPolygon([one, box(5.0, 5.0, 6.0, 9.0)]))
    shapes = np.array(
        [affinity.translate(affinity.scale(forms[at], size, size), east, 6.5e6) for at in kinds],
        dtype=object,
    )
    expected = [(shape.centroid.x, shape.centroid.y) for shape in shapes]
    assert middles_of(shapes) == pytest.approx(np.array(expected).reshape(-1, 2), abs=1e-6)


def test_what_has_no_area_has_a_middle_too() -> None:
    line = shapely.from_wkt("POLYGON ((0 0, 4 0, 0 0))")
    assert middles_of(np.array([line], dtype=object)).tolist() == [[2.0, 0.0]]
