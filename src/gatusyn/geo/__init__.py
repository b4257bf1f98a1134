"""Coordinate systems, bearings and line geometry; pure functions."""

from gatusyn.geo.bearings import across_deg, angle_between_deg, bearing_deg, unit_vector
from gatusyn.geo.lines import (
    bearing_at,
    bearings_at,
    cut_line,
    offset_on_line,
    side_of_line,
    sides_of_lines,
)
from gatusyn.geo.projection import Projection, is_metric, utm_epsg
from gatusyn.geo.raster import Raster, rasterise
from gatusyn.geo.shapes import (
    Rectangle,
    boxes_of,
    longest_extent_m,
    middles_of,
    moved_shapes,
    polygons_of,
    rectangle_of,
)
from gatusyn.geo.skeleton import strands_of

__all__ = [
    "Projection",
    "Raster",
    "Rectangle",
    "across_deg",
    "angle_between_deg",
    "bearing_at",
    "bearing_deg",
    "bearings_at",
    "boxes_of",
    "cut_line",
    "is_metric",
    "longest_extent_m",
    "middles_of",
    "moved_shapes",
    "offset_on_line",
    "polygons_of",
    "rasterise",
    "rectangle_of",
    "side_of_line",
    "sides_of_lines",
    "strands_of",
    "unit_vector",
    "utm_epsg",
]
