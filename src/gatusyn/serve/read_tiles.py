"""Vector tiles of a city: encoded when first asked for, and kept for as long as they hold."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from gatusyn.serve.finding_block import FINDINGS_ZOOM
from gatusyn.serve.finding_blocks import FindingBlocks
from gatusyn.serve.index import CityIndex
from gatusyn.serve.layout import Layout
from gatusyn.serve.map_layers import FarSections, far_streets, near_sections, near_streets
from gatusyn.serve.mercator import Tile, tiles_of
from gatusyn.serve.paint import Painted
from gatusyn.serve.part import PartStore
from gatusyn.serve.tiles import OVERVIEW_ZOOM, TileLayer, encode_tile
from gatusyn.store.protocol import Store

BYTES_KEPT = 96_000_000
"""Of encoded tiles, each with what is noted of it."""

NOTED_BYTES = 600
"""Of a tile, besides its content."""

DIGESTS_KEPT = 30_000
"""Of what tiles show of the network in a state of the city."""

WARM_ZOOMS = (10, 14)
"""From, and up to but not: tiles that are few, show much, and are what a visitor sees first."""

STREETS_KEPT = 16

MadeOf = tuple[Hashable, ...]
"""What a tile is made of: where that is the same, its bytes are."""

LayerAt = Callable[[int], TileLayer]
"""Gives the layer for a zoom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedTile:
    """A gzipped vector tile.

    Parameters
    ----------
    tag
        Another one for other content.
    """

    content: bytes
    tag: str


