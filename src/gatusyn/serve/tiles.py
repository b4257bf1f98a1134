"""Vector tiles from layers of shapes that were laid out once."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.serve.mercator import EXTENT, Shapes, Tile, to_tile_units

Properties = dict[str, str | int | float]

SHAPES_PER_LAYER = 40_000
"""A tile with more is cut off, the least urgent first, rather than stall the page."""

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
    """

    name: str
    shapes: Shapes
    kinds: NDArray[np.int64]
    properties: Sequence[Properties]
    tree: STRtree
    min_zoom: int
    max_zoom: int
    merged: bool = False
    clipped: bool = True


def make_layer(
    name: str,
    shapes: Shapes,
    properties: Sequence[Properties],
    *,
    zooms: tuple[int, int],
    kinds: NDArray[np.int64] | None = None,
    clipped: bool = True,
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
        min_zoom=zooms[0],
        max_zoom=zooms[1],
        merged=kinds is not None,
        clipped=clipped,
    )


def encode_tile(layers: Iterable[TileLayer], tile: Tile) -> bytes:
    """Return a gzipped Mapbox vector tile of the layers that are drawn at the tile's zoom.

    Bytes are the same for the same layers: no clock is written into them.
    """
    content = [
        {"name": layer.name, "features": features}
        for layer in layers
        if layer.min_zoom <= tile.z <= layer.max_zoom and (features := _features(layer, tile))
    ]
    if not content:
        return gzip.compress(b"", mtime=0)
    options = {"y_coord_down": True, "extents": EXTENT, "check_winding_order": False}
    raw: bytes = mapbox_vector_tile.encode(content, default_options=options)
    return gzip.compress(raw, compresslevel=5, mtime=0)


def _features(layer: TileLayer, tile: Tile) -> list[dict[str, object]]:
    box = tile.buffered_box
    found = np.sort(layer.tree.query(shapely.box(*box)))[:SHAPES_PER_LAYER]
    shapes = layer.shapes[found]
    if layer.clipped:
        shapes = shapely.clip_by_rect(shapes, *box)
    shapes = to_tile_units(shapes, tile)
    shapes = np.asarray(
        shapely.simplify(shapes, 8.0 if tile.z < OVERVIEW_ZOOM else 1.0), dtype=object
    )
    kept = ~shapely.is_empty(shapes)
    if tile.z < OVERVIEW_ZOOM:
        kept &= shapely.length(shapes) >= 2.0
    kinds = layer.kinds[found]
    if layer.merged:
        return _merged(layer, shapes[kept], kinds[kept])
    return [
        {"geometry": shape, "properties": layer.properties[kind]}
        for shape, kind in zip(shapes[kept], kinds[kept], strict=True)
        if shape.geom_type != "GeometryCollection"
    ]


def _merged(layer: TileLayer, shapes: Shapes, kinds: NDArray[np.int64]) -> list[dict[str, object]]:
    features: list[dict[str, object]] = []
    for kind in np.unique(kinds):
        parts = shapely.get_parts(shapes[kinds == kind])
        lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
        if len(lines):
            features.append(
                {
                    "geometry": shapely.multilinestrings(lines),
                    "properties": layer.properties[int(kind)],
                }
            )
    return features
