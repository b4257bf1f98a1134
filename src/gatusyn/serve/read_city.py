"""The store as the service reads it, laid out once for each state."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
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
from gatusyn.serve.outlook import Outlooks
from gatusyn.serve.paint import Painted
from gatusyn.serve.painter import Painter
from gatusyn.serve.part import PartStore
from gatusyn.serve.past import known_by, month_end_s, month_of
from gatusyn.serve.read_tiles import EncodedTile, TileReader
from gatusyn.serve.themes import Theme
from gatusyn.store.protocol import Box, DriveSummary, PictureView, Store
from gatusyn.store.protocol_lookup import FindingFilter, FindingOrder, StoreState

PARTS_KEPT = 8
"""Contractors' parts of the town that are laid out at once."""

COUNTS_KEPT = 100

MONTHS_KEPT = 6
"""Months that are laid out at once."""

AROUND_M = 30.0
"""A finding lies no farther than this from what is seen of it: places differ between passes."""


class CityReader:
    """Answers the routes' questions from the store.

    Parameters
    ----------
    store
        The city's store; requests read it from several threads, and the caller closes it.
    outlooks
        What sections cost and last and what is planned; None for a store without its city.
    """

    def __init__(self, store: Store | PartStore, outlooks: Outlooks | None = None) -> None:
        self._store = store
        self._outlooks = outlooks
        self._lock = Lock()
        self._parts: OrderedDict[frozenset[str], CityReader] = OrderedDict()
        self._parts_lock = Lock()
        self._changes = ""
        self._stamp = ""
        self._periods: tuple[str, ...] = ()
        self._drives: tuple[DriveSummary, ...] = ()
        self._layout: tuple[str, Layout] | None = None
        self._indexes: dict[str | None, CityIndex] = {}
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._past: OrderedDict[str, CityIndex] = OrderedDict()
        self._painter = Painter(outlooks, tells_costs=not isinstance(store, PartStore))
        self.tiles = TileReader(store)

    def index(self, period: str | None = None, at: str | None = None) -> CityIndex:
        """Return the city laid out for a period, the newest if None.

        Parameters
        ----------
        at
            A month (``2026-05``): the city as it was known at its end, whatever the period.

        Raises
        ------
        MissingError
            If the store has no such period.
        StoreError
            If the city has no network yet, or the store cannot be read.
        """
        with self._lock:
            self._look()
            if at is not None and self._periods:
                return self._at(at)
            if period is not None and period not in self._periods:
                raise MissingError(f"Period {period}", "has no grades", "Choose another period.")
            chosen = period or (self._periods[-1] if self._periods else None)
            if chosen not in self._indexes:
                self._indexes[chosen] = self._build(chosen)
            return self._indexes[chosen]

    def is_laid_out(self) -> bool:
        """Say whether the newest period is laid out as it is now, without waiting for it."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            self._look()
            return (self._periods[-1] if self._periods else None) in self._indexes
        except GatusynError:
            # It is told to who asks for the town next.
            return False
        finally:
            self._lock.release()

    def seen_by(self, visitor: Visitor) -> CityReader:
        """Return what a visitor may see: all of it, or the streets that they were given.

        The one place where contractors are kept to their part.
        """
        if visitor.areas is None or isinstance(self._store, PartStore):
            return self
        with self._parts_lock:
            if visitor.areas not in self._parts:
                part = PartStore(self._store, visitor.areas)
                self._parts[visitor.areas] = CityReader(part, self._outlooks)
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
        districts = self._outlooks.districts_stamp() if self._outlooks is not None else ""
        changes = f"{self._store.lookup.changes()}|{districts}"
        if changes == self._changes:
            return
        # Facts are not shown before something is derived of them.
        derived = f"{self._store.derived_stamp()}|{self._store.lookup.network_stamp()}"
        stamp = f"{derived}|{districts}"
        if stamp != self._stamp:
            self._indexes = {}
            self._past.clear()
        self.tiles.look()
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

    def _at(self, month: str) -> CityIndex:
        """Return the city as it was known at a month's end; those asked for lately are kept."""
        if month not in self._past:
            for period in self._periods:
                if period not in self._indexes:
                    self._indexes[period] = self._build(period)
            newest = self._indexes[self._periods[-1]]
            past = known_by(
                [self._indexes[one].columns for one in self._periods], month_end_s(month)
            )
            self._past[month] = replace(
                newest,
                stamp=hashlib.sha256(f"{self._stamp}|at {month}".encode()).hexdigest()[:16],
                columns=past.columns,
                findings=self._store.lookup.count_findings(at_s=month_end_s(month)),
                at=month,
                past_periods=tuple(
                    self._periods[own] if own >= 0 else None for own in past.period_of.tolist()
                ),
            )
            while len(self._past) > MONTHS_KEPT:
                self._past.popitem(last=False)
        self._past.move_to_end(month)
        return self._past[month]

    def months(self) -> tuple[str, str] | None:
        """Return the first and the last month that somebody looked in; None without any look."""
        with self._lock:
            self._look()
            drives, periods = self._drives, self._periods
        if drives:
            first = min(one.started_s for one in drives)
            return month_of(first), month_of(max(one.ended_s for one in drives))
        # Grades without drives: of their years no month is known.
        return (f"{periods[0][:4]}-01", f"{periods[-1][:4]}-12") if periods else None

    def _laid_out(self) -> Layout:
        outlooks = self._outlooks
        districts = outlooks.districts_stamp() if outlooks is not None else ""
        stamp = f"{self._store.lookup.network_stamp()}|{districts}"
        if self._layout is None or self._layout[0] != stamp:
            network = self._store.read_network()
            if not network.sections:
                raise MissingError("The road network", "has no sections", "Import a network first.")
            named = outlooks.districts(network) if outlooks is not None else {}
            self._layout = stamp, lay_out(network, districts=named)
        return self._layout[1]

    @property
    def plans(self) -> Painter:
        """What can be shown of the city besides what is stored of it."""
        return self._painter

    def tile(self, shown: CityIndex | Painted, tile: Tile, *, street: str = "") -> EncodedTile:
        """Return a vector tile; those asked for lately are kept.

        Parameters
        ----------
        street
            A part of a street's name: sections and findings of others are left out.
        """
        return self.tiles.tile(shown, tile, street=street)

    def painted(
        self,
        index: CityIndex,
        theme: Theme,
        *,
        programme: str | None = None,
        visitor: Visitor | None = None,
    ) -> Painted:
        """Return a city's sections in the classes of a theme; those asked for lately are kept.

        Parameters
        ----------
        programme
            The name of a saved one, the latest if None.
        visitor
            Who may be kept to some treatments.
        """
        return self._painter.painted(
            index, theme, before=self._before, programme=programme, visitor=visitor
        )

    def _before(self, index: CityIndex) -> CityIndex | None:
        """Return the period before; before a month, what was known a year earlier."""
        if index.at is not None:
            return self.index(at=f"{int(index.at[:4]) - 1}{index.at[4:]}")
        earlier = [one for one in self.periods() if one < (index.period or "")]
        return self.index(earlier[-1]) if earlier else None

    def condition(self, index: CityIndex, section_id: str) -> SectionCondition:
        """Return a section's condition; one that was never graded is unknown, never good."""
        period = index.period_of(index.position[section_id])
        if period is not None:
            found = self._store.conditions(period=period, section_ids=[section_id])
            if found:
                return found[0]
        return unknown_condition(section_id, index.period or "", ConditionMethod(index.method_word))

    def finding(self, finding_id: str) -> Finding | None:
        """Return a finding; None if there is no such finding (any more)."""
        return self._store.lookup.finding(finding_id)

    def count_findings(self) -> int:
        """Return how many findings there are; counted once for a state of the store."""
        return self._counted("there", self._store.lookup.count_findings)

    def count_listed(self, wanted: FindingFilter) -> int:
        """Return how many findings a list would hold; counted once for a state of the store."""
        return self._counted(repr(wanted), lambda: self.list_findings(wanted, limit=0)[0])

    def _counted(self, name: str, count: Callable[[], int]) -> int:
        with self._lock:
            self._look()
            changes = self._changes
            if (changes, name) in self._counts:
                self._counts.move_to_end((changes, name))
                return self._counts[changes, name]
        # Others are not kept waiting: to go through half a million findings takes a while.
        found = count()
        with self._lock:
            self._counts[changes, name] = found
            while len(self._counts) > COUNTS_KEPT:
                self._counts.popitem(last=False)
        return found

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

    def pictures(self, section_id: str, *, until_s: float | None = None) -> tuple[PictureView, ...]:
        """Return the newest pictures that looked at a section, or did before a moment."""
        return self._store.pictures(section_id, until_s=until_s)

    def picture_pair(
        self, section_id: str, finding_id: str | None, *, until_s: float | None
    ) -> tuple[PictureView, PictureView] | None:
        """Return the earliest and the newest picture of one place; None if none is."""
        return self._store.picture_pair(section_id, finding_id=finding_id, until_s=until_s)

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
