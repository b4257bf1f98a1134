"""Which surfaces looks show whole, told without joining the looks."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

_STRIPS = 8
"""Of a section's surface, each of which may lie within one look."""


def within_strip_by_strip(
    shapes: NDArray[np.object_], groups: NDArray[np.object_], surfaces: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Return which surfaces lie within their looks for sure: each strip of them within one.

    That is asked sooner than the looks are joined, of surfaces with four corners and of looks
    without a dent.
    """
    surface = np.repeat(np.arange(len(surfaces)), [len(own) for own in groups])
    look = np.concatenate([np.zeros(0, np.int64), *groups])
    simple = np.asarray(shapely.get_num_coordinates(surfaces)) == 5
    fits = simple[surface] & are_convex(shapes[look])
    surface, look = surface[fits], look[fits]
    corners = np.zeros((len(surfaces), 5, 2))
    corners[simple] = shapely.get_coordinates(surfaces[simple]).reshape(-1, 5, 2)
    # Strips lie side by side along the longer sides.
    sides = np.hypot(*np.diff(corners[:, :3], axis=1).T)
    turned = sides[1] > sides[0]
    corners[turned] = corners[turned][:, [1, 2, 3, 0, 1]]
    share = np.linspace(0.0, 1.0, _STRIPS + 1)[:, None]
    ends = np.stack(
        [
            corners[:, [start]] + share * (corners[:, [end]] - corners[:, [start]])
            for start, end in ((0, 1), (3, 2))
        ]
    )[:, surface]
    asked = shapes[look]
    shapely.prepare(asked)
    one, other = np.asarray(shapely.intersects_xy(asked[:, None], ends[..., 0], ends[..., 1]))
    inside = one & other
    within = np.zeros((len(surfaces), _STRIPS), dtype=bool)
    np.logical_or.at(within, surface, inside[:, :-1] & inside[:, 1:])
    return np.asarray(within.all(axis=1))


def are_convex(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which shapes are one polygon without a dent: its outline turns to one side only."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    first = np.searchsorted(owner, np.arange(len(shapes)))
    # A ring ends where it begins: from there it goes on to its second corner.
    after = np.arange(1, len(xy) + 1)
    after[np.searchsorted(owner, np.arange(len(shapes)), side="right") - 1] = first + 1
    east, north = (xy[after] - xy).T
    turns = np.zeros(len(xy))
    turns[1:] = (east[:-1] * north[1:] - north[:-1] * east[1:]) * (owner[:-1] == owner[1:])
    one_way = np.minimum.reduceat(turns, first) >= 0.0
    one_way |= np.maximum.reduceat(turns, first) <= 0.0
    whole = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    return np.asarray(one_way & whole & (shapely.get_num_interior_rings(shapes) == 0))
