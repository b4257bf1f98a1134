"""Drives that are sent over the network: their files, and what becomes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gatusyn.model.drive_fault import Cause
from gatusyn.model.errors import UploadError

_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME_BYTES: Final = 200


class SentState(StrEnum):
    """Where a sent drive is on its way."""

    ARRIVING = "arriving"
    """Files of it are being sent."""
    WAITING = "waiting"
    """It is whole, and waits to be looked at."""
    WORKING = "working"
    INSPECTED = "inspected"
    """It was looked at; its footage is destroyed."""
    REJECTED = "rejected"
    """It cannot be used, or waited too long; its footage is destroyed."""
    ASIDE = "aside"
    """Looking at it failed again and again; a person must look into it. Its footage waits."""


OVER: Final = (SentState.INSPECTED, SentState.REJECTED)
"""States in which the footage is of no more use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file of a sent drive, whole or in part.

    Parameters
    ----------
    upload_id
        Made by the store; names it in addresses and on the disk.
    name
        As the phone calls it, for people and for tables that refer to photos.
    size
        Bytes of the whole file.
    taken
        Bytes that have come, durable and in order.
    sealed
        Bytes on the disk that hold them.
    sha256
        Of the whole file, as it came; empty until it has all come, and where the service was
        started anew meanwhile: then whoever decrypts it finds out.
    claimed
        The SHA-256 that the sender says it has; empty if not said yet.
    expires_s
        When it is destroyed if no more of it comes, seconds since 1970-01-01 UTC.
    """

    upload_id: str
    name: str
    size: int
    taken: int = 0
    sealed: int = 0
    sha256: str = ""
    claimed: str = ""
    expires_s: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether all of it has come."""
        return self.taken == self.size

    @property
    def is_checked(self) -> bool:
        """Whether what came is known to be what the sender has."""
        return bool(self.sha256) and self.sha256 == self.claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class SentDrive:
    """A drive that somebody sends.

    Parameters
    ----------
    key
        Made by the store.
    client_key
        The drive's name on the phone; with the sender it stands for one drive.
    sender
        The account's name.
    files
        By name.
    content
        Hash over the files' sizes and hashes, once it is whole.
    began_s, completed_s, finished_s, destroyed_s
        When the first file was begun, it was whole, it was over, and its footage was destroyed;
        None before.
    lease, leased_until_s
        Who looks at it, and until when nobody else may.
    tries
        How often somebody began to look at it.
    reason
        Why it is not used, or failed last, in English; empty if it did not.
    cause
        The same as a code and figures; None if it did not, or was noted before there were codes.
    drive_id
        The drive's in the store, once it was inspected and if it was new.
    """

    key: str
    client_key: str
    sender: str
    state: SentState
    files: tuple[SentFile, ...] = ()
    content: str = ""
    began_s: float
    completed_s: float | None = None
    finished_s: float | None = None
    destroyed_s: float | None = None
    lease: str = ""
    leased_until_s: float = 0.0
    tries: int = 0
    reason: str = ""
    cause: Cause | None = None
    drive_id: str = ""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def is_checked(self) -> bool:
        """Whether everything that came is known to be what the sender has."""
        return all(file.is_checked for file in self.files)


def require_client_key(key: str) -> None:
    """Refuse what is no name for a drive on a phone.

    Raises
    ------
    UploadError
        If it is none.
    """
    if not _KEY.fullmatch(key):
        raise UploadError(
            "The drive's id",
            "is none",
            "Take up to 100 letters, digits, dots, hyphens or underscores.",
        )


def require_file_name(name: str) -> None:
    """Refuse a name that could be anything else than a file's own.

    Raises
    ------
    UploadError
        If it is one.
    """
    bad = (
        not name
        or name.startswith((".", " "))
        or not name.isprintable()
        or any(letter in name for letter in '/\\:*?"<>|')
        or len(name.encode("utf-8", "replace")) > _LONGEST_NAME_BYTES
    )
    if bad:
        raise UploadError(
            "The file's name",
            "is none that can be kept",
            "Give its last part only, such as drive.mp4, of at most 200 bytes.",
        )


def require_sha256(text: str) -> None:
    """Refuse what is no SHA-256.

    Raises
    ------
    UploadError
        If it is none.
    """
    if not _SHA256.fullmatch(text):
        raise UploadError("The SHA-256", "is none", "Give 64 small hexadecimal digits.")
