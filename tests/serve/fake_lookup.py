"""Quick questions to the store in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely import box as to_box

from gatusyn.model import Finding
from gatusyn.store import FindingFilter, FindingOrder, GradeColumns, StoreState
from gatusyn.store.protocol import Box
from gatusyn.store.protocol_lookup import ChangedPlaces, DrawnFindings

if TYPE_CHECKING:
    from tests.serve.fake_store import FakeStore


NO_INTERVAL = (np.nan, np.nan)

ORDER_KEYS: dict[FindingOrder, Callable[[Finding], Any]] = {
    FindingOrder.ID: lambda own: own.finding_id,
    FindingOrder.KIND: lambda own: own.kind.value,
    FindingOrder.SECTION: lambda own: own.section_id,
    FindingOrder.SEVERITY: lambda own: own.severity,
    FindingOrder.AREA: lambda own: own.area_m2,
    FindingOrder.LENGTH: lambda own: own.length_m,
    FindingOrder.CONFIDENCE: lambda own: own.confidence,
    FindingOrder.FIRST_SEEN: lambda own: own.first_seen_s,
    FindingOrder.LAST_SEEN: lambda own: own.last_seen_s,
    FindingOrder.UNCERTAIN: lambda own: abs(own.confidence - 0.5),
}


def is_wanted(own: Finding, wanted: FindingFilter) -> bool:
    """Say what ``FindingFilter`` says, one finding at a time."""
    ended = own.ended_s
    return (
        (not wanted.kinds or own.kind in wanted.kinds)
        and (not wanted.states or own.state in wanted.states)
        and (not wanted.severities or own.severity in wanted.severities)
        and (wanted.links is None or own.link_id in wanted.links)
        and (wanted.since_s is None or own.last_seen_s >= wanted.since_s)
        and (wanted.until_s is None or own.first_seen_s <= wanted.until_s)
        and (wanted.new_since_s is None or own.first_seen_s >= wanted.new_since_s)
        and (wanted.ended_since_s is None or (ended is not None and ended >= wanted.ended_since_s))
        and (wanted.below is None or own.confidence < wanted.below)
        and (wanted.at_s is None or own.was_there(wanted.at_s))
        and (not wanted.is_unjudged or own.said is None)
    )


def is_there(own: Finding, at_s: float | None) -> bool:
    """Say whether a finding is there now, or was at a moment."""
    return own.is_there if at_s is None else own.was_there(at_s)


class FakeLookup:
    """Answers from what the store holds at the moment."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self.free_bytes = 10**12
        self.schema = 1
        self._written: list[tuple[Finding, ...]] = []

    def changes(self) -> str:
        return f"{self._store.stamp}|{id(self._store.known)}|{id(self._store.seen)}"

    def network_stamp(self) -> str:
        return self._store.network.version

    def grades(self, period: str) -> GradeColumns:
        rows = self._store.conditions(period=period)
        return GradeColumns(
            section_ids=tuple(own.section_id for own in rows),
            grades=np.array([own.grade.number for own in rows], dtype=np.int64),
            indices=np.array([own.index for own in rows], dtype=np.float64),
            lows=np.array([(own.index_interval or NO_INTERVAL)[0] for own in rows]),
            highs=np.array([(own.index_interval or NO_INTERVAL)[1] for own in rows]),
            observed_shares=np.array([own.observed_share for own in rows], dtype=np.float64),
            last_looks_s=np.array([own.last_look_s for own in rows], dtype=np.float64),
            method=rows[0].method.value if rows else None,
            index_name=rows[0].index_name if rows else None,
        )

    def count_findings(self, *, at_s: float | None = None) -> int:
        return sum(is_there(own, at_s) for own in self._store.findings())

    def finding(self, finding_id: str) -> Finding | None:
        return next((own for own in self._store.findings() if own.finding_id == finding_id), None)

    def findings_after(
        self,
        finding_id: str,
        *,
        limit: int,
        box: Box | None = None,
        since_s: float | None = None,
        until_s: float | None = None,
    ) -> tuple[Finding, ...]:
        found = sorted(self._store.findings(box=box), key=lambda own: own.finding_id)
        wanted = [
            own
            for own in found
            if own.finding_id > finding_id
            and (since_s is None or own.last_seen_s >= since_s)
            and (until_s is None or own.first_seen_s <= until_s)
        ]
        return tuple(wanted[:limit])

    def list_findings(
        self,
        wanted: FindingFilter,
        *,
        order: FindingOrder = FindingOrder.ID,
        falling: bool = False,
        limit: int,
        offset: int = 0,
    ) -> tuple[int, tuple[Finding, ...]]:
        found = [own for own in self._store.findings(box=wanted.box) if is_wanted(own, wanted)]
        found.sort(key=lambda own: own.finding_id)
        found.sort(key=lambda own: ORDER_KEYS[order](own), reverse=falling)
        return len(found), tuple(found[offset : offset + limit])

    def drawn_findings(self, box: Box) -> DrawnFindings:
        area = to_box(*box)
        near = [own for own in self._store.findings() if own.footprint.intersects(area)]
        near.sort(key=lambda own: (-own.severity, -own.area_m2, own.finding_id))
        return DrawnFindings(
            number=self._newest(),
            finding_ids=tuple(own.finding_id for own in near),
            section_ids=tuple(own.section_id for own in near),
            kinds=tuple(own.kind.value for own in near),
            severities=np.array([own.severity for own in near], dtype=np.int64),
            states=tuple(own.state.value for own in near),
            lengths_m=np.array([own.length_m for own in near]),
            areas_m2=np.array([own.area_m2 for own in near]),
            confidences=np.array([own.confidence for own in near]),
            first_seen_s=np.array([own.first_seen_s for own in near]),
            ended_s=np.array([own.ended_s for own in near], dtype=np.float64),
            footprints=np.array([own.footprint for own in near], dtype=object),
        )

    def changed_places(self, number: int) -> ChangedPlaces:
        newest = self._newest()
        everywhere = [(-np.inf, -np.inf, np.inf, np.inf)] * (number < newest)
        return ChangedPlaces(number=newest, boxes=np.array(everywhere).reshape(-1, 4))

    def _newest(self) -> int:
        """Count how often other findings were there."""
        if not self._written or self._written[-1] is not self._store.seen:
            self._written.append(self._store.seen)
        return len(self._written)

    def state(self) -> StoreState:
        return StoreState(schema=self.schema, newest_schema=1, free_bytes=self.free_bytes)
