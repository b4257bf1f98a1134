"""What was seen and how it is, in figures and in print."""

from gatusyn.report.groups import report_as_json
from gatusyn.report.programme_pdf import programme_pdf
from gatusyn.report.programme_summary import basis_lines, gap_lines, summary_lines
from gatusyn.report.programme_words import Language, Words
from gatusyn.report.programme_xlsx import programme_xlsx
from gatusyn.report.summary import (
    DriveFigures,
    FindingFigures,
    GradeFigures,
    ReportSummary,
    report_summary,
)
from gatusyn.report.text import report_text
from gatusyn.report.write_report import write_figures, write_report

__all__ = [
    "DriveFigures",
    "FindingFigures",
    "GradeFigures",
    "Language",
    "ReportSummary",
    "Words",
    "basis_lines",
    "gap_lines",
    "programme_pdf",
    "programme_xlsx",
    "report_as_json",
    "report_summary",
    "report_text",
    "summary_lines",
    "write_figures",
    "write_report",
]
