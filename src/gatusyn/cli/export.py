"""``gatusyn export``: sections and findings for QGIS, Excel and other systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console
from gatusyn.pipeline import bring_up_to_date, open_city
from gatusyn.store import write_export


def export(
    city: Annotated[Path, typer.Argument(help="The city folder.")],
    file: Annotated[Path, typer.Argument(help="FILE.gpkg, FILE.geojson or FILE.csv.")],
) -> None:
    """Write sections and findings, with element id and measures, to a file that QGIS opens."""
    opened = open_city(city)
    bring_up_to_date(opened)
    written = write_export(opened.store, file)
    plain_console().print(str(written), markup=False)
