"""Linear referencing on one line, in metres of a projected system."""

from __future__ import annotations

import math

from shapely import LineString, Point
from shapely.ops import substring


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
    before = line.interpolate(max(offset_m - reach_m, 0.0))
    after = line.interpolate(min(offset_m + reach_m, line.length))
    return math.degrees(math.atan2(after.x - before.x, after.y - before.y)) % 360.0


def offset_on_line(line: LineString, point: Point) -> float:
    """Return the distance in metres from the line's start to its point nearest to ``point``."""
    return float(line.project(point))


def side_of_line(line: LineString, point: Point) -> float:
    """Return the signed distance of a point from a line, in metres: right positive, left negative.

    The sign is that of the direction of the line at its point nearest to ``point``.
    """
    offset = line.project(point)
    step = min(0.5, line.length / 2)
    before = line.interpolate(max(offset - step, 0.0))
    after = line.interpolate(min(offset + step, line.length))
    east, north = after.x - before.x, after.y - before.y
    cross = east * (point.y - before.y) - north * (point.x - before.x)
    distance = float(line.distance(point))
    return -distance if cross > 0 else distance
