"""What a store must do; every implementation runs the same contract tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gatusyn.model import (
    Coverage,
    DriveFacts,
    Finding,
    Network,
    Observation,
    PixelClass,
    PublicFrame,
    Rates,
    Rejected,
    SectionCondition,
    SeenFrame,
)

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
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A stored picture and what was seen in it.

    Parameters
    ----------
    picture_id
        Names the picture in URLs and in ``Store.picture_path``.
    scale
        Stored width as a share of the frame's: multiply ``Observation.outline_px`` by it.
    """

    picture_id: str
    run_id: str
    frame: SeenFrame
    scale: float
    observations: tuple[Observation, ...]


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
    """One organisation's rows: facts are append-only, derived rows are replaced as a whole.

    Every method may raise ``StoreError``; every write may raise ``StorageFullError`` and then has
    changed nothing.
    """

    def write_network(self, network: Network) -> None:
        """Make a delivery the current network; former deliveries stay."""

    def read_network(self) -> Network:
        """Return the current network."""

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

        A newer run of the same drive supersedes the former, which stays. A committed run is left as
        it is.
        """

    def drives(self) -> tuple[DriveSummary, ...]:
        """Return the newest run of every drive, oldest drive first."""

    def rejected(self, drive_id: str) -> tuple[Rejected, ...]:
        """Return the rejected frames of a drive's newest run."""

    def observations(self) -> tuple[tuple[str, Observation], ...]:
        """Return (run_id, observation) of the newest runs on the current network, oldest first."""

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

    def pictures(self, section_id: str, *, limit: int = 24) -> tuple[PictureView, ...]:
        """Return the newest pictures that looked at a section, those with findings first."""

    def picture_path(self, picture_id: str) -> Path | None:
        """Return the file of a stored picture; None if there is no such picture (any more)."""

    def close(self) -> None:
        """Release the store; it must not be used afterwards."""
