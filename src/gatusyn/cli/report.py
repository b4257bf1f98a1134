"""``gatusyn report``: the town in words and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console
from gatusyn.pipeline import open_city, summarise
from gatusyn.report import report_text, write_figures, write_report


def report(
    city: CityFolder,
    file: Annotated[Path | None, typer.Option(help="Write to this text file instead.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write every street's figures to this file.")
    ] = None,
) -> None:
    """Print kilometres seen, kilometres by grade, and the worst streets."""
    opened = open_city(city)
    summary = summarise(opened)
    if json_file is not None:
        write_figures(summary, json_file)
    if file is not None:
        write_report(summary, file)
    else:
        plain_console().print(report_text(summary), markup=False, end="")