class TileReader:
    """Encodes tiles, each once for what it is made of, however many ask for it at once.

    A new state of the city leaves most tiles as they were: these are not encoded again.

    Parameters
    ----------
    store
        Findings are read of one part of the town at a time.
    """

    def __init__(self, store: Store | PartStore) -> None:
        self._blocks = FindingBlocks(lambda: store.lookup)
        self._lock = Lock()
        self._kept: OrderedDict[MadeOf, EncodedTile] = OrderedDict()
        self._bytes = 0
        self._making: dict[MadeOf, Lock] = {}
        self._digests: OrderedDict[MadeOf, bytes] = OrderedDict()
        self._chosen: OrderedDict[tuple[str, str, bool], LayerAt] = OrderedDict()
        self._streets: tuple[Layout, dict[bool, TileLayer]] | None = None

    @property
    def kept(self) -> tuple[int, int]:
        """How many tiles are kept, and their bytes."""
        with self._lock:
            return len(self._kept), self._bytes

    def look(self) -> None:
        """Take note of where the store's findings have changed."""
        self._blocks.look()

    def warm(self, index: CityIndex) -> None:
        """Encode the tiles that are few and show much."""
        for zoom in range(*WARM_ZOOMS):
            for tile in tiles_of(index.layout.total_bounds, zoom):
                self.tile(index, tile)
        self._lines(index, Tile(z=OVERVIEW_ZOOM, x=0, y=0), "")

    def kept_tile(
        self, shown: CityIndex | Painted, tile: Tile, *, street: str = ""
    ) -> EncodedTile | None:
        """Return a tile if that takes no time: it is ready, and known to hold."""
        wanted = street.casefold().strip()
        with self._lock:
            is_known = (shown.stamp, wanted, tile) in self._digests
        return self._find(self._made_of(shown, tile, wanted)) if is_known else None

    def tile(self, shown: CityIndex | Painted, tile: Tile, *, street: str = "") -> EncodedTile:
        """Return a tile.

        Parameters
        ----------
        street
            A part of a street's name: sections and findings of others are left out.
        """
        wanted = street.casefold().strip()
        made_of = self._made_of(shown, tile, wanted)
        found = self._find(made_of)
        if found is not None:
            return found
        with self._alone(made_of):
            found = self._find(made_of)
            if found is None:
                found, is_lasting = self._encode(shown, tile, wanted)
                if is_lasting:
                    self._keep(made_of, found)
        return found

    def _made_of(self, shown: CityIndex | Painted, tile: Tile, street: str) -> MadeOf:
        """Say what a tile is made of: lines, and findings of a place at a moment."""
        index = shown.index if isinstance(shown, Painted) else shown
        asked = (shown.stamp, street, tile)
        with self._lock:
            digest = self._digests.get(asked)
        if digest is None:
            _, sections = self._lines(shown, tile, street)
            digest = sections.digest(tile)
            with self._lock:
                self._digests[asked] = digest
                if len(self._digests) > DIGESTS_KEPT:
                    self._digests.popitem(last=False)
        made_of = (index.layout, tile, digest)
        if tile.z < FINDINGS_ZOOM:
            return made_of
        return *made_of, self._blocks.cell(index.layout, tile), index.at, street

    def _encode(
        self, shown: CityIndex | Painted, tile: Tile, street: str
    ) -> tuple[EncodedTile, bool]:
        """Return a tile, and whether it may be kept as what it was asked for."""
        index = shown.index if isinstance(shown, Painted) else shown
        layout, is_lasting = index.layout, True
        lines = self._lines(shown, tile, street)
        if tile.z < FINDINGS_ZOOM:
            content = encode_tile(lines, tile)
        else:
            block, is_lasting = self._blocks.block(layout, tile)
            streets = layout.streets_with(street) if street else None
            found = block.contents(tile, layout, at_s=index.at_s, streets=streets)
            content = encode_tile(lines, tile, found)
        tag = hashlib.blake2b(content, digest_size=12).hexdigest()
        return EncodedTile(content=content, tag=f'"{tag}"'), is_lasting

    def _find(self, made_of: MadeOf) -> EncodedTile | None:
        with self._lock:
            if made_of in self._kept:
                self._kept.move_to_end(made_of)
            return self._kept.get(made_of)

    def _keep(self, made_of: MadeOf, encoded: EncodedTile) -> None:
        with self._lock:
            self._kept[made_of] = encoded
            self._bytes += len(encoded.content) + NOTED_BYTES
            while self._bytes > BYTES_KEPT:
                _, old = self._kept.popitem(last=False)
                self._bytes -= len(old.content) + NOTED_BYTES

    @contextmanager
    def _alone(self, made_of: MadeOf) -> Iterator[None]:
        with self._lock:
            own = self._making.setdefault(made_of, Lock())
        try:
            with own:
                yield
        finally:
            with self._lock:
                self._making.pop(made_of, None)

    def _lines(
        self, shown: CityIndex | Painted, tile: Tile, street: str
    ) -> tuple[TileLayer, TileLayer]:
        """Return the layers of streets and of sections for a tile's zoom."""
        index = shown.index if isinstance(shown, Painted) else shown
        near = tile.z >= OVERVIEW_ZOOM
        sections = self._sections_of(shown, street, near=near)
        return self._streets_of(index.layout, near=near), sections(tile.z)

    def _sections_of(self, shown: CityIndex | Painted, street: str, *, near: bool) -> LayerAt:
        if not street:
            return (lambda _: shown.near_sections) if near else shown.far_sections.at
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
                # Those of a former network would hold it in memory.
                self._kept.clear()
                self._bytes = 0
            layers = self._streets[1]
        if near not in layers:
            layers[near] = near_streets(layout) if near else far_streets(layout)
        return layers[near]


def _of_street(shown: CityIndex | Painted, street: str, *, near: bool) -> LayerAt:
    """Lay out the sections of the streets whose name holds a text."""
    index = shown.index if isinstance(shown, Painted) else shown
    layout, is_painted = index.layout, isinstance(shown, Painted)
    order = shown.order if isinstance(shown, Painted) else index.worst_first
    order = order[layout.streets_with(street)[layout.street_of][order]]
    classes = shown.classes if isinstance(shown, Painted) else index.columns.grades
    if not near:
        return FarSections(layout, classes, order, are_grades=not is_painted).at
    told = shown.told if isinstance(shown, Painted) else {}
    layer = near_sections(
        layout, index.columns, order, method=index.method_word, classes=classes, told=told
    )
    return lambda _: layer
