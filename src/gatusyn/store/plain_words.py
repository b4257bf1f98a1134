"""What the disk says, in words that a user can act on."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gatusyn.model import StorageFullError, StoreError

FULL = (errno.ENOSPC, errno.EDQUOT)


def free_space(folder: Path) -> str:
    """Return how much space is free where a folder is (or is to be), in words."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return f"{shutil.disk_usage(folder).free / 1e6:,.1f} MB free"
    except OSError:
        return "free space unknown"


def storage_full(folder: Path, *, subject: str) -> StorageFullError:
    """Return the error of a full disk; ``subject`` is what was not written."""
    return StorageFullError(
        folder,
        f"the disk is full ({free_space(folder)}); nothing of {subject} was written",
        "Make room on that disk or use a larger one, then run the same command again.",
    )


@contextmanager
def in_plain_words(folder: Path, *, subject: str) -> Iterator[None]:
    """Turn faults of the disk into ``StoreError`` or ``StorageFullError``.

    Parameters
    ----------
    folder
        The folder or file to name in the message.
    subject
        What is being written or read, as in "nothing of the drive was written".

    Raises
    ------
    StorageFullError
        If the disk or the user's quota is full.
    StoreError
        For every other fault of the disk.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise storage_full(folder, subject=subject) from error
        problem = f"the disk refused: {error.strerror or error}"
        raise StoreError(folder, problem, "Check its permissions.") from error
