"""What of the road a picture really shows: not what lies behind vehicles."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, make_valid, union_all

from gatusyn.geo import polygons_of

_IS_ROAD = 0.5
_SIMPLIFY_PX = 1.0


def road_in_picture(
    layer: NDArray[np.float32], *, step_px: tuple[float, float] = (1.0, 1.0)
) -> MultiPolygon:
    """Outline the road in a picture, in pixels of the frame; it may be empty.

    Vehicles that stand or drive on it rise above it, so that they cut into its outline from above:
    what they hide is left out. Holes are filled: manholes, puddles and damage are ground as well.

    Parameters
    ----------
    layer
        Probability of drivable road, [rows, columns], as a ``DamageMap`` has it.
    step_px
        Width and height of its cells in pixels of the frame.
    """
    mask = (layer >= _IS_ROAD).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    # A contour runs through the centres of cells; the road reaches to their borders.
    shapes = [
        make_valid(Polygon(contour[:, 0, :].astype(np.float64))).buffer(0.5, join_style="mitre")
        for contour in contours
        if len(contour) >= 3
    ]
    whole = union_all(shapes).simplify(_SIMPLIFY_PX)
    scaled = [_scaled(part, step_px) for part in polygons_of(make_valid(whole))]
    return MultiPolygon(scaled)


def _scaled(part: Polygon, step_px: tuple[float, float]) -> Polygon:
    """Return a part in pixels of the frame; (0, 0) is the centre of the first cell, and pixel."""
    cells = np.asarray(part.exterior.coords) + 0.5
    return Polygon(cells * step_px - 0.5)
