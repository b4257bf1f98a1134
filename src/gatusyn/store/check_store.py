"""Whether a city folder holds together: the database's own check, and rows against files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import apsw

from gatusyn.model import StoreError
from gatusyn.store.media import file_name, files_there
from gatusyn.store.opening import open_store
from gatusyn.store.sql_migrations import migrations
from gatusyn.store.sqlite_connection import DATABASE, connect
from gatusyn.store.sqlite_dialect import pictures_of_all
from gatusyn.store.sqlite_errors import in_plain_words
from gatusyn.store.sqlite_schema import schema_of

NAMED = 20
"""Faults of one kind that are named; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCheck:
    """What a check found.

    Parameters
    ----------
    schema
        The database's.
    pictures
        That the database knows.
    faults
        What is wrong, in words; empty if nothing is.
    leftovers
        Files of pictures that no row knows: the next inspect sweeps them.
    """

    schema: int
    pictures: int
    faults: tuple[str, ...]
    leftovers: tuple[str, ...]


def check_store(folder: Path) -> StoreCheck:
    """Check a city folder that has its database; nothing in it is changed.

    All organisations' rows are looked at: it is the file that is checked.

    Raises
    ------
    StoreError
        If there is no database that can be read.
    """
    schema, known, faults = _checked_file(folder)
    with in_plain_words(folder, subject="the store"):
        there = files_there(folder)
    return _compared(schema, known, there, faults)


def check_postgis(folder: Path, *, organisation: str, postgis: str) -> StoreCheck:
    """Check an organisation's rows in PostgreSQL against its pictures; nothing is changed.

    What the database itself is made of, the server's own tools check.

    Raises
    ------
    StoreError
        If the database cannot be read.
    """
    with open_store(folder, organisation=organisation, postgis=postgis) as store:
        known, there = store.picture_files()
        return _compared(store.lookup.state().schema, known, there, [])


def _compared(
    schema: int, known: frozenset[str], there: frozenset[str], faults: list[str]
) -> StoreCheck:
    missing = _named(sorted(known - there), "a picture's file is missing")
    return StoreCheck(
        schema=schema,
        pictures=len(known),
        faults=(*faults, *missing),
        leftovers=tuple(sorted(there - known)),
    )


def _checked_file(folder: Path) -> tuple[int, frozenset[str], list[str]]:
    """Return schema, files of pictures and faults of the database in a folder."""
    if not (folder / DATABASE).is_file():
        raise StoreError(folder, "is not a city folder (it has no database)")
    with in_plain_words(folder, subject="the store"):
        connection = connect(folder / DATABASE, create=False)
        try:
            schema = schema_of(connection, folder)
            connection.execute("BEGIN")
            faults = [*_integrity(connection), *_foreign_keys(connection)]
            known = files_of_rows(connection)
            connection.execute("ROLLBACK")
        except apsw.SQLError as error:
            newest = migrations()[-1][0]
            problem = f"cannot be checked as it is (schema of {newest} expected): {error}"
            raise StoreError(folder, problem, "Open it once with `gatusyn serve`.") from error
        finally:
            connection.close()
    return schema, known, faults


def files_of_rows(connection: apsw.Connection) -> frozenset[str]:
    """Return the files of all organisations' pictures, by path within the city folder."""
    return frozenset(
        f"media/{organisation}/{run_id}/{file_name(number, version)}"
        for organisation, picture_id, version in pictures_of_all(connection)
        for run_id, number in [picture_id.split("/")]
    )


def _integrity(connection: apsw.Connection) -> list[str]:
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(100)")]
    return [] if found == ["ok"] else _named(found, "the database is damaged")


def _foreign_keys(connection: apsw.Connection) -> list[str]:
    found = [f"{row[0]} row {row[1]}" for row in connection.execute("PRAGMA foreign_key_check")]
    return _named(found, "a row points at one that is not there")


def _named(found: list[str], what: str) -> list[str]:
    named = [f"{what}: {one}" for one in found[:NAMED]]
    return named + ([f"{what}: {len(found) - NAMED} more"] if len(found) > NAMED else [])
