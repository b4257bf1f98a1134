"""Connections to a city's SQLite file."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import apsw

from gatusyn.model import StoreError
from gatusyn.store.sql_pool import Pool
from gatusyn.store.sqlite_dialect import SqliteScoped
from gatusyn.store.sqlite_errors import full_disk_named, in_plain_words

DATABASE = "gatusyn.sqlite"
"""The file in the city folder."""

OLDEST_LIBRARY = (3, 51, 3)
BUSY_TIMEOUT_MS = 15_000
PRAGMAS = (
    "trusted_schema = OFF",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "temp_store = MEMORY",
    "secure_delete = ON",
    "cache_size = -16000",
    "journal_size_limit = 67108864",
)


def require_library(version: str) -> None:
    """Refuse a SQLite library whose write-ahead log can lose committed data.

    Versions 3.7.0 to 3.51.2 have the WAL-reset bug (sqlite.org/wal.html, "The WAL-Reset Bug").

    Raises
    ------
    StoreError
        If the library is older than 3.51.3.
    """
    if tuple(int(part) for part in version.split(".")) < OLDEST_LIBRARY:
        oldest = ".".join(str(part) for part in OLDEST_LIBRARY)
        raise StoreError(
            f"SQLite {version}",
            "is too old: its write-ahead log can lose data",
            f"Install the Python package apsw in version {oldest} or newer.",
        )


def connect(database: Path, *, create: bool) -> apsw.Connection:
    """Open a database with the settings that every connection of the store has.

    Raises
    ------
    apsw.Error
        If the file cannot be opened.
    StoreError
        If the SQLite library is too old.
    """
    require_library(apsw.sqlite_lib_version())
    flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
    connection = apsw.Connection(str(database), flags=flags)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


class SqlitePool(Pool[SqliteScoped]):
    """A ``Pool`` of connections to one SQLite file.

    Parameters
    ----------
    folder
        The city folder.
    organisation
        The organisation's number in the store.
    """

    def __init__(self, folder: Path, organisation: int) -> None:
        super().__init__(folder)
        self._database = folder / DATABASE
        self._organisation = organisation
        self._watch: apsw.Connection | None = None
        self._watching = threading.Lock()

    def settled(self) -> AbstractContextManager[SqliteScoped]:
        """Lend a connection that sees how every write has ended that began before."""
        # A commit has happened when it returns or its program is dead.
        return self.reading()

    def in_plain_words(self, *, subject: str) -> AbstractContextManager[None]:
        """Turn faults of SQLite and of the disk into ``StoreError``s."""
        return in_plain_words(self.folder, subject=subject)

    def changes(self) -> str:
        """Return a text that is another one when the database has been written to.

        It is asked of one connection that never writes: SQLite counts what others have written.
        """
        with self._watching:
            if self._watch is None:
                self._require_open()
                self._watch = connect(self._database, create=False)
            return str(self._watch.pragma("data_version"))

    def schema(self) -> int:
        """Return the number of the database's newest migration."""
        with self.reading() as scoped:
            return int(scoped.row("PRAGMA user_version")[0])

    def drop_old_values(self, tables: Sequence[str]) -> None:
        """Have all commits in the database file and the log empty: old bytes are gone from both.

        While others read, the log stays until the last of them closes the store.
        """
        with self._lend() as scoped:
            scoped.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection; those lent close when they come back."""
        super().close()
        with self._watching:
            if self._watch is not None:
                self._watch.close()
                self._watch = None

    def _connect(self) -> SqliteScoped:
        return SqliteScoped(connect(self._database, create=False), self._organisation)

    def _watched(self, scoped: SqliteScoped) -> AbstractContextManager[None]:
        return full_disk_named(scoped.connection)
