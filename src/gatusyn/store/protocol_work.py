"""What findings are derived from and how derived rows are replaced, by run and by tile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import (
    Coverage,
    DamageRecord,
    DamageTrack,
    Finding,
    IdentityEvent,
    LookColumns,
    News,
    Observation,
    PixelClass,
    Rates,
    SectionCondition,
    SightingColumns,
    TrackTable,
    Verdict,
)

Boxes = NDArray[np.float64]
"""West, south, east, north in each row; easting and northing in the network's system, metres."""

ObservationKey = tuple[str, str]
"""A run's id and an observation's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKey:
    """The newest run of a drive on the current network.

    Parameters
    ----------
    number
        The store's own; a newer run has a higher one.
    known_as
        Changes when something of the run does (it was made coarse).
    """

    number: int
    run_id: str
    known_as: str
    rates: Mapping[PixelClass, Rates] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedFrom:
    """What the derived rows were made of.

    Parameters
    ----------
    stamp
        Of all of it.
    basis
        Of what all rows depend on: settings and network.
    runs
        ``RunKey.known_as`` by the run's number.
    verdicts
        The number of the last verdict that counts.
    """

    stamp: str
    basis: str
    runs: Mapping[int, str]
    verdicts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TileTracks:
    """The tracks of a tile as they are laid.

    Parameters
    ----------
    reach_m
        How far one of them may be from another of the same damage at most.
    members
        Tiles of the tracks of damages that are at home in this one.
    """

    tile: int
    tracks: TrackTable
    reach_m: float
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DerivedChanges:
    """What a derivation changes, to be written in one transaction.

    Parameters
    ----------
    made_from
        What the rows are made of afterwards.
    whole
        Whether everything that was derived before goes; else only what is named.
    tiles
        Tiles as they are now; one without tracks goes.
    records
        What shapes show, by track.
    findings, gone_ids
        Findings to write, in place of those of the same id; and those to delete.
    conditions
        To write, in place of those of the same section and period. Read once and last: they may be
        worked out while the others are written.
    periods
        All that are left.
    events
        For the ledger of ids.
    news
        What is told of it.
    """

    made_from: DerivedFrom
    whole: bool
    tiles: Sequence[TileTracks] = ()
    records: Mapping[int, Sequence[DamageRecord]] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    gone_ids: Collection[str] = ()
    conditions: Iterable[SectionCondition] = ()
    periods: Sequence[str] = ()
    events: Sequence[IdentityEvent] = ()
    news: Sequence[News] = ()


class DerivedWork(Protocol):
    """One organisation's derived rows by run and by tile, with the facts that they need.

    Boxes are asked for as the union of them: what touches several comes once.
    """

    def made_from(self) -> DerivedFrom | None:
        """Return what the derived rows were made of; None if there are none."""

    def network_stamp(self) -> str:
        """Return a text that changes when the network or its reading does."""

    def runs(self) -> tuple[RunKey, ...]:
        """Return the newest runs on the current network, in the order of their ids."""

    def run_facts(self, number: int) -> tuple[tuple[Observation, ...], tuple[Coverage, ...]]:
        """Return a run's observations and coverage on the current network, oldest first."""

    def looks(self, boxes: Boxes, runs: Collection[int]) -> LookColumns:
        """Return the coverage of runs that touches boxes, oldest first."""

    def footprints(self, keys: Sequence[ObservationKey]) -> list[Any]:
        """Return the footprints of observations on the current network."""

    def write_tracks(
        self,
        run: int,
        made_of: str,
        tracks: Sequence[DamageTrack],
        table: TrackTable,
        tiles: Collection[int],
    ) -> None:
        """Write the tracks of a run, in place of those that it had."""

    def tracks_made_of(self) -> Mapping[int, str]:
        """Return what the tracks of each run that has them were made of."""

    def run_tiles(self, runs: Collection[int]) -> frozenset[int]:
        """Return the tiles in which tracks of runs lie, or lay."""

    def run_tracks(self, runs: Collection[int]) -> Mapping[int, TrackTable]:
        """Return the tracks of runs, not laid."""

    def tracks(self, numbers: Sequence[int]) -> Mapping[int, DamageTrack]:
        """Return tracks by their numbers."""

    def track_links(self, numbers: Sequence[int]) -> Mapping[int, str]:
        """Return the link of tracks, by their numbers."""

    def sightings(self, numbers: Sequence[int]) -> SightingColumns:
        """Return the sightings of tracks, in the order of their numbers' list."""

    def records(self, numbers: Sequence[int]) -> Mapping[int, tuple[DamageRecord, ...]]:
        """Return what tracks show, as far as that was written."""

    def tiles(self, tiles: Collection[int]) -> tuple[TileTracks, ...]:
        """Return the tiles that there are among some."""

    def wide_tiles(self, reach_m: float) -> frozenset[int]:
        """Return the tiles of which a track reaches farther."""

    def findings_of(
        self,
        *,
        tiles: Collection[int] | None = None,
        boxes: Boxes | None = None,
        but_in: Collection[int] = (),
    ) -> tuple[Finding, ...]:
        """Return the findings at home in tiles, or those that touch boxes, in order of id.

        Parameters
        ----------
        but_in
            Tiles of which none is wanted.
        """

    def ids_in_use(self, ids: Collection[str], *, but_in: Collection[int]) -> frozenset[str]:
        """Return which of some ids findings have that are at home outside some tiles."""

    def periods_of(self, runs: Collection[int]) -> tuple[str, ...]:
        """Return the calendar years (UTC) in which frames of runs looked at something."""

    def forget(self) -> None:
        """Have everything derived again next time; findings stay until then."""

    def write(self, changes: DerivedChanges, *, former: str | None) -> bool:
        """Write what a derivation changes, all or nothing.

        Parameters
        ----------
        former
            The stamp of the rows that it started from.

        Returns
        -------
        bool
            False if the rows have another stamp by now: nothing was written.
        """


class FindingLedger(Protocol):
    """What people say of findings, and what became of findings' ids. Facts."""

    def say(self, verdict: Verdict) -> Verdict:
        """Note a verdict; return it with its number."""

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return all verdicts, oldest first."""

    def events(self, *, finding_id: str | None = None) -> tuple[IdentityEvent, ...]:
        """Return the ledger of ids, or what it says of one, oldest first."""

    def ended(self, boxes: Boxes | None = None) -> tuple[IdentityEvent, ...]:
        """Return the last lines on ids that have ended, in boxes or all, in order of number."""
