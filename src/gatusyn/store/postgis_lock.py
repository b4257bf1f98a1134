"""The lock that keeps a second inspect out of an organisation in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from gatusyn.model import StoreError
from gatusyn.store.postgis_dialect import LOCKS
from gatusyn.store.sql_lock import Held, InspectLock


class ServerLock(InspectLock):
    """An ``InspectLock`` of a connection: the server gives it back when that ends.

    Parameters
    ----------
    connect
        Opens a connection.
    organisation
        The organisation's number in the store.
    """

    def __init__(
        self,
        folder: Path,
        on_taken: Callable[[], None],
        *,
        connect: Callable[[], psycopg.Connection[Any]],
        organisation: int,
    ) -> None:
        super().__init__(folder, on_taken)
        self._connect = connect
        self._organisation = organisation

    def _locked(self) -> Held:
        connection = self._connect()
        try:
            query = "SELECT pg_try_advisory_lock(%s::integer, %s::integer)"
            row = connection.execute(query, (LOCKS, self._organisation)).fetchone()
            if row is None or not row[0]:
                raise self._refused()
        except BaseException:
            connection.close()
            raise
        return _HeldConnection(connection)

    def _require_held(self, held: Held) -> None:
        assert isinstance(held, _HeldConnection)
        try:
            held.connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            raise StoreError(
                self._folder,
                "the database server has hung up, and the lock on this folder is lost",
                "See that the server runs, then run the same command again.",
            ) from error


@dataclass(frozen=True, slots=True)
class _HeldConnection:
    connection: psycopg.Connection[Any]

    def close(self) -> None:
        """Give the lock back."""
        try:
            # The server notices a closed connection in its own time: the next would be refused.
            self.connection.execute("SELECT pg_advisory_unlock_all()")
        except psycopg.OperationalError:
            # It has hung up, and given the lock back with that.
            pass
        finally:
            self.connection.close()
