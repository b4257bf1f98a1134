"""A sent drive, decrypted into memory: files that no disk holds, with names to open them by."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from gatusyn.envelope import About, read_sealed
from gatusyn.model import DriveFault, FootageError, SealError, SentDrive, SentFile
from gatusyn.pipeline.city import City
from gatusyn.pipeline.intake import FOLDER, sealed_path

LINKS = "links"
_SPARE_FILES = 256


@contextmanager
def in_memory(city: City, drive: SentDrive, private: X25519PrivateKey) -> Iterator[Path]:
    """Lend a folder in which a drive's files can be opened; it holds links only.

    The bytes are in memory files of this process, which end with it; so do the links' targets.

    Raises
    ------
    SealError
        If a file is lacking, was changed, is of another key, or the system has no memory files.
    FootageError
        If a file is not what its sender said that it is.
    """
    folder = links_folder(city) / drive.key / drive.client_key
    opened: list[int] = []
    try:
        _allow_files(len(drive.files))
        # What a killed worker left of this drive: nobody else holds it.
        shutil.rmtree(folder.parent, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        for file in drive.files:
            number = _memory_file()
            opened.append(number)
            _fill(number, city, file, private)
            # Photos without a clock are dated by their files.
            os.utime(number, (drive.began_s, drive.began_s))
            (folder / file.name).symlink_to(f"/proc/{os.getpid()}/fd/{number}")
        yield folder
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)
        for number in opened:
            os.close(number)


def links_folder(city: City) -> Path:
    """Return where the links lie."""
    return city.folder / FOLDER / LINKS


def _fill(number: int, city: City, file: SentFile, private: X25519PrivateKey) -> None:
    about = About(upload_id=file.upload_id, size=file.size)
    digest = hashlib.sha256()
    for piece in read_sealed(sealed_path(city, file.upload_id), private, about):
        digest.update(piece)
        view = memoryview(piece)
        while view:
            view = view[os.write(number, view) :]
    if digest.hexdigest() != file.claimed:
        raise FootageError(
            file.name,
            "did not come as it was sent (its SHA-256 is another)",
            "Send it again.",
            fault=DriveFault.CHANGED,
        )


def _memory_file() -> int:
    if sys.platform != "linux":
        raise SealError(
            "This system", "has no files in memory", "Run `gatusyn work` on a machine with Linux."
        )
    return os.memfd_create("footage", os.MFD_CLOEXEC)


def _allow_files(count: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _SPARE_FILES
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
