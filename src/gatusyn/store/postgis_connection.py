"""Connections to a city's database in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from gatusyn.store.postgis_dialect import SCHEMA, PostgisScoped, run
from gatusyn.store.postgis_errors import in_plain_words
from gatusyn.store.sql_pool import Pool

DEFAULTS = {
    "application_name": "gatusyn",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that is gone without a word is noticed within a minute."""

SETTINGS = """
SET synchronous_commit = on;
SET client_encoding = 'UTF8';
SET extra_float_digits = 1;
SET standard_conforming_strings = on;
SET jit = off
"""

READING_TIMEOUT = "5s"
"""So long are readers waited for when tables are rewritten; new ones wait meanwhile."""


def connect(address: str) -> psycopg.Connection[Any]:
    """Open a connection with the settings that every connection of the store has.

    Parameters
    ----------
    address
        A connection string as PostgreSQL's own programs take them.

    Raises
    ------
    psycopg.Error
        If there is no such server or database, or it refuses the log-in.
    """
    given: dict[str, Any] = {**DEFAULTS, **conninfo_to_dict(address)}
    connection = psycopg.connect(**given, autocommit=True, prepare_threshold=None)
    try:
        run(connection, SETTINGS)
        # PostGIS may be in any schema.
        connection.execute(
            """
            SELECT set_config('search_path', concat_ws(', ', %s::text, (
                SELECT quote_ident(n.nspname) FROM pg_extension AS e
                JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'
            )), false)
            """,
            (SCHEMA,),
        )
    except BaseException:
        connection.close()
        raise
    return connection


class PostgisPool(Pool[PostgisScoped]):
    """A ``Pool`` of connections to PostgreSQL.

    Parameters
    ----------
    folder
        The city folder, for messages.
    address
        A connection string.
    organisation
        The organisation's number in the store.
    """

    def __init__(self, folder: Path, address: str, organisation: int) -> None:
        super().__init__(folder)
        self._address = address
        self._organisation = organisation

    @contextmanager
    def settled(self) -> Iterator[PostgisScoped]:
        """Lend a connection that sees how every write has ended that began before.

        A commit whose connection was lost may go on at the server: it is waited for.
        """
        with self._lend() as scoped:
            scoped.begin_writing()
            try:
                yield scoped
            finally:
                scoped.roll_back()

    def in_plain_words(self, *, subject: str) -> AbstractContextManager[None]:
        """Turn faults of PostgreSQL and of the disk into ``StoreError``s."""
        return in_plain_words(self.folder, subject=subject)

    def changes(self) -> str:
        """Return a text that is another one when the database has been written to."""
        return str(self._about("changes"))

    def schema(self) -> int:
        """Return the number of the database's newest migration."""
        return self._about("schema")

    def drop_old_values(self, tables: Sequence[str]) -> None:
        """Write tables anew without what was written over or deleted.

        Where others read all the while (a dump), the old values are freed only, and written over
        in time. The server's write-ahead log and its archive keep them as long as it is set to.
        """
        with self._lend() as scoped:
            names = ", ".join(map(scoped.table, tables))
            run(scoped.connection, f"SET lock_timeout = '{READING_TIMEOUT}'")
            try:
                run(scoped.connection, f"VACUUM (FULL) {names}")
            except errors.LockNotAvailable:
                run(scoped.connection, f"VACUUM {names}")
            finally:
                run(scoped.connection, "RESET lock_timeout")

    def _about(self, column: str) -> int:
        with self._lend() as scoped:
            (row,) = run(scoped.connection, f"SELECT {column} FROM {SCHEMA}.about")  # noqa: S608
        return int(row[0])

    def _connect(self) -> PostgisScoped:
        connection = connect(self._address)
        try:
            return PostgisScoped(connection, self._organisation)
        except BaseException:
            connection.close()
            raise
