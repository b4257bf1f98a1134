"""Quick questions to the database."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from gatusyn.model import Finding, VerdictKind
from gatusyn.store import sql_derived as derived
from gatusyn.store.protocol_lookup import (
    Box,
    ChangedPlaces,
    DrawnFindings,
    FindingFilter,
    FindingOrder,
    GradeColumns,
    StoreState,
)
from gatusyn.store.sql_changed import newest_change, select_changed
from gatusyn.store.sql_derived import box_bindings
from gatusyn.store.sql_finding_list import (
    DRAWN_COLUMNS,
    WAS_THERE,
    chosen,
    drawn_of_rows,
    order_by,
)
from gatusyn.store.sql_migrations import migrations
from gatusyn.store.sql_pool import Pool
from gatusyn.store.sql_scope import Scoped

COLUMNS = ", ".join(f"f.{name}" for name in derived.FINDING_COLUMNS)
IS_THERE = (
    "f.gone_s IS NULL AND f.repaired_s IS NULL "
    f"AND coalesce(f.said, '') != '{VerdictKind.WRONG.value}'"
)
"""As ``Finding.is_there`` says."""


class SqlLookup:
    """A ``Lookup`` in a database; ``SqlStore.lookup`` is one.

    Parameters
    ----------
    pool
        The connections.
    reading
        Lends a connection in a transaction.
    """

    def __init__(
        self, pool: Pool[Any], reading: Callable[[], AbstractContextManager[Scoped]]
    ) -> None:
        self._pool = pool
        self._reading = reading

    def changes(self) -> str:
        """Return a text that is another one whenever anything in the store may have changed."""
        with self._pool.in_plain_words(subject="the store"):
            return self._pool.changes()

    def network_stamp(self) -> str:
        """Return a text that is another one when the current network or its reading is."""
        with self._reading() as scoped:
            return repr(scoped.row("SELECT version, reading FROM current_delivery"))

    def grades(self, period: str) -> GradeColumns:
        """Return the grades of a period."""
        query = """
        SELECT section_id, grade, condition_index, index_low, index_high, observed_share,
            last_look_s, method, index_name
        FROM condition WHERE period = :period ORDER BY condition
        """
        with self._reading() as scoped:
            rows = list(scoped.rows(query, {"period": period}))
        columns = zip(*rows, strict=True) if rows else ((),) * 9
        names, grades, indices, lows, highs, shares, looks, methods, index_names = columns
        return GradeColumns(
            section_ids=names,
            grades=np.array(grades, dtype=np.int64),
            indices=np.array(indices, dtype=np.float64),
            lows=np.array(lows, dtype=np.float64),
            highs=np.array(highs, dtype=np.float64),
            observed_shares=np.array(shares, dtype=np.float64),
            last_looks_s=np.array(looks, dtype=np.float64),
            method=methods[0] if methods else None,
            index_name=index_names[0] if index_names else None,
        )

    def count_findings(self, *, at_s: float | None = None) -> int:
        """Return how many findings are there now, or were at a moment: none that was rejected."""
        there, bindings = _there(at_s)
        with self._reading() as scoped:
            query = f"SELECT count(*) FROM finding AS f WHERE {there}"  # noqa: S608
            return int(scoped.row(query, bindings)[0])

    def finding(self, finding_id: str) -> Finding | None:
        """Return a finding; None if there is no such finding (any more)."""
        query = f"SELECT {COLUMNS} FROM finding AS f WHERE finding_id = :id"  # noqa: S608
        with self._reading() as scoped:
            found = tuple(derived.findings_of_rows(scoped.rows(query, {"id": finding_id})))
        return found[0] if found else None

    def findings_after(
        self,
        finding_id: str,
        *,
        limit: int,
        box: Box | None = None,
        since_s: float | None = None,
        until_s: float | None = None,
    ) -> tuple[Finding, ...]:
        """Return findings in the order of their ids, from the first after an id on."""
        bindings: dict[str, Any] = {"after": finding_id} | (box_bindings(box) if box else {})
        conditions = ["f.finding_id > :after"]
        if since_s is not None:
            conditions.append("f.last_seen_s >= :since")
            bindings["since"] = since_s
        if until_s is not None:
            conditions.append("f.first_seen_s <= :until")
            bindings["until"] = until_s
        found: list[Finding] = []
        with self._reading() as scoped:
            source = scoped.in_box("finding", "f") if box else "finding AS f"
            # The inner query sorts numbers and ids only: footprints are read of one page's rows.
            query = f"""
            SELECT {COLUMNS} FROM (
                SELECT f.finding FROM {source} WHERE {" AND ".join(conditions)}
                ORDER BY f.finding_id LIMIT :limit
            ) AS w {scoped.join_in_order} finding AS f ON f.finding = w.finding
            ORDER BY f.finding_id
            """  # noqa: S608
            while len(found) < limit:
                bindings["limit"] = limit - len(found)
                batch = tuple(derived.findings_of_rows(scoped.rows(query, bindings)))
                found += batch if box is None else derived.touching(batch, box)
                if len(batch) < bindings["limit"]:
                    break
                bindings["after"] = batch[-1].finding_id
        return tuple(found)

    def list_findings(
        self,
        wanted: FindingFilter,
        *,
        order: FindingOrder = FindingOrder.ID,
        falling: bool = False,
        limit: int,
        offset: int = 0,
    ) -> tuple[int, tuple[Finding, ...]]:
        """Return how many findings there are of a kind, and some of them."""
        by = order_by(order, falling=falling)
        with self._reading() as scoped:
            source, bindings = chosen(scoped, wanted)
            total = int(scoped.row(f"SELECT count(*) FROM {source}", bindings)[0])  # noqa: S608
            if limit == 0:
                return total, ()
            # The inner query sorts what is short: footprints are read of one page's rows.
            query = f"""
            SELECT {COLUMNS} FROM (
                SELECT f.finding FROM {source} ORDER BY {by} LIMIT :limit OFFSET :offset
            ) AS w {scoped.join_in_order} finding AS f ON f.finding = w.finding ORDER BY {by}
            """  # noqa: S608
            page = bindings | {"limit": limit, "offset": offset}
            return total, tuple(derived.findings_of_rows(scoped.rows(query, page)))

    def drawn_findings(self, box: Box) -> DrawnFindings:
        """Return the findings near a box, the most severe, then the largest first."""
        with self._reading() as scoped:
            query = f"""
            SELECT {DRAWN_COLUMNS} FROM {scoped.in_box("finding", "f")}
            ORDER BY f.severity DESC, f.area_m2 DESC, f.finding_id
            """  # noqa: S608
            rows = list(scoped.rows(query, box_bindings(box)))
            return drawn_of_rows(rows, newest_change(scoped))

    def changed_places(self, number: int) -> ChangedPlaces:
        """Return where findings have changed since a change."""
        with self._reading() as scoped:
            return select_changed(scoped, number)

    def state(self) -> StoreState:
        """Return whether the store can be worked with."""
        with self._pool.in_plain_words(subject="the store"):
            schema = self._pool.schema()
            free = shutil.disk_usage(self._pool.folder).free
        newest = migrations()[-1][0]
        return StoreState(schema=schema, newest_schema=newest, free_bytes=free)


def _there(at_s: float | None) -> tuple[str, dict[str, Any]]:
    """Return the condition for what is there now, or was at a moment, and its bindings."""
    return (IS_THERE, {}) if at_s is None else (WAS_THERE, {"at": float(at_s)})
