"""Squares of ground in which passes are laid over each other: the same whatever the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from gatusyn.findings.placed import Floats, Ints

TILE_M = 120.0
HALO_M = 40.0
"""What lies so near a tile helps to lay its passes over each other."""

Tile = int
"""A tile's column and row, counted from the origin of the network's system, in one number."""

_COLUMN, _ROW_0 = 2**32, 2**31


def tiles_of(places_m: Floats) -> Ints:
    """Return the tile of each place (easting, northing)."""
    at = np.floor(places_m / TILE_M).astype(np.int64).reshape(-1, 2)
    return np.asarray(at[:, 0] * _COLUMN + at[:, 1] + _ROW_0, np.int64)


def around(tiles: Iterable[Tile]) -> set[Tile]:
    """Return tiles with those beside them."""
    own = np.unique(np.fromiter(tiles, np.int64))
    beside = np.array([column * _COLUMN + row for column in (-1, 0, 1) for row in (-1, 0, 1)])
    return set(np.unique(own[:, None] + beside).tolist())


def tiles_touching(boxes_m: Floats, *, beside_m: float) -> set[Tile]:
    """Return the tiles that boxes (west, south, east, north) touch, or come so near to."""
    low = np.floor((boxes_m[:, :2] - beside_m) / TILE_M).astype(np.int64)
    high = np.floor((boxes_m[:, 2:] + beside_m) / TILE_M).astype(np.int64)
    columns, rows = (high - low).T + 1
    size = columns * rows
    which = np.repeat(np.arange(len(low)), size)
    at = np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size)
    column, row = np.divmod(at, rows[which])
    tiles = (low[which, 0] + column) * _COLUMN + low[which, 1] + row + _ROW_0
    return set(np.unique(tiles).tolist())


@dataclass(frozen=True, slots=True)
class Window:
    """A tile with the rows of the tracks in it (``core``) and in and around it (``rows``)."""

    tile: Tile
    core: Ints
    rows: Ints


def windows_of(places_m: Floats, tiles: Iterable[Tile] | None = None) -> Iterator[Window]:
    """Yield a window for each tile, or for each of some, that has tracks.

    Parameters
    ----------
    places_m
        Of each track, also of those around the tiles: easting, northing.
    """
    own = tiles_of(places_m)
    order = np.argsort(own, kind="stable")
    known, starts = np.unique(own[order], return_index=True)
    by_tile = dict(zip(known.tolist(), np.split(order, starts[1:]), strict=len(known) > 0))
    wanted = by_tile if tiles is None else by_tile.keys() & set(tiles)
    for tile in sorted(wanted):
        near = np.concatenate([by_tile[one] for one in around([tile]) if one in by_tile])
        corner = np.array([tile // _COLUMN, tile % _COLUMN - _ROW_0]) * TILE_M - HALO_M
        inside = (places_m[near] >= corner) & (places_m[near] < corner + TILE_M + 2.0 * HALO_M)
        yield Window(tile, by_tile[tile], np.sort(near[inside.all(axis=1)]))
