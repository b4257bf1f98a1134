"""Making and opening the store of a city folder."""

from __future__ import annotations

from pathlib import Path

from gatusyn.model import Network, StoreError
from gatusyn.store.plain_words import in_plain_words
from gatusyn.store.sql_store import Database, SqlStore
from gatusyn.store.sqlite_database import SqliteDatabase


def open_store(folder: Path, *, organisation: str, postgis: str | None = None) -> SqlStore:
    """Open a city folder's store, bringing its schema up to date.

    Parameters
    ----------
    folder
        The folder that ``create_store`` made.
    organisation
        Whose rows to see and write.
    postgis
        The connection string of the PostgreSQL database that has the rows; by default they are in
        the folder.

    Raises
    ------
    StoreError
        If there is no store, it is another program's or a newer Gatusyn's, or it has no such
        organisation.
    """
    store = _store(folder, postgis, organisation, create=False)
    try:
        # What a killed program had decided to erase must not lie there any longer.
        store.ledger.finish()
    except BaseException:
        store.close()
        raise
    return store


def create_store(
    folder: Path, *, organisation: str, network: Network, postgis: str | None = None
) -> SqlStore:
    """Make a store with its first network, or add an organisation to a store.

    A folder in which this was interrupted can be used again.

    Parameters
    ----------
    postgis
        The connection string of the PostgreSQL database that is to have the rows; by default they
        are in the folder.

    Raises
    ------
    StoreError
        If the organisation has a network there already, or the folder cannot be written.
    """
    with in_plain_words(folder, subject="the store"):
        folder.mkdir(parents=True, exist_ok=True)
    store = _store(folder, postgis, organisation, create=True)
    try:
        if store.has_network():
            raise StoreError(
                folder, "holds a town already", "Choose another folder, or use this one as is."
            )
        store.write_network(network)
    except BaseException:
        store.close()
        raise
    return store


def database_of(folder: Path, postgis: str | None) -> Database:
    """Return where the rows of a city are.

    Raises
    ------
    StoreError
        If what it takes to talk to PostgreSQL is not installed.
    """
    if postgis is None:
        return SqliteDatabase(folder)
    try:
        from gatusyn.store.postgis_database import PostgisDatabase
    except ImportError as error:
        raise StoreError(
            folder,
            f"its rows are in PostgreSQL, and the package for that cannot be loaded ({error})",
            "Install it: `pip install gatusyn[postgis]`.",
        ) from error
    return PostgisDatabase(folder, postgis)


def _store(folder: Path, postgis: str | None, organisation: str, *, create: bool) -> SqlStore:
    database = database_of(folder, postgis)
    number = database.prepare(organisation, create=create)
    if number is None:
        raise StoreError(
            folder,
            f"has no organisation named {organisation!r}",
            "Correct `organisation` in the folder's gatusyn.toml.",
        )
    return SqlStore(folder, database, number)
