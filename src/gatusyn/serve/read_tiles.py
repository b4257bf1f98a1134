"""Vector tiles of a city: encoded when first asked for, then kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

import numpy as np

from gatusyn.serve.index import CityIndex
from gatusyn.serve.layout import Layout
from gatusyn.serve.map_layers import (
    FINDINGS_ZOOM,
    far_sections,
    far_streets,
    finding_layers,
    near_sections,
    near_streets,
)
from gatusyn.serve.mercator import Tile, tiles_of, to_degrees
from gatusyn.serve.paint import Painted
from gatusyn.serve.part import PartStore
from gatusyn.serve.tiles import OVERVIEW_ZOOM, TileLayer, encode_tile
from gatusyn.store.protocol import Box, Store
from gatusyn.store.protocol_lookup import DrawnFinding

BYTES_KEPT = 64_000_000
WARM_ZOOMS = (10, 14)
"""From, and up to but not: tiles that are few, show much, and are what a visitor sees first."""

FINDINGS_PER_TILE = 2000
"""A tile with more shows the most severe and largest: on a screen they cover each other anyway."""

MOST_FINDINGS_READ = 20_000
"""Of a tile where only some streets are wanted."""

STREETS_KEPT = 16

Key = tuple[str, str, Tile]


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
        self._chosen: OrderedDict[tuple[str, str, bool], TileLayer] = OrderedDict()
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
        street: str = "",
        is_current: Callable[[], bool] = lambda: True,
    ) -> bytes:
        """Return a gzipped vector tile.

        Parameters
        ----------
        street
            A part of a street's name: sections and findings of others are left out.
        is_current
            Asked after the findings were read: those of a newer state are not kept as the index's.
        """
        wanted = street.casefold().strip()
        key = (index.stamp, wanted, tile)
        found = self._find(key)
        if found is not None:
            return found
        with self._alone(key):
            found = self._find(key)
            if found is None:
                found = encode_tile(self._layers(index, tile, wanted), tile)
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

    def _layers(
        self, shown: CityIndex | Painted, tile: Tile, street: str = ""
    ) -> tuple[TileLayer, ...]:
        index = shown.index if isinstance(shown, Painted) else shown
        streets = self._streets_of(index.layout, near=tile.z >= OVERVIEW_ZOOM)
        sections = self._sections_of(shown, street, near=tile.z >= OVERVIEW_ZOOM)
        if tile.z < FINDINGS_ZOOM:
            return streets, sections
        found = self._findings(index, tile, street)
        return streets, sections, *finding_layers(found, index.layout, zoom=tile.z)

    def _findings(self, index: CityIndex, tile: Tile, street: str) -> Sequence[DrawnFinding]:
        layout = index.layout
        limit = FINDINGS_PER_TILE if not street else MOST_FINDINGS_READ
        box = _in_metres(layout, tile)
        found = self._store.lookup.worst_findings(box, limit=limit, at_s=index.at_s)
        if not street:
            return found
        named = layout.streets_with(street)
        places = [layout.position.get(one.section_id) for one in found]
        return [
            one
            for one, place in zip(found, places, strict=True)
            if place is not None and named[layout.street_of[place]]
        ][:FINDINGS_PER_TILE]

    def _sections_of(self, shown: CityIndex | Painted, street: str, *, near: bool) -> TileLayer:
        if not street:
            return shown.near_sections if near else shown.far_sections
        key = (shown.stamp, street, near)
        with self._lock:
            found = self._chosen.get(key)
        if found is None:
            found = _of_street(shown, street, near=near)
            with self._lock:
                self._chosen[key] = found
                while len(self._chosen) > STREETS_KEPT:
                    self._chosen.popitem(last=False)
        return found

    def _streets_of(self, layout: Layout, *, near: bool) -> TileLayer:
        with self._lock:
            if self._streets is None or self._streets[0] is not layout:
                self._streets = layout, {}
            layers = self._streets[1]
        if near not in layers:
            layers[near] = near_streets(layout) if near else far_streets(layout)
        return layers[near]


def _of_street(shown: CityIndex | Painted, street: str, *, near: bool) -> TileLayer:
    """Lay out the sections of the streets whose name holds a text."""
    index = shown.index if isinstance(shown, Painted) else shown
    layout, is_painted = index.layout, isinstance(shown, Painted)
    order = shown.order if isinstance(shown, Painted) else index.worst_first
    order = order[layout.streets_with(street)[layout.street_of][order]]
    classes = shown.classes if isinstance(shown, Painted) else index.columns.grades
    if not near:
        return far_sections(layout, classes, order, are_grades=not is_painted)
    told = shown.told if isinstance(shown, Painted) else {}
    return near_sections(
        layout, index.columns, order, method=index.method_word, classes=classes, told=told
    )


def _in_metres(layout: Layout, tile: Tile) -> Box:
    """Return a box in the network's system that holds a tile and its margin."""
    west, south, east, north = tile.buffered_box
    corners = [to_degrees(x, y) for x in (west, east) for y in (south, north)]
    easting, northing = layout.projection.to_metres(*np.array(corners).T)
    return float(easting.min()), float(northing.min()), float(easting.max()), float(northing.max())
