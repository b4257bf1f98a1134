"""What people said of findings holds for what is derived there later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import STRtree

from gatusyn.findings.records import measured_as
from gatusyn.model import Finding, RecordParams, Verdict, VerdictKind

_SAME_SHARE = 0.5
"""A finding is the rejected one where at least this share of it lies on it."""


def judged(
    findings: Sequence[Finding], verdicts: Sequence[Verdict], records: RecordParams
) -> list[Finding]:
    """Return findings, in order, with what people said of them.

    A verdict is on the finding of its id. That it is wrong is also said of what has another id and
    is of the same class in the same place.

    Parameters
    ----------
    verdicts
        Oldest first: the last one holds.
    """
    if not findings or not verdicts:
        return list(findings)
    newest = {one.finding_id: one for one in verdicts}
    last = {name: one for name, one in newest.items() if one.verdict is not VerdictKind.WITHDRAWN}
    wrong = [one for one in last.values() if one.verdict is VerdictKind.WRONG]
    by_place: dict[int, Verdict] = {}
    if wrong:
        shapes = np.array([one.footprint for one in findings], dtype=object)
        places = np.array([one.footprint for one in wrong], dtype=object)
        at, of = STRtree(places).query(shapes, predicate="intersects")
        common = shapely.area(shapely.intersection(shapes[at], places[of]))
        for number, which, part in zip(at.tolist(), of.tolist(), common.tolist(), strict=True):
            finding, verdict = findings[number], wrong[which]
            same = finding.kind.pixel_class is verdict.kind.pixel_class
            if same and part >= _SAME_SHARE * finding.footprint.area:
                by_place[number] = verdict
    return [
        _under(one, last.get(one.finding_id, by_place.get(number)), records)
        for number, one in enumerate(findings)
    ]


def _under(finding: Finding, verdict: Verdict | None, records: RecordParams) -> Finding:
    if verdict is None:
        return finding
    if verdict.verdict is VerdictKind.WRONG:
        return replace(finding, said=VerdictKind.WRONG)
    if verdict.said_kind is None or verdict.said_kind is finding.kind:
        return replace(finding, said=verdict.verdict, is_confirmed=True)
    record = measured_as(verdict.said_kind, finding.footprint, finding.length_m, records)
    return replace(
        finding,
        said=verdict.verdict,
        is_confirmed=True,
        kind=record.kind,
        length_m=record.length_m,
        area_m2=record.area_m2,
        severity_reason=record.reason,
        own_reason=record.reason,
    )
