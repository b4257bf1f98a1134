"""Vector tiles of a city: encoded when first asked for, then kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

import numpy as np

from gatusyn.serve.index import CityIndex
from gatusyn.serve.layout import Layout
from gatusyn.serve.map_layers import FINDINGS_ZOOM, far_streets, finding_layers, near_streets
from gatusyn.serve.mercator import Tile, tiles_of, to_degrees
from gatusyn.serve.part import PartStore
from gatusyn.serve.themes import Painted
from gatusyn.serve.tiles import OVERVIEW_ZOOM, TileLayer, encode_tile
from gatusyn.store.protocol import Box, Store

BYTES_KEPT = 64_000_000
WARM_ZOOMS = (10, 14)
"""From, and up to but not: tiles that are few, show much, and are what a visitor sees first."""

FINDINGS_PER_TILE = 2000
"""A tile with more shows the most severe and largest: on a screen they cover each other anyway."""

Key = tuple[str, Tile]


class TileReader:
    """Encodes tiles, each once for a state of the city however many ask for it at once.

    Parameters
    ----------
    store
        Findings are read of one tile at a time: a town has too many to keep.
    """

    def __init__(self, store: Store | PartStore) -> None:
        self._store = store
        self._lock = Lock()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._bytes = 0
        self._making: dict[Key, Lock] = {}
        self._streets: tuple[Layout, dict[bool, TileLayer]] | None = None

    @property
    def kept(self) -> tuple[int, int]:
        """How many tiles are kept, and their bytes."""
        with self._lock:
            return len(self._kept), self._bytes

    def warm(self, index: CityIndex) -> None:
        """Encode the tiles that are few and show much."""
        for zoom in range(*WARM_ZOOMS):
            for tile in tiles_of(index.layout.total_bounds, zoom):
                self.tile(index, tile)
        self._layers(index, Tile(z=OVERVIEW_ZOOM, x=0, y=0))

    def tile(
        self,
        index: CityIndex | Painted,
        tile: Tile,
        *,
        is_current: Callable[[], bool] = lambda: True,
    ) -> bytes:
        """Return a gzipped vector tile.

        Parameters
        ----------
        is_current
            Asked after the findings were read: those of a newer state are not kept as the index's.
        """
        key = (index.stamp, tile)
        found = self._find(key)
        if found is not None:
            return found
        with self._alone(key):
            found = self._find(key)
            if found is None:
                found = encode_tile(self._layers(index, tile), tile)
                if is_current():
                    self._keep(key, found)
        return found

    def _find(self, key: Key) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: Key, encoded: bytes) -> None:
        with self._lock:
            self._kept[key] = encoded
            self._bytes += len(encoded)
            while self._bytes > BYTES_KEPT:
                _, old = self._kept.popitem(last=False)
                self._bytes -= len(old)

    @contextmanager
    def _alone(self, key: Key) -> Iterator[None]:
        with self._lock:
            own = self._making.setdefault(key, Lock())
        try:
            with own:
                yield
        finally:
            with self._lock:
                self._making.pop(key, None)

    def _layers(self, shown: CityIndex | Painted, tile: Tile) -> tuple[TileLayer, ...]:
        index = shown.index if isinstance(shown, Painted) else shown
        if tile.z < OVERVIEW_ZOOM:
            return self._streets_of(index.layout, near=False), shown.far_sections
        layers = self._streets_of(index.layout, near=True), shown.near_sections
        if tile.z < FINDINGS_ZOOM:
            return layers
        box = _in_metres(index.layout, tile)
        found = self._store.lookup.worst_findings(box, limit=FINDINGS_PER_TILE)
        return *layers, *finding_layers(found, index.layout.projection, zoom=tile.z)

    def _streets_of(self, layout: Layout, *, near: bool) -> TileLayer:
        with self._lock:
            if self._streets is None or self._streets[0] is not layout:
                self._streets = layout, {}
            layers = self._streets[1]
        if near not in layers:
            layers[near] = near_streets(layout) if near else far_streets(layout)
        return layers[near]


def _in_metres(layout: Layout, tile: Tile) -> Box:
    """Return a box in the network's system that holds a tile and its margin."""
    west, south, east, north = tile.buffered_box
    corners = [to_degrees(x, y) for x in (west, east) for y in (south, north)]
    easting, northing = layout.projection.to_metres(*np.array(corners).T)
    return float(easting.min()), float(northing.min()), float(easting.max()), float(northing.max())
