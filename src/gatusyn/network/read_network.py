"""The front door for road networks: finds out what a file is and reads it."""

from __future__ import annotations

from pathlib import Path

from gatusyn.model import Network, NetworkError, NetworkParams
from gatusyn.network.nvdb import is_nvdb
from gatusyn.network.progress import Progress
from gatusyn.network.read_lines import (
    has_osm_names,
    links_of_mapped,
    links_of_osm_names,
    no_mapping,
    read_mapping,
)
from gatusyn.network.read_nvdb import links_of_nvdb
from gatusyn.network.read_osm import is_osm, links_of_osm
from gatusyn.network.read_table import read_table
from gatusyn.network.rows import Built
from gatusyn.network.sections import cut_sections


def read_network(
    path: Path,
    *,
    params: NetworkParams,
    mapping: Path | None = None,
    layer: str | None = None,
    on_progress: Progress | None = None,
) -> Network:
    """Read a road network and cut it into sections as ``params`` say.

    Parameters
    ----------
    path
        An OpenStreetMap extract (.osm.pbf, .osm), or a GeoPackage, shapefile or GeoJSON file:
        NVDB's homogenised delivery, lines with OpenStreetMap's tags as columns, or any lines with
        a ``mapping``.
    mapping
        A file that says which column holds what (``mapping.EXAMPLE``); goes before what the
        columns' names suggest.
    layer
        The layer, where the file has more than one with lines.
    on_progress
        Called now and then with rows done and rows in all; 0 and 0 while their number is unknown.

    Returns
    -------
    Network
        In the file's own system if that is metric and true to scale, else in EPSG:3006 in Sweden
        and UTM elsewhere. ``remarks`` tell how many rows were left out, and why.

    Raises
    ------
    NetworkError
        If the file or the mapping cannot be used, naming what is wrong and what to do.
    """
    path = Path(path)
    epsg, built, remarks = _links(path, mapping, layer, on_progress)
    if not built.links:
        raise NetworkError(
            path.name,
            f"has no usable row: {' '.join(built.remarks())}",
            "Export the road network again.",
        )
    links = tuple(built.links)
    return Network(
        epsg=epsg,
        links=links,
        sections=cut_sections(links, params),
        remarks=built.remarks() + remarks,
    )


def _links(
    path: Path, mapping: Path | None, layer: str | None, on_progress: Progress | None
) -> tuple[int, Built, tuple[str, ...]]:
    if is_osm(path):
        return links_of_osm(path, on_progress=on_progress)
    explained = None if mapping is None else read_mapping(mapping)
    table = read_table(path, layer=layer)
    columns = list(table.columns)
    if explained is not None:
        return links_of_mapped(path, table, explained, on_progress=on_progress)
    if is_nvdb(columns):
        return links_of_nvdb(path, table, on_progress=on_progress)
    if has_osm_names(columns):
        return links_of_osm_names(path, table, on_progress=on_progress)
    raise no_mapping(path, columns)
