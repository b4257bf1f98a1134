"""The nearest places on lines, against shapely's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import LineString, Point

from gatusyn.network.candidates import Segments, nearest_places

PLACES = st.tuples(st.integers(-500, 500), st.integers(-500, 500))


@given(
    st.lists(st.lists(PLACES, min_size=2, max_size=6, unique=True), min_size=1, max_size=5), PLACES
)
def test_the_nearest_place_is_shapelys(
    lines: list[list[tuple[int, int]]], place: tuple[int, int]
) -> None:
    shapes = np.empty(len(lines), dtype=object)
    shapes[:] = [LineString(line) for line in lines]
    link = np.arange(len(lines))
    east, north = (np.full(len(lines), float(part)) for part in place)
    distance, offset, _, length = nearest_places(Segments.of(shapes), link, east, north)
    assert length == pytest.approx([shape.length for shape in shapes])
    assert distance == pytest.approx([shape.distance(Point(place)) for shape in shapes], abs=1e-6)
    on_line = [shape.interpolate(metres) for shape, metres in zip(shapes, offset, strict=True)]
    assert distance == pytest.approx([at.distance(Point(place)) for at in on_line], abs=1e-6)


@given(PLACES, PLACES)
def test_the_bearing_is_that_of_the_nearest_piece(
    corner: tuple[int, int], end: tuple[int, int]
) -> None:
    assume(corner != (0, 0) and end != corner)
    shapes = np.array([LineString([(0, 0), corner, end])], dtype=object)
    middle = (np.array(corner) + np.array(end)) / 2.0
    _, _, bearing, _ = nearest_places(Segments.of(shapes), np.array([0]), middle[:1], middle[1:])
    shape = LineString([(0, 0), corner])
    assume(shape.distance(Point(middle)) > 1e-6)
    step = np.array(end) - np.array(corner)
    assert bearing[0] % 360.0 == pytest.approx(np.degrees(np.arctan2(*step)) % 360.0, abs=1e-6)
