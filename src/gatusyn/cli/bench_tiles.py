"""What a tile costs when it is encoded for the first time, for ``gatusyn bench serve``."""

from __future__ import annotations

import gc
import time
from pathlib import Path

from gatusyn.cli.serve import COLLECTIONS
from gatusyn.pipeline import open_city
from gatusyn.serve.mercator import Tile, tile_at
from gatusyn.serve.read_city import CityReader

TILES_A_ZOOM = 40
PLACES = 1000


def first_time_ms(folder: Path, zooms: tuple[int, ...]) -> dict[int, float]:
    """Return the milliseconds of the processor that a mean tile of each zoom takes, zoom by zoom.

    To be called in a process of its own. The service has many of them ready before they are asked
    for and does other work besides: there they cannot be told apart. Findings are read when a tile
    of zoom 15 needs them; the layers of all tiles are laid out before.
    """
    gc.set_threshold(*COLLECTIONS)
    city = open_city(folder)
    try:
        reader = CityReader(city.store)
        index = reader.index()
        centres = index.layout.centres
        places = centres[:: max(1, len(centres) // PLACES)].tolist()
        for zoom in (zooms[0], zooms[-1]):
            reader.tile(index, Tile(z=zoom, x=0, y=0))
        spent = {}
        for zoom in zooms:
            known = dict.fromkeys(tile_at(lon, lat, zoom) for lon, lat in places)
            tiles = tuple(known)[:TILES_A_ZOOM]
            began = time.process_time()
            for tile in tiles:
                reader.tile(index, tile)
            spent[zoom] = round((time.process_time() - began) * 1000 / len(tiles), 1)
    finally:
        city.store.close()
    return spent
