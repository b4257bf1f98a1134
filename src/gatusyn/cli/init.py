"""``gatusyn init``: a city folder from a road network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.delivery_options import Day, Layer, Mapping
from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.pipeline import create_city


def init(
    folder: Annotated[Path, typer.Argument(help="The city folder to make.")],
    network: Annotated[
        Path,
        typer.Option(
            help="NVDB (a file, a folder or a .zip), OpenStreetMap (.osm.pbf), or any lines."
        ),
    ],
    mapping: Mapping = None,
    layer: Layer = None,
    day: Day = None,
    postgis: Annotated[
        str | None,
        typer.Option(help="Keep the rows in this PostgreSQL database, not in the folder."),
    ] = None,
) -> None:
    """Make a city folder: settings, store and media, from the town's road network."""
    with shown_progress() as progress:
        city = create_city(
            folder,
            network=network,
            mapping=mapping,
            layer=layer,
            day=None if day is None else day.date(),
            postgis=postgis,
            progress=progress,
        )
        roads = city.store.read_network()
        city.store.close()
    console = plain_console()
    kilometres = sum(link.length_m for link in roads.links) / 1000
    console.print(
        f"{folder}: {len(roads.links)} links, {kilometres:.1f} km, "
        f"{len(roads.sections)} sections, EPSG:{roads.epsg}"
    )
    for remark in roads.remarks:
        console.print(f"  note: {remark}", markup=False)
    console.print(
        f"Check the camera's height, pitch and field of view in {folder / 'gatusyn.toml'}, then:\n"
        f"  gatusyn inspect {folder} DRIVE"
    )
