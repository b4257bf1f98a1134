"""What a store must do with drives that are sent over the network."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from gatusyn.model import Cause, SentDrive, SentFile, SentState


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that somebody is about to send.

    Parameters
    ----------
    sender, client_key
        Of which drive of whom it is.
    name, size, claimed
        As in ``SentFile``.
    """

    sender: str
    client_key: str
    name: str
    size: int
    claimed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLimits:
    """How much is taken.

    Parameters
    ----------
    drive_bytes, files
        Of one drive.
    waiting_bytes
        Of all drives whose footage is there.
    """

    drive_bytes: int
    files: int
    waiting_bytes: int


class SentBook(Protocol):
    """One organisation's sent drives.

    Every method may raise ``StoreError``; every write ``StorageFullError``.
    """

    def begin(
        self, wanted: NewFile, limits: SentLimits, *, now_s: float, expires_s: float
    ) -> tuple[SentFile, bool]:
        """Make a place for a file; return it, and whether it is new.

        The same file of the same drive is begun once only. A drive whose footage was thrown away,
        or put aside as damaged, can be sent again: then the same files are a new drive.

        Raises
        ------
        UploadConflictError
            If there is another file of that name in the drive, or the drive is whole already and
            lacks this one.
        UploadTooLargeError
            If it is too much.
        """

    def file(self, upload_id: str) -> tuple[SentFile, SentDrive] | None:
        """Return a file and its drive; None if there is none."""

    def advance(
        self, upload_id: str, *, before: int, taken: int, sealed: int, sha256: str, expires_s: float
    ) -> bool:
        """Note that more of a file is durable; False if it was not as far as ``before``."""

    def remove_file(self, upload_id: str) -> bool:
        """Forget a file of a drive that is arriving, and the drive with its last file.

        False if there is no such file, or its drive is not arriving any more.
        """

    def complete(
        self,
        sender: str,
        client_key: str,
        claimed: Mapping[str, tuple[int, str]],
        *,
        content: str,
        now_s: float,
    ) -> SentDrive:
        """Note that all of a drive has come; return it, or the one that has the same content.

        Parameters
        ----------
        claimed
            Size and SHA-256 of each of its files, by name.
        content
            Hash over them.

        Raises
        ------
        UploadConflictError
            If a file is lacking, not whole, not listed, or other than it is said to be.
        """

    def drives(
        self,
        *,
        sender: str | None = None,
        states: Collection[SentState] | None = None,
        with_footage: bool = False,
        limit: int | None = None,
    ) -> tuple[SentDrive, ...]:
        """Return drives with their files, the newest first.

        Parameters
        ----------
        with_footage
            Only those whose footage has not been destroyed.
        """

    def counts(self) -> Mapping[SentState, int]:
        """Return how many drives are in each state."""

    def lease(self, lease: str, *, now_s: float, until_s: float) -> SentDrive | None:
        """Return the drive that has waited longest, and let nobody else have it until a time.

        One whose lease has run out counts as waiting. None if none waits.
        """

    def extend(self, key: str, lease: str, *, until_s: float) -> bool:
        """Keep a drive for longer; False if it is not (or no longer) held under that lease."""

    def give_back(
        self,
        key: str,
        lease: str,
        *,
        reason: str,
        after_s: float,
        tried: bool,
        cause: Cause | None = None,
    ) -> bool:
        """Let a drive wait again; False if it is not (or no longer) held under that lease.

        Parameters
        ----------
        reason, cause
            Why, as in ``SentDrive``.
        after_s
            Nobody has it before.
        tried
            Whether it counts as a failure of the drive.
        """

    def finish(
        self,
        key: str,
        lease: str | None,
        state: SentState,
        *,
        now_s: float,
        reason: str = "",
        cause: Cause | None = None,
        drive_id: str = "",
    ) -> bool:
        """Note what became of a drive; False if it is not (or no longer) held under that lease.

        Parameters
        ----------
        lease
            None for a drive that nobody holds.
        reason, cause
            Why, as in ``SentDrive``.
        """

    def again(self) -> int:
        """Let every drive that was put aside wait again; return how many."""

    def note_destroyed(self, key: str, *, now_s: float) -> None:
        """Note that a drive's footage is not there any more."""

    def forget(self, *, before_s: float) -> int:
        """Forget drives that were over, their footage destroyed, before a time; count them."""

    def count_over(self, *, before_s: float) -> int:
        """Count what ``forget`` would forget."""
