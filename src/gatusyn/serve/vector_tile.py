"""Mapbox vector tiles (version 2.1), a layer at a time: packed from arrays.

A feature is written as whole numbers throughout, so all of a layer's are encoded in a few steps. A
library's messages, filled one by one, took ten times as long for a dense tile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from gatusyn.serve.mercator import Shapes
from gatusyn.serve.tile_columns import Ints, Table, encode_varints, varint

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
    table
        What is told of each feature.
    """

    name: str
    shapes: Shapes
    owners: Ints
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointContent:
    """What a layer of points holds.

    Parameters
    ----------
    points
        Whole tile units, y down, int64 [features, 2].
    table
        What is told of each feature.
    """

    name: str
    points: Ints
    table: Table


def encode_layers(layers: Iterable[LayerContent | PointContent], *, extent: int) -> bytes:
    """Return a tile of the layers that have something to show; not compressed."""
    tile = bytearray()
    for content in layers:
        drawn = _points(content) if isinstance(content, PointContent) else _drawn(content)
        if drawn is None:
            continue
        layer = _layer(content, drawn, extent)
        tile += b"\x1a" + varint(len(layer)) + layer
    return bytes(tile)


def _layer(content: LayerContent | PointContent, drawn: _Drawn, extent: int) -> bytes:
    """Return a layer's message: name, features, keys, values, extent, version."""
    name, table = content.name.encode(), content.table
    codes = table.codes[drawn.owners]
    is_used = np.zeros(len(table.values) + 1, dtype=bool)
    is_used[codes] = True
    is_used[-1] = False  # where a feature has no value
    number = np.append(np.cumsum(is_used[:-1]) - 1, -1)
    tags = np.empty((*codes.shape, 2), dtype=np.int64)
    tags[:, :, 0], tags[:, :, 1] = np.arange(len(table.keys)), number[codes]
    values = table.values.take(np.flatnonzero(is_used))
    words = [key.encode() for key in table.keys]
    keys = b"".join(b"\x1a" + varint(len(word)) + word for word in words)
    return b"".join(
        [
            b"\x0a" + varint(len(name)) + name,
            _features(tags, drawn),
            keys,
            values,
            b"\x28" + varint(extent) + b"\x78\x02",
        ]
    )


def _features(tags: Ints, drawn: _Drawn) -> bytes:
    """Return features, each a message: its tags, type and geometry.

    Parameters
    ----------
    tags
        Pairs of key and value, the value -1 where there is none, [features, keys, 2].
    """
    there = tags[:, :, 1] >= 0
    flat = tags[there].ravel()
    tag_counts, counts = 2 * there.sum(axis=1), np.diff(drawn.edges)
    tag_bytes = _sums(_sizes(flat), tag_counts)
    geometry_bytes = _sums(_sizes(drawn.numbers), counts)
    # 0x12 length tags, 0x18 type, 0x22 length geometry.
    whole = 1 + _sizes(tag_bytes) + tag_bytes + 2 + 1 + _sizes(geometry_bytes) + geometry_bytes
    ends = np.cumsum(8 + tag_counts + counts)
    begins = ends - (8 + tag_counts + counts)
    out = np.empty(int(ends[-1]), dtype=np.int64)
    out[begins], out[begins + 1] = 0x12, whole
    out[begins + 2], out[begins + 3] = 0x12, tag_bytes
    out[_within(begins + 4, tag_counts)] = flat
    after = begins + 4 + tag_counts
    out[after], out[after + 1] = 0x18, drawn.kind
    out[after + 2], out[after + 3] = 0x22, geometry_bytes
    out[_within(after + 4, counts)] = drawn.numbers
    return encode_varints(out)[0].tobytes()


def _sizes(numbers: Ints) -> Ints:
    """Return how many bytes each takes as a variable-length integer."""
    sizes = np.ones(len(numbers), dtype=np.int64)
    for bits in range(7, int(numbers.max(initial=0)).bit_length(), 7):
        sizes += numbers >= (1 << bits)
    return sizes


def _sums(values: Ints, counts: Ints) -> Ints:
    """Return the sums of runs of so many values."""
    edges = np.concatenate([[0], np.cumsum(counts)])
    return np.asarray(np.diff(np.concatenate([[0], np.cumsum(values)])[edges]))


def _within(begins: Ints, counts: Ints) -> Ints:
    """Return the places of runs of so many, each from a place on."""
    ends = np.cumsum(counts)
    return np.asarray(np.arange(int(counts.sum())) + np.repeat(begins - (ends - counts), counts))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Drawn:
    """The features of which something is left.

    Parameters
    ----------
    owners
        The number of each, [features].
    numbers
        Their commands one after the other, and ``edges`` where each begins and the last ends.
    """

    owners: Ints
    kind: int
    numbers: Ints
    edges: Ints


def _points(content: PointContent) -> _Drawn | None:
    """Return points, each a feature; None if there are none."""
    count = len(content.points)
    if not count:
        return None
    numbers = np.full((count, 3), MOVE_TO | 1 << 3, dtype=np.int64)
    numbers[:, 1:] = _zigzag(content.points)
    owners = np.arange(count)
    return _Drawn(
        owners=owners, kind=POINT, numbers=numbers.ravel(), edges=np.append(3 * owners, 3 * count)
    )


def _zigzag(steps: Ints) -> Ints:
    """Return signed numbers as the specification writes them (4.3.2)."""
    zigzag: Ints = (steps << 1) ^ (steps >> 63)
    return zigzag


def _drawn(content: LayerContent) -> _Drawn | None:
    """Return the features of which something is left; None if nothing is."""
    parts, of_part = shapely.get_parts(content.shapes, return_index=True)
    owners = content.owners[of_part]
    if not len(parts):
        return None
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
    return _Runs.of(corners.astype(np.int64), of_run, owners, kind).drawn(kind)


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

    def drawn(self, kind: int) -> _Drawn | None:
        """Return commands: moves are relative to the feature's last corner."""
        if not len(self.sizes):
            return None
        first_of_run = np.cumsum(self.sizes) - self.sizes
        new = np.append(True, self.owners[1:] != self.owners[:-1])
        steps = np.diff(self.corners, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
        starts = first_of_run[new]
        steps[starts] = self.corners[starts]
        zigzag = _zigzag(steps)
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
        edges = np.append(begin[new], len(out))
        return _Drawn(owners=self.owners[new], kind=kind, numbers=out, edges=edges)


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
