"""CSV as a Swedish Excel opens it: semicolons, decimal commas, and a byte-order mark."""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from gatusyn.store.export_tables import ColumnType, Table


def write_csv(paths: tuple[Path, ...], sections: Table, findings: Table, epsg: int) -> None:
    """Write the sections' and the findings' table; geometry is the last column, as WKT."""
    del epsg
    for path, table in zip(paths, (sections, findings), strict=True):
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
            writer.writerow((*table.columns, "wkt"))
            writer.writerows(_rows(table))
            file.flush()
            os.fsync(file.fileno())


def cell(value: Any, kind: ColumnType) -> str:
    """Return a value as Excel reads it, and never as a formula.

    A text that begins like a formula gets an apostrophe in front (OWASP, "CSV Injection"), unless
    it is a plain number: an id must stay the key that it is.
    """
    if value is None or (kind is ColumnType.REAL and math.isnan(value)):
        return ""
    if kind is ColumnType.REAL:
        text = f"{value:.7f}".rstrip("0").rstrip(".").replace(".", ",")
        return "0" if text == "-0" else text
    if kind is ColumnType.INTEGER:
        return str(int(value))
    if kind is ColumnType.BOOLEAN:
        return "1" if value else "0"
    text = str(value)
    if text[:1] in "=+-@\t\r\n" and not re.fullmatch(r"-?\d+([.,]\d+)?", text):
        return f"'{text}" if text else ""
    return text


def _rows(table: Table) -> Iterator[list[str]]:
    for row, geometry in zip(table.rows, table.geometries, strict=True):
        cells = [cell(row[name], kind) for name, kind in table.columns.items()]
        flat = shapely.force_2d(geometry)
        yield [*cells, shapely.to_wkt(flat, rounding_precision=2)]
