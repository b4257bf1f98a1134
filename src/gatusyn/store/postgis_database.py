"""A city's database in PostgreSQL with PostGIS; its pictures stay in the city folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from gatusyn.store.postgis_connection import PostgisPool, connect
from gatusyn.store.postgis_dialect import BEGIN_WRITING, run
from gatusyn.store.postgis_errors import in_plain_words
from gatusyn.store.postgis_lock import ServerLock
from gatusyn.store.postgis_schema import migrate


class PostgisDatabase:
    """A ``Database`` on a server.

    Parameters
    ----------
    folder
        The city folder.
    address
        A connection string as PostgreSQL's own programs take them, without a password.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self._address = address

    def prepare(self, organisation: str, *, create: bool) -> int | None:
        """Bring the schema up to date; return the organisation's number, None if it has none."""
        with in_plain_words(self._folder, subject="the store"):
            connection = connect(self._address)
            try:
                migrate(connection, self._folder, create=create)
                if create:
                    _add(connection, organisation)
                query = "SELECT organisation FROM organisations WHERE name = %s"
                row = connection.execute(query, (organisation,)).fetchone()
            finally:
                connection.close()
        return None if row is None else int(row[0])

    def pool(self, organisation: int) -> PostgisPool:
        """Return connections that see one organisation's rows."""
        return PostgisPool(self._folder, self._address, organisation)

    def lock(self, organisation: int, on_taken: Callable[[], None]) -> ServerLock:
        """Return the lock that keeps a second inspect out."""
        return ServerLock(
            self._folder,
            on_taken,
            connect=lambda: connect(self._address),
            organisation=organisation,
        )


def _add(connection: psycopg.Connection[Any], organisation: str) -> None:
    """Add an organisation, unless it is there."""
    run(connection, BEGIN_WRITING)
    connection.execute(
        "INSERT INTO organisations (organisation, name) "
        "SELECT coalesce(max(organisation), 0) + 1, %s FROM organisations ON CONFLICT DO NOTHING",
        (organisation,),
    )
    run(connection, "COMMIT")
