"""Only one program may put drives into a city folder at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import apsw

from gatusyn.model import StoreError


class InspectLock:
    """A lock on a folder that its holder's death releases; reentrant within one store.

    It is the lock of an empty SQLite file: the same code works on every system, and no lock
    outlives its process.

    Parameters
    ----------
    folder
        The city folder.
    on_taken
        Called each time when the lock has just been taken, before anyone may use it.
    """

    def __init__(self, folder: Path, on_taken: Callable[[], None]) -> None:
        self._folder = folder
        self._on_taken = on_taken
        self._guard = threading.Lock()
        self._holders = 0
        self._connection: apsw.Connection | None = None

    def take(self) -> None:
        """Take the lock, or once more if this store holds it.

        Raises
        ------
        StoreError
            If another inspect is running in the folder.
        """
        with self._guard:
            if self._holders == 0:
                self._connection = self._locked()
            self._holders += 1

    def release(self) -> None:
        """Give back what ``take`` took."""
        with self._guard:
            self._holders -= 1
            if self._holders == 0 and self._connection is not None:
                self._connection.close()
                self._connection = None

    def _locked(self) -> apsw.Connection:
        connection = apsw.Connection(str(self._folder / "inspect.lock"))
        try:
            # Nothing is ever written, so nothing must be left behind by a killed holder.
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("BEGIN EXCLUSIVE")
            self._on_taken()
        except apsw.BusyError as error:
            connection.close()
            raise StoreError(
                self._folder,
                "another inspect is running in this folder",
                "Wait until it has ended, then try again.",
            ) from error
        except BaseException:
            connection.close()
            raise
        return connection
