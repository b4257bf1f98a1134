"""Quick questions to the store in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from shapely import box as to_box

from gatusyn.model import Finding
from gatusyn.store import GradeColumns, StoreState
from gatusyn.store.protocol import Box

if TYPE_CHECKING:
    from tests.serve.fake_store import FakeStore


NO_INTERVAL = (np.nan, np.nan)


class FakeLookup:
    """Answers from what the store holds at the moment."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self.free_bytes = 10**12
        self.schema = 1

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
            method=rows[0].method.value if rows else None,
            index_name=rows[0].index_name if rows else None,
        )

    def count_findings(self) -> int:
        return sum(own.is_there for own in self._store.findings())

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

    def worst_findings(self, box: Box, *, limit: int) -> tuple[Finding, ...]:
        area = to_box(*box)
        there = [own for own in self._store.findings() if own.is_there]
        near = [own for own in there if own.footprint.intersects(area)]
        near.sort(key=lambda own: (-own.severity, -own.area_m2, own.finding_id))
        return tuple(near[:limit])

    def state(self) -> StoreState:
        return StoreState(schema=self.schema, newest_schema=1, free_bytes=self.free_bytes)
