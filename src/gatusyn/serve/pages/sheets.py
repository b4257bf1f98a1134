"""A list as a file that Excel opens as it is: CSV or XLSX."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any

from fastapi import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter


class SheetKind(StrEnum):
    """The kinds of file."""

    CSV = "csv"
    XLSX = "xlsx"


TYPES = {
    SheetKind.CSV: "text/csv; charset=utf-8",
    SheetKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
"""What a spreadsheet would reckon instead of show."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table: heads, and rows of texts, numbers, dates and None."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]


def sheet_file(sheet: Sheet, kind: SheetKind, *, decimal_comma: bool) -> Response:
    """Return a table as a file to keep.

    Parameters
    ----------
    decimal_comma
        Whether CSV is for an Excel of a language that writes 1,5: with semicolons then.
    """
    content = _xlsx(sheet) if kind is SheetKind.XLSX else _csv(sheet, decimal_comma=decimal_comma)
    named = f'attachment; filename="{sheet.name}.{kind}"'
    return Response(
        content,
        media_type=TYPES[kind],
        headers={"Content-Disposition": named, "Cache-Control": "no-store"},
    )


def _csv(sheet: Sheet, *, decimal_comma: bool) -> bytes:
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if decimal_comma else ",", lineterminator="\r\n")
    writer.writerow(sheet.heads)
    for row in sheet.rows:
        writer.writerow([_plain(cell, decimal_comma=decimal_comma) for cell in row])
    # The mark tells Excel that it is UTF-8.
    return text.getvalue().encode("utf-8-sig", "replace")


def _plain(cell: Any, *, decimal_comma: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        text = f"{cell:.6f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if decimal_comma else text
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, str) and FORMULA.match(cell):
        return f"'{cell}"
    return str(cell)


def _xlsx(sheet: Sheet) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.name[:31])
    page.freeze_panes = "A2"
    for number, head in enumerate(sheet.heads, start=1):
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = min(max(len(head) + 2, 12), 40)
    bold = Font(bold=True)
    heads = []
    for head in sheet.heads:
        cell = WriteOnlyCell(page, head)
        cell.font = bold
        heads.append(cell)
    page.append(heads)
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.heads))}{len(sheet.rows) + 1}"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(page: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, str):
        cell = WriteOnlyCell(page, CONTROL.sub(" ", value)[:32_000])
        # A text that starts with = stays a text.
        cell.data_type = "s"
        return cell
    return value if isinstance(value, date | int | float) or value is None else str(value)
