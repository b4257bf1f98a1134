"""Bring a database in PostgreSQL to this version's schema: the same steps as SQLite's, translated.

The steps keep to what both databases have, so that there is one schema and not two that drift.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors

from gatusyn.model import StoreError
from gatusyn.store.postgis_dialect import BEGIN_WRITING, SCHEMA, run
from gatusyn.store.sql_migrations import migrations, require_known

OLDEST_SERVER = 130_000

ABOUT = f"""
CREATE TABLE {SCHEMA}.about (
    application text NOT NULL,
    schema bigint NOT NULL,
    changes bigint NOT NULL
);
INSERT INTO {SCHEMA}.about VALUES ('Gatusyn', 0, 0)
"""  # noqa: S608

TRANSLATIONS = (
    (r"--[^\n]*", ""),
    (
        r"CREATE VIRTUAL TABLE (\w+)_box USING rtree \([^)]*\);",
        r"CREATE INDEX \1_box ON \1_rows USING gist (ST_GeomFromWKB(footprint));",
    ),
    (r"(DELETE FROM|DROP TABLE) \w+_box;", ""),
    (r"\) STRICT;", ");"),
    (r"\bINTEGER\b", "bigint"),
    (r"\bREAL\b", "double precision"),
    (r"\bBLOB\b", "bytea"),
    # Texts are ordered by their characters' numbers, as in SQLite, in a database of any language.
    (r"\bTEXT\b", 'text COLLATE "C"'),
)


def translated(sql: str) -> str:
    """Return a migration as PostgreSQL takes it."""
    for pattern, replacement in TRANSLATIONS:
        sql = re.sub(pattern, replacement, sql)
    return sql


def migrate(
    connection: psycopg.Connection[Any],
    folder: Path,
    steps: tuple[tuple[int, str], ...] | None = None,
    *,
    create: bool,
) -> None:
    """Apply the migrations that a database lacks; each is applied whole or not at all.

    Parameters
    ----------
    folder
        The city folder, for messages.
    steps
        The migrations; those that ship with Gatusyn if None.
    create
        Make the schema if it is not there.

    Raises
    ------
    StoreError
        If there is no store and none is to be made, it is another program's, or a newer Gatusyn
        made it, or the server is too old or lacks PostGIS.
    """
    steps = migrations() if steps is None else steps
    newest = steps[-1][0]
    schema = schema_of(connection, folder, newest=newest)
    if schema == newest:
        return
    if schema == 0:
        if not create:
            problem = f"its database has no store (no schema `{SCHEMA}`)"
            raise StoreError(folder, problem, "Make one with `gatusyn init --postgis`.")
        _require_postgis(connection, folder)
    for number, sql in steps:
        run(connection, BEGIN_WRITING)
        try:
            # Two programs may open a new database at once: the second must not migrate again.
            if schema_of(connection, folder, newest=newest) < number:
                if number == steps[0][0]:
                    run(connection, f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}; {ABOUT}")
                run(connection, translated(sql))
                run(connection, f"UPDATE {SCHEMA}.about SET schema = {number:d}")  # noqa: S608
            run(connection, "COMMIT")
        except BaseException:
            if not connection.closed:
                run(connection, "ROLLBACK")
            raise


def schema_of(connection: psycopg.Connection[Any], folder: Path, *, newest: int) -> int:
    """Return the number of a database's newest migration, 0 if there is none.

    Raises
    ------
    StoreError
        If the schema is another program's, or a newer Gatusyn made it.
    """
    query = (
        "SELECT to_regclass(%s) IS NOT NULL, count(*) FROM pg_class "
        "WHERE relnamespace = to_regnamespace(%s)"
    )
    row = connection.execute(query, (f"{SCHEMA}.about", SCHEMA)).fetchone()
    assert row is not None
    is_ours, tables = row
    if not is_ours and not tables:
        return 0
    found = None
    if is_ours:
        try:
            query = "SELECT application, schema FROM gatusyn.about"
            found = connection.execute(query).fetchone()
        except errors.UndefinedColumn:
            found = None
    if found is None or found[0] != "Gatusyn":
        raise StoreError(
            folder,
            f"the schema `{SCHEMA}` of its database was made by another program",
            "Choose a database of its own for Gatusyn.",
        )
    require_known(folder, schema=int(found[1]), newest=newest)
    return int(found[1])


def _require_postgis(connection: psycopg.Connection[Any], folder: Path) -> None:
    if connection.info.server_version < OLDEST_SERVER:
        problem = f"its database server is too old (PostgreSQL {connection.info.server_version})"
        raise StoreError(folder, problem, f"Use PostgreSQL {OLDEST_SERVER // 10_000} or newer.")
    query = "SELECT 1 FROM pg_extension WHERE extname = 'postgis'"
    if connection.execute(query).fetchone() is not None:
        return
    raise StoreError(
        folder,
        "its database lacks PostGIS",
        "Have the database's administrator run `CREATE EXTENSION postgis` in it.",
    )
