"""Connections to a city's database: how they are opened, shared between threads and closed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from gatusyn.model import StoreError
from gatusyn.store.sql_scope import Scoped
from gatusyn.store.sqlite_errors import full_disk_named

DATABASE = "gatusyn.sqlite"
"""The file in the city folder."""

OLDEST_LIBRARY = (3, 51, 3)
BUSY_TIMEOUT_MS = 15_000


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
    for pragma in (
        "trusted_schema = OFF",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "secure_delete = ON",
        "cache_size = -16000",
        "journal_size_limit = 67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


class Pool:
    """Scoped connections, each used by one thread at a time and opened when one is lacking.

    Parameters
    ----------
    database
        The SQLite file.
    organisation
        The organisation's number in the store.
    """

    def __init__(self, database: Path, organisation: int) -> None:
        self._database = database
        self._organisation = organisation
        self._idle: list[Scoped] = []
        self._lock = threading.Lock()
        self._closed = False
        self._process = os.getpid()
        self._watch: apsw.Connection | None = None
        self._watching = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Scoped]:
        """Lend a connection whose queries all see the same moment."""
        with self._lend() as scoped:
            scoped.connection.execute("BEGIN")
            try:
                yield scoped
            finally:
                if scoped.connection.in_transaction:
                    scoped.connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Scoped]:
        """Lend a connection in a write transaction: committed at the end, or rolled back."""
        with self._lend() as scoped:
            scoped.connection.execute("BEGIN IMMEDIATE")
            try:
                yield scoped
                scoped.connection.execute("COMMIT")
            finally:
                if scoped.connection.in_transaction:
                    scoped.connection.execute("ROLLBACK")

    def empty_log(self) -> None:
        """Have all commits in the database file and the log empty: old bytes are gone from both.

        While others read, the log stays until the last of them closes the store.
        """
        with self._lend() as scoped:
            scoped.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def data_version(self) -> int:
        """Return a number that is another one when the database has been written to.

        It is asked of one connection that never writes: SQLite counts what others have written.
        """
        with self._watching:
            if self._watch is None:
                self._require_open()
                self._watch = connect(self._database, create=False)
            version = self._watch.pragma("data_version")
        assert isinstance(version, int)
        return version

    def close(self) -> None:
        """Close every connection; those lent close when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for scoped in idle:
            scoped.connection.close()
        with self._watching:
            if self._watch is not None:
                self._watch.close()
                self._watch = None

    @contextmanager
    def _lend(self) -> Iterator[Scoped]:
        scoped = self._take()
        try:
            with full_disk_named(scoped.connection):
                yield scoped
        finally:
            with self._lock:
                keep = not self._closed
                if keep:
                    self._idle.append(scoped)
            if not keep:
                scoped.connection.close()

    def _take(self) -> Scoped:
        with self._lock:
            self._require_open()
            if self._idle:
                return self._idle.pop()
        return Scoped(connect(self._database, create=False), self._organisation)

    def _require_open(self) -> None:
        if self._closed:
            raise StoreError(self._database.parent, "the store has been closed", "")
        if self._process != os.getpid():
            # SQLite's locks and log do not survive a fork: a copy could corrupt the file.
            problem = "the store was opened by another process"
            raise StoreError(self._database.parent, problem, "Open it again in this one.")
