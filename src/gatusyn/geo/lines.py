"""Linear referencing on one line, in metres of a projected system."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point
from shapely.ops import substring

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


def cut_line(line: LineString, start_m: float, end_m: float) -> LineString:
    """Return the part of a line between two distances from its start, in metres.

    Raises
    ------
    ValueError
        If the part has no length.
    """
    part = substring(line, start_m, end_m)
    if not isinstance(part, LineString):
        raise ValueError(f"no line between {start_m:.3f} m and {end_m:.3f} m")
    return part


def bearing_at(line: LineString, offset_m: float, *, reach_m: float = 2.0) -> float:
    """Return the bearing of a line at a distance from its start, degrees from grid north.

    Parameters
    ----------
    reach_m
        The direction is that from so far before to so far after.
    """
    return float(bearings_at(np.array([line]), np.array([offset_m]), reach_m=reach_m)[0])


def offset_on_line(line: LineString, point: Point) -> float:
    """Return the distance in metres from the line's start to its point nearest to ``point``."""
    return float(line.project(point))


def side_of_line(line: LineString, point: Point) -> float:
    """Return the signed distance of a point from a line, in metres: right positive, left negative.

    The sign is that of the direction of the line at its point nearest to ``point``.
    """
    return float(sides_of_lines(np.array([line]), np.array([point]))[0])


def sides_of_lines(lines: Shapes, points: Shapes) -> Floats:
    """Return ``side_of_line`` of each point and the line beside it in the list."""
    offset = shapely.line_locate_point(lines, points)
    length = shapely.length(lines)
    step = np.minimum(0.5, length / 2.0)
    before = _places(lines, np.maximum(offset - step, 0.0))
    towards = _places(lines, np.minimum(offset + step, length)) - before
    aside = shapely.get_coordinates(points) - before
    cross = towards[:, 0] * aside[:, 1] - towards[:, 1] * aside[:, 0]
    distance = shapely.distance(lines, points)
    return np.asarray(np.where(cross > 0.0, -distance, distance), np.float64)


def bearings_at(lines: Shapes, offsets_m: Floats, *, reach_m: float = 2.0) -> Floats:
    """Return ``bearing_at`` of each line at the distance beside it in the list."""
    before = _places(lines, np.maximum(offsets_m - reach_m, 0.0))
    after = _places(lines, np.minimum(offsets_m + reach_m, shapely.length(lines)))
    east, north = (after - before).T
    return np.asarray(np.degrees(np.arctan2(east, north)) % 360.0, np.float64)


def _places(lines: Shapes, offsets_m: Floats) -> Floats:
    found = shapely.line_interpolate_point(lines, offsets_m)
    return np.asarray(shapely.get_coordinates(found), np.float64)
