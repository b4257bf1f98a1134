"""What is taken of footage that is sent over the network, and how long it may wait."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.model.checks import require_between
from gatusyn.model.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadParams:
    """Footage sent over the network: how much is taken, how long it waits, where its key is.

    Parameters
    ----------
    private_key
        The file of the private key, its path seen from the city's folder. Only `gatusyn work` reads
        it; the service that receives footage needs it nowhere.
    largest_file_mib
        A file larger than this is not taken.
    largest_drive_mib
        A drive larger than this in all is not taken: it is decrypted in memory when it is looked
        at.
    most_files
        Files of one drive (photos, most of the time).
    most_waiting_gib
        Footage that may wait in all; when there is more, none is taken until some was looked at.
    free_gib
        Room on the disk that footage leaves free.
    unfinished_hours
        What was begun and not gone on with is destroyed after so many hours. A week: a phone may be
        out of reach for a while.
    wait_days
        Footage that nobody looked at is destroyed after so many days, and its drive rejected. Two
        weeks: it shows people unhidden, and the phone may have deleted its copy.
    attempts
        After so many failures that are not the footage's a drive is put aside, with the reason.
    """

    private_key: str = "footage.private.pem"
    largest_file_mib: float = 2048.0
    largest_drive_mib: float = 4096.0
    most_files: int = 1000
    most_waiting_gib: float = 100.0
    free_gib: float = 2.0
    unfinished_hours: float = 168.0
    wait_days: float = 14.0
    attempts: int = 3

    def __post_init__(self) -> None:
        require_between("uploads.largest_file_mib", self.largest_file_mib, 0.001, 1e6)
        require_between("uploads.largest_drive_mib", self.largest_drive_mib, 0.001, 1e6)
        require_between("uploads.most_files", self.most_files, 1, 100_000)
        require_between("uploads.most_waiting_gib", self.most_waiting_gib, 0.0, 1e6)
        require_between("uploads.free_gib", self.free_gib, 0.0, 1e6)
        require_between("uploads.unfinished_hours", self.unfinished_hours, 0.01, 8760.0)
        require_between("uploads.wait_days", self.wait_days, 0.01, 3650.0)
        require_between("uploads.attempts", self.attempts, 1, 100)
        if not self.private_key.strip():
            raise SettingsError("uploads.private_key", "is empty", "Name the file.")
