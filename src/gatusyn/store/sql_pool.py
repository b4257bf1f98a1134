"""Connections to a store's database: shared between threads, opened when lacking, and closed."""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Generic, TypeVar

from gatusyn.model import StoreError
from gatusyn.store.sql_scope import Scoped

S = TypeVar("S", bound=Scoped)

IDLE_KEPT = 8
"""Connections that wait for the next reader: each holds up to 16 MB of the database's pages."""


class Pool(ABC, Generic[S]):
    """Scoped connections, each used by one thread at a time and opened when one is lacking.

    Parameters
    ----------
    folder
        The city folder, for messages.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._idle: list[S] = []
        self._lock = threading.Lock()
        self._closed = False
        self._process = os.getpid()

    @contextmanager
    def reading(self) -> Iterator[S]:
        """Lend a connection whose queries all see the same moment."""
        with self._lend() as scoped:
            scoped.begin_reading()
            try:
                yield scoped
            finally:
                scoped.roll_back()

    @contextmanager
    def writing(self) -> Iterator[S]:
        """Lend a connection in a write transaction: committed at the end, or rolled back.

        One program writes at a time: what is read in the transaction stands until its end.
        """
        with self._lend() as scoped:
            scoped.begin_writing()
            try:
                yield scoped
                scoped.commit()
            finally:
                scoped.roll_back()

    @abstractmethod
    def settled(self) -> AbstractContextManager[S]:
        """Lend a connection that sees how every write has ended that began before."""

    @abstractmethod
    def in_plain_words(self, *, subject: str) -> AbstractContextManager[None]:
        """Turn faults of the database and of the disk into ``StoreError``s.

        Parameters
        ----------
        subject
            What is being written or read, as in "nothing of the drive was written".
        """

    @abstractmethod
    def changes(self) -> str:
        """Return a text that is another one when the database has been written to."""

    @abstractmethod
    def schema(self) -> int:
        """Return the number of the database's newest migration."""

    @abstractmethod
    def drop_old_values(self, tables: Sequence[str]) -> None:
        """Have what was written over or deleted in tables in the database's files no more."""

    def close(self) -> None:
        """Close every connection; those lent close when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for scoped in idle:
            scoped.close()

    @abstractmethod
    def _connect(self) -> S:
        """Open a connection."""

    def _watched(self, scoped: S) -> AbstractContextManager[None]:
        """Surround the use of a connection."""
        return nullcontext()

    @contextmanager
    def _lend(self) -> Iterator[S]:
        scoped = self._take()
        try:
            with self._watched(scoped):
                yield scoped
        finally:
            with self._lock:
                keep = not self._closed and scoped.is_usable() and len(self._idle) < IDLE_KEPT
                if keep:
                    self._idle.append(scoped)
            if not keep:
                scoped.close()

    def _take(self) -> S:
        while True:
            with self._lock:
                self._require_open()
                idle = self._idle.pop() if self._idle else None
            if idle is None:
                return self._connect()
            if idle.is_usable():
                return idle
            idle.close()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreError(self.folder, "the store has been closed", "")
        if self._process != os.getpid():
            # No database's connections survive a fork: a copy could corrupt what they say.
            problem = "the store was opened by another process"
            raise StoreError(self.folder, problem, "Open it again in this one.")
