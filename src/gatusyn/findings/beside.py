"""What findings mean to each other: severity by what lies on them, repaired by a patch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import MultiPolygon, STRtree

from gatusyn.findings.days import day_of
from gatusyn.findings.records import DEPENDENT, beside
from gatusyn.geo import polygons_of
from gatusyn.model import (
    DamageKind,
    DamageRecord,
    Finding,
    FindingParams,
    FindingState,
    RecordParams,
)


def with_each_other(
    findings: Sequence[Finding],
    params: FindingParams,
    records: RecordParams,
    *,
    only: frozenset[str] | None = None,
) -> list[Finding]:
    """Return findings with what their neighbours say of them, in order.

    Crazing with a hole in it and patches that break up are worse; damage on which a later patch
    lies is repaired. What a person rejected says nothing of others.

    Parameters
    ----------
    only
        Ids of those that are wanted; the others are there to be their neighbours.
    """
    if not findings:
        return []
    shapes = np.array([one.footprint for one in findings], dtype=object)
    wanted = [
        number for number, one in enumerate(findings) if only is None or one.finding_id in only
    ]
    first, second = STRtree(shapes).query(shapes[wanted], predicate="intersects")
    near: dict[int, list[int]] = {number: [] for number in wanted}
    for place, other in zip(first.tolist(), second.tolist(), strict=True):
        if wanted[place] != other and findings[other].state is not FindingState.REJECTED:
            near[wanted[place]].append(other)
    return [
        _beside(findings[number], [findings[other] for other in sorted(others)], params, records)
        for number, others in near.items()
    ]


def _beside(
    finding: Finding, near: Sequence[Finding], params: FindingParams, records: RecordParams
) -> Finding:
    reason = finding.own_reason or finding.severity_reason
    if finding.kind in DEPENDENT:
        there = [one for one in near if one.ended_s is None or one.kind is DamageKind.PATCH]
        reason = beside(_record(finding), [_record(one) for one in there], records).reason
    repaired_s = _repaired_s(finding, near, params)
    if (reason, repaired_s) == (finding.severity_reason, finding.repaired_s):
        return finding
    return replace(finding, severity_reason=reason, repaired_s=repaired_s)


def _repaired_s(finding: Finding, near: Sequence[Finding], params: FindingParams) -> float | None:
    """Return the day on which a patch was first seen on most of a damage, after its last."""
    if finding.kind is DamageKind.PATCH:
        return None
    later = [
        one
        for one in near
        if one.kind is DamageKind.PATCH and day_of(one.first_seen_s) > day_of(finding.last_seen_s)
    ]
    if not later:
        return None
    patched = shapely.union_all([one.footprint for one in later])
    share = patched.intersection(finding.footprint).area / finding.footprint.area
    if share < params.repaired_share:
        return None
    return float(min(day_of(one.first_seen_s) for one in later))


def _record(finding: Finding) -> DamageRecord:
    return DamageRecord(
        kind=finding.kind,
        footprint=(
            finding.footprint
            if isinstance(finding.footprint, MultiPolygon)
            else MultiPolygon(polygons_of(finding.footprint))
        ),
        length_m=finding.length_m,
        area_m2=finding.area_m2,
        reason=finding.own_reason or finding.severity_reason,
    )
