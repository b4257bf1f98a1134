"""The lock that keeps a second inspect out of a city folder."""

from __future__ import annotations

import apsw

from gatusyn.store.sql_lock import Held, InspectLock


class FileLock(InspectLock):
    """An ``InspectLock`` on a folder.

    It is the lock of an empty SQLite file: the same code works on every system, and no lock
    outlives its process.
    """

    def _locked(self) -> Held:
        connection = apsw.Connection(str(self._folder / "inspect.lock"))
        try:
            # Nothing is ever written, so nothing must be left behind by a killed holder.
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("BEGIN EXCLUSIVE")
        except apsw.BusyError as error:
            connection.close()
            raise self._refused() from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _require_held(self, held: Held) -> None:
        """Do nothing: the lock of a file is lost with its process only."""
