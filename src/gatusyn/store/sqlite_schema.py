"""Bring a database to this version's schema, one numbered migration after the other."""

from __future__ import annotations

from pathlib import Path

import apsw

from gatusyn.model import StoreError
from gatusyn.store.sql_migrations import migrations, require_known

APPLICATION_ID = 0x47545359
"""Marks a SQLite file as Gatusyn's ("GTSY")."""


def migrate(
    connection: apsw.Connection, folder: Path, steps: tuple[tuple[int, str], ...] | None = None
) -> None:
    """Apply the migrations that a database lacks; each is applied whole or not at all.

    Parameters
    ----------
    folder
        The city folder, for messages.
    steps
        The migrations; those that ship with Gatusyn if None.

    Raises
    ------
    StoreError
        If the database is another program's, or a newer Gatusyn made it.
    """
    steps = migrations() if steps is None else steps
    if _require_ours(connection, folder, newest=steps[-1][0]) == steps[-1][0]:
        return
    for number, sql in steps:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Two programs may open a new folder at once: the second must not migrate again.
            if number > _pragma(connection, "user_version"):
                connection.execute(sql)
                connection.execute(f"PRAGMA user_version = {number}")
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    # Versions before this one left the bytes of deleted rows in the file.
    connection.execute("VACUUM")


def schema_of(connection: apsw.Connection, folder: Path) -> int:
    """Return the number of a database's newest migration.

    Raises
    ------
    StoreError
        If the database is another program's, or a newer Gatusyn made it.
    """
    return _require_ours(connection, folder, newest=migrations()[-1][0])


def _require_ours(connection: apsw.Connection, folder: Path, *, newest: int) -> int:
    version = _pragma(connection, "user_version")
    tables = next(iter(connection.execute("SELECT count(*) FROM sqlite_schema")))[0]
    if _pragma(connection, "application_id") != APPLICATION_ID and (tables or version):
        raise StoreError(
            folder,
            "its database was made by another program",
            "Choose the folder that `gatusyn init` made.",
        )
    require_known(folder, schema=version, newest=newest)
    return version


def _pragma(connection: apsw.Connection, name: str) -> int:
    value = connection.pragma(name)
    assert isinstance(value, int)
    return value
