"""Streets, road classes and areas as plain values."""

from __future__ import annotations

from typing import Any

from gatusyn.model import GroupCondition
from gatusyn.report.summary import ReportSummary


def report_as_json(summary: ReportSummary) -> dict[str, Any]:
    """Return a report's grades and groups as plain values, each with how they were made."""
    return {
        "town": summary.town,
        "period": summary.period,
        "method": summary.method.value if summary.method else None,
        "index_name": summary.index_name,
        "length_m": summary.length_m,
        "observed_m": summary.observed_m,
        "grades": [
            {
                "grade": figures.grade.number,
                "word": figures.grade.word,
                "sections": figures.sections,
                "length_m": figures.length_m,
            }
            for figures in summary.grades
        ],
        "streets": [_group(group) for group in summary.streets],
        "road_classes": [_group(group) for group in summary.by_class],
        "areas": [_group(group) for group in summary.by_area],
    }


def _group(group: GroupCondition) -> dict[str, Any]:
    return {
        "name": group.name,
        "sections": group.sections,
        "length_m": group.length_m,
        "area_m2": group.area_m2,
        "graded_m": group.graded_m,
        "graded_m2": group.graded_m2,
        "mean_index": group.mean_index,
        "worst_grade": group.worst.number,
        "poor_sections": group.poor_sections,
        "extents": [
            {
                "kind": extent.kind.value,
                "severity": extent.severity,
                "count": extent.count,
                "area_m2": extent.area_m2,
                "share": extent.share,
            }
            for extent in group.extents
        ],
    }
