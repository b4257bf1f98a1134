"""Findings of the town, read a block at a time and kept for as long as they hold."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from gatusyn.serve.finding_block import (
    FINDINGS_ZOOM,
    OUTLINES_ZOOM,
    FindingBlock,
    lay_findings_out,
)
from gatusyn.serve.layout import Layout
from gatusyn.serve.mercator import Tile, to_degrees
from gatusyn.store.protocol import Box
from gatusyn.store.protocol_lookup import DrawnFindings, Lookup

FINDINGS_KEPT = 1_000_000
"""In all blocks together, some 120 bytes each."""

CELLS_KEPT = 20_000
"""Places of which it is known whether findings changed there; more than a town has."""

ROUNDED_M = 2.0
"""The store's index rounds boxes outwards, by less than this."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Cell:
    """A tile with its margin, in which those from ``FINDINGS_ZOOM`` on lie.

    Parameters
    ----------
    box
        In the network's system.
    block
        None until it is asked for, or when others were asked for later.
    is_current
        Whether nothing has changed there.
    """

    box: Box
    block: FindingBlock | None = None
    is_current: bool = True
    lock: Lock = field(default_factory=Lock)


class FindingBlocks:
    """Gives the findings of tiles.

    Parameters
    ----------
    lookup
        Gives that of the store, or of a part of it.
    """

    def __init__(self, lookup: Callable[[], Lookup]) -> None:
        self._lookup = lookup
        self._lock = Lock()
        self._layout: Layout | None = None
        self._number = 0
        self._cells: OrderedDict[Tile, _Cell] = OrderedDict()
        self._kept: OrderedDict[_Cell, None] = OrderedDict()
        self._findings = 0

    def look(self) -> None:
        """Forget the blocks of places where findings have changed."""
        with self._lock:
            changed = self._lookup().changed_places(self._number)
            self._number = changed.number
            if not len(changed.boxes):
                return
            west, south, east, north = changed.boxes.T
            for tile, cell in tuple(self._cells.items()):
                own = cell.box
                if np.any(
                    (west <= own[2]) & (east >= own[0]) & (south <= own[3]) & (north >= own[1])
                ):
                    self._forget(tile)

    def cell(self, layout: Layout, tile: Tile) -> object:
        """Return what is another object when findings near a tile have changed."""
        with self._lock:
            return self._cell(layout, tile)

    def _cell(self, layout: Layout, tile: Tile) -> _Cell:
        if layout is not self._layout:
            for known in tuple(self._cells):
                self._forget(known)
            self._layout = layout
        whole = tile.parent(FINDINGS_ZOOM)
        if whole not in self._cells:
            west, south, east, north = _in_metres(layout, whole)
            box = (west - ROUNDED_M, south - ROUNDED_M, east + ROUNDED_M, north + ROUNDED_M)
            self._cells[whole] = _Cell(box=box)
            if len(self._cells) > CELLS_KEPT:
                self._forget(next(iter(self._cells)))
        self._cells.move_to_end(whole)
        return self._cells[whole]

    def _forget(self, tile: Tile) -> None:
        cell = self._cells.pop(tile)
        cell.is_current = False
        self._drop(cell)

    def block(self, layout: Layout, tile: Tile) -> tuple[FindingBlock, bool]:
        """Return findings among which are those that a tile draws.

        Returns
        -------
        tuple
            The findings, and whether they are those of the last look and not newer ones.
        """
        if tile.z >= OUTLINES_ZOOM:
            found = self._lookup().drawn_findings(_in_metres(layout, tile))
            return lay_findings_out(found, layout, outlined=True), self._is_of_last_look(found)
        with self._lock:
            cell = self._cell(layout, tile)
        with cell.lock:
            block = cell.block
            if block is None:
                found = self._lookup().drawn_findings(cell.box)
                block = lay_findings_out(found, layout, outlined=False)
                if not self._is_of_last_look(found):
                    return block, False
            self._keep(cell, block)
        return block, True

    def _is_of_last_look(self, found: DrawnFindings) -> bool:
        with self._lock:
            return found.number == self._number

    def _keep(self, cell: _Cell, block: FindingBlock) -> None:
        with self._lock:
            if not cell.is_current:
                return
            if cell.block is None:
                cell.block = block
                self._findings += len(block)
            self._kept[cell] = None
            self._kept.move_to_end(cell)
            while self._findings > FINDINGS_KEPT and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def _drop(self, cell: _Cell) -> None:
        if cell.block is not None:
            self._findings -= len(cell.block)
        cell.block = None
        self._kept.pop(cell, None)


def _in_metres(layout: Layout, tile: Tile) -> Box:
    """Return a box in the network's system that holds a tile and its margin."""
    west, south, east, north = tile.buffered_box
    corners = [to_degrees(x, y) for x in (west, east) for y in (south, north)]
    easting, northing = layout.projection.to_metres(*np.array(corners).T)
    return float(easting.min()), float(northing.min()), float(easting.max()), float(northing.max())
