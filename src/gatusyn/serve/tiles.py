"""Vector tiles from layers of shapes that were laid out once."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.serve.mercator import EXTENT, Shapes, Tile, to_tile_units
from gatusyn.serve.tile_columns import Columns, Ints, Table
from gatusyn.serve.vector_tile import LayerContent, PointContent, encode_layers

SHAPES_PER_LAYER = 40_000
"""A tile with more is cut off, the least urgent first, rather than stall the page."""

SHORTEST_UNITS = 2.0
"""Lines shorter than this are specks, far out."""

OVERVIEW_ZOOM = 14
"""Below it lines are merged and simplified to what a screen can show."""

COMPRESSION = 4
"""Of gzip: a third less work than with 5, and 2 % more bytes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TileLayer:
    """Lines that become one layer of a tile.

    Parameters
    ----------
    name
        The layer's name in the tile.
    shapes
        Web Mercator lines, object [n], with their ``tree`` and their ``lengths``.
    rank
        In this order they are drawn, the most urgent first; negative where one is left out. Whole
        numbers, int64 [n]; None where they lie in that order.
    kinds
        If given, shapes of the same kind, int64 [n], become one feature.
    table
        What is told of each shape, or of each kind.
    version
        Another one when anything of the layer is that ``state`` does not tell.
    state
        Of each shape, whole numbers that are others when what is told of it is, int64 [n, figures].
    """

    name: str
    shapes: Shapes
    tree: STRtree
    lengths: NDArray[np.float64]
    table: Table
    min_zoom: int
    max_zoom: int
    rank: Ints | None = None
    kinds: Ints | None = None
    version: bytes = b""
    state: Ints | None = None

    def found(self, tile: Tile) -> Ints:
        """Return the places of the shapes that a tile may show, the most urgent first."""
        found = self.tree.query(shapely.box(*tile.buffered_box))
        if self.rank is None:
            found = np.sort(found)
        else:
            found = found[self.rank[found] >= 0]
            found = found[np.argsort(self.rank[found], kind="stable")]
        if tile.z < OVERVIEW_ZOOM:
            found = found[self.lengths[found] >= SHORTEST_UNITS * tile.width_m / EXTENT]
        return found[:SHAPES_PER_LAYER]

    def is_drawn(self, tile: Tile) -> bool:
        """Say whether the layer belongs to a tile's zoom."""
        return self.min_zoom <= tile.z <= self.max_zoom

    def digest(self, tile: Tile) -> bytes:
        """Return what differs where a tile shows other things of the same network."""
        known = hashlib.blake2b(self.version, digest_size=16)
        if self.state is not None:
            found = self.found(tile)
            known.update(found.tobytes())
            known.update(self.state[found].tobytes())
        return known.digest()

    def content(self, tile: Tile) -> LayerContent:
        """Return what a tile shows of the layer."""
        box, found = tile.buffered_box, self.found(tile)
        shapes = to_tile_units(shapely.clip_by_rect(self.shapes[found], *box), tile)
        # Keeping topology takes ten times as long, and a line has none to keep.
        tolerance = 8.0 if tile.z < OVERVIEW_ZOOM else 1.0
        shapes = np.asarray(
            shapely.simplify(shapes, tolerance, preserve_topology=False), dtype=object
        )
        kept = ~shapely.is_empty(shapes)
        if tile.z < OVERVIEW_ZOOM:
            kept &= shapely.length(shapes) >= SHORTEST_UNITS
        shapes, found = shapes[kept], found[kept]
        if self.kinds is None:
            owners = np.arange(len(shapes), dtype=np.int64)
            table = self.table.take(found)
        else:
            order = np.argsort(self.kinds[found], kind="stable")
            wanted, owners = np.unique(self.kinds[found][order], return_inverse=True)
            shapes, table = shapes[order], self.table.take(wanted)
        return LayerContent(
            name=self.name, shapes=shapes, owners=owners.astype(np.int64), table=table
        )


def make_layer(
    name: str,
    shapes: Shapes,
    columns: Columns,
    *,
    zooms: tuple[int, int],
    kinds: Ints | None = None,
    version: bytes = b"",
) -> TileLayer:
    """Lay out lines for drawing between two zooms, both included.

    Parameters
    ----------
    shapes
        Web Mercator lines, object [n], the most urgent first.
    columns
        Of each shape, or of each of the kinds.
    kinds, version
        See ``TileLayer``.
    """
    return TileLayer(
        name=name,
        shapes=shapes,
        tree=STRtree(shapes),
        lengths=np.asarray(shapely.length(shapes), dtype=np.float64),
        table=Table.of(columns),
        min_zoom=zooms[0],
        max_zoom=zooms[1],
        kinds=kinds,
        version=version,
    )


def encode_tile(
    layers: Iterable[TileLayer], tile: Tile, found: Iterable[LayerContent | PointContent] = ()
) -> bytes:
    """Return a gzipped Mapbox vector tile of the layers that are drawn at the tile's zoom.

    Bytes are the same for the same layers: no clock is written into them.

    Parameters
    ----------
    found
        What is drawn over them.
    """
    content = [layer.content(tile) for layer in layers if layer.is_drawn(tile)]
    raw = encode_layers([*content, *found], extent=EXTENT)
    return gzip.compress(raw, compresslevel=COMPRESSION, mtime=0)
