"""Likely tiles are ready before a visitor asks for them."""

from __future__ import annotations

import time

import pytest
from tests.serve.fake_store import FakeStore

from gatusyn.model import Network
from gatusyn.serve.index import CityIndex
from gatusyn.serve.laying_out import ZOOMS, LayingOut, likely_tiles
from gatusyn.serve.mercator import Tile, tiles_of
from gatusyn.serve.read_city import CityReader


def ready(reader: CityReader, index: CityIndex) -> set[Tile]:
    bounds = index.layout.total_bounds
    tiles = [tile for zoom in ZOOMS for tile in tiles_of(bounds, zoom)]
    return {tile for tile in tiles if reader.tiles.kept_tile(index, tile) is not None}


def test_all_likely_tiles_are_ready(store: FakeStore) -> None:
    reader = CityReader(store)
    assert LayingOut(reader).lay_out(reader.index())
    likely = set(likely_tiles(reader.index()))
    assert likely
    assert likely <= ready(reader, reader.index())


def test_it_lays_out_what_has_changed_meanwhile(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatusyn.serve.laying_out.LOOKED_EACH_S", 0.01)
    reader = CityReader(store)
    laying_out = LayingOut(reader)
    laying_out.start()
    try:
        for stamp in ("second", "third"):
            store.write_derived(store.seen[5:], store.conditions(), stamp=stamp)
            index = reader.index()
            until_s = time.monotonic() + 20.0
            while not set(likely_tiles(index)) <= ready(reader, index):
                assert time.monotonic() < until_s
                time.sleep(0.02)
    finally:
        laying_out.stop()
        laying_out.join(10.0)


def test_it_gives_up_when_the_town_changes(store: FakeStore) -> None:
    reader = CityReader(store)
    former = reader.index()
    store.stamp = "second"
    assert not LayingOut(reader).lay_out(former)


def test_it_waits_for_a_network(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatusyn.serve.laying_out.LOOKED_EACH_S", 0.01)
    network, store.network = store.network, Network(epsg=3006, links=(), sections=())
    reader = CityReader(store)
    laying_out = LayingOut(reader)
    laying_out.start()
    try:
        time.sleep(0.1)
        store.network, store.stamp = network, "second"
        until_s = time.monotonic() + 20.0
        while not reader.tiles.kept[0]:
            assert time.monotonic() < until_s
            time.sleep(0.02)
    finally:
        laying_out.stop()
        laying_out.join(10.0)


def test_where_tiles_are_too_many_none_is_laid_out(
    store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatusyn.serve.laying_out.MOST_TILES", 2)
    zooms = {tile.z for tile in likely_tiles(CityReader(store).index())}
    assert max(ZOOMS) not in zooms
