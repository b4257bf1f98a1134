"""The options of the commands that read a delivery of the road network."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

Mapping = Annotated[
    Path | None, typer.Option(help="TOML that says which columns of a line layer hold what.")
]
Layer = Annotated[str | None, typer.Option(help="The layer, where the file has several.")]
Day = Annotated[
    datetime | None,
    typer.Option(
        "--date",
        formats=["%Y-%m-%d"],
        help="NVDB: leave out rows that do not hold on this day; else the delivery's own day.",
    ),
]
