"""What goes over the wire of drives that are sent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gatusyn.model import DriveFault, Figure, SentState
from gatusyn.serve.schemas import Schema


class SentFileIn(Schema):
    """A file of a drive, as its sender has it."""

    name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=1, le=2**50)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class CompleteIn(Schema):
    """All files of a drive have been sent."""

    drive: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    files: Annotated[list[SentFileIn], Field(min_length=1, max_length=10_000)]


class SentFileOut(Schema):
    """A file as it came; checked says that its SHA-256 is the one that its sender gave."""

    name: str
    size: int
    received: int
    sha256: str
    checked: bool


class SentDriveOut(Schema):
    """A sent drive and what became of it; once it was received this is its receipt.

    The reason says in English why it is not used, or failed last; cause and figures say the same
    for programs. The cause is null where it did not, or was noted before there were causes.
    """

    id: str
    drive: str
    state: SentState
    reason: str
    cause: DriveFault | None
    figures: dict[str, Figure]
    received: bool
    checked: bool
    began_s: float
    received_s: float | None
    finished_s: float | None
    destroyed_s: float | None
    files: list[SentFileOut]


class SentDrivePage(Schema):
    """What somebody sent."""

    total: int
    items: list[SentDriveOut]
