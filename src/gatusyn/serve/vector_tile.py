"""Mapbox vector tiles, a layer at a time: the library's messages, filled from arrays.

The library's own encoder goes through every corner in Python: a second for a dense tile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from numpy.typing import NDArray
from shapely import GeometryType

from gatusyn.serve.mercator import Shapes

Properties = dict[str, str | int | float]
Typed = tuple[type, str | int | float]
Ints = NDArray[np.int64]

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7
POINT, LINE, POLYGON = 1, 2, 3
"""Types of features, as the specification numbers them (vector tile 2.1, 4.3.4)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerContent:
    """What one layer of a tile holds.

    Parameters
    ----------
    shapes
        Points, lines or polygons, simple or many, of one dimension; whole tile units, y down.
    owners
        The number of each shape's feature, rising, int64 [shapes].
    properties
        Of each feature.
    """

    name: str
    shapes: Shapes
    owners: Ints
    properties: Sequence[Properties]


def encode_layers(layers: Iterable[LayerContent], *, extent: int) -> bytes:
    """Return a tile of the layers that have something to show; not compressed."""
    tile = vector_tile_pb2.tile()
    for content in layers:
        commands = _commands(content)
        if not commands:
            continue
        layer = tile.layers.add(name=content.name, version=2, extent=extent)
        tags = _tags(layer, [content.properties[owner] for owner, _, _ in commands])
        for (_, kind, geometry), own in zip(commands, tags, strict=True):
            feature = layer.features.add(type=kind)
            feature.tags.extend(own)
            feature.geometry.extend(geometry)
    encoded: bytes = tile.SerializeToString()
    return encoded


def _tags(layer: Any, entries: Sequence[Properties]) -> list[list[int]]:
    """Write keys and values to a layer, each value of a key once; return each feature's pairs."""
    keys = list(dict.fromkeys(key for entry in entries for key in entry))
    layer.keys.extend(keys)
    pairs = np.empty((len(entries), len(keys), 2), dtype=np.int64)
    pairs[:, :, 0] = np.arange(len(keys))
    for number, key in enumerate(keys):
        # True and 1 are equal, yet different values.
        column = [(type(entry[key]), entry[key]) if key in entry else None for entry in entries]
        known = {typed: len(layer.values) + place for place, typed in enumerate(_known(column))}
        for typed in known:
            _add(layer, typed[1])
        pairs[:, number, 1] = [-1 if typed is None else known[typed] for typed in column]
    if (pairs[:, :, 1] >= 0).all():
        whole: list[list[int]] = pairs.reshape(len(entries), -1).tolist()
        return whole
    return [own[own[:, 1] >= 0].ravel().tolist() for own in pairs]


def _known(column: Sequence[Typed | None]) -> list[Typed]:
    return [typed for typed in dict.fromkeys(column) if typed is not None]


def _add(layer: Any, value: str | int | float) -> None:
    entry = layer.values.add()
    if isinstance(value, bool):
        entry.bool_value = value
    elif isinstance(value, int):
        entry.int_value = value
    elif isinstance(value, float):
        entry.double_value = value
    else:
        entry.string_value = value


def _commands(content: LayerContent) -> list[tuple[int, int, list[int]]]:
    """Return (feature, type, commands) of the features of which something is left."""
    parts, of_part = shapely.get_parts(content.shapes, return_index=True)
    owners = content.owners[of_part]
    if not len(parts):
        return []
    # Where a line only touches the tile's margin, cutting leaves a point: it is not drawn.
    kinds = shapely.get_type_id(parts)
    largest = kinds.max()
    kind = {GeometryType.POINT: POINT, GeometryType.LINESTRING: LINE}.get(largest, POLYGON)
    parts, owners = parts[kinds == largest], owners[kinds == largest]
    if kind == POLYGON:
        # Outer rings must turn so that their area is positive where y runs down (4.3.4.4).
        parts = shapely.orient_polygons(parts, exterior_cw=False)
        parts, of_part = shapely.get_rings(parts, return_index=True)
        owners = owners[of_part]
    corners, of_run = shapely.get_coordinates(parts, return_index=True)
    runs = _Runs.of(corners.astype(np.int64), of_run, owners, kind)
    return runs.commands(kind)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Runs:
    """Strokes of the pen: corners [n, 2], the run of each, and the feature of each run."""

    corners: Ints
    of_run: Ints
    sizes: Ints
    owners: Ints

    @classmethod
    def of(cls, corners: Ints, of_run: Ints, owners: Ints, kind: int) -> _Runs:
        """Leave out corners that fall together, and runs that are too short then."""
        fresh = np.ones(len(corners), dtype=bool)
        fresh[1:] = (of_run[1:] != of_run[:-1]) | (corners[1:] != corners[:-1]).any(axis=1)
        if kind == POLYGON:
            # A ring's last corner is its first: closing the path goes there.
            fresh[np.append(of_run[1:] != of_run[:-1], True)] = False
        sizes = np.bincount(of_run[fresh], minlength=len(owners))
        if kind == POLYGON:
            sizes, fresh = _without_return(corners, of_run, fresh, sizes)
        whole = sizes >= (0, 1, 2, 3)[kind]
        fresh &= whole[of_run]
        numbers = np.cumsum(whole) - 1
        return cls(
            corners=corners[fresh],
            of_run=numbers[of_run[fresh]],
            sizes=sizes[whole],
            owners=owners[whole],
        )

    def commands(self, kind: int) -> list[tuple[int, int, list[int]]]:
        """Return (feature, type, commands): moves are relative to the feature's last corner."""
        if not len(self.sizes):
            return []
        first_of_run = np.cumsum(self.sizes) - self.sizes
        new = np.append(True, self.owners[1:] != self.owners[:-1])
        steps = np.diff(self.corners, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
        starts = first_of_run[new]
        steps[starts] = self.corners[starts]
        zigzag = (steps << 1) ^ (steps >> 63)
        drawn, closed = self.sizes > 1, int(kind == POLYGON)
        lengths = 1 + 2 * self.sizes + drawn + closed
        begin = np.cumsum(lengths) - lengths
        place = np.arange(len(self.corners)) - first_of_run[self.of_run]
        at = begin[self.of_run] + 1 + 2 * place + (place > 0)
        out = np.empty(int(lengths.sum()), dtype=np.int64)
        out[begin] = MOVE_TO | 1 << 3
        out[begin[drawn] + 3] = LINE_TO | (self.sizes[drawn] - 1) << 3
        if closed:
            out[begin + lengths - 1] = CLOSE_PATH | 1 << 3
        out[at], out[at + 1] = zigzag[:, 0], zigzag[:, 1]
        edges = [*begin[new].tolist(), len(out)]
        numbers = out.tolist()
        return [
            (owner, kind, numbers[edges[place] : edges[place + 1]])
            for place, owner in enumerate(self.owners[new].tolist())
        ]


def _without_return(
    corners: Ints, of_run: Ints, fresh: NDArray[np.bool_], sizes: Ints
) -> tuple[Ints, NDArray[np.bool_]]:
    """Leave out a ring's last corner where, rounded, it falls on the first again."""
    there = np.flatnonzero(fresh)
    ends = np.cumsum(sizes) - 1
    filled = sizes > 1
    last, first = there[ends[filled]], there[(ends - sizes + 1)[filled]]
    again = (corners[last] == corners[first]).all(axis=1)
    fresh[last[again]] = False
    return sizes - np.bincount(of_run[last[again]], minlength=len(sizes)), fresh
