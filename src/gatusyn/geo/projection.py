"""Between WGS 84 degrees and the town's projected system in metres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely import transform
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

WGS84 = 4326


@dataclass(frozen=True)
class Projection:
    """Transforms of one projected system; coordinates are always x (lon, easting) first.

    Parameters
    ----------
    epsg
        EPSG code of a projected system in metres (3006 in Sweden).
    """

    epsg: int

    @cached_property
    def _forward(self) -> Transformer:
        return Transformer.from_crs(WGS84, self.epsg, always_xy=True)

    @cached_property
    def _inverse(self) -> Transformer:
        return Transformer.from_crs(self.epsg, WGS84, always_xy=True)

    def to_metres(self, lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        """Return easting, northing in metres of WGS 84 longitudes and latitudes (same shape).

        Points outside the system's domain become infinite.
        """
        easting, northing = self._forward.transform(lon_deg, lat_deg)
        return np.asarray(easting, dtype=np.float64), np.asarray(northing, dtype=np.float64)

    def to_degrees(self, easting_m: Floats, northing_m: Floats) -> tuple[Floats, Floats]:
        """Return WGS 84 longitude, latitude of eastings and northings (same shape)."""
        lon, lat = self._inverse.transform(easting_m, northing_m)
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)

    def geometry_to_degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry of the projected system in WGS 84 longitude, latitude."""
        return transform(geometry, lambda xy: np.column_stack(self.to_degrees(xy[:, 0], xy[:, 1])))

    def geometry_to_metres(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a WGS 84 longitude, latitude geometry in the projected system."""
        return transform(geometry, lambda xy: np.column_stack(self.to_metres(xy[:, 0], xy[:, 1])))


def utm_epsg(lon_deg: float, lat_deg: float) -> int:
    """Return the EPSG code for metres at a place: 3006 in Sweden, else the UTM zone of WGS 84.

    Sweden is taken as a box within SWEREF 99 TM's area of use in the EPSG registry (10.03..24.17 E,
    54.96..69.07 N); at its edges the system is as good for the neighbours.
    """
    if 10.9 <= lon_deg <= 24.17 and 55.2 <= lat_deg <= 69.07:
        return 3006
    zone = min(int((lon_deg + 180.0) // 6.0) + 1, 60)
    return (32600 if lat_deg >= 0 else 32700) + zone


def is_metric(crs: CRS) -> bool:
    """Say whether a coordinate system is projected with metres as its unit."""
    return bool(crs.is_projected) and all(axis.unit_name == "metre" for axis in crs.axis_info)
