"""``gatusyn simulate``: a made-up town as files, to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gatusyn.cli.output import plain_console, shown_progress
from gatusyn.simulate import SimulationParams, write_town


def simulate(
    folder: Annotated[Path, typer.Argument(help="The folder to write to.")],
    seed: Annotated[int, typer.Option(help="Another seed, another town.", min=0)] = 7,
    density: Annotated[
        float, typer.Option(help="How damaged the streets are.", min=0.0, max=5.0)
    ] = 1.0,
) -> None:
    """Write a made-up town: road network, filmed drives with tracks, and the damage it has."""
    params = SimulationParams(seed=seed, damage_density=density)
    with shown_progress() as progress:
        files = write_town(
            params, folder, on_progress=lambda done, total: progress.step("filming", done, total)
        )
    console = plain_console()
    console.print(f"network  {files.network}", markup=False)
    for video, track in files.drives:
        console.print(f"drive    {video}  {track.name}", markup=False)
    console.print(f"truth    {files.truth}", markup=False)
