"""Making and opening the store of a city folder."""

from __future__ import annotations

from pathlib import Path

from gatusyn.model import Network, StoreError
from gatusyn.store.sql_store import SqlStore
from gatusyn.store.sqlite_connection import DATABASE, connect
from gatusyn.store.sqlite_errors import in_plain_words
from gatusyn.store.sqlite_schema import migrate


def open_store(folder: Path, *, organisation: str) -> SqlStore:
    """Open a city folder's store, bringing its schema up to date.

    Parameters
    ----------
    folder
        The folder that ``create_store`` made.
    organisation
        Whose rows to see and write.

    Raises
    ------
    StoreError
        If there is no store, it is another program's or a newer Gatusyn's, or it has no such
        organisation.
    """
    if not (folder / DATABASE).is_file():
        problem = "is not a city folder (it has no database)"
        raise StoreError(folder, problem, "Make one with `gatusyn init`.")
    number = _prepare(folder, organisation, create=False)
    store = SqlStore(folder, number)
    try:
        # What a killed program had decided to erase must not lie there any longer.
        store.ledger.finish()
    except BaseException:
        store.close()
        raise
    return store


def create_store(folder: Path, *, organisation: str, network: Network) -> SqlStore:
    """Make a store with its first network, or add an organisation to a store.

    A folder in which this was interrupted can be used again.

    Raises
    ------
    StoreError
        If the organisation has a network there already, or the folder cannot be written.
    """
    with in_plain_words(folder, subject="the store"):
        folder.mkdir(parents=True, exist_ok=True)
    store = SqlStore(folder, _prepare(folder, organisation, create=True))
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


def _prepare(folder: Path, organisation: str, *, create: bool) -> int:
    """Bring the schema up to date; return the organisation's number."""
    with in_plain_words(folder, subject="the store"):
        connection = connect(folder / DATABASE, create=create)
        try:
            migrate(connection, folder)
            if create:
                connection.execute(
                    "INSERT INTO organisations (name) VALUES (?) ON CONFLICT DO NOTHING",
                    (organisation,),
                )
            query = "SELECT organisation FROM organisations WHERE name = ?"
            number = connection.execute(query, (organisation,)).get
        finally:
            connection.close()
    if number is None:
        raise StoreError(
            folder,
            f"has no organisation named {organisation!r}",
            "Correct `organisation` in the folder's gatusyn.toml.",
        )
    return int(number)
