"""What PostgreSQL says, in words that a user can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import errors

from gatusyn.model import StorageFullError, StoreError
from gatusyn.store import plain_words


@contextmanager
def in_plain_words(folder: Path, *, subject: str) -> Iterator[None]:
    """Turn faults of PostgreSQL and of the disk into ``StoreError`` or ``StorageFullError``.

    Parameters
    ----------
    folder
        The city folder, to name in the message.
    subject
        What is being written or read, as in "nothing of the drive was written".

    Raises
    ------
    StorageFullError
        If the server's disk, this machine's, or the user's quota is full.
    StoreError
        For every other fault of the database or the disk.
    """
    try:
        with plain_words.in_plain_words(folder, subject=subject):
            yield
    except errors.DiskFull as error:
        raise StorageFullError(
            folder,
            f"the database server's disk is full; nothing of {subject} was written",
            "Make room on the server, then run the same command again.",
        ) from error
    except psycopg.Error as error:
        raise _store_error(folder, error) from error


def _store_error(folder: Path, error: psycopg.Error) -> StoreError:
    for kind, problem, remedy in (
        (
            (errors.LockNotAvailable, errors.SerializationFailure, errors.DeadlockDetected),
            "the database is busy: another program is writing to it",
            "Wait until that program has ended, then try again.",
        ),
        (
            (errors.InvalidAuthorizationSpecification, errors.InvalidPassword),
            "the database refused the log-in",
            "Check the user in `store.postgis` and the password in the password file.",
        ),
        (
            (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction),
            f"the database's user may not do this ({said(error)})",
            "Let the user own the schema `gatusyn`, on a server that takes writes.",
        ),
        (
            (psycopg.IntegrityError, psycopg.DataError),
            f"the database refused a row that breaks its rules ({said(error)})",
            "Please report this as a fault of Gatusyn.",
        ),
        (
            (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName),
            f"the database is not as Gatusyn made it ({said(error)})",
            "Restore the database from a backup.",
        ),
    ):
        if isinstance(error, kind):
            return StoreError(folder, problem, remedy)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        # What was confirmed is kept; of what was under way, all or nothing is there.
        problem = f"the database server cannot be reached, or has hung up ({said(error)})"
        return StoreError(folder, problem, "See that it runs, then run the same command again.")
    return StoreError(folder, f"the database refused: {said(error)}", "")


def said(error: psycopg.Error) -> str:
    """Return what the server said, on one line, without the values that it was about."""
    words = error.diag.message_primary or str(error)
    return " ".join(words.split())
