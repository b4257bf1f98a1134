"""Findings and conditions in the database: replaced as a whole, with the stamp of their facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import shapely

from gatusyn.model import (
    ConditionMethod,
    DamageKind,
    Finding,
    Grade,
    Growth,
    SectionCondition,
    SeverityReason,
    Side,
    VerdictKind,
)
from gatusyn.store.sql_changed import note_everywhere
from gatusyn.store.sql_codec import (
    batches,
    boxes,
    extents_to_json,
    from_wkb,
    json_to_extents,
    json_to_reasons,
    reasons_to_json,
    safe_text,
    to_wkb,
)
from gatusyn.store.sql_scope import Box, Scoped, as_list

FINDING_COLUMNS = (
    "finding_id",
    "kind",
    "footprint",
    "sigma_along_m",
    "sigma_across_m",
    "confidence",
    "link_id",
    "element_id",
    "section_id",
    "offset_m",
    "measure",
    "side",
    "length_m",
    "area_m2",
    "severity",
    "severity_reason",
    "first_seen_s",
    "last_seen_s",
    "observation_ids",
    "sightings",
    "looks",
    "drives",
    "growth",
    "growth_m2_year",
    "growth_sigma_m2_year",
    "is_confirmed",
    "gone_s",
    "repaired_s",
    "said",
    "own_reason",
    "tile",
)
_SEEN = FINDING_COLUMNS.index("observation_ids")
# Calling an enum takes several times as long, and there are tens of thousands of findings.
_KINDS = {one.value: one for one in DamageKind}
_SIDES = {one.value: one for one in Side}
_REASONS = {one.value: one for one in SeverityReason}
_GROWTHS = {one.value: one for one in Growth}
CONDITION_COLUMNS = (
    "section_id",
    "period",
    "grade",
    "condition_index",
    "observed_share",
    "observed_m2",
    "frames",
    "confidence",
    "extents",
    "reasons",
    "seen_well_share",
    "last_look_s",
    "method",
    "index_name",
    "index_low",
    "index_high",
    "handbook_index",
    "handbook_grade",
    "deduct_index",
)


def replace_derived(
    scoped: Scoped,
    findings: Sequence[Finding],
    conditions: Iterable[SectionCondition],
    stamp: str,
) -> None:
    """Replace the organisation's derived rows. Must be called in a transaction."""
    note_everywhere(scoped)
    scoped.clear_boxes("finding")
    for table in ("finding", "condition", "derived", "tile"):
        scoped.clear(table)
    first = scoped.insert("finding", FINDING_COLUMNS, finding_rows(findings))
    if findings:
        scoped.insert_boxes("finding", first, boxes([f.footprint for f in findings]))
    scoped.insert("condition", CONDITION_COLUMNS, (condition_row(c) for c in conditions))
    scoped.insert("derived", ("stamp",), [(stamp,)])


def select_stamp(scoped: Scoped) -> str | None:
    """Return the stamp of the derived rows, None if there are none."""
    row = scoped.row("SELECT stamp FROM derived")
    return None if row is None else str(row[0])


def select_findings(
    scoped: Scoped, *, box: Box | None, section_id: str | None
) -> tuple[Finding, ...]:
    """Return findings in the order of their ids."""
    columns = ", ".join(f"f.{name}" for name in FINDING_COLUMNS)
    bindings: dict[str, Any] = {}
    source, where, order = "finding AS f", "TRUE", "f.finding_id"
    if section_id is not None:
        where, bindings["section_id"] = "f.section_id = :section_id", section_id
        # SQLite would read all findings in the order of their ids rather than sort a few.
        order = "f.finding_id || ''"
    if box is not None:
        source = scoped.in_box("finding", "f")
        bindings |= box_bindings(box)
    query = f"SELECT {columns} FROM {source} WHERE {where} ORDER BY {order}"  # noqa: S608
    found = tuple(findings_of_rows(scoped.rows(query, bindings)))
    return found if box is None else touching(found, box)


def select_conditions(
    scoped: Scoped, *, period: str | None, section_ids: Iterable[str] | None
) -> tuple[SectionCondition, ...]:
    """Return the conditions of a period (the newest if None) in the order they were written."""
    where = "period = coalesce(:period, (SELECT max(period) FROM condition))"
    bindings: dict[str, Any] = {"period": period}
    if section_ids is not None:
        where += f" AND section_id IN ({scoped.listed('section_ids', str)})"
        bindings["section_ids"] = as_list(section_ids)
    query = (
        f"SELECT {', '.join(CONDITION_COLUMNS)} FROM condition "  # noqa: S608
        f"WHERE {where} ORDER BY condition"
    )
    return tuple(_condition(row) for row in scoped.rows(query, bindings))


def select_periods(scoped: Scoped) -> tuple[str, ...]:
    """Return the periods that have conditions, oldest first."""
    query = "SELECT DISTINCT period FROM condition ORDER BY period"
    return tuple(row[0] for row in scoped.rows(query))


