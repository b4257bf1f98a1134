"""Coordinate systems, bearings and line geometry; pure functions."""

from gatusyn.geo.bearings import across_deg, angle_between_deg, bearing_deg, unit_vector
from gatusyn.geo.lines import bearing_at, cut_line, offset_on_line, side_of_line
from gatusyn.geo.projection import Projection, is_metric, utm_epsg
from gatusyn.geo.shapes import Rectangle, longest_extent_m, polygons_of, rectangle_of

__all__ = [
    "Projection",
    "Rectangle",
    "across_deg",
    "angle_between_deg",
    "bearing_at",
    "bearing_deg",
    "cut_line",
    "is_metric",
    "longest_extent_m",
    "offset_on_line",
    "polygons_of",
    "rectangle_of",
    "side_of_line",
    "unit_vector",
    "utm_epsg",
]
