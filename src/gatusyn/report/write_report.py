"""A report as a file."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from gatusyn.model import StoreError
from gatusyn.report.groups import report_as_json
from gatusyn.report.summary import ReportSummary
from gatusyn.report.text import report_text


def write_report(summary: ReportSummary, path: Path) -> None:
    """Write a report as a text file (UTF-8), replacing it whole.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    _write_whole(path, report_text(summary))


def write_figures(summary: ReportSummary, path: Path) -> None:
    """Write a report's grades, streets, road classes and areas as JSON, replacing the file whole.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    _write_whole(path, json.dumps(report_as_json(summary), indent=1, ensure_ascii=False) + "\n")


def _write_whole(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}"
        raise StoreError(path, problem, "Choose another place for the report.") from error
    finally:
        part.unlink(missing_ok=True)
