"""What SQLite says in its own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import apsw

from gatusyn.store.sql_scope import ERASURES_OF_ALL, PICTURES_OF_ALL, Box, Scoped

IN_BOX = "b.west <= :east AND b.east >= :west AND b.south <= :north AND b.north >= :south"


class SqliteScoped(Scoped):
    """A ``Scoped`` connection to SQLite. Boxes are in an R*Tree beside each table that has them.

    Parameters
    ----------
    connection
        An open connection of which this is the only user.
    organisation
        The organisation's number in the store.
    """

    join_in_order = "CROSS JOIN"  # the planner would rather walk all the organisation's rows
    _mark = "?"
    _tables = "main."

    def __init__(self, connection: apsw.Connection, organisation: int) -> None:
        super().__init__(organisation)
        self.connection = connection
        for name, query in self.views().items():
            connection.execute(f"CREATE TEMP VIEW {name} AS {query}")

    def insert_boxes(self, table: str, first: int, boxes: Iterable[Box]) -> None:
        """Index rows of ``insert`` by their boxes (west, south, east, north)."""
        self.connection.executemany(
            f"INSERT INTO main.{table}_box VALUES (?, ?, ?, ?, ?)",  # noqa: S608
            (
                (first + place, west, east, south, north)
                for place, (west, south, east, north) in enumerate(boxes)
            ),
        )

    def clear_boxes(self, table: str) -> None:
        """Delete the index entries of all the organisation's rows of a table."""
        self.connection.execute(
            f"DELETE FROM main.{table}_box WHERE {table} IN (SELECT {table} FROM {table})"  # noqa: S608
        )

    def clear_boxes_of(self, table: str, numbers: Iterable[int]) -> None:
        """Delete the index entries of some of the organisation's rows of a table."""
        self.connection.executemany(
            f"DELETE FROM main.{table}_box WHERE {table} = ?",  # noqa: S608
            ((number,) for number in numbers),
        )

    def move_boxes(self, table: str, boxes: Iterable[tuple[int, Box]]) -> None:
        """Have the index find rows, given by their numbers, where they lie now.

        An entry that holds the new box and is at most a metre wider on each side stays: such are
        most that move a little, and the index rounds boxes as much in the north of Sweden.
        """
        self.connection.executemany(
            f"UPDATE main.{table}_box SET west = ?2, south = ?3, east = ?4, north = ?5 "  # noqa: S608
            f"WHERE {table} = ?1 AND NOT ("
            "west BETWEEN ?2 - 1.0 AND ?2 AND south BETWEEN ?3 - 1.0 AND ?3 "
            "AND east BETWEEN ?4 AND ?4 + 1.0 AND north BETWEEN ?5 AND ?5 + 1.0)",
            ((number, *box) for number, box in boxes),
        )

    def in_box(self, table: str, name: str) -> str:
        """Return a source of a table's rows whose box touches that bound as west to north."""
        return (
            f"{table}_box AS b CROSS JOIN {table} AS {name} "
            f"ON {name}.{table} = b.{table} AND {IN_BOX}"
        )

    def in_boxes(self, table: str, bound: str) -> str:
        """Return a query of the numbers of a table's rows whose box touches one of some."""
        return f"""
        SELECT b.{table} FROM json_each(:{bound}) AS k CROSS JOIN {table}_box AS b
        WHERE b.west <= k.value ->> 2 AND b.east >= k.value ->> 0
        AND b.south <= k.value ->> 3 AND b.north >= k.value ->> 1
        """  # noqa: S608

    def listed(self, bound: str, kind: type) -> str:
        """Return a query of the values of a list that ``as_list`` made."""
        return f"SELECT value FROM json_each(:{bound})"  # noqa: S608

    def each(self, array: str, name: str) -> str:
        """Return a source of the items of an expression that is a JSON list."""
        return f"json_each({array}) AS {name}"

    def item(self, name: str, place: int, kind: type) -> str:
        """Return the value at a place within an item of ``each``."""
        return f"{name}.value ->> {place}"

    def json(self, text: str) -> str:
        """Return an expression of a text as JSON, of which ``->`` and ``->>`` take parts."""
        return text

    def gathered(self, value: str, order: str) -> str:
        """Return an aggregate of values: the text of a JSON list, in an order."""
        return f"json_group_array({value} ORDER BY {order})"

    def begin_reading(self) -> None:
        """Begin a transaction whose queries all see the same moment."""
        self.connection.execute("BEGIN")

    def begin_writing(self) -> None:
        """Begin a transaction; wait until no other connection is in one that writes."""
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make what was written durable, and seen by others."""
        self.connection.execute("COMMIT")

    def roll_back(self) -> None:
        """End a transaction, if one is open, as if it had not been."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def is_usable(self) -> bool:
        """Say whether the connection can be lent again."""
        return True

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _run(self, statement: str, bindings: Mapping[str, Any] | None = None) -> Iterator[Any]:
        return iter(self.connection.execute(statement, bindings))

    def _run_each(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        self.connection.executemany(statement, rows)

    def _load(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        marks = ", ".join("?" * len(columns))
        self.connection.executemany(
            f"INSERT INTO {self.table(table)} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            rows,
        )


def pictures_of_all(connection: apsw.Connection) -> Iterator[tuple[int, str, int]]:
    """Yield (organisation, picture_id, version) of every picture, for copies of the whole file."""
    for organisation, picture_id, version in connection.execute(PICTURES_OF_ALL.format("main.")):
        yield int(organisation), str(picture_id), int(version)


def erasures_of_all(connection: apsw.Connection) -> tuple[int, ...]:
    """Count what takes something away: marks, removals, and runs made coarse; it only grows."""
    return tuple(int(connection.execute(one.format("main.")).get) for one in ERASURES_OF_ALL)
