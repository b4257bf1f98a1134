"""The embedded store: one SQLite file and a folder of pictures in the city folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gatusyn.model import (
    CarriedFacts,
    Coverage,
    DriveFacts,
    DriveTrace,
    Finding,
    IdentityEvent,
    Network,
    Observation,
    RecordedFacts,
    Rejected,
    SectionCondition,
    StoreError,
)
from gatusyn.store import sqlite_coarse as traces_of
from gatusyn.store import sqlite_derived as derived
from gatusyn.store import sqlite_facts as facts_of
from gatusyn.store import sqlite_network as networks
from gatusyn.store import sqlite_pictures as pictures_of
from gatusyn.store.protocol import Box, DriveSummary, PictureStage, PictureView
from gatusyn.store.sqlite_accounts import SqliteAccounts
from gatusyn.store.sqlite_carried import replace_carried, select_recorded
from gatusyn.store.sqlite_connection import DATABASE, Pool
from gatusyn.store.sqlite_errors import in_plain_words
from gatusyn.store.sqlite_findings_ledger import SqliteFindingLedger, insert_events
from gatusyn.store.sqlite_ledger import SqliteLedger
from gatusyn.store.sqlite_lock import InspectLock
from gatusyn.store.sqlite_lookup import SqliteLookup
from gatusyn.store.sqlite_media import Media, PictureFolder
from gatusyn.store.sqlite_programmes import SqliteProgrammes
from gatusyn.store.sqlite_scope import Scoped
from gatusyn.store.sqlite_withhold import withhold
from gatusyn.store.sqlite_work_store import SqliteWork


class SqliteStore:
    """A ``Store`` in one SQLite file; may be used by several threads at once.

    ``sqlite_open`` makes them.

    Parameters
    ----------
    folder
        The city folder.
    organisation
        The organisation's number in the store.
    """

    def __init__(self, folder: Path, organisation: int) -> None:
        self._folder = folder
        self._pool = Pool(folder / DATABASE, organisation)
        self._media = Media(folder, organisation)
        self._lock = InspectLock(folder, self._sweep)
        self._stages: dict[str, PictureFolder] = {}
        self.ledger = SqliteLedger(self._reading, self._writing, self._media)
        self.work = SqliteWork(self._reading, self._writing)
        self.finding_ledger = SqliteFindingLedger(self._reading, self._writing)
        self.programmes = SqliteProgrammes(self._reading, self._writing)
        self.accounts = SqliteAccounts(self._reading, self._writing)
        self.lookup = SqliteLookup(folder, self._pool, self._reading)

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def write_network(self, network: Network) -> None:
        """Make a delivery the current network; former deliveries stay."""
        with self._writing("the network") as scoped:
            networks.insert_network(scoped, network)

    def read_network(self) -> Network:
        """Return the current network.

        Raises
        ------
        StoreError
            If the store has none yet.
        """
        with self._reading() as scoped:
            network = networks.select_network(scoped)
        if network is None:
            problem = "has no road network yet"
            raise StoreError(self._folder, problem, "Give it one with `gatusyn init --network`.")
        return network

    def read_delivery(self, version: str) -> Network:
        """Return a delivery of the network, current or former.

        Raises
        ------
        StoreError
            If the store does not have it.
        """
        with self._reading() as scoped:
            network = networks.select_network(scoped, version)
        if network is None:
            raise StoreError(self._folder, f"has no delivery {version} of the road network", "")
        return network

    def recorded(self) -> RecordedFacts:
        """Return the facts of every drive's newest run with the places that were recorded."""
        with self._reading() as scoped:
            return select_recorded(scoped)

    def write_delivery(
        self,
        network: Network,
        carried: CarriedFacts,
        findings: Sequence[Finding],
        conditions: Sequence[SectionCondition],
        events: Sequence[IdentityEvent] = (),
        *,
        stamp_of: Callable[[str], str],
    ) -> None:
        """Make a delivery current with what is carried over to it and what derives from that."""
        with self._writing("the network") as scoped:
            networks.insert_network(scoped, network)
            replace_carried(scoped, carried)
            stamp = stamp_of(facts_of.stamp_of_facts(scoped))
            derived.replace_derived(scoped, findings, conditions, stamp)
            insert_events(scoped, events)

    def has_network(self) -> bool:
        """Say whether the store has a road network."""
        with self._reading() as scoped:
            return scoped.row("SELECT 1 FROM delivery") is not None

    def has_run(self, run_id: str) -> bool:
        """Say whether a run has been committed."""
        with self._reading() as scoped:
            return facts_of.run_is_there(scoped, run_id)

    @contextmanager
    def inspecting(self) -> Iterator[None]:
        """Keep other programs from putting drives into the folder meanwhile.

        ``stage`` and ``write_drive`` do so themselves; who writes several drives should hold it
        over all of them. What killed runs left behind is removed on entry.

        Raises
        ------
        StoreError
            If another inspect is running in the folder.
        """
        with in_plain_words(self._folder, subject="the drive"):
            self._lock.take()
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def stage(self, run_id: str) -> Iterator[PictureStage]:
        """Open a stage for a run's pictures; leaving it uncommitted removes them.

        Raises
        ------
        StoreError
            If another inspect is running in the folder, or has this run in hand.
        """
        with self.inspecting():
            if run_id in self._stages:
                raise StoreError(run_id, "this run is being written already", "")
            with in_plain_words(self._folder, subject="the drive"):
                self._stages[run_id] = self._media.open_stage(run_id)
            try:
                yield self._stages[run_id]
            finally:
                del self._stages[run_id]
                self._media.drop_stage(run_id)

    def write_drive(self, facts: DriveFacts) -> None:
        """Commit a run and its staged pictures: all or nothing; a committed run stays as it is.

        Raises
        ------
        StorageFullError
            If the disk is full; the store is as it was.
        StoreError
            If another inspect is running in the folder, or the facts contradict themselves.
        """
        with self.inspecting():
            if self.has_run(facts.run_id):
                return
            try:
                self._commit(facts)
            except BaseException:
                # An interrupt can come after the commit: then the pictures belong to the run.
                if not self.has_run(facts.run_id):
                    self._media.withdraw(facts.run_id)
                raise

    def _commit(self, facts: DriveFacts) -> None:
        stage = self._stages.get(facts.run_id)
        staged = stage.keep_only(frame.frame_id for frame in facts.frames) if stage else {}
        with self._writing("the drive") as scoped:
            run = facts_of.insert_facts(scoped, facts)
            if stage is not None:
                withhold(scoped, facts, stage)
            pictures_of.insert_pictures(scoped, run, facts.run_id, staged)
            if staged:
                # Pictures first, rows second: a kill in between leaves a folder without a run,
                # which the next inspect sweeps, and never a run without its pictures.
                self._media.publish(facts.run_id)

    def _sweep(self) -> None:
        self._media.sweep(self.has_run)
        self.ledger.sweep()

    def drives(self) -> tuple[DriveSummary, ...]:
        """Return the newest run of every drive, oldest drive first."""
        with self._reading() as scoped:
            return facts_of.select_drives(scoped)

    def rejected(self, drive_id: str) -> tuple[Rejected, ...]:
        """Return the rejected frames of a drive's newest run."""
        with self._reading() as scoped:
            return facts_of.select_rejected(scoped, drive_id)

    def traces(self, *, now_s: float) -> tuple[DriveTrace, ...]:
        """Return what is known of the times and places of every drive, oldest drive first."""
        with self._reading() as scoped:
            return traces_of.select_traces(scoped, now_s)

    def make_coarse(
        self, drive_id: str, *, gap_s: float, reason: str, by: str, now_s: float
    ) -> bool:
        """Take a drive's times of day, frames' places and names away, unless it is held."""
        with self._writing("the drive's times") as scoped:
            done = traces_of.make_coarse(
                scoped, drive_id, gap_s=gap_s, reason=reason, by=by, now_s=now_s
            )
        with in_plain_words(self._folder, subject="the drive's times"):
            self._pool.empty_log()
        return done

    def observations(self) -> tuple[tuple[str, Observation], ...]:
        """Return (run_id, observation) of the newest runs on the current network, oldest first."""
        with self._reading() as scoped:
            return tuple(facts_of.select_observations(scoped))

    def coverage(self) -> tuple[tuple[str, Coverage], ...]:
        """Return (run_id, coverage) of the newest runs on the current network, oldest first."""
        with self._reading() as scoped:
            return tuple(facts_of.select_coverage(scoped))

    def facts_stamp(self) -> str:
        """Return a hash that changes when the newest facts or the network do."""
        with self._reading() as scoped:
            return facts_of.stamp_of_facts(scoped)

    def derived_stamp(self) -> str | None:
        """Return the stamp with which derived rows were written; None if there are none."""
        with self._reading() as scoped:
            return derived.select_stamp(scoped)

    def write_derived(
        self,
        findings: Sequence[Finding],
        conditions: Sequence[SectionCondition],
        *,
        stamp: str,
    ) -> None:
        """Replace all derived rows in one transaction."""
        with self._writing("the findings and grades") as scoped:
            derived.replace_derived(scoped, findings, conditions, stamp)

    def findings(
        self, *, box: Box | None = None, section_id: str | None = None
    ) -> tuple[Finding, ...]:
        """Return findings, those that touch a box, or those of a section."""
        with self._reading() as scoped:
            return derived.select_findings(scoped, box=box, section_id=section_id)

    def conditions(
        self, *, period: str | None = None, section_ids: Iterable[str] | None = None
    ) -> tuple[SectionCondition, ...]:
        """Return conditions of a period (the newest if None), of some sections or of all."""
        with self._reading() as scoped:
            return derived.select_conditions(scoped, period=period, section_ids=section_ids)

    def periods(self) -> tuple[str, ...]:
        """Return the periods that have conditions, oldest first."""
        with self._reading() as scoped:
            return derived.select_periods(scoped)

    def pictures(self, section_id: str, *, limit: int = 24) -> tuple[PictureView, ...]:
        """Return the newest pictures that looked at a section, those with findings first."""
        with self._reading() as scoped:
            return pictures_of.select_pictures(scoped, section_id, limit)

    def picture_path(self, picture_id: str) -> Path | None:
        """Return the file of a stored picture; None if there is no such picture (any more)."""
        with self._reading() as scoped:
            found = pictures_of.select_picture_file(scoped, picture_id)
        return None if found is None else self._media.path(*found)

    def close(self) -> None:
        """Release the store; it must not be used afterwards."""
        with in_plain_words(self._folder, subject="the store"):
            self._pool.close()

    @contextmanager
    def _reading(self) -> Iterator[Scoped]:
        with in_plain_words(self._folder, subject="the store"), self._pool.reading() as scoped:
            yield scoped

    @contextmanager
    def _writing(self, subject: str) -> Iterator[Scoped]:
        with in_plain_words(self._folder, subject=subject), self._pool.writing() as scoped:
            yield scoped
