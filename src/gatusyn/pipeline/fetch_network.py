"""Fetching a town's network from Trafikverket's open API into a delivery that ``init`` reads."""

from __future__ import annotations

from pathlib import Path

from gatusyn.network.read_trafikverket import ADDRESS, fetch_layers, sender
from gatusyn.network.trafikverket import Box, LayerRows
from gatusyn.network.write_layers import require_free, write_delivery
from gatusyn.pipeline.progress import Progress, SilentProgress
from gatusyn.pipeline.read_environment import read_environment


def fetch_network(
    path: Path, box: Box, *, overwrite: bool = False, progress: Progress | None = None
) -> tuple[LayerRows, ...]:
    """Fetch the layers within a box and write them to a GeoPackage.

    Parameters
    ----------
    box
        West, south, east, north in EPSG:3006, metres.

    Raises
    ------
    SettingsError
        If the environment has no key.
    NetworkError
        If the API cannot be used or the file not be written; nothing is written then.
    """
    environment = read_environment()
    key = environment.require_trafikverket_key()
    require_free(path, overwrite=overwrite)
    steps = progress or SilentProgress()
    layers = fetch_layers(
        sender(environment.trafikverket_address or ADDRESS),
        box,
        key=key,
        on_progress=lambda name: lambda done, total: steps.step(f"fetching {name}", done, total),
    )
    write_delivery(path, layers, overwrite=overwrite)
    return layers
