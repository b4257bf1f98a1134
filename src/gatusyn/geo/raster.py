"""Shapes as small rasters of the ground, turned so that rows run along a direction."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon, affinity, contains_xy, get_coordinates
from shapely.geometry.base import BaseGeometry

from gatusyn.geo.shapes import polygons_of

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_LARGEST_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raster:
    """A mask of the ground.

    Parameters
    ----------
    mask
        bool [rows, columns]: rows run along the direction (row 0 first), columns to the right of
        it; the outermost rows and columns are empty.
    cell_m
        Side of a cell.
    bearing_deg
        The direction, from grid north.
    origin
        Easting and northing about which the ground was turned.
    first_m
        Metres along and to the right of the origin of the first cell's centre.
    """

    mask: Mask
    cell_m: float
    bearing_deg: float
    origin: tuple[float, float]
    first_m: tuple[float, float]

    def to_map(self, cells: Floats) -> Floats:
        """Return easting, northing [n, 2] of places given as row, column [n, 2]."""
        along = self.first_m[0] + cells[:, 0] * self.cell_m
        aside = self.first_m[1] + cells[:, 1] * self.cell_m
        angle = math.radians(self.bearing_deg)
        east, north = math.sin(angle), math.cos(angle)
        return np.column_stack(
            (
                self.origin[0] + along * east + aside * north,
                self.origin[1] + along * north - aside * east,
            )
        )

    def outline(self, mask: Mask) -> MultiPolygon:
        """Return the shape of a part of the raster, easting and northing; cells count in full."""
        # Contours run through the centres of cells; on a raster of half cells they miss a quarter.
        fine = np.asarray(mask, np.uint8).repeat(2, axis=0).repeat(2, axis=1)
        contours, _ = cv2.findContours(fine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        shapes: list[Polygon] = []
        for contour in contours:
            ring = (contour[:, 0, ::-1].astype(np.float64) - 0.5) / 2.0
            if len(ring) >= 3:
                shape = Polygon(self.to_map(ring)).buffer(0.25 * self.cell_m)
                shapes += polygons_of(shape.simplify(0.75 * self.cell_m))
        return MultiPolygon(shapes)


def rasterise(shape: BaseGeometry, *, bearing_deg: float, cell_m: float) -> Raster:
    """Return a shape's polygons as a raster along a direction.

    A shape of many thousands of square metres gets larger cells, so that memory is bounded.

    Raises
    ------
    ValueError
        If the shape has no area.
    """
    polygons = polygons_of(shape)
    if not polygons:
        raise ValueError("a shape without area cannot be rasterised")
    middle = shape.centroid
    # Grid bearings run clockwise; turning by the bearing lays the direction along north.
    turned = affinity.rotate(MultiPolygon(polygons), bearing_deg, origin=Point(middle))
    west, south, east, north = turned.bounds
    cell_m = max(cell_m, math.sqrt((east - west) * (north - south) / _LARGEST_CELLS))
    rows = math.ceil((north - south) / cell_m) + 4
    columns = math.ceil((east - west) / cell_m) + 4
    # Centres lie half a cell within a shape whose side runs along the raster.
    first = (south - 1.5 * cell_m, west - 1.5 * cell_m)
    east_m = first[1] + np.arange(columns) * cell_m
    north_m = first[0] + np.arange(rows) * cell_m
    mask: Mask = np.asarray(contains_xy(turned, *np.meshgrid(east_m, north_m)), dtype=bool)
    if not mask.any():
        # No cell's centre is in a shape thinner than a cell: the cells of its corners stand for it.
        corners = np.rint((get_coordinates(turned) - (first[1], first[0])) / cell_m).astype(int)
        mask[corners[:, 1], corners[:, 0]] = True
    return Raster(
        mask=mask,
        cell_m=cell_m,
        bearing_deg=bearing_deg,
        origin=(middle.x, middle.y),
        first_m=(first[0] - middle.y, first[1] - middle.x),
    )
