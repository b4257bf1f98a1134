"""What people say of findings and what became of findings' ids, in the database: never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gatusyn.model import DamageKind, IdentityChange, IdentityEvent, Verdict, VerdictKind
from gatusyn.store.protocol_work import Boxes
from gatusyn.store.sql_codec import boxes, from_wkb, safe_text, to_wkb
from gatusyn.store.sql_looks import boxes_json
from gatusyn.store.sql_part import SqlPart
from gatusyn.store.sql_scope import Scoped

VERDICT_COLUMNS = (
    "number",
    "finding_id",
    "said",
    "kind",
    "said_kind",
    "footprint",
    "why",
    "said_by",
    "said_s",
)
IDENTITY_COLUMNS = (
    "number",
    "finding_id",
    "change",
    "other_id",
    "kind",
    "footprint",
    "why",
    "changed_s",
)


class SqlFindingLedger(SqlPart):
    """A ``FindingLedger`` in a database; ``SqlStore.finding_ledger`` is one."""

    def say(self, verdict: Verdict) -> Verdict:
        """Note a verdict; return it with its number."""
        with self._writing("the verdict") as scoped:
            numbered = replace(verdict, number=_next(scoped, "verdict"))
            scoped.insert("verdict", VERDICT_COLUMNS, [_verdict_row(numbered)])
        return numbered

    def verdicts(self) -> tuple[Verdict, ...]:
        """Return all verdicts, oldest first."""
        query = f"SELECT {', '.join(VERDICT_COLUMNS)} FROM verdict ORDER BY number"  # noqa: S608
        with self._reading() as scoped:
            rows = list(scoped.rows(query))
        shapes = from_wkb([row[5] for row in rows])
        return tuple(
            Verdict(
                number=number,
                finding_id=finding_id,
                verdict=VerdictKind(said),
                kind=DamageKind(kind),
                said_kind=DamageKind(said_kind) if said_kind else None,
                footprint=shape,
                why=why,
                by=by,
                said_s=said_s,
            )
            for (number, finding_id, said, kind, said_kind, _, why, by, said_s), shape in zip(
                rows, shapes, strict=True
            )
        )

    def events(self, *, finding_id: str | None = None) -> tuple[IdentityEvent, ...]:
        """Return the ledger of ids, or what it says of one, oldest first."""
        where, bindings = "TRUE", {}
        if finding_id is not None:
            where, bindings = "finding_id = :id OR other_id = :id", {"id": finding_id}
        with self._reading() as scoped:
            return select_events(scoped, where, bindings)

    def ended(self, asked: Boxes | None = None) -> tuple[IdentityEvent, ...]:
        """Return the last lines on ids that have ended, in boxes or all, in order of number."""
        where = """
        change = 'ended' AND NOT EXISTS (
            SELECT 1 FROM identity AS later
            WHERE later.finding_id = i.finding_id AND later.number > i.number
        )
        """
        bindings = {}
        with self._reading() as scoped:
            if asked is not None:
                bindings["boxes"] = boxes_json(asked)
                where += f"AND identity IN ({scoped.in_boxes('identity', 'boxes')})"
            return select_events(scoped, where, bindings)


def select_events(
    scoped: Scoped, where: str, bindings: Mapping[str, Any]
) -> tuple[IdentityEvent, ...]:
    """Return lines of the ledger of ids, oldest first."""
    query = (
        f"SELECT {', '.join(IDENTITY_COLUMNS)} FROM identity AS i "  # noqa: S608
        f"WHERE {where} ORDER BY number"
    )
    rows = list(scoped.rows(query, bindings))
    shapes = from_wkb([row[5] for row in rows])
    return tuple(
        IdentityEvent(
            number=number,
            finding_id=finding_id,
            change=IdentityChange(change),
            other_id=other_id,
            kind=DamageKind(kind),
            footprint=shape,
            why=why,
            changed_s=changed_s,
        )
        for (number, finding_id, change, other_id, kind, _, why, changed_s), shape in zip(
            rows, shapes, strict=True
        )
    )


def insert_events(scoped: Scoped, events: Sequence[IdentityEvent]) -> None:
    """Append to the ledger of ids. Must be called in a transaction."""
    if not events:
        return
    number = _next(scoped, "identity")
    footprints = to_wkb([one.footprint for one in events])
    first = scoped.insert(
        "identity",
        IDENTITY_COLUMNS,
        (
            (
                number + place,
                safe_text(one.finding_id),
                one.change.value,
                one.other_id,
                one.kind.value,
                footprint,
                one.why,
                float(one.changed_s),
            )
            for place, (one, footprint) in enumerate(zip(events, footprints, strict=True))
        ),
    )
    scoped.insert_boxes("identity", first, boxes([one.footprint for one in events]))


def _next(scoped: Scoped, table: str) -> int:
    query = f"SELECT coalesce(max(number), 0) + 1 FROM {table}"  # noqa: S608
    return int(scoped.row(query)[0])


def _verdict_row(verdict: Verdict) -> tuple[Any, ...]:
    return (
        verdict.number,
        safe_text(verdict.finding_id),
        verdict.verdict.value,
        verdict.kind.value,
        verdict.said_kind.value if verdict.said_kind else None,
        to_wkb([verdict.footprint])[0],
        safe_text(verdict.why),
        safe_text(verdict.by),
        float(verdict.said_s),
    )
