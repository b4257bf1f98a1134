"""What PostgreSQL with PostGIS says in its own words."""

from __future__ import annotations

import re
import select
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from gatusyn.store.sql_scope import Box, Scoped

SCHEMA = "gatusyn"
"""Holds everything of the store within a database."""

LOCKS = 0x47545359
"""Advisory locks of Gatusyn ("GTSY"): 0 is held by who writes, an organisation's by its inspect."""

BUSY_TIMEOUT_S = 15

TYPES = {int: "bigint", float: "double precision", str: "text"}

BEGIN_WRITING = f"""
BEGIN ISOLATION LEVEL READ COMMITTED;
SET LOCAL lock_timeout = '{BUSY_TIMEOUT_S}s';
SELECT pg_advisory_xact_lock({LOCKS}, 0)
"""

COMMIT = f"UPDATE {SCHEMA}.about SET changes = changes + 1; COMMIT"  # noqa: S608


class PostgisScoped(Scoped):
    """A ``Scoped`` connection to PostgreSQL. Boxes are in indexes of the shapes themselves.

    Parameters
    ----------
    connection
        An open connection in autocommit of which this is the only user.
    organisation
        The organisation's number in the store.
    """

    join_in_order = "JOIN"  # the planner knows better
    _mark = "%s"
    _tables = f"{SCHEMA}."

    def __init__(self, connection: psycopg.Connection[Any], organisation: int) -> None:
        super().__init__(organisation)
        self.connection = connection
        self._types: dict[str, dict[str, int]] = {}
        views = (f"CREATE TEMP VIEW {name} AS {query}" for name, query in self.views().items())
        run(connection, "; ".join(views))

    def insert_boxes(self, table: str, first: int, boxes: Iterable[Box]) -> None:
        """Do nothing: the index reads the rows."""

    def clear_boxes(self, table: str) -> None:
        """Do nothing: the index reads the rows."""

    def clear_boxes_of(self, table: str, numbers: Iterable[int]) -> None:
        """Do nothing: the index reads the rows."""

    def move_boxes(self, table: str, boxes: Iterable[tuple[int, Box]]) -> None:
        """Do nothing: the index reads the rows."""

    def in_box(self, table: str, name: str) -> str:
        """Return a source of a table's rows whose box touches that bound as west to north."""
        return f"""(
            SELECT * FROM {table} WHERE ST_GeomFromWKB(footprint)
            && ST_MakeEnvelope(:west, :south, :east, :north)
        ) AS {name}"""  # noqa: S608

    def in_boxes(self, table: str, bound: str) -> str:
        """Return a query of the numbers of a table's rows whose box touches one of some."""
        corners = ", ".join(self.item("k", place, float) for place in range(4))
        return f"""
        SELECT x.{table} FROM {self.each(f":{bound}", "k")} JOIN {table} AS x
        ON ST_GeomFromWKB(x.footprint) && ST_MakeEnvelope({corners})
        """  # noqa: S608

    def listed(self, bound: str, kind: type) -> str:
        """Return a query of the values of a list that ``as_list`` made."""
        return (
            f"SELECT CAST(value AS {TYPES[kind]}) "  # noqa: S608
            f"FROM jsonb_array_elements_text(CAST(:{bound} AS jsonb)) AS k (value)"
        )

    def each(self, array: str, name: str) -> str:
        """Return a source of the items of an expression that is a JSON list."""
        items = f"jsonb_array_elements(CAST({array} AS jsonb))"
        return f"{items} WITH ORDINALITY AS {name} (value, key)"

    def item(self, name: str, place: int, kind: type) -> str:
        """Return the value at a place within an item of ``each``."""
        return f"CAST({name}.value ->> {place} AS {TYPES[kind]})"

    def json(self, text: str) -> str:
        """Return an expression of a text as JSON, of which ``->`` and ``->>`` take parts."""
        return f"CAST({text} AS jsonb)"

    def gathered(self, value: str, order: str) -> str:
        """Return an aggregate of values: the text of a JSON list, in an order."""
        return f"coalesce(CAST(json_agg({value} ORDER BY {order}) AS text), '[]')"

    def begin_reading(self) -> None:
        """Begin a transaction whose queries all see the same moment."""
        run(self.connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def begin_writing(self) -> None:
        """Begin a transaction; wait until no other connection is in one that writes."""
        # Committed rows must be seen that were written while this one waited: no earlier snapshot.
        run(self.connection, BEGIN_WRITING)

    def commit(self) -> None:
        """Make what was written durable, and seen by others."""
        run(self.connection, COMMIT)

    def roll_back(self) -> None:
        """End a transaction, if one is open, as if it had not been."""
        status = self.connection.info.transaction_status
        if status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            run(self.connection, "ROLLBACK")

    def is_usable(self) -> bool:
        """Say whether the connection can be lent again."""
        if self.connection.info.transaction_status != TransactionStatus.IDLE:
            return False
        # A server that has something to say between two questions says good-bye.
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return not waiting.poll(0)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _run(self, statement: str, bindings: Mapping[str, Any] | None = None) -> Iterator[Any]:
        # Rows in binary are read in half the time of rows in text.
        if not bindings:
            cursor = self.connection.execute(statement.encode(), binary=True)
        else:
            values = {name: _storable(value) for name, value in bindings.items()}
            cursor = self.connection.execute(by_name(statement).encode(), values, binary=True)
        return iter(cursor) if cursor.description else iter(())

    def _run_each(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(statement.encode(), (list(map(_storable, row)) for row in rows))

    def _load(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        types = self._types_of(table)
        names = ", ".join(columns)
        statement = f"COPY {self.table(table)} ({names}) FROM STDIN (FORMAT BINARY)"
        with self.connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types([types[name] for name in columns])
            for row in rows:
                copy.write_row(list(map(_storable, row)))

    def _types_of(self, table: str) -> dict[str, int]:
        if table not in self._types:
            query = "SELECT attname, atttypid FROM pg_attribute WHERE attrelid = to_regclass(%s)"
            found = self.connection.execute(query, [self.table(table)]).fetchall()
            self._types[table] = dict(found)
        return self._types[table]


def run(connection: psycopg.Connection[Any], statements: str) -> psycopg.Cursor[Any]:
    """Run statements without values."""
    return connection.execute(statements.encode())


@lru_cache(maxsize=512)
def by_name(statement: str) -> str:
    """Return a statement with its values named as psycopg wants them."""
    return re.sub(r"(?<![:\w]):([a-z]\w*)", r"%(\1)s", statement.replace("%", "%%"))


def _storable(value: Any) -> Any:
    """Return a value that PostgreSQL takes: its texts cannot have the character of number 0."""
    return value.replace("\0", "\\x00") if isinstance(value, str) and "\0" in value else value
