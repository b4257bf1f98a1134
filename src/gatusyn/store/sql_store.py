"""The store: a database, and a folder of pictures in the city folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

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
from gatusyn.store import sql_coarse as traces_of
from gatusyn.store import sql_derived as derived
from gatusyn.store import sql_facts as facts_of
from gatusyn.store import sql_network as networks
from gatusyn.store import sql_pictures as pictures_of
from gatusyn.store.media import Media, PictureFolder, files_there
from gatusyn.store.protocol import Box, DriveSummary, PictureStage, PictureView
from gatusyn.store.sql_accounts import SqlAccounts
from gatusyn.store.sql_carried import replace_carried, select_recorded
from gatusyn.store.sql_findings_ledger import SqlFindingLedger, insert_events
from gatusyn.store.sql_ledger import SqlLedger
from gatusyn.store.sql_lock import InspectLock
from gatusyn.store.sql_lookup import SqlLookup
from gatusyn.store.sql_news import SqlNews
from gatusyn.store.sql_pool import Pool
from gatusyn.store.sql_programmes import SqlProgrammes
from gatusyn.store.sql_scope import Scoped
from gatusyn.store.sql_sent import SqlSent
from gatusyn.store.sql_webhooks import SqlWebhooks
from gatusyn.store.sql_withhold import withhold
from gatusyn.store.sql_work_store import SqlWork


class Database(Protocol):
    """Where a store's rows are; its methods raise ``StoreError``."""

    def prepare(self, organisation: str, *, create: bool) -> int | None:
        """Bring the schema up to date; return the organisation's number, None if it has none.

        Parameters
        ----------
        create
            Make the database and the organisation if they are not there.
        """

    def pool(self, organisation: int) -> Pool[Any]:
        """Return connections that see one organisation's rows."""

    def lock(self, organisation: int, on_taken: Callable[[], None]) -> InspectLock:
        """Return the lock that keeps a second inspect out."""


class SqlStore:
    """A ``Store`` in a database of SQL, with pictures in a folder; several threads may use it.

    ``opening`` makes them.

    Parameters
    ----------
    folder
        The city folder.
    database
        Where the rows are.
    organisation
        The organisation's number in the store.
    """

    def __init__(self, folder: Path, database: Database, organisation: int) -> None:
        self._folder, self._database, self._organisation = folder, database, organisation
        self._pool = database.pool(organisation)
        self._media = Media(folder, organisation)
        self._lock = database.lock(organisation, self._sweep)
        self._stages: dict[str, PictureFolder] = {}
        self.ledger = SqlLedger(self._reading, self._writing, self._media)
        self.work = SqlWork(self._reading, self._writing)
        self.finding_ledger = SqlFindingLedger(self._reading, self._writing)
        self.programmes = SqlProgrammes(self._reading, self._writing)
        self.news = SqlNews(self._reading, self._writing)
        self.webhooks = SqlWebhooks(self._reading, self._writing)
        self.sent = SqlSent(self._reading, self._writing)
        self.accounts = SqlAccounts(self._reading, self._writing)
        self.lookup = SqlLookup(self._pool, self._reading)

    def __reduce__(self) -> tuple[type[SqlStore], tuple[Path, Database, int]]:
        """Open the same again where this is unpickled: connections stay in their process."""
        return SqlStore, (self._folder, self._database, self._organisation)

    def __enter__(self) -> SqlStore:
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
        with self._pool.in_plain_words(subject="the drive"):
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
            with self._pool.in_plain_words(subject="the drive"):
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
                with self._pool.in_plain_words(subject="the drive"), self._pool.settled() as scoped:
                    is_there = facts_of.run_is_there(scoped, facts.run_id)
                if not is_there:
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
        with self._pool.in_plain_words(subject="the drive's times"):
            self._pool.drop_old_values(traces_of.CHANGED)
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

    def pictures(
        self, section_id: str, *, limit: int = 24, until_s: float | None = None
    ) -> tuple[PictureView, ...]:
        """Return the newest pictures that looked at a section, those with findings first."""
        with self._reading() as scoped:
            return pictures_of.select_pictures(scoped, section_id, limit, until_s)

    def picture_pair(
        self, section_id: str, *, finding_id: str | None = None, until_s: float | None = None
    ) -> tuple[PictureView, PictureView] | None:
        """Return the earliest and the newest picture of one place on a section; None if none is."""
        with self._reading() as scoped:
            return pictures_of.select_picture_pair(
                scoped, section_id, finding_id=finding_id, until_s=until_s
            )

    def picture_path(self, picture_id: str) -> Path | None:
        """Return the file of a stored picture; None if there is no such picture (any more)."""
        with self._reading() as scoped:
            found = pictures_of.select_picture_file(scoped, picture_id)
        return None if found is None else self._media.path(*found)

    def picture_files(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the files that pictures should have and those there are, by path within the city.

        Files that are staged or of other organisations are in neither.
        """
        with self._reading() as scoped:
            query = "SELECT picture_id, version FROM picture"
            paths = [self._media.picture_file(*row) for row in scoped.rows(query)]
            there = files_there(self._folder, str(scoped.organisation))
        return frozenset(path.relative_to(self._folder).as_posix() for path in paths), there

    def close(self) -> None:
        """Release the store; it must not be used afterwards."""
        with self._pool.in_plain_words(subject="the store"):
            self._pool.close()

    @contextmanager
    def _reading(self) -> Iterator[Scoped]:
        with self._pool.in_plain_words(subject="the store"), self._pool.reading() as scoped:
            yield scoped

    @contextmanager
    def _writing(self, subject: str) -> Iterator[Scoped]:
        with self._pool.in_plain_words(subject=subject), self._pool.writing() as scoped:
            yield scoped
