"""The options of the commands that tell a programme: its documents, and how much is printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console
from gatusyn.report import Language

Xlsx = Annotated[Path | None, typer.Option(help="Write a spreadsheet.")]
Gpkg = Annotated[Path | None, typer.Option(help="Write layers for QGIS, one a year.")]
Pdf = Annotated[Path | None, typer.Option(help="Write a document to print.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write all figures.")]
DocumentLanguage = Annotated[Language, typer.Option(help="Of XLSX, GeoPackage, PDF.")]
MapLink = Annotated[
    str | None, typer.Option(help="A link for every row, with {section} for its id.")
]
Overwrite = Annotated[bool, typer.Option(help="Replace files that are there.")]


def tell_written(paths: Sequence[Path]) -> None:
    """Say which files were written."""
    console = plain_console()
    for path in paths:
        console.print(f"Written: {path}", markup=False)
