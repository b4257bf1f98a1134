"""What SQLite says, in words that a user can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from gatusyn.model import StoreError
from gatusyn.store import plain_words
from gatusyn.store.plain_words import FULL, storage_full


@contextmanager
def full_disk_named(connection: apsw.Connection) -> Iterator[None]:
    """Raise ``apsw.FullError`` also where SQLite calls a full disk or quota an I/O error."""
    try:
        yield
    except apsw.IOError as error:
        # The write-ahead log's shared memory could not grow: SQLite keeps no number for that.
        no_room = getattr(error, "extendedresult", 0) == apsw.SQLITE_IOERR_SHMSIZE
        if no_room or connection.system_errno in FULL:
            raise apsw.FullError(str(error)) from error
        raise


@contextmanager
def in_plain_words(folder: Path, *, subject: str) -> Iterator[None]:
    """Turn faults of SQLite and of the disk into ``StoreError`` or ``StorageFullError``.

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
        For every other fault of the database or the disk.
    """
    try:
        with plain_words.in_plain_words(folder, subject=subject):
            yield
    except apsw.FullError as error:
        raise storage_full(folder, subject=subject) from error
    except apsw.Error as error:
        raise _store_error(folder, error) from error


def _store_error(folder: Path, error: apsw.Error) -> StoreError:
    for kind, problem, remedy in (
        (
            (apsw.BusyError, apsw.LockedError),
            "the database is busy: another program is writing to it",
            "Wait until that program has ended, then try again.",
        ),
        (
            (apsw.NotADBError, apsw.CorruptError),
            "the database is damaged, or is not a database",
            "Restore the folder from a backup.",
        ),
        (
            (apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError, apsw.AuthError),
            "the database cannot be opened for writing",
            "Check the folder's permissions.",
        ),
        (
            (apsw.ConstraintError, apsw.MismatchError),
            f"the database refused a row that breaks its rules ({error})",
            "Please report this as a fault of Gatusyn.",
        ),
    ):
        if isinstance(error, kind):
            return StoreError(folder, problem, remedy)
    return StoreError(folder, f"the database refused: {error}", "")
