"""A list of findings in SQL: which, and in what order."""

from __future__ import annotations

import json
from typing import Any

from gatusyn.model import FindingState, VerdictKind
from gatusyn.store.protocol_lookup import FindingFilter, FindingOrder

STATE = f"""CASE
    WHEN f.said = '{VerdictKind.WRONG.value}' THEN '{FindingState.REJECTED.value}'
    WHEN f.repaired_s IS NOT NULL THEN '{FindingState.REPAIRED.value}'
    WHEN f.gone_s IS NOT NULL THEN '{FindingState.GONE.value}'
    WHEN f.is_confirmed THEN '{FindingState.CONFIRMED.value}'
    ELSE '{FindingState.NEW.value}' END"""
"""As ``Finding.state`` says."""

ENDED = "min(coalesce(f.gone_s, f.repaired_s), coalesce(f.repaired_s, f.gone_s))"
"""As ``Finding.ended_s`` says."""

IN_BOX = "b.west <= :east AND b.east >= :west AND b.south <= :north AND b.north >= :south"

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


def chosen(wanted: FindingFilter) -> tuple[str, dict[str, Any]]:
    """Return what follows FROM, up to WHERE's end, with its bindings."""
    source, conditions = "finding AS f", ["1"]
    bindings: dict[str, Any] = {}
    lists = {
        "f.kind": [one.value for one in wanted.kinds] or None,
        STATE: [one.value for one in wanted.states] or None,
        "f.severity": list(wanted.severities) or None,
        "f.link_id": None if wanted.links is None else list(wanted.links),
    }
    for number, (column, values) in enumerate(lists.items()):
        if values is not None:
            bindings[f"list{number}"] = json.dumps(values)
            within = f"(SELECT value FROM json_each(:list{number}))"  # noqa: S608
            conditions.append(f"{column} IN {within}")
    limits = {
        "f.last_seen_s >= :since": wanted.since_s,
        "f.first_seen_s <= :until": wanted.until_s,
        "f.first_seen_s >= :new_since": wanted.new_since_s,
        f"{ENDED} >= :ended_since": wanted.ended_since_s,
        "f.confidence < :below": wanted.below,
    }
    for condition, value in limits.items():
        if value is not None:
            conditions.append(condition)
            bindings[condition.rpartition(":")[2]] = float(value)
    if wanted.is_unjudged:
        conditions.append("f.said IS NULL")
    if wanted.box is not None:
        source = "finding_box AS b CROSS JOIN finding AS f ON f.finding = b.finding"
        conditions.append(IN_BOX)
        sides = ("west", "south", "east", "north")
        bindings |= dict(zip(sides, map(float, wanted.box), strict=True))
    return f"{source} WHERE {' AND '.join(conditions)}", bindings
