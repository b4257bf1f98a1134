"""Reads a table that people keep, CSV or XLSX, with the number of each row."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import openpyxl

from gatusyn.model import (
    Figure,
    FormFault,
    ProgrammeError,
)

LARGEST_BYTES = 50_000_000
MOST_ROWS = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row of a table.

    Parameters
    ----------
    path, number
        The file, and the row's number in it: the header is row 1.
    values
        By column, in our names; what is empty is left out.
    """

    path: Path
    number: int
    values: Mapping[str, str]

    def fault(
        self,
        problem: str,
        remedy: str = "",
        *,
        form: FormFault | None = None,
        figures: Mapping[str, Figure] | None = None,
    ) -> ProgrammeError:
        """Return an error that names file and row."""
        where = f"{self.path}, row {self.number}"
        return ProgrammeError(where, problem, remedy, form=form, figures=figures)

    def number_in(self, column: str) -> float | None:
        """Return a column's number, written with a point or a comma; None where it is empty.

        Raises
        ------
        ProgrammeError
            If it is no number.
        """
        text = self.values.get(column)
        if text is None:
            return None
        plain = "".join(text.split()).replace("\u2212", "-").replace(",", ".")
        try:
            value = float(plain)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or "_" in plain:
            raise self.fault(f"{column} is {text!r}, no number", "Write it in digits.")
        return value

    def year_in(self, column: str) -> int | None:
        """Return a column's calendar year; None where it is empty."""
        value = self.number_in(column)
        if value is None:
            return None
        if value != int(value) or not 1950 <= value <= 2200:
            raise self.fault(f"{column} is {self.values[column]!r}, no year", "Write it as 2027.")
        return int(value)

    def day_in(self, column: str) -> date | None:
        """Return a column's day; None where it is empty."""
        text = self.values.get(column)
        if text is None:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            raise self.fault(f"{column} is {text!r}, no day", "Write it as 2027-06-30.") from None


def read_sheet(
    path: Path, columns: Mapping[str, Sequence[str]], *, needed: Sequence[str] = ()
) -> tuple[SheetRow, ...]:
    """Read a table whose first row names its columns.

    CSV may have commas, semicolons or tabs between the fields, in UTF-8 or as Windows writes it; of
    XLSX the first sheet is read. Empty rows are left out; columns that we do not know are ignored.

    Parameters
    ----------
    columns
        Our name of each column, with the other names that it may have, in any case.
    needed
        Those that it must have.

    Raises
    ------
    ProgrammeError
        If the file cannot be read, lacks a column that it must have, or has no rows.
    """
    lines = _xlsx(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv(path)
    header = next(iter(lines), None)
    heads = list(header or ())
    found = known_columns(heads, columns, source=f"{path}, row 1")
    known = [found.get(word) for word in heads]
    for name in needed:
        if name not in known:
            words = " or ".join((name, *columns[name]))
            raise ProgrammeError(f"{path}, row 1", f"has no column {words}", "Add it.")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        values = {
            name: text.strip()
            for name, text in zip(known, line, strict=False)
            if name is not None and text.strip()
        }
        if values:
            rows.append(SheetRow(path=path, number=number, values=values))
    if not rows:
        raise ProgrammeError(path, "has no row below its header", "Fill it in, or leave it out.")
    return tuple(rows)


def known_columns(
    heads: Sequence[str], columns: Mapping[str, Sequence[str]], *, source: object
) -> Mapping[str, str]:
    """Return our names of a table's columns, by its own.

    Raises
    ------
    ProgrammeError
        If it has none of them.
    """
    names = {_plain(word): name for name, words in columns.items() for word in (name, *words)}
    known = {head: names[_plain(head)] for head in heads if _plain(head) in names}
    if not known:
        raise ProgrammeError(
            source, "names no column that is known", f"There are: {', '.join(columns)}."
        )
    return known


def _plain(word: str) -> str:
    return word.strip().strip("\ufeff").casefold().replace(" ", "_").replace("-", "_")


def _csv(path: Path) -> list[list[str]]:
    content = _content(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        return _limited(path, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ProgrammeError(path, f"is not a CSV file ({error})", "Save it again.") from error


def _xlsx(path: Path) -> list[list[str]]:
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(_content(path)), read_only=True, data_only=True, keep_links=False
        )
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise ProgrammeError(path, "is not an XLSX file", "Save it again as .xlsx.") from error
    try:
        sheet = book.worksheets[0]
        return _limited(path, ([_text(one) for one in row] for row in sheet.values))
    finally:
        book.close()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return f"{value:g}" if isinstance(value, float) and value == int(value) else str(value)


def _limited(path: Path, lines: Iterable[Sequence[str]]) -> list[list[str]]:
    taken: list[list[str]] = []
    for line in lines:
        if len(taken) > MOST_ROWS:
            raise ProgrammeError(path, f"has more than {MOST_ROWS} rows", "Divide it.")
        taken.append(list(line))
    return taken


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ProgrammeError(path, f"is larger than {LARGEST_BYTES // 10**6} MB", "Divide it.")
        return path.read_bytes()
    except OSError as error:
        raise ProgrammeError(
            path, f"cannot be read ({error.strerror})", "Check its name."
        ) from error
