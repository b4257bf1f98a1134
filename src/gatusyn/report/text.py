"""A report as plain text, for the terminal and for paper."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from textwrap import wrap

from gatusyn.model import CitySettings
from gatusyn.report.summary import DriveFigures, ReportSummary

RULE = "-" * 72


def report_text(summary: ReportSummary) -> str:
    """Return a report as text, lines ending in a newline; grades with their words."""
    parts = (_head, _grades, _findings, _worst, _groups, _drives, _remarks, _made_by)
    blocks = ["\n".join(_printable(line) for line in part(summary)) for part in parts]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _head(summary: ReportSummary) -> Iterator[str]:
    title = f"Condition of the streets: {summary.town}"
    yield title if summary.period is None else f"{title}, {summary.period}"
    yield RULE
    yield (
        f"Seen: {_km(summary.observed_m)} of {_km(summary.length_m)} "
        f"({_percent(summary.observed_m, summary.length_m)}), "
        f"{_km(summary.seen_well_m)} of it well"
    )


def _how(summary: ReportSummary) -> str:
    """Return by which method grades and indices are, in words."""
    by = f"{summary.method} method" if summary.method else "no method yet"
    return f"by the {by} ({summary.index_name})" if summary.index_name else f"by the {by}"


def _grades(summary: ReportSummary) -> Iterator[str]:
    yield f"Grades {_how(summary)}" if summary.method else "Grades: none yet"
    yield f"{'Grade':<16}{'Sections':>10}{'Length':>14}{'Share':>9}"
    for figures in summary.grades:
        number = str(figures.grade.number) if figures.grade.number else "-"
        yield (
            f"{number:<2}{figures.grade.word:<14}{figures.sections:>10,}"
            f"{_km(figures.length_m):>14}{figures.share:>9.1%}"
        )


def _findings(summary: ReportSummary) -> Iterator[str]:
    yield f"{'Damage found':<20}{'Number':>10}{'Length':>14}{'Area':>13}{'Severity 1, 2, 3':>20}"
    for figures in summary.findings:
        yield (
            f"{figures.kind.words:<20}{figures.count:>10,}"
            f"{figures.length_m:>12,.0f} m{figures.area_m2:>10,.1f} m²"
            f"{' '.join(f'{count:>6,}' for count in figures.by_severity)}"
        )


def _worst(summary: ReportSummary) -> Iterator[str]:
    if not summary.worst:
        yield "Worst streets: none, as no section has been looked at enough."
        return
    yield f"{'Worst streets':<34}{'Index':>6}{'Graded':>12}{'Poor sections':>16}"
    for street in summary.worst:
        yield (
            f"{_short(street.name, 33):<34}{street.mean_index:>6.0f}{_km(street.graded_m):>12}"
            f"{street.poor_sections:>16,}"
        )
    yield "Index: 100 (best) to 0, mean by surface; poor: grade 4 or 5."
    yield f"Grades and index {_how(summary)}."


def _groups(summary: ReportSummary) -> Iterator[str]:
    """Yield road classes and areas: length, index, and the share of the surface by severity."""
    for title, groups in (("Road class", summary.by_class), ("Area", summary.by_area)):
        graded = [group for group in groups if group.mean_index is not None]
        if not graded:
            continue
        yield f"{title:<24}{'Graded':>12}{'Index':>8}{'Damaged surface, severity 1, 2, 3':>40}"
        for group in graded:
            shares = (
                sum(extent.share for extent in group.extents if extent.severity == severity)
                for severity in (1, 2, 3)
            )
            yield (
                f"{_short(group.name, 23):<24}{_km(group.graded_m):>12}{group.mean_index:>8.0f}"
                f"{'':>13}{''.join(f'{share:>9.2%}' for share in shares)}"
            )


def _drives(summary: ReportSummary) -> Iterator[str]:
    if not summary.drives:
        yield "Drives: none yet."
        return
    yield f"{'Drives':<30}{'Date':>12}{'Driven':>12}{'Received':>10}{'Used':>8}"
    for drive in summary.drives:
        yield from _drive(drive)


def _drive(drive: DriveFigures) -> Iterator[str]:
    date = datetime.fromtimestamp(drive.started_s, UTC).strftime("%Y-%m-%d")
    yield (
        f"{_short(drive.name, 29):<30}{date:>12}{_km(drive.distance_m):>12}"
        f"{drive.received:>10,}{drive.accepted:>8,}"
    )
    if drive.rejected:
        reasons = ", ".join(
            f"{count:,} {reason.value.replace('_', ' ')}" for reason, count in drive.rejected
        )
        yield f"  not used: {reasons}"
    for remark in drive.remarks:
        yield from wrap(str(remark), 100, initial_indent="  ", subsequent_indent="  ")


def _remarks(summary: ReportSummary) -> Iterator[str]:
    if summary.remarks:
        yield "Remarks on the road network"
        yield from (f"  {remark}" for remark in summary.remarks)


def _made_by(summary: ReportSummary) -> Iterator[str]:
    yield "Made by"
    yield f"  road network  {summary.network_version}"
    for detector in summary.detectors:
        yield f"  detector      {detector}"
    yield from _parameters(summary.settings)


def _parameters(settings: CitySettings) -> Iterator[str]:
    for table in ("locate", "looks", "findings", "records", "condition"):
        params = getattr(settings, table)
        values = (
            f"{field.name} = {_value(getattr(params, field.name))}"
            for field in dataclasses.fields(params)
        )
        yield from _wrapped(f"  {table:<14}", values)


def _wrapped(head: str, words: Iterator[str], *, width: int = 96) -> Iterator[str]:
    line, empty = head, True
    for word in words:
        if not empty and len(line) + len(word) + 2 > width:
            yield line
            line, empty = " " * len(head), True
        line += word if empty else f", {word}"
        empty = False
    yield line


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "/".join(_value(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _km(metres: float) -> str:
    return f"{metres / 1000:,.2f} km"


def _percent(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "no streets"


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _printable(text: str) -> str:
    # A file's name or a street's may hold what a terminal would obey.
    return "".join(character if character.isprintable() else "?" for character in text)
