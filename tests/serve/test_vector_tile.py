"""The encoder against the library's own, and against what it must leave out."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from gatusyn.serve.tile_columns import Properties, Table, entries
from gatusyn.serve.vector_tile import LayerContent, encode_layers

Corner = tuple[int, int]
corners = st.tuples(st.integers(-128, 4224), st.integers(-128, 4224))
lines = st.lists(corners, min_size=2, max_size=8, unique=True).map(LineString)
points = corners.map(Point)
polygons = st.tuples(corners, st.integers(1, 400), st.integers(1, 400)).map(
    lambda own: box(own[0][0], own[0][1], own[0][0] + own[1], own[0][1] + own[2])
)


def told(count: int) -> list[Properties]:
    return [
        {"name": "Åkervägen", "number": 50 * number - 99, "share": number / 3 + 0.1}
        for number in range(count)
    ]


def content(shapes: list[BaseGeometry]) -> LayerContent:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    owners = np.arange(len(shapes), dtype=np.int64)
    table = Table.of(entries(told(len(shapes))))
    return LayerContent(name="x", shapes=array, owners=owners, table=table)


def decode(raw: bytes) -> list[Any]:
    if not raw:
        return []
    options = {"y_coord_down": True}
    features: list[Any] = mapbox_vector_tile.decode(raw, default_options=options)["x"]["features"]
    return features


def encoded(shapes: list[BaseGeometry]) -> list[Any]:
    return decode(encode_layers([content(shapes)], extent=4096))


def by_the_library(shapes: list[BaseGeometry]) -> list[Any]:
    features = [
        {"geometry": shape, "properties": entry}
        for shape, entry in zip(shapes, told(len(shapes)), strict=True)
    ]
    options = {"y_coord_down": True, "extents": 4096, "check_winding_order": False}
    return decode(
        mapbox_vector_tile.encode([{"name": "x", "features": features}], default_options=options)
    )


@given(st.one_of(st.lists(lines, min_size=1), st.lists(points, min_size=1)))
def test_lines_and_points_are_as_the_library_encodes_them(shapes: list[BaseGeometry]) -> None:
    assert encoded(shapes) == by_the_library(shapes)


@given(st.lists(polygons, min_size=1, max_size=20))
def test_polygons_keep_their_shape(shapes: list[BaseGeometry]) -> None:
    found = [shapely.geometry.shape(feature["geometry"]) for feature in encoded(shapes)]
    assert all(one.equals(other) for one, other in zip(found, shapes, strict=True))


def test_outer_rings_turn_one_way_and_holes_the_other() -> None:
    hole = [(10, 10), (20, 10), (20, 20)]
    for outer in ([(0, 0), (50, 0), (50, 50)], [(0, 0), (50, 50), (50, 0)]):
        (feature,) = encoded([Polygon(outer, [hole])])
        rings = feature["geometry"]["coordinates"]
        turns = [shapely.LinearRing(ring).is_ccw for ring in rings]
        assert turns == [True, False], "positive area where y runs down"


def test_many_parts_of_a_feature_stay_together() -> None:
    two = MultiLineString([[(0, 0), (5, 5)], [(9, 9), (10, 12)]])
    (feature,) = encoded([two])
    assert feature["geometry"]["coordinates"] == [[[0, 0], [5, 5]], [[9, 9], [10, 12]]]


def test_shapes_of_one_feature_are_joined() -> None:
    own = LayerContent(
        name="x",
        shapes=np.array([LineString([(0, 0), (1, 1)]), LineString([(5, 5), (7, 7)])], dtype=object),
        owners=np.array([0, 0]),
        table=Table.of(entries([{"grade": 4}])),
    )
    (feature,) = decode(encode_layers([own], extent=4096))
    assert feature["geometry"]["type"] == "MultiLineString"
    assert feature["properties"] == {"grade": 4}


@pytest.mark.parametrize(
    "speck",
    [
        LineString([(3, 3), (3, 3)]),
        Polygon([(3, 3), (4, 3), (3, 3)]),
        Polygon([(3, 3), (3, 3), (3, 3)]),
        LineString(),
        shapely.GeometryCollection([Point(1, 1)]),
    ],
)
def test_what_falls_together_is_left_out(speck: BaseGeometry) -> None:
    whole = LineString([(0, 0), (9, 9)]) if speck.geom_type != "Polygon" else box(0, 0, 9, 9)
    assert len(encoded([speck, whole])) == 1


def test_true_and_one_are_different_values() -> None:
    own = content([Point(1, 1), Point(2, 2), Point(3, 3)])
    mixed = LayerContent(
        name="x",
        shapes=own.shapes,
        owners=own.owners,
        table=Table.of(entries([{"a": True}, {"a": 1}, {"a": 1.0}])),
    )
    values = [f["properties"]["a"] for f in decode(encode_layers([mixed], extent=4096))]
    assert [type(value) for value in values] == [bool, int, float]


def test_nothing_is_an_empty_tile() -> None:
    assert encode_layers([content([])], extent=4096) == b""
