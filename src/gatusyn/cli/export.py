"""``gatusyn export``: sections and findings for QGIS, Excel and other systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.noting import CityFolder
from gatusyn.cli.output import plain_console
from gatusyn.cli.tables import Overwrite
from gatusyn.pipeline import bring_up_to_date, open_city, write_looks
from gatusyn.store import require_layers, write_export


def export(
    city: CityFolder,
    file: Annotated[Path, typer.Argument(help="FILE.gpkg, FILE.geojson or FILE.csv.")],
    *,
    overwrite: Overwrite = False,
    period: Annotated[str | None, typer.Option(help="A year; the newest if not given.")] = None,
    map_link: Annotated[
        str | None,
        typer.Option(
            help="A link for every row, with {section} and {finding} for its ids; by default into "
            "the map at the settings' public.address."
        ),
    ] = None,
    looks: Annotated[
        Path | None,
        typer.Option(help="FILE.gpkg or FILE.geojson for what was looked at, and how well."),
    ] = None,
) -> None:
    """Write sections and findings, with element id and measures, to a file that QGIS opens."""
    if looks is not None:
        require_layers(looks, overwrite=overwrite)
    opened = open_city(city)
    bring_up_to_date(opened)
    summary = write_export(
        opened.store,
        opened.store.read_network(),
        file,
        overwrite=overwrite,
        map_link=map_link or opened.settings.public.map_link(),
        period=period,
    )
    console = plain_console()
    for path in summary.paths:
        console.print(str(path), markup=False)
    console.print(
        f"{summary.sections} sections ({summary.unknown} unknown), {summary.findings} findings, "
        f"period {summary.period or 'none yet'}"
    )
    if looks is not None:
        count = write_looks(opened, looks, period=period, overwrite=overwrite)
        console.print(f"{looks}\n{count} looks", markup=False)
