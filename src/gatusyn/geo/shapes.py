"""Sizes and parts of polygons, in metres of a projected system."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """The smallest rectangle around a shape.

    Parameters
    ----------
    length_m, width_m
        Its longer and its shorter side.
    bearing_deg
        Direction of the longer side, 0..180 from grid north.
    """

    length_m: float
    width_m: float
    bearing_deg: float


def rectangle_of(shape: BaseGeometry) -> Rectangle:
    """Return the smallest rectangle around a shape; a line has one without width."""
    box = shape.minimum_rotated_rectangle
    corners = list(box.exterior.coords if isinstance(box, Polygon) else box.coords)
    (x1, y1), (x2, y2), (x3, y3) = [*corners, corners[-1], corners[-1]][:3]
    sides = [(math.hypot(e, n), e, n) for e, n in ((x2 - x1, y2 - y1), (x3 - x2, y3 - y2))]
    (width, *_), (length, east, north) = sorted(sides)
    bearing = math.degrees(math.atan2(east, north)) % 180.0
    return Rectangle(length_m=length, width_m=width, bearing_deg=bearing)


def longest_extent_m(shape: BaseGeometry) -> float:
    """Return the longer side of the smallest rectangle around a shape, in metres."""
    return rectangle_of(shape).length_m


def polygons_of(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a shape; its lines and points have no area and are left out."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    if isinstance(shape, MultiPolygon):
        return list(shape.geoms)
    return [part for item in getattr(shape, "geoms", ()) for part in polygons_of(item)]


def boxes_of(boxes_m: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return boxes (west, south, east, north in each row) as polygons."""
    shapes = np.empty(len(boxes_m), dtype=object)
    shapes[:] = shapely.box(*boxes_m.T)
    return shapes


def moved_shapes(shapes: NDArray[np.object_], shift_m: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return shapes moved by east and north, each by its own [n, 2]; unmoved ones as they are."""
    moved = np.flatnonzero((shift_m != 0.0).any(axis=1))
    result = shapes.copy()
    if moved.size:
        xy, owner = shapely.get_coordinates(shapes[moved], return_index=True)
        result[moved] = shapely.set_coordinates(shapes[moved], xy + shift_m[moved][owner])
    return result


def middles_of(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the centroids of polygons, easting and northing [n, 2].

    Those of one ring are worked out together: shapely takes four times as long for each.
    """
    result = np.empty((len(shapes), 2))
    simple = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    simple &= (shapely.get_num_interior_rings(shapes) == 0) & (shapely.area(shapes) > 0.0)
    others = shapely.centroid(shapes[~simple])
    result[~simple] = np.column_stack([shapely.get_x(others), shapely.get_y(others)])
    xy, owner = shapely.get_coordinates(shapes[simple], return_index=True)
    first = xy[np.searchsorted(owner, np.arange(int(simple.sum())))]
    from_first = xy - first[owner]
    one, other = from_first[:-1], from_first[1:]
    # From a ring's end to the next one's start there is no edge.
    twice = (one[:, 0] * other[:, 1] - other[:, 0] * one[:, 1]) * (owner[:-1] == owner[1:])
    whole = np.bincount(owner[:-1], twice, minlength=len(first))
    for axis in range(2):
        moment = (one[:, axis] + other[:, axis]) * twice
        result[simple, axis] = first[:, axis] + (
            np.bincount(owner[:-1], moment, minlength=len(first)) / whole / 3.0
        )
    return result
