"""Has tiles, costs and lives ready before a visitor asks: after the start and after changes."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from threading import Event, Thread

import numpy as np

from gatusyn.model import GatusynError
from gatusyn.serve.index import CityIndex
from gatusyn.serve.mercator import Tile, tile_at
from gatusyn.serve.read_city import CityReader

LOG = logging.getLogger("gatusyn.tiles")

ZOOMS = (14, 15, 16)
"""Beyond those that ``CityReader.warm`` lays out: farther in there are many, and each is quick."""

MOST_TILES = 3000
"""Of a zoom: where there are more, none of it is laid out before."""

LOOKED_EACH_S = 1.0
RESTS = 2.0
"""So many times as long as a tile took: visitors come first."""


class LayingOut:
    """A thread that has the likely tiles ready.

    Parameters
    ----------
    reader
        The whole town's.
    """

    def __init__(self, reader: CityReader) -> None:
        self._reader = reader
        self._is_over = Event()
        self._thread = Thread(target=self._run, name="laying out", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End soon; what is being laid out is still finished."""
        self._is_over.set()

    def join(self, timeout_s: float) -> None:
        """Wait for its end."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        last: CityIndex | None = None
        while not self._is_over.is_set():
            try:
                index = self._reader.index()
                if index is not last and self.lay_out(index):
                    last = index
            except GatusynError as error:
                # It is told to the first visitor, who meets it too.
                LOG.debug("nothing is laid out before: %s", error)
            self._is_over.wait(LOOKED_EACH_S)

    def lay_out(self, index: CityIndex) -> bool:
        """Have ready what is likely asked for; return whether the town is still as it was."""
        self._reader.warm()
        for tile in likely_tiles(index):
            if self._is_over.is_set() or self._reader.index() is not index:
                return False
            began = time.perf_counter()
            if self._reader.tiles.kept_tile(index, tile) is None:
                self._reader.tile(index, tile)
                self._is_over.wait(RESTS * (time.perf_counter() - began))
        self._reader.plans.prepare(index)
        return True


def likely_tiles(index: CityIndex) -> Iterator[Tile]:
    """Yield the tiles that hold sections, zoom by zoom."""
    centres = index.layout.centres
    for zoom in ZOOMS:
        # Rounded, places are few; a tile of zoom 16 is some times as wide and high.
        places = np.unique(np.round(centres, 3), axis=0).tolist()
        tiles = dict.fromkeys(tile_at(lon, lat, zoom) for lon, lat in places)
        if len(tiles) > MOST_TILES:
            return
        yield from tiles
