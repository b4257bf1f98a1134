"""Sizes and parts of polygons, in metres of a projected system."""

from __future__ import annotations

import math

from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry


def longest_extent_m(shape: BaseGeometry) -> float:
    """Return the longer side of the smallest rectangle around a shape, in metres."""
    rectangle = shape.minimum_rotated_rectangle
    if not isinstance(rectangle, Polygon):
        return float(rectangle.length)
    (x1, y1), (x2, y2), (x3, y3), *_ = rectangle.exterior.coords
    return max(math.hypot(x2 - x1, y2 - y1), math.hypot(x3 - x2, y3 - y2))


def polygons_of(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a shape; its lines and points have no area and are left out."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    if isinstance(shape, MultiPolygon):
        return list(shape.geoms)
    return [part for item in getattr(shape, "geoms", ()) for part in polygons_of(item)]
