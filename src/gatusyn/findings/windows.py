"""Squares of ground in which passes are laid over each other: the same whatever the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gatusyn.findings.placed import Floats, Ints

TILE_M = 120.0
HALO_M = 40.0
"""What lies so near a tile helps to lay its passes over each other."""

Tile = tuple[int, int]
"""Column and row of a tile, counted from the origin of the network's system."""


@dataclass(frozen=True, slots=True)
class Window:
    """A tile with the rows of the tracks in it (``core``) and in and around it (``rows``)."""

    tile: Tile
    core: Ints
    rows: Ints


def windows_of(places_m: Floats) -> Iterator[Window]:
    """Yield a window for each tile that has tracks.

    Parameters
    ----------
    places_m
        Of each track: easting, northing.
    """
    tiles = np.floor(places_m / TILE_M).astype(np.int64)
    around = sorted({(int(column), int(row)) for column, row in tiles.tolist()})
    by_tile: dict[Tile, list[int]] = {}
    for number, (column, row) in enumerate(tiles.tolist()):
        by_tile.setdefault((column, row), []).append(number)
    for column, row in around:
        near = np.array(
            [
                number
                for i in (-1, 0, 1)
                for j in (-1, 0, 1)
                for number in by_tile.get((column + i, row + j), ())
            ],
            np.int64,
        )
        low = np.array([column, row]) * TILE_M - HALO_M
        inside = (places_m[near] >= low) & (places_m[near] < low + TILE_M + 2.0 * HALO_M)
        rows = np.sort(near[inside.all(axis=1)])
        yield Window((column, row), np.array(by_tile[column, row], np.int64), rows)
