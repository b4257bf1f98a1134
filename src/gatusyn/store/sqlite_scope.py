"""The one place where queries get their organisation.

Tables end in ``_rows`` and hold every organisation's rows. A scoped connection has a temporary view
of each, without that ending, which shows one organisation's rows only; the rest of the store reads
these views, and writes through ``insert`` and ``clear``, which add the organisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import apsw

TABLES = (
    "delivery",
    "link",
    "section",
    "run",
    "frame",
    "picture",
    "rejected",
    "observation",
    "coverage",
    "finding",
    "condition",
    "derived",
    "mark",
    "removal",
    "hold",
    "doomed",
    "carried",
    "place",
    "regulation",
    "work",
    "track",
    "record",
    "tile",
    "verdict",
    "identity",
    "programme",
    "done",
    "account",
    "login",
    "token",
    "audit",
)

CURRENT_DELIVERY = "SELECT * FROM delivery WHERE is_current"

# Runs on the current network come first: a town that goes back to a former delivery gets back the
# runs that belong to it.
NEWEST_RUN = """
SELECT * FROM (
    SELECT *, is_own OR is_carried AS on_current, row_number() OVER (
        PARTITION BY drive_id ORDER BY is_own OR is_carried DESC, run DESC
    ) AS number
    FROM (
        SELECT run.*,
            network_version IS (SELECT version FROM current_delivery) AS is_own,
            run IN (
                SELECT run FROM carried
                WHERE delivery = (SELECT delivery FROM current_delivery)
            ) AS is_carried
        FROM run
    )
) WHERE number = 1
"""

CURRENT_PLACE = (
    "SELECT * FROM place WHERE delivery = (SELECT delivery FROM current_delivery LIMIT 1)"
)

Box = tuple[float, float, float, float]


class Scoped:
    """A connection that sees and writes one organisation's rows.

    Parameters
    ----------
    connection
        An open connection of which this is the only user.
    organisation
        The organisation's number in the store.
    """

    def __init__(self, connection: apsw.Connection, organisation: int) -> None:
        self.connection = connection
        self.organisation = organisation
        views = {
            name: f"SELECT * FROM main.{name}_rows WHERE organisation = {organisation:d}"  # noqa: S608
            for name in TABLES
        } | {
            "current_delivery": CURRENT_DELIVERY,
            "newest_run": NEWEST_RUN,
            "current_place": CURRENT_PLACE,
        }
        for name, query in views.items():
            connection.execute(f"CREATE TEMP VIEW {name} AS {query}")

    def rows(self, query: str, bindings: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Run a query over the views and return its rows as tuples."""
        assert "_rows" not in query, "read the organisation's view, not the table"
        return iter(self.connection.execute(query, bindings))

    def row(self, query: str, bindings: Mapping[str, Any] | None = None) -> Any:
        """Return a query's first row, or None."""
        return next(self.rows(query, bindings), None)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Insert rows in order; return the number given to the first (the rest follow it).

        Must be called within a write transaction.
        """
        assert table in TABLES
        first = self._next_number(table)
        names = ", ".join((table, "organisation", *columns))
        marks = ", ".join("?" * (len(columns) + 2))
        self.connection.executemany(
            f"INSERT INTO main.{table}_rows ({names}) VALUES ({marks})",  # noqa: S608
            ((first + place, self.organisation, *row) for place, row in enumerate(rows)),
        )
        return first

    def insert_boxes(self, table: str, first: int, boxes: Iterable[Box]) -> None:
        """Index rows of ``insert`` by their boxes (west, south, east, north)."""
        self.connection.executemany(
            f"INSERT INTO main.{table}_box VALUES (?, ?, ?, ?, ?)",  # noqa: S608
            (
                (first + place, west, east, south, north)
                for place, (west, south, east, north) in enumerate(boxes)
            ),
        )

    def update(
        self,
        table: str,
        assignment: str,
        bindings: Mapping[str, Any] | None = None,
        *,
        where: str = "TRUE",
    ) -> None:
        """Set columns (``assignment``) of the organisation's rows that meet a condition."""
        assert table in TABLES
        self.connection.execute(
            f"UPDATE main.{table}_rows SET {assignment} "  # noqa: S608
            f"WHERE organisation = {self.organisation:d} AND ({where})",
            bindings,
        )

    def update_each(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """Set columns of the organisation's rows; each of ``rows`` ends in a row's number."""
        assert table in TABLES
        assignment = ", ".join(f"{column} = ?" for column in columns)
        self.connection.executemany(
            f"UPDATE main.{table}_rows SET {assignment} "  # noqa: S608
            f"WHERE organisation = {self.organisation:d} AND {table} = ?",
            rows,
        )

    def clear(
        self, table: str, where: str = "TRUE", bindings: Mapping[str, Any] | None = None
    ) -> None:
        """Delete the organisation's rows of a table that meet a condition."""
        assert table in TABLES
        self.connection.execute(
            f"DELETE FROM main.{table}_rows "  # noqa: S608
            f"WHERE organisation = {self.organisation:d} AND ({where})",
            bindings,
        )

    def clear_boxes(self, table: str) -> None:
        """Delete the index entries of all the organisation's rows of a table."""
        self.connection.execute(
            f"DELETE FROM main.{table}_box "  # noqa: S608
            f"WHERE {table} IN (SELECT {table} FROM main.{table}_rows WHERE organisation = ?)",
            (self.organisation,),
        )

    def clear_boxes_of(self, table: str, numbers: Iterable[int]) -> None:
        """Delete the index entries of some of the organisation's rows of a table."""
        self.connection.executemany(
            f"DELETE FROM main.{table}_box WHERE {table} = ?",  # noqa: S608
            ((number,) for number in numbers),
        )

    def _next_number(self, table: str) -> int:
        query = f"SELECT coalesce(max({table}), 0) + 1 FROM main.{table}_rows"  # noqa: S608
        return int(self.connection.execute(query).get)


def pictures_of_all(connection: apsw.Connection) -> Iterator[tuple[int, str, int]]:
    """Yield (organisation, picture_id, version) of every picture, for copies of the whole file."""
    query = "SELECT organisation, picture_id, version FROM picture_rows"
    for organisation, picture_id, version in connection.execute(query):
        yield int(organisation), str(picture_id), int(version)


def erasures_of_all(connection: apsw.Connection) -> tuple[int, ...]:
    """Count what takes something away: marks, removals, and runs made coarse; it only grows."""
    queries = (
        "SELECT count(*) FROM mark_rows",
        "SELECT count(*) FROM removal_rows",
        "SELECT count(*) FROM run_rows WHERE coarse_s IS NOT NULL",
    )
    return tuple(int(connection.execute(query).get) for query in queries)
