"""What was seen and how it is, in figures and in print."""

from gatusyn.report.summary import (
    DriveFigures,
    FindingFigures,
    GradeFigures,
    ReportSummary,
    report_summary,
)
from gatusyn.report.text import report_text
from gatusyn.report.write_report import write_report

__all__ = [
    "DriveFigures",
    "FindingFigures",
    "GradeFigures",
    "ReportSummary",
    "report_summary",
    "report_text",
    "write_report",
]
