"""What a store must do; every implementation runs the same contract tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gatusyn.model import (
    CarriedFacts,
    Coverage,
    DriveFacts,
    DriveRemark,
    DriveTrace,
    Finding,
    IdentityEvent,
    Network,
    Observation,
    PixelClass,
    PublicFrame,
    Rates,
    RecordedFacts,
    Rejected,
    SectionCondition,
    SeenFrame,
)
from gatusyn.store.protocol_accounts import AccountBook
from gatusyn.store.protocol_ledger import PictureLedger
from gatusyn.store.protocol_lookup import Lookup
from gatusyn.store.protocol_news import NewsBook
from gatusyn.store.protocol_programmes import ProgrammeBook
from gatusyn.store.protocol_sent import SentBook
from gatusyn.store.protocol_webhooks import WebhookBook
from gatusyn.store.protocol_work import DerivedWork, FindingLedger

Box = tuple[float, float, float, float]
"""West, south, east, north: easting and northing in the network's system, metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveSummary:
    """What the store knows of a drive's newest run, without its frames."""

    drive_id: str
    run_id: str
    name: str
    network_version: str
    detector_version: str
    started_s: float
    ended_s: float
    distance_m: float
    received: int
    accepted: int
    rejected: int
    observations: int
    rates: Mapping[PixelClass, Rates] = field(default_factory=dict)
    remarks: tuple[DriveRemark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A stored picture and what was seen in it.

    Parameters
    ----------
    picture_id
        Names the picture in URLs and in ``Store.picture_path``.
    scale
        Stored width as a share of the frame's: multiply ``Observation.outline_px`` by it.
    version
        How often something in it was hidden by hand: what is kept of an older one is not to be
        shown.
    """

    picture_id: str
    run_id: str
    frame: SeenFrame
    scale: float
    observations: tuple[Observation, ...]
    version: int = 0


class PictureStage(Protocol):
    """Where a drive's pictures wait, unseen by readers, until the drive is committed."""

    def add(self, frame: PublicFrame) -> None:
        """Write a blurred picture to the stage.

        Raises
        ------
        StorageFullError
            If the disk is full.
        """


class Store(Protocol):
    """One organisation's rows: facts are append-only, derived rows are replaced.

    What people say of pictures, and how pictures go, is its ``ledger``'s.

    It can be pickled: where it is unpickled the same store is opened again, with connections of its
    own, to be closed there. So processes read at the same time.

    Every method may raise ``StoreError``; every write may raise ``StorageFullError`` and then has
    changed nothing.
    """

    @property
    def ledger(self) -> PictureLedger:
        """What people said of this organisation's pictures."""

    @property
    def lookup(self) -> Lookup:
        """Quick questions, for a service."""

    @property
    def work(self) -> DerivedWork:
        """Derived rows by run and by tile."""

    @property
    def finding_ledger(self) -> FindingLedger:
        """What people said of this organisation's findings, and what became of their ids."""

    @property
    def programmes(self) -> ProgrammeBook:
        """The programmes that people saved, and what was done to the streets."""

    @property
    def news(self) -> NewsBook:
        """What happens, as it happens."""

    @property
    def webhooks(self) -> WebhookBook:
        """Where other systems are told of it."""

    @property
    def sent(self) -> SentBook:
        """The drives that are sent over the network, and what becomes of them."""

    @property
    def accounts(self) -> AccountBook:
        """Who may log in to this organisation, and who did what."""

    def write_network(self, network: Network) -> None:
        """Make a delivery the current network; former deliveries stay."""

    def read_network(self) -> Network:
        """Return the current network."""

    def read_delivery(self, version: str) -> Network:
        """Return a delivery of the network, current or former."""

    def recorded(self) -> RecordedFacts:
        """Return the facts of every drive's newest run with the places that were recorded."""

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
        """Make a delivery current with what is carried over to it and what derives from that.

        All in one transaction, or nothing. Facts stay as they were recorded, and former deliveries
        with what was carried over to them.

        Parameters
        ----------
        stamp_of
            Given the new ``facts_stamp``, returns the stamp of the derived rows.
        """

    def has_run(self, run_id: str) -> bool:
        """Say whether a run has been committed."""

    def inspecting(self) -> AbstractContextManager[None]:
        """Keep other programs from inspecting the same city meanwhile; may be entered again.

        Raises
        ------
        StoreError
            If another inspect is running.
        """

    def stage(self, run_id: str) -> AbstractContextManager[PictureStage]:
        """Open a stage for a run's pictures; leaving it uncommitted removes them."""

    def write_drive(self, facts: DriveFacts) -> None:
        """Commit a run and its staged pictures: all or nothing.

        What was said of the drive's pictures before stays said: one that was removed is not kept
        again, nor one of the same moment, nor one in which a marked region is not hidden. A drive
        that was made coarse gets no pictures but those that it still has.

        A newer run of the same drive supersedes the former, which stays. A committed run is left as
        it is.
        """

    def drives(self) -> tuple[DriveSummary, ...]:
        """Return the newest run of every drive, oldest drive first."""

    def rejected(self, drive_id: str) -> tuple[Rejected, ...]:
        """Return the rejected frames of a drive's newest run."""

    def traces(self, *, now_s: float) -> tuple[DriveTrace, ...]:
        """Return what is known of the times and places of every drive, oldest drive first."""

    def make_coarse(
        self, drive_id: str, *, gap_s: float, reason: str, by: str, now_s: float
    ) -> bool:
        """Take a drive's times of day, its frames' places and its names away; note who said so.

        What is derived from it stays the same, but for the times. What a kept picture needs stays
        until the picture goes and this is called again. All of it happens or nothing; when it
        returns, the old values are in no file of the store any more.

        Parameters
        ----------
        gap_s
            Sightings of one drive that are farther apart in time are of different passes.

        Returns
        -------
        bool
            False if something of the drive is under a hold: nothing was changed.
        """

    def observations(self) -> tuple[tuple[str, Observation], ...]:
        """Return (run_id, observation) of the newest runs on the current network, oldest first.

        What was carried over to it has its place there.
        """

    def coverage(self) -> tuple[tuple[str, Coverage], ...]:
        """Return (run_id, coverage) of the newest runs on the current network, oldest first."""

    def facts_stamp(self) -> str:
        """Return a hash that changes when the newest facts or the network do."""

    def derived_stamp(self) -> str | None:
        """Return the stamp with which derived rows were written; None if there are none."""

    def write_derived(
        self,
        findings: Sequence[Finding],
        conditions: Sequence[SectionCondition],
        *,
        stamp: str,
    ) -> None:
        """Replace all derived rows in one transaction."""

    def findings(
        self, *, box: Box | None = None, section_id: str | None = None
    ) -> tuple[Finding, ...]:
        """Return findings, those that touch a box, or those of a section."""

    def conditions(
        self, *, period: str | None = None, section_ids: Iterable[str] | None = None
    ) -> tuple[SectionCondition, ...]:
        """Return conditions of a period (the newest if None), of some sections or of all."""

    def periods(self) -> tuple[str, ...]:
        """Return the periods that have conditions, oldest first."""

    def pictures(
        self, section_id: str, *, limit: int = 24, until_s: float | None = None
    ) -> tuple[PictureView, ...]:
        """Return the newest pictures that looked at a section, those with findings first.

        Parameters
        ----------
        until_s
            Only those that were taken before a moment.
        """

    def picture_pair(
        self, section_id: str, *, finding_id: str | None = None, until_s: float | None = None
    ) -> tuple[PictureView, PictureView] | None:
        """Return the earliest and the newest picture of one place, taken on two drives.

        None if no two drives looked at it from about the same spot and the same way.

        Parameters
        ----------
        finding_id
            A finding of the section: its place; else any place on the section.
        until_s
            Only pictures that had been taken by a moment.
        """

    def picture_path(self, picture_id: str) -> Path | None:
        """Return the file of a stored picture; None if there is no such picture (any more)."""

    def close(self) -> None:
        """Release the store; it must not be used afterwards."""
