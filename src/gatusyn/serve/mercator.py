"""Web Mercator tiles: for drawing only; nothing is ever measured here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.geo import Projection

EARTH_RADIUS_M = 6378137.0
HALF_WORLD_M = math.pi * EARTH_RADIUS_M
MAX_LATITUDE_DEG = 85.0511287798066
MAX_ZOOM = 22
EXTENT = 4096
TILE_PX = 512
"""How wide a tile is shown."""

BUFFER = 128

Shapes = NDArray[Any]
"""Shapely geometries, object [n]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile of the usual XYZ grid, rows counted from the north."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether the grid has such a tile."""
        count = 1 << self.z if 0 <= self.z <= MAX_ZOOM else 0
        return 0 <= self.x < count and 0 <= self.y < count

    def parent(self, z: int) -> Tile:
        """Return the tile of a zoom that is not greater, in which this one lies."""
        steps = self.z - z
        return Tile(z=z, x=self.x >> steps, y=self.y >> steps)

    @property
    def width_m(self) -> float:
        """Width in Web Mercator's units."""
        return 2.0 * HALF_WORLD_M / (1 << self.z)

    @property
    def north_west(self) -> tuple[float, float]:
        """Web Mercator x, y of the tile's first corner."""
        return -HALF_WORLD_M + self.x * self.width_m, HALF_WORLD_M - self.y * self.width_m

    @property
    def buffered_box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in Web Mercator, with the margin that lines need at edges."""
        west, north = self.north_west
        margin = self.width_m * BUFFER / EXTENT
        return (
            west - margin,
            north - self.width_m - margin,
            west + self.width_m + margin,
            north + margin,
        )


def tile_at(lon_deg: float, lat_deg: float, zoom: int) -> Tile:
    """Return the tile that holds a place (WGS 84)."""
    count = 1 << zoom
    lat = math.radians(min(max(lat_deg, -MAX_LATITUDE_DEG), MAX_LATITUDE_DEG))
    x = (lon_deg + 180.0) / 360.0 * count
    y = (1.0 - math.asinh(math.tan(lat)) / math.pi) / 2.0 * count
    return Tile(z=zoom, x=min(max(int(x), 0), count - 1), y=min(max(int(y), 0), count - 1))


def tiles_of(bounds: tuple[float, float, float, float], zoom: int) -> tuple[Tile, ...]:
    """Return the tiles that a box touches (west, south, east, north, WGS 84)."""
    west, south, east, north = bounds
    first, last = tile_at(west, north, zoom), tile_at(east, south, zoom)
    return tuple(
        Tile(z=zoom, x=x, y=y)
        for y in range(first.y, last.y + 1)
        for x in range(first.x, last.x + 1)
    )


def town_tiles(places: Sequence[tuple[float, float]], zoom: int, *, around: int = 0) -> list[str]:
    """Return the addresses of the tiles that hold places (longitude, latitude, WGS 84).

    Parameters
    ----------
    around
        How many tiles on every side of each place besides.
    """
    beside = range(-around, around + 1)
    tiles = {
        Tile(z=zoom, x=middle.x + x, y=middle.y + y): None
        for middle in (tile_at(lon, lat, zoom) for lon, lat in places)
        for y in beside
        for x in beside
    }
    return [f"/tiles/{tile.z}/{tile.x}/{tile.y}.mvt" for tile in tiles if tile.exists]


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Return the longitude and latitude of a place in Web Mercator."""
    return (
        math.degrees(x / EARTH_RADIUS_M),
        math.degrees(2.0 * math.atan(math.exp(y / EARTH_RADIUS_M)) - math.pi / 2.0),
    )


def to_mercator(shapes: Shapes, projection: Projection) -> Shapes:
    """Return geometries of the projected system in Web Mercator, rounded to a centimetre.

    The rounding lets ends that meet in the network meet here as well.
    """
    moved = places_to_mercator(shapely.get_coordinates(shapes), projection)
    return np.asarray(shapely.set_coordinates(shapes.copy(), moved), dtype=object)


def places_to_mercator(places: NDArray[np.float64], projection: Projection) -> NDArray[np.float64]:
    """Return easting and northing in Web Mercator, rounded to a centimetre, [places, 2]."""
    lon, lat = projection.to_degrees(places[:, 0], places[:, 1])
    lat = np.clip(lat, -MAX_LATITUDE_DEG, MAX_LATITUDE_DEG)
    x = EARTH_RADIUS_M * np.radians(lon)
    y = EARTH_RADIUS_M * np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    return np.asarray(np.round(np.column_stack([x, y]), 2), dtype=np.float64)


def to_tile_units(shapes: Shapes, tile: Tile) -> Shapes:
    """Return Web Mercator geometries in a tile's units: 0..4096 from the north-west, y down."""
    moved = places_to_tile_units(shapely.get_coordinates(shapes), tile)
    return np.asarray(shapely.set_coordinates(shapes.copy(), moved), dtype=object)


def places_to_tile_units(places: NDArray[np.float64], tile: Tile) -> NDArray[np.float64]:
    """Return places in Web Mercator in a tile's units, whole numbers, [places, 2]."""
    scale = EXTENT / tile.width_m
    return np.asarray(np.round((places - tile.north_west) * (scale, -scale)), dtype=np.float64)
