"""``gatusyn report``: the town in words and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console
from gatusyn.pipeline import bring_up_to_date, open_city
from gatusyn.report import report_text


def report(city: Annotated[Path, typer.Argument(help="The city folder.")]) -> None:
    """Print kilometres seen, kilometres by grade, and the worst streets."""
    opened = open_city(city)
    bring_up_to_date(opened)
    plain_console().print(report_text(opened.store, name=opened.settings.name), markup=False)
