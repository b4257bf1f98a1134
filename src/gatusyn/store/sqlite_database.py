"""A city's database as one SQLite file in its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gatusyn.model import StoreError
from gatusyn.store.sqlite_connection import DATABASE, SqlitePool, connect
from gatusyn.store.sqlite_errors import in_plain_words
from gatusyn.store.sqlite_lock import FileLock
from gatusyn.store.sqlite_schema import migrate


class SqliteDatabase:
    """A ``Database`` in the city folder.

    Parameters
    ----------
    folder
        The city folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self, organisation: str, *, create: bool) -> int | None:
        """Bring the schema up to date; return the organisation's number, None if it has none."""
        if not create and not (self._folder / DATABASE).is_file():
            problem = "is not a city folder (it has no database)"
            raise StoreError(self._folder, problem, "Make one with `gatusyn init`.")
        with in_plain_words(self._folder, subject="the store"):
            connection = connect(self._folder / DATABASE, create=create)
            try:
                migrate(connection, self._folder)
                if create:
                    connection.execute(
                        "INSERT INTO organisations (name) VALUES (?) ON CONFLICT DO NOTHING",
                        (organisation,),
                    )
                query = "SELECT organisation FROM organisations WHERE name = ?"
                number = connection.execute(query, (organisation,)).get
            finally:
                connection.close()
        return None if number is None else int(number)

    def pool(self, organisation: int) -> SqlitePool:
        """Return connections that see one organisation's rows."""
        return SqlitePool(self._folder, organisation)

    def lock(self, organisation: int, on_taken: Callable[[], None]) -> FileLock:
        """Return the lock that keeps a second inspect out."""
        return FileLock(self._folder, on_taken)
