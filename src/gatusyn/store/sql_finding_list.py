"""A list of findings in SQL: which, in what order, and as much of them as a map shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gatusyn.model import FindingState, VerdictKind
from gatusyn.store.protocol_lookup import DrawnFindings, FindingFilter, FindingOrder
from gatusyn.store.sql_codec import from_wkb
from gatusyn.store.sql_derived import box_bindings
from gatusyn.store.sql_scope import Scoped, as_list

STATE = f"""CASE
    WHEN f.said = '{VerdictKind.WRONG.value}' THEN '{FindingState.REJECTED.value}'
    WHEN f.repaired_s IS NOT NULL THEN '{FindingState.REPAIRED.value}'
    WHEN f.gone_s IS NOT NULL THEN '{FindingState.GONE.value}'
    WHEN f.is_confirmed = 1 THEN '{FindingState.CONFIRMED.value}'
    ELSE '{FindingState.NEW.value}' END"""
"""As ``Finding.state`` says."""

ENDED = """CASE
    WHEN f.repaired_s < f.gone_s THEN f.repaired_s
    ELSE coalesce(f.gone_s, f.repaired_s) END"""
"""As ``Finding.ended_s`` says."""

DRAWN_COLUMNS = (
    f"f.finding_id, f.section_id, f.kind, f.severity, {STATE}, f.length_m, f.area_m2, "
    f"f.confidence, f.first_seen_s, {ENDED}, f.footprint"
)

WAS_THERE = f"""f.first_seen_s <= :at AND coalesce(f.said, '') != '{VerdictKind.WRONG.value}'
    AND coalesce({ENDED}, :at + 1.0) > :at"""
"""As ``Finding.was_there`` says."""

ORDERS = {
    FindingOrder.ID: "f.finding_id",
    FindingOrder.KIND: "f.kind",
    FindingOrder.SECTION: "f.section_id",
    FindingOrder.SEVERITY: "f.severity",
    FindingOrder.AREA: "f.area_m2",
    FindingOrder.LENGTH: "f.length_m",
    FindingOrder.CONFIDENCE: "f.confidence",
    FindingOrder.FIRST_SEEN: "f.first_seen_s",
    FindingOrder.LAST_SEEN: "f.last_seen_s",
    FindingOrder.UNCERTAIN: "abs(f.confidence - 0.5)",
}


def order_by(order: FindingOrder, *, falling: bool) -> str:
    """Return the terms of ORDER BY."""
    return f"{ORDERS[order]} {'DESC' if falling else 'ASC'}, f.finding_id"


def chosen(scoped: Scoped, wanted: FindingFilter) -> tuple[str, dict[str, Any]]:
    """Return what follows FROM, up to WHERE's end, with its bindings."""
    source, conditions = "finding AS f", ["1 = 1"]
    bindings: dict[str, Any] = {}
    lists: dict[str, tuple[list[Any] | None, type]] = {
        "f.kind": ([one.value for one in wanted.kinds] or None, str),
        STATE: ([one.value for one in wanted.states] or None, str),
        "f.severity": (list(wanted.severities) or None, int),
        "f.link_id": (None if wanted.links is None else list(wanted.links), str),
    }
    for number, (column, (values, kind)) in enumerate(lists.items()):
        if values is not None:
            bindings[f"list{number}"] = as_list(values)
            conditions.append(f"{column} IN ({scoped.listed(f'list{number}', kind)})")
    limits = {
        "f.last_seen_s >= :since": wanted.since_s,
        "f.first_seen_s <= :until": wanted.until_s,
        "f.first_seen_s >= :new_since": wanted.new_since_s,
        f"{ENDED} >= :ended_since": wanted.ended_since_s,
        "f.confidence < :below": wanted.below,
        WAS_THERE: wanted.at_s,
    }
    for condition, value in limits.items():
        if value is not None:
            conditions.append(condition)
            bindings[condition.rpartition(":")[2]] = float(value)
    if wanted.is_unjudged:
        conditions.append("f.said IS NULL")
    if wanted.box is not None:
        source = scoped.in_box("finding", "f")
        bindings |= box_bindings(wanted.box)
    return f"{source} WHERE {' AND '.join(conditions)}", bindings


def drawn_of_rows(rows: Sequence[Sequence[Any]], number: int) -> DrawnFindings:
    """Return the findings of rows of ``DRAWN_COLUMNS``, read after a change."""
    columns = list(zip(*rows, strict=True)) or [()] * 11
    ids, sections, kinds, severities, states, lengths, areas, sure, firsts, ends, shapes = columns
    return DrawnFindings(
        number=number,
        finding_ids=ids,
        section_ids=sections,
        kinds=kinds,
        severities=np.array(severities, dtype=np.int64),
        states=states,
        lengths_m=np.array(lengths, dtype=np.float64),
        areas_m2=np.array(areas, dtype=np.float64),
        confidences=np.array(sure, dtype=np.float64),
        first_seen_s=np.array(firsts, dtype=np.float64),
        ended_s=np.array(ends, dtype=np.float64),
        footprints=np.array(from_wkb(shapes), dtype=object),
    )
