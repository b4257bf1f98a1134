"""The one place where queries get their organisation.

Tables end in ``_rows`` and hold every organisation's rows. A scoped connection has a temporary view
of each, without that ending, which shows one organisation's rows only; the rest of the store reads
these views, and writes through ``insert`` and ``clear``, which add the organisation.

Queries are written in the SQL that SQLite and PostgreSQL share. Where they have words of their own,
a query asks its connection for them: ``SqliteScoped`` or ``PostgisScoped``.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gatusyn.store.sql_codec import safe_text

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
    "changed",
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
    "news",
    "news_gone",
    "webhook",
    "sent_drive",
    "sent_file",
    "account",
    "login",
    "token",
    "audit",
)


CURRENT_DELIVERY = "SELECT * FROM delivery WHERE is_current = 1"

# Runs on the current network come first: a town that goes back to a former delivery gets back the
# runs that belong to it.
NEWEST_RUN = """
SELECT * FROM (
    SELECT known.*, is_own OR is_carried AS on_current, row_number() OVER (
        PARTITION BY drive_id ORDER BY is_own OR is_carried DESC, run DESC
    ) AS number
    FROM (
        SELECT r.*,
            r.network_version IS NOT DISTINCT FROM (SELECT version FROM current_delivery) AS is_own,
            r.run IN (
                SELECT c.run FROM carried AS c
                WHERE c.delivery = (SELECT delivery FROM current_delivery)
            ) AS is_carried
        FROM run AS r
    ) AS known
) AS numbered WHERE number = 1
"""

CURRENT_PLACE = (
    "SELECT * FROM place WHERE delivery = (SELECT delivery FROM current_delivery LIMIT 1)"
)

Box = tuple[float, float, float, float]


class Scoped(ABC):
    """A connection that sees and writes one organisation's rows.

    Parameters
    ----------
    organisation
        The organisation's number in the store.
    """

    join_in_order: str
    """A join that is not to be turned round."""

    _mark: str
    """Stands for a value by its place."""

    _tables: str
    """What precedes the name of a table that holds all organisations' rows."""

    def __init__(self, organisation: int) -> None:
        self.organisation = organisation

    def table(self, name: str) -> str:
        """Return the table that holds every organisation's rows of a name."""
        return f"{self._tables}{name}_rows"

    def views(self) -> dict[str, str]:
        """Return the query of every view, by its name, in the order of their making."""
        return {
            name: f"SELECT * FROM {self.table(name)} WHERE organisation = {self.organisation:d}"  # noqa: S608
            for name in TABLES
        } | {
            "current_delivery": CURRENT_DELIVERY,
            "newest_run": NEWEST_RUN,
            "current_place": CURRENT_PLACE,
        }

    def rows(self, query: str, bindings: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Run a query over the views and return its rows as tuples."""
        assert "_rows" not in query, "read the organisation's view, not the table"
        return self._run(query, bindings)

    def row(self, query: str, bindings: Mapping[str, Any] | None = None) -> Any:
        """Return a query's first row, or None."""
        return next(self.rows(query, bindings), None)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Insert rows in order; return the number given to the first (the rest follow it).

        Must be called within a write transaction.
        """
        assert table in TABLES
        first = self._next_number(table)
        self._load(
            table,
            (table, "organisation", *columns),
            ((first + place, self.organisation, *row) for place, row in enumerate(rows)),
        )
        return first

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
        self._run(
            f"UPDATE {self.table(table)} SET {assignment} "  # noqa: S608
            f"WHERE organisation = {self.organisation:d} AND ({where})",
            bindings,
        )

    def update_each(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """Set columns of the organisation's rows; each of ``rows`` ends in a row's number."""
        assert table in TABLES
        assignment = ", ".join(f"{column} = {self._mark}" for column in columns)
        self._run_each(
            f"UPDATE {self.table(table)} SET {assignment} "  # noqa: S608
            f"WHERE organisation = {self.organisation:d} AND {table} = {self._mark}",
            rows,
        )

    def clear(
        self, table: str, where: str = "TRUE", bindings: Mapping[str, Any] | None = None
    ) -> None:
        """Delete the organisation's rows of a table that meet a condition."""
        assert table in TABLES
        self._run(
            f"DELETE FROM {self.table(table)} "  # noqa: S608
            f"WHERE organisation = {self.organisation:d} AND ({where})",
            bindings,
        )

    @abstractmethod
    def insert_boxes(self, table: str, first: int, boxes: Iterable[Box]) -> None:
        """Index rows of ``insert`` by their boxes (west, south, east, north)."""

    @abstractmethod
    def clear_boxes(self, table: str) -> None:
        """Delete the index entries of all the organisation's rows of a table."""

    @abstractmethod
    def clear_boxes_of(self, table: str, numbers: Iterable[int]) -> None:
        """Delete the index entries of some of the organisation's rows of a table."""

    @abstractmethod
    def move_boxes(self, table: str, boxes: Iterable[tuple[int, Box]]) -> None:
        """Have the index find rows, given by their numbers, where they lie now."""

    @abstractmethod
    def in_box(self, table: str, name: str) -> str:
        """Return a source of a table's rows whose box touches that bound as west to north.

        More rows may come: the index rounds boxes outwards.
        """

    @abstractmethod
    def in_boxes(self, table: str, bound: str) -> str:
        """Return a query of the numbers of a table's rows whose box touches one of some.

        Parameters
        ----------
        bound
            Of the boxes, given as JSON: a list of west, south, east and north each.
        """

    @abstractmethod
    def listed(self, bound: str, kind: type) -> str:
        """Return a query of the values of a list that ``as_list`` made."""

    @abstractmethod
    def each(self, array: str, name: str) -> str:
        """Return a source of the items of an expression that is a JSON list."""

    @abstractmethod
    def item(self, name: str, place: int, kind: type) -> str:
        """Return the value at a place within an item of ``each``."""

    @abstractmethod
    def json(self, text: str) -> str:
        """Return an expression of a text as JSON, of which ``->`` and ``->>`` take parts."""

    @abstractmethod
    def gathered(self, value: str, order: str) -> str:
        """Return an aggregate of values: the text of a JSON list, in an order."""

    @abstractmethod
    def begin_reading(self) -> None:
        """Begin a transaction whose queries all see the same moment."""

    @abstractmethod
    def begin_writing(self) -> None:
        """Begin a transaction; wait until no other connection is in one that writes."""

    @abstractmethod
    def commit(self) -> None:
        """Make what was written durable, and seen by others."""

    @abstractmethod
    def roll_back(self) -> None:
        """End a transaction, if one is open, as if it had not been."""

    @abstractmethod
    def is_usable(self) -> bool:
        """Say whether the connection can be lent again."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @abstractmethod
    def _run(self, statement: str, bindings: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Run a statement with values by name (``:name``)."""

    @abstractmethod
    def _run_each(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once a row, with values by place."""

    @abstractmethod
    def _load(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows into a table that holds all organisations' rows."""

    def _next_number(self, table: str) -> int:
        query = f"SELECT coalesce(max({table}), 0) + 1 FROM {self.table(table)}"  # noqa: S608
        return int(next(self._run(query))[0])


def as_list(values: Iterable[Any]) -> str:
    """Return values, or tuples of them, as what ``Scoped.listed`` and ``Scoped.each`` read."""
    every = list(values)
    # Of numbers there are tens of thousands.
    is_whole = {*map(type, every)} == {int}
    return json.dumps(every if is_whole else [_safe(value) for value in every])


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return safe_text(value)
    return [_safe(one) for one in value] if isinstance(value, tuple | list) else value


PICTURES_OF_ALL = "SELECT organisation, picture_id, version FROM {0}picture_rows"
"""Every organisation's pictures, for copies of the whole store; ``{0}`` precedes tables' names."""

ERASURES_OF_ALL = (
    "SELECT count(*) FROM {0}mark_rows",
    "SELECT count(*) FROM {0}removal_rows",
    "SELECT count(*) FROM {0}run_rows WHERE coarse_s IS NOT NULL",
)
"""Count what takes something away: marks, removals, and runs made coarse; they only grow."""
