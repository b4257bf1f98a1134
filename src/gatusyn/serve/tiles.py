"""Vector tiles from layers of shapes that were laid out once."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.serve.mercator import EXTENT, Shapes, Tile, to_tile_units
from gatusyn.serve.vector_tile import LayerContent, Properties, encode_layers

SHAPES_PER_LAYER = 40_000
"""A tile with more is cut off, the least urgent first, rather than stall the page."""

SHORTEST_UNITS = 2.0
"""Lines shorter than this are specks, far out."""

OVERVIEW_ZOOM = 14
"""Below it lines are merged and simplified to what a screen can show."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TileLayer:
    """Shapes that become one layer of a tile.

    Parameters
    ----------
    name
        The layer's name in the tile.
    shapes
        Web Mercator geometries, object [n], the most urgent first.
    kinds
        Index into ``properties`` of each shape, shape [n].
    properties
        What the page is told; in a merged layer many shapes share an entry.
    merged
        Shapes of an entry become one feature.
    clipped
        Shapes are cut at the tile's margin; small ones are better left whole.
    simplified
        Lines lose the corners that a screen cannot show.
    """

    name: str
    shapes: Shapes
    kinds: NDArray[np.int64]
    properties: Sequence[Properties]
    tree: STRtree
    lengths: NDArray[np.float64]
    min_zoom: int
    max_zoom: int
    merged: bool = False
    clipped: bool = True
    simplified: bool = True


def make_layer(
    name: str,
    shapes: Shapes,
    properties: Sequence[Properties],
    *,
    zooms: tuple[int, int],
    kinds: NDArray[np.int64] | None = None,
    clipped: bool = True,
    simplified: bool = True,
) -> TileLayer:
    """Lay out shapes for drawing between two zooms, both included.

    Parameters
    ----------
    shapes
        Web Mercator geometries, object [n], the most urgent first.
    properties
        One entry a shape, or those that ``kinds`` points at.
    kinds
        If given, shapes of the same kind are drawn as one feature.
    """
    own = np.arange(len(shapes), dtype=np.int64)
    return TileLayer(
        name=name,
        shapes=shapes,
        kinds=own if kinds is None else kinds,
        properties=properties,
        tree=STRtree(shapes),
        lengths=np.asarray(shapely.length(shapes), dtype=np.float64),
        min_zoom=zooms[0],
        max_zoom=zooms[1],
        merged=kinds is not None,
        clipped=clipped,
        simplified=simplified,
    )


def encode_tile(layers: Iterable[TileLayer], tile: Tile) -> bytes:
    """Return a gzipped Mapbox vector tile of the layers that are drawn at the tile's zoom.

    Bytes are the same for the same layers: no clock is written into them.
    """
    content = [
        _features(layer, tile) for layer in layers if layer.min_zoom <= tile.z <= layer.max_zoom
    ]
    return gzip.compress(encode_layers(content, extent=EXTENT), compresslevel=5, mtime=0)


def _features(layer: TileLayer, tile: Tile) -> LayerContent:
    box = tile.buffered_box
    found = np.sort(layer.tree.query(shapely.box(*box)))
    if tile.z < OVERVIEW_ZOOM:
        found = found[layer.lengths[found] >= SHORTEST_UNITS * tile.width_m / EXTENT]
    found = found[:SHAPES_PER_LAYER]
    shapes = layer.shapes[found]
    if layer.clipped:
        shapes = shapely.clip_by_rect(shapes, *box)
    shapes = to_tile_units(shapes, tile)
    if layer.simplified:
        # Keeping topology takes ten times as long, and a line has none to keep.
        tolerance = 8.0 if tile.z < OVERVIEW_ZOOM else 1.0
        shapes = np.asarray(
            shapely.simplify(shapes, tolerance, preserve_topology=False), dtype=object
        )
    kept = ~shapely.is_empty(shapes)
    if tile.z < OVERVIEW_ZOOM:
        kept &= shapely.length(shapes) >= SHORTEST_UNITS
    shapes, kinds = shapes[kept], layer.kinds[found][kept]
    if layer.merged:
        order = np.argsort(kinds, kind="stable")
        wanted, owners = np.unique(kinds[order], return_inverse=True)
        return LayerContent(
            name=layer.name,
            shapes=shapes[order],
            owners=owners.astype(np.int64),
            properties=[layer.properties[kind] for kind in wanted],
        )
    return LayerContent(
        name=layer.name,
        shapes=shapes,
        owners=np.arange(len(shapes), dtype=np.int64),
        properties=[layer.properties[kind] for kind in kinds],
    )
