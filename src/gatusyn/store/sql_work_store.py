"""Derived rows by run and by tile, in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from gatusyn.model import (
    Coverage,
    DamageRecord,
    DamageTrack,
    Finding,
    LookColumns,
    Observation,
    SightingColumns,
    TrackTable,
)
from gatusyn.store.protocol_work import (
    Boxes,
    DerivedChanges,
    DerivedFrom,
    ObservationKey,
    RunKey,
    TileTracks,
)
from gatusyn.store.sql_derived_changes import write_changes
from gatusyn.store.sql_findings_ledger import insert_events
from gatusyn.store.sql_looks import select_footprints, select_looks
from gatusyn.store.sql_news import insert_news
from gatusyn.store.sql_part import SqlPart
from gatusyn.store.sql_tiles import select_tiles, select_wide_tiles
from gatusyn.store.sql_tracks import (
    insert_tracks,
    select_records,
    select_run_tiles,
    select_run_tracks,
    select_sightings,
    select_track_links,
    select_tracks,
    select_tracks_made_of,
)
from gatusyn.store.sql_work import (
    select_findings_of,
    select_ids_in_use,
    select_made_from,
    select_network_stamp,
    select_periods_of,
    select_run_facts,
    select_runs,
)


class SqlWork(SqlPart):
    """A ``DerivedWork`` in a database; ``SqlStore.work`` is one."""

    def made_from(self) -> DerivedFrom | None:
        """Return what the derived rows were made of; None if there are none."""
        with self._reading() as scoped:
            return select_made_from(scoped)

    def network_stamp(self) -> str:
        """Return a text that changes when the network or its reading does."""
        with self._reading() as scoped:
            return select_network_stamp(scoped)

    def ids_in_use(self, ids: Collection[str], *, but_in: Collection[int]) -> frozenset[str]:
        """Return which of some ids findings have that are at home outside some tiles."""
        with self._reading() as scoped:
            return select_ids_in_use(scoped, ids, but_in)

    def periods_of(self, runs: Collection[int]) -> tuple[str, ...]:
        """Return the calendar years (UTC) in which frames of runs looked at something."""
        with self._reading() as scoped:
            return select_periods_of(scoped, runs)

    def runs(self) -> tuple[RunKey, ...]:
        """Return the newest runs on the current network, in the order of their ids."""
        with self._reading() as scoped:
            return select_runs(scoped)

    def run_facts(self, number: int) -> tuple[tuple[Observation, ...], tuple[Coverage, ...]]:
        """Return a run's observations and coverage on the current network, oldest first."""
        with self._reading() as scoped:
            return select_run_facts(scoped, number)

    def looks(self, boxes: Boxes, runs: Collection[int]) -> LookColumns:
        """Return the coverage of runs that touches boxes, oldest first."""
        with self._reading() as scoped:
            return select_looks(scoped, boxes, runs)

    def footprints(self, keys: Sequence[ObservationKey]) -> list[Any]:
        """Return the footprints of observations on the current network."""
        with self._reading() as scoped:
            return select_footprints(scoped, keys)

    def write_tracks(
        self,
        run: int,
        made_of: str,
        tracks: Sequence[DamageTrack],
        table: TrackTable,
        tiles: Collection[int],
    ) -> None:
        """Write the tracks of a run, in place of those that it had."""
        with self._writing("what drives saw") as scoped:
            insert_tracks(scoped, run, made_of, tracks, table, tiles)

    def tracks_made_of(self) -> Mapping[int, str]:
        """Return what the tracks of each run that has them were made of."""
        with self._reading() as scoped:
            return select_tracks_made_of(scoped)

    def run_tiles(self, runs: Collection[int]) -> frozenset[int]:
        """Return the tiles in which tracks of runs lie, or lay."""
        with self._reading() as scoped:
            return select_run_tiles(scoped, runs)

    def run_tracks(self, runs: Collection[int]) -> Mapping[int, TrackTable]:
        """Return the tracks of runs, not laid."""
        with self._reading() as scoped:
            return select_run_tracks(scoped, runs)

    def tracks(self, numbers: Sequence[int]) -> Mapping[int, DamageTrack]:
        """Return tracks by their numbers."""
        with self._reading() as scoped:
            return select_tracks(scoped, numbers)

    def track_links(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """Return the link of tracks, by their numbers."""
        with self._reading() as scoped:
            return select_track_links(scoped, numbers)

    def sightings(self, numbers: Sequence[int]) -> SightingColumns:
        """Return the sightings of tracks, in the order of their numbers' list."""
        with self._reading() as scoped:
            return select_sightings(scoped, numbers)

    def records(self, numbers: Sequence[int]) -> Mapping[int, tuple[DamageRecord, ...]]:
        """Return what tracks show, as far as that was written."""
        with self._reading() as scoped:
            return select_records(scoped, numbers)

    def tiles(self, tiles: Collection[int]) -> tuple[TileTracks, ...]:
        """Return the tiles that there are among some."""
        with self._reading() as scoped:
            return select_tiles(scoped, tiles)

    def wide_tiles(self, reach_m: float) -> frozenset[int]:
        """Return the tiles of which a track reaches farther."""
        with self._reading() as scoped:
            return select_wide_tiles(scoped, reach_m)

    def findings_of(
        self,
        *,
        tiles: Collection[int] | None = None,
        boxes: Boxes | None = None,
        but_in: Collection[int] = (),
    ) -> tuple[Finding, ...]:
        """Return the findings at home in tiles, or those that touch boxes, in order of id."""
        with self._reading() as scoped:
            return select_findings_of(scoped, tiles=tiles, asked=boxes, but_in=but_in)

    def forget(self) -> None:
        """Have everything derived again next time; findings stay until then."""
        with self._writing("the findings and grades") as scoped:
            scoped.clear("derived")

    def write(self, changes: DerivedChanges, *, former: str | None) -> bool:
        """Write what a derivation changes, unless the rows have changed meanwhile."""
        with self._writing("the findings and grades") as scoped:
            made = select_made_from(scoped)
            if (made.stamp if made else None) != former:
                return False
            insert_events(scoped, changes.events)
            insert_news(scoped, changes.news)
            write_changes(scoped, changes)
        return True
