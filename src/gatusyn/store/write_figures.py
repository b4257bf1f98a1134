"""Rows of figures as CSV, and whether a file may be written."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from gatusyn.model import SettingsError
from gatusyn.store.export_tables import ColumnType
from gatusyn.store.plain_words import in_plain_words
from gatusyn.store.write_export_csv import cell

Cell = str | float | int | None


def require_free(path: Path, *, overwrite: bool, endings: Sequence[str]) -> None:
    """Check that a file can be written, before the work.

    Raises
    ------
    SettingsError
        If its ending is another, its folder is not there, or it exists and may not be replaced.
    """
    if path.suffix.lower() not in endings:
        raise SettingsError(path, f"has the ending {path.suffix!r}", f"Use {', '.join(endings)}.")
    if not path.parent.is_dir():
        raise SettingsError(path.parent, "is not a folder", "Make it first.")
    if path.is_dir():
        raise SettingsError(path, "is a folder", "Give the name of a file.")
    if path.exists() and not overwrite:
        raise SettingsError(
            path, "exists already", "Choose another name, or allow to overwrite it."
        )


def write_figures(
    path: Path, rows: Sequence[Mapping[str, Cell]], *, overwrite: bool = False
) -> None:
    """Write rows as CSV that a Swedish Excel opens: semicolons, decimal commas, UTF-8 with BOM.

    Raises
    ------
    SettingsError
        If the file exists and may not be replaced.
    StoreError
        If it cannot be written.
    """
    require_free(path, overwrite=overwrite, endings=(".csv",))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    if rows:
        writer.writerow(rows[0])
        writer.writerows([_cell(value) for value in row.values()] for row in rows)
    write_whole(path, text.getvalue().encode("utf-8-sig"))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there: there is never half a file.

    Raises
    ------
    StorageFullError
        If the disk is full.
    StoreError
        If it cannot be written.
    """
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    with in_plain_words(path, subject="the file"):
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _cell(value: Cell) -> str:
    if isinstance(value, int | float):
        return cell(value, ColumnType.INTEGER if isinstance(value, int) else ColumnType.REAL)
    return cell(value, ColumnType.TEXT)
