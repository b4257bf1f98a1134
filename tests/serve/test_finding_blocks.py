"""Findings are read a block at a time, and kept until something has changed there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.serve.fake_lookup import FakeLookup
from tests.serve.fake_store import FakeStore

from gatusyn.serve.finding_blocks import FindingBlocks
from gatusyn.serve.layout import Layout, lay_out
from gatusyn.serve.mercator import Tile, tiles_of
from gatusyn.store.protocol import Box
from gatusyn.store.protocol_lookup import ChangedPlaces, DrawnFindings


class Counted(FakeLookup):
    """Counts what is read; changes are where the test says."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store)
        self.boxes: list[Box] = []
        self.changes_told: list[tuple[float, ...]] = []

    def drawn_findings(self, box: Box) -> DrawnFindings:
        self.boxes.append(box)
        return replace(super().drawn_findings(box), number=len(self.changes_told))

    def changed_places(self, number: int) -> ChangedPlaces:
        boxes = np.array(self.changes_told[number:], dtype=np.float64).reshape(-1, 4)
        return ChangedPlaces(number=len(self.changes_told), boxes=boxes)


@pytest.fixture
def lookup(store: FakeStore) -> Counted:
    return Counted(store)


@pytest.fixture
def layout(store: FakeStore) -> Layout:
    return lay_out(store.network)


def tiles(layout: Layout, zoom: int) -> tuple[Tile, ...]:
    return tiles_of(layout.total_bounds, zoom)


def test_tiles_of_a_block_share_it(lookup: Counted, layout: Layout) -> None:
    blocks = FindingBlocks(lambda: lookup)
    for zoom in (16, 15, 16):
        for tile in tiles(layout, zoom):
            block, is_current = blocks.block(layout, tile)
            assert is_current
            assert len(block)
    assert len(lookup.boxes) == len(tiles(layout, 15))


def test_a_change_elsewhere_leaves_blocks_as_they_are(lookup: Counted, layout: Layout) -> None:
    blocks = FindingBlocks(lambda: lookup)
    (tile, *_) = tiles(layout, 16)
    cell = blocks.cell(layout, tile)
    blocks.block(layout, tile)
    west, south, east, north = lookup.boxes[0]
    lookup.changes_told.append((east + 1.0, south, east + 9.0, north))
    blocks.look()
    assert blocks.cell(layout, tile) is cell
    blocks.block(layout, tile)
    assert len(lookup.boxes) == 1
    lookup.changes_told.append((west + 1.0, south + 1.0, west + 2.0, south + 2.0))
    blocks.look()
    assert blocks.cell(layout, tile) is not cell
    blocks.block(layout, tile)
    assert len(lookup.boxes) == 2


@pytest.mark.parametrize("zoom", [15, 18])
def test_what_was_read_of_a_newer_state_is_not_kept(
    lookup: Counted, layout: Layout, zoom: int
) -> None:
    blocks = FindingBlocks(lambda: lookup)
    (tile, *_) = tiles(layout, zoom)
    lookup.changes_told.append((0.0, 0.0, 1.0, 1.0))
    assert not blocks.block(layout, tile)[1]
    blocks.look()
    assert blocks.block(layout, tile)[1]
    assert len(lookup.boxes) == 2


def test_blocks_in_memory_are_bounded(
    lookup: Counted, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatusyn.serve.finding_blocks.FINDINGS_KEPT", 1)
    monkeypatch.setattr("gatusyn.serve.finding_blocks.CELLS_KEPT", 2)
    blocks = FindingBlocks(lambda: lookup)
    for tile in tiles(layout, 15) * 2:
        blocks.block(layout, tile)
        assert sum(cell.block is not None for cell in blocks._kept) <= 1
    for x in range(9):
        blocks.cell(layout, Tile(z=15, x=x, y=0))
        assert len(blocks._cells) <= 2


def test_another_network_takes_the_place_of_the_former(lookup: Counted, layout: Layout) -> None:
    blocks = FindingBlocks(lambda: lookup)
    (tile, *_) = tiles(layout, 15)
    blocks.block(layout, tile)
    other = lay_out(layout.network)
    blocks.block(other, tile)
    assert len(lookup.boxes) == 2
