"""What a derivation changes, written over what is there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gatusyn.model import SectionCondition
from gatusyn.store.protocol_work import DerivedChanges
from gatusyn.store.sql_changed import boxes_of_shapes, note_places
from gatusyn.store.sql_codec import boxes, from_wkb
from gatusyn.store.sql_derived import (
    CONDITION_COLUMNS,
    FINDING_COLUMNS,
    condition_row,
    finding_rows,
    replace_derived,
)
from gatusyn.store.sql_scope import Scoped, as_list
from gatusyn.store.sql_tiles import replace_tiles
from gatusyn.store.sql_tracks import RECORD_COLUMNS, record_rows


def write_changes(scoped: Scoped, changes: DerivedChanges) -> None:
    """Write what a derivation changes. Must be called in a transaction."""
    made = changes.made_from
    if changes.whole:
        replace_derived(scoped, changes.findings, changes.conditions, made.stamp)
    else:
        _replace_findings(scoped, changes)
    replace_tiles(scoped, changes.tiles)
    scoped.insert("record", RECORD_COLUMNS, record_rows(changes.records))
    runs = json.dumps({str(number): known_as for number, known_as in made.runs.items()})
    scoped.clear("derived")
    scoped.insert(
        "derived",
        ("stamp", "basis", "runs", "verdicts"),
        [(made.stamp, made.basis, runs, made.verdicts)],
    )
    if not changes.whole:
        # Last: they may still be worked out.
        _replace_conditions(scoped, changes)


def _replace_findings(scoped: Scoped, changes: DerivedChanges) -> None:
    ids = [*changes.gone_ids, *(one.finding_id for one in changes.findings)]
    query = (
        "SELECT finding_id, finding, footprint FROM finding "  # noqa: S608
        f"WHERE finding_id IN ({scoped.listed('ids', str)})"
    )
    former = list(scoped.rows(query, {"ids": as_list(ids)}))
    known = {finding_id: number for finding_id, number, _ in former}
    stay = [one for one in changes.findings if one.finding_id in known]
    new = [one for one in changes.findings if one.finding_id not in known]
    boxes_of_stay, boxes_of_new = (boxes([one.footprint for one in own]) for own in (stay, new))
    former_boxes = boxes_of_shapes(from_wkb([footprint for *_, footprint in former]))
    now = np.array([*boxes_of_stay, *boxes_of_new]).reshape(-1, 4)
    note_places(scoped, np.concatenate([former_boxes, now]))
    gone = [known[one] for one in changes.gone_ids if one in known]
    scoped.clear_boxes_of("finding", gone)
    scoped.clear("finding", f"finding IN ({scoped.listed('gone', int)})", {"gone": as_list(gone)})
    numbers = [known[one.finding_id] for one in stay]
    rows = zip(finding_rows(stay), numbers, strict=True)
    scoped.update_each("finding", FINDING_COLUMNS, ((*row, number) for row, number in rows))
    scoped.move_boxes("finding", zip(numbers, boxes_of_stay, strict=True))
    first = scoped.insert("finding", FINDING_COLUMNS, finding_rows(new))
    scoped.insert_boxes("finding", first, boxes_of_new)


def _replace_conditions(scoped: Scoped, changes: DerivedChanges) -> None:
    scoped.clear(
        "condition",
        f"period NOT IN ({scoped.listed('periods', str)})",
        {"periods": as_list(changes.periods)},
    )
    conditions = list(changes.conditions)
    known = {
        (section_id, period): number
        for section_id, period, number in scoped.rows(
            "SELECT section_id, period, condition FROM condition "  # noqa: S608
            f"WHERE section_id IN ({scoped.listed('ids', str)})",
            {"ids": as_list(sorted({one.section_id for one in conditions}))},
        )
    }
    new, rows = [], []
    for one in conditions:
        number = known.get((one.section_id, one.period))
        if number is None:
            new.append(one)
        else:
            rows.append((*condition_row(one), number))
    scoped.update_each("condition", CONDITION_COLUMNS, rows)
    scoped.insert("condition", CONDITION_COLUMNS, _condition_rows(new))


def _condition_rows(conditions: Sequence[SectionCondition]) -> Iterator[tuple[Any, ...]]:
    return (condition_row(one) for one in conditions)
