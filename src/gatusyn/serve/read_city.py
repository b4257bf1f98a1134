"""The store as the service reads it, laid out once for each state."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from contextlib import suppress
from threading import Lock

import shapely

from gatusyn.model import (
    ConditionMethod,
    Finding,
    GatusynError,
    Rejected,
    SectionCondition,
    Visitor,
)
from gatusyn.serve.errors import MissingError
from gatusyn.serve.index import CityIndex, columns_of, unknown_condition
from gatusyn.serve.layout import Layout, lay_out
from gatusyn.serve.mercator import Tile
from gatusyn.serve.part import PartStore
from gatusyn.serve.read_tiles import TileReader
from gatusyn.serve.themes import DAY_S, Painted, Theme, classes_of
from gatusyn.store.protocol import Box, DriveSummary, PictureView, Store
from gatusyn.store.protocol_lookup import FindingFilter, FindingOrder, StoreState

PARTS_KEPT = 8
"""Contractors' parts of the town that are laid out at once."""

AROUND_M = 30.0
"""A finding lies no farther than this from what is seen of it: places differ between passes."""


class CityReader:
    """Answers the routes' questions from the store.

    Parameters
    ----------
    store
        The city's store; requests read it from several threads, and the caller closes it.
    """

    def __init__(self, store: Store | PartStore) -> None:
        self._store = store
        self._lock = Lock()
        self._parts: OrderedDict[frozenset[str], CityReader] = OrderedDict()
        self._parts_lock = Lock()
        self._changes = ""
        self._stamp = ""
        self._periods: tuple[str, ...] = ()
        self._drives: tuple[DriveSummary, ...] = ()
        self._layout: tuple[str, Layout] | None = None
        self._indexes: dict[str | None, CityIndex] = {}
        self._painted: OrderedDict[str, Painted] = OrderedDict()
        self.tiles = TileReader(store)

    def index(self, period: str | None = None) -> CityIndex:
        """Return the city laid out for a period, the newest if None.

        Raises
        ------
        MissingError
            If the store has no such period.
        StoreError
            If the city has no network yet, or the store cannot be read.
        """
        with self._lock:
            self._look()
            if period is not None and period not in self._periods:
                raise MissingError(f"Period {period}", "has no grades", "Choose another period.")
            chosen = period or (self._periods[-1] if self._periods else None)
            if chosen not in self._indexes:
                self._indexes[chosen] = self._build(chosen)
            return self._indexes[chosen]

    def seen_by(self, visitor: Visitor) -> CityReader:
        """Return what a visitor may see: all of it, or the streets that they were given.

        The one place where contractors are kept to their part.
        """
        if visitor.areas is None or isinstance(self._store, PartStore):
            return self
        with self._parts_lock:
            if visitor.areas not in self._parts:
                self._parts[visitor.areas] = CityReader(PartStore(self._store, visitor.areas))
            self._parts.move_to_end(visitor.areas)
            while len(self._parts) > PARTS_KEPT:
                self._parts.popitem(last=False)
            return self._parts[visitor.areas]

    def warm(self) -> None:
        """Lay out what the first visitor would otherwise wait for."""
        # A fault is told to the first visitor, who meets it too.
        with suppress(GatusynError):
            self.tiles.warm(self.index())

    def _look(self) -> None:
        """Forget what no longer holds."""
        changes = self._store.lookup.changes()
        if changes == self._changes:
            return
        stamp = f"{self._store.derived_stamp()}|{self._store.facts_stamp()}"
        if stamp != self._stamp:
            self._indexes = {}
        self._periods, self._drives = self._store.periods(), self._store.drives()
        self._changes, self._stamp = changes, stamp

    def _build(self, period: str | None) -> CityIndex:
        layout = self._laid_out()
        graded = self._store.lookup.grades(period) if period else None
        return CityIndex(
            stamp=hashlib.sha256(f"{self._stamp}|{period}".encode()).hexdigest()[:16],
            period=period,
            layout=layout,
            columns=columns_of(layout, graded),
            method=graded.method if graded else None,
            index_name=graded.index_name if graded else None,
            findings=self._store.lookup.count_findings(),
        )

    def _laid_out(self) -> Layout:
        stamp = self._store.lookup.network_stamp()
        if self._layout is None or self._layout[0] != stamp:
            network = self._store.read_network()
            if not network.sections:
                raise MissingError("The road network", "has no sections", "Import a network first.")
            self._layout = stamp, lay_out(network)
        return self._layout[1]

    def tile(self, index: CityIndex, tile: Tile, theme: Theme = Theme.GRADE) -> bytes:
        """Return a gzipped vector tile; those asked for lately are kept."""
        shown = index if theme is Theme.GRADE else self.painted(index, theme)
        return self.tiles.tile(shown, tile, is_current=lambda: self._is_current(index))

    def painted(self, index: CityIndex, theme: Theme) -> Painted:
        """Return a city's sections in the classes of a theme; those asked for lately are kept."""
        day = int(time.time() // DAY_S)
        stamp = f"{index.stamp}-{theme}" + (f"-{day}" if theme is Theme.AGE else "")
        with self._lock:
            found = self._painted.get(stamp)
        if found is not None:
            return found
        earlier = [one for one in self.periods() if one < (index.period or "")]
        before = self.index(earlier[-1]).columns if earlier and theme is Theme.CHANGE else None
        classes = classes_of(theme, index.columns, before=before, now_s=day * DAY_S)
        made = Painted(stamp=stamp, index=index, classes=classes)
        with self._lock:
            self._painted[stamp] = made
            while len(self._painted) > len(Theme):
                self._painted.popitem(last=False)
        return made

    def _is_current(self, index: CityIndex) -> bool:
        with self._lock:
            self._look()
            return self._indexes.get(index.period) is index

    def condition(self, index: CityIndex, section_id: str) -> SectionCondition:
        """Return a section's condition; one that was never graded is unknown, never good."""
        if index.period is not None:
            found = self._store.conditions(period=index.period, section_ids=[section_id])
            if found:
                return found[0]
        return unknown_condition(section_id, index.period or "", ConditionMethod(index.method_word))

    def finding(self, finding_id: str) -> Finding | None:
        """Return a finding; None if there is no such finding (any more)."""
        return self._store.lookup.finding(finding_id)

    def count_findings(self) -> int:
        """Return how many findings there are."""
        return self._store.lookup.count_findings()

    def state(self) -> StoreState:
        """Return whether the store can be worked with."""
        return self._store.lookup.state()

    def findings_after(
        self,
        finding_id: str,
        *,
        limit: int,
        box: Box | None,
        since_s: float | None,
        until_s: float | None,
    ) -> tuple[Finding, ...]:
        """Return findings in the order of their ids, as ``Lookup.findings_after`` does."""
        return self._store.lookup.findings_after(
            finding_id, limit=limit, box=box, since_s=since_s, until_s=until_s
        )

    def list_findings(
        self,
        wanted: FindingFilter,
        *,
        order: FindingOrder = FindingOrder.ID,
        falling: bool = False,
        limit: int,
        offset: int = 0,
    ) -> tuple[int, tuple[Finding, ...]]:
        """Return how many findings there are of a kind and some, as ``Lookup.list_findings``."""
        return self._store.lookup.list_findings(
            wanted, order=order, falling=falling, limit=limit, offset=offset
        )

    def rejected(self, drive_id: str) -> tuple[Rejected, ...]:
        """Return the rejected frames of a drive's newest run."""
        assert not isinstance(self._store, PartStore), "drives are of the whole town"
        return self._store.rejected(drive_id)

    def findings_around(self, pictures: tuple[PictureView, ...]) -> tuple[Finding, ...]:
        """Return the findings that what is seen in pictures may belong to."""
        seen = [own.footprint for view in pictures for own in view.observations]
        if not seen:
            return ()
        west, south, east, north = shapely.total_bounds(seen)
        box = (west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
        return self._store.findings(box=box)

    def periods(self) -> tuple[str, ...]:
        """Return the periods that have grades, oldest first."""
        with self._lock:
            self._look()
            return self._periods

    def drives(self) -> tuple[DriveSummary, ...]:
        """Return the newest run of every drive, oldest first."""
        with self._lock:
            self._look()
            return self._drives

    def history(self, section_id: str) -> tuple[SectionCondition, ...]:
        """Return a section's condition in every period that has one, oldest first."""
        return tuple(
            condition
            for period in self.periods()
            for condition in self._store.conditions(period=period, section_ids=[section_id])
        )

    def findings(self, section_id: str) -> tuple[Finding, ...]:
        """Return the findings of a section."""
        return self._store.findings(section_id=section_id)

    def pictures(self, section_id: str) -> tuple[PictureView, ...]:
        """Return the newest pictures that looked at a section."""
        return self._store.pictures(section_id)

    def picture(self, picture_id: str) -> bytes:
        """Return the content of a blurred picture.

        Raises
        ------
        MissingError
            If there is no such picture, or none any more.
        """
        # A file that is hidden in just now goes between the question and the reading: ask again.
        for _ in range(2):
            path = self._store.picture_path(picture_id)
            if path is None:
                break
            with suppress(FileNotFoundError):
                return path.read_bytes()
        raise MissingError(
            "The picture", "is not in the store", "It may have been erased; open the map anew."
        )