def box_bindings(box: Box) -> dict[str, float]:
    """Return what ``Scoped.in_box`` asks for."""
    return dict(zip(("west", "south", "east", "north"), map(float, box), strict=True))


def touching(findings: tuple[Finding, ...], box: Box) -> tuple[Finding, ...]:
    """Return those findings whose footprint touches a box."""
    # The index rounds its boxes outwards to float32 (0.5 m at Swedish northings), and a box is not
    # a shape: both make it answer with findings that only come near.
    shapes = np.asarray([f.footprint for f in findings], dtype=object)
    touching = shapely.intersects(shapes, shapely.box(*box))
    return tuple(f for f, touches in zip(findings, touching, strict=True) if touches)


def finding_rows(findings: Sequence[Finding]) -> Iterator[tuple[Any, ...]]:
    """Yield rows of ``FINDING_COLUMNS``."""
    for batch in batches(findings):
        footprints = to_wkb([f.footprint for f in batch])
        every = "".join([name for f in batch for _, name in f.observation_ids])
        is_safe = safe_text(every) == every
        for f, footprint in zip(batch, footprints, strict=True):
            seen: Sequence[Sequence[str]] = f.observation_ids
            if not is_safe:
                seen = [(run, safe_text(name)) for run, name in f.observation_ids]
            yield (
                safe_text(f.finding_id),
                f.kind.value,
                footprint,
                float(f.sigma_along_m),
                float(f.sigma_across_m),
                float(f.confidence),
                f.link_id,
                f.element_id,
                f.section_id,
                float(f.offset_m),
                float(f.measure),
                f.side.value,
                float(f.length_m),
                float(f.area_m2),
                f.severity,
                f.severity_reason.value,
                float(f.first_seen_s),
                float(f.last_seen_s),
                json.dumps(seen),
                int(f.sightings),
                int(f.looks),
                int(f.drives),
                f.growth.value,
                _real(f.growth_m2_year),
                _real(f.growth_sigma_m2_year),
                int(f.is_confirmed),
                _real(f.gone_s),
                _real(f.repaired_s),
                f.said.value if f.said else None,
                f.own_reason.value if f.own_reason else None,
                int(f.tile),
            )


def _real(value: float | None) -> float | None:
    return None if value is None else float(value)


def condition_row(condition: SectionCondition) -> tuple[Any, ...]:
    """Return a row of ``CONDITION_COLUMNS``."""
    low, high = condition.index_interval or (None, None)
    return (
        condition.section_id,
        condition.period,
        condition.grade.number,
        _real(condition.index),
        float(condition.observed_share),
        float(condition.observed_m2),
        int(condition.frames),
        float(condition.confidence),
        extents_to_json(condition.extents),
        reasons_to_json(condition.reasons),
        float(condition.seen_well_share),
        condition.last_look_s,
        condition.method.value,
        condition.index_name,
        _real(low),
        _real(high),
        _real(condition.handbook_index),
        condition.handbook_grade.number,
        _real(condition.deduct_index),
    )


def findings_of_rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[Finding]:
    """Yield the findings of rows of ``FINDING_COLUMNS``."""
    for batch in batches(rows):
        # One text is read sooner than thousands of short ones.
        seen = json.loads(f"[{','.join([row[_SEEN] for row in batch])}]")
        shapes = from_wkb([row[2] for row in batch])
        for row, footprint, own in zip(batch, shapes, seen, strict=True):
            values = dict(zip(FINDING_COLUMNS, row, strict=True))
            values["kind"] = _KINDS[values["kind"]]
            values["footprint"] = footprint
            values["side"] = _SIDES[values["side"]]
            del values["severity"]  # that of its reason
            values["severity_reason"] = _REASONS[values["severity_reason"]]
            values["observation_ids"] = tuple(map(tuple, own))
            values["growth"] = _GROWTHS[values["growth"]]
            values["is_confirmed"] = bool(values["is_confirmed"])
            values["said"] = VerdictKind(values["said"]) if values["said"] else None
            values["own_reason"] = _REASONS[values["own_reason"]] if values["own_reason"] else None
            yield Finding(**values)


def _condition(row: tuple[Any, ...]) -> SectionCondition:
    values = dict(zip(CONDITION_COLUMNS, row, strict=True))
    values["grade"] = Grade.of_number(values["grade"])
    values["index"] = values.pop("condition_index")
    values["extents"] = json_to_extents(values["extents"])
    values["reasons"] = json_to_reasons(values["reasons"])
    values["method"] = ConditionMethod(values["method"])
    values["handbook_grade"] = Grade.of_number(values["handbook_grade"])
    low, high = values.pop("index_low"), values.pop("index_high")
    values["index_interval"] = None if low is None else (low, high)
    return SectionCondition(**values)
