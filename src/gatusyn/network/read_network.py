"""The front door for road networks: finds out what a file is and reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gatusyn.model import Network, NetworkError, NetworkParams, Regulation
from gatusyn.network import assumed
from gatusyn.network.nvdb import is_nvdb
from gatusyn.network.progress import Progress
from gatusyn.network.read_container import StoredLayer, day_of_delivery, opened
from gatusyn.network.read_layers import is_layered, known_layers, links_of_layers
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
    day: date | None = None,
    on_progress: Progress | None = None,
) -> Network:
    """Read a road network and cut it into sections as ``params`` say.

    Parameters
    ----------
    path
        An OpenStreetMap extract (.osm.pbf, .osm), or a GeoPackage, shapefile, file geodatabase or
        GeoJSON file: NVDB's homogenised delivery, lines with OpenStreetMap's tags as columns, or
        any lines with a ``mapping``; or NVDB in one layer a feature type, in such a file, a folder
        or a .zip.
    mapping
        A file that says which column holds what (``mapping.EXAMPLE``); goes before what the
        columns' names suggest.
    layer
        The layer, where the file has more than one with lines.
    day
        Of NVDB the rows are read that hold on this day; by default on the day of the delivery.
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
    read = _read(path, mapping, layer, day, on_progress)
    built = read.built
    if not built.links:
        raise NetworkError(
            path.name,
            f"has no usable row: {' '.join(built.remarks())}",
            "Export the road network again.",
        )
    links = tuple(built.links)
    return Network(
        epsg=read.epsg,
        links=links,
        sections=cut_sections(links, params),
        remarks=built.remarks() + read.remarks + assumed.remarks(links, params),
        regulations=read.regulations,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What a reader made of a delivery."""

    epsg: int
    built: Built
    remarks: tuple[str, ...]
    regulations: tuple[Regulation, ...] = ()


def _read(
    path: Path,
    mapping: Path | None,
    layer: str | None,
    day: date | None,
    on_progress: Progress | None,
) -> _Read:
    if is_osm(path):
        return _plain(links_of_osm(path, on_progress=on_progress))
    if path.suffix.lower() in (".json", ".geojson"):
        return _read_one(path, mapping, layer, day, on_progress)
    with opened(path) as stored:
        layers = known_layers(stored)
        if mapping is None and layer is None and is_layered(layers):
            on = day or day_of_delivery(stored)
            made = links_of_layers(path, layers, day=on, on_progress=on_progress)
            return _Read(epsg=made[0], built=made[1], remarks=made[2], regulations=made[3])
        return _read_one(_only_file(path, stored), mapping, layer, day, on_progress)


def _only_file(path: Path, stored: tuple[StoredLayer, ...]) -> Path:
    files = sorted({one.path for one in stored})
    if len(files) == 1:
        return files[0]
    raise NetworkError(
        path.name,
        f"holds {len(files)} files, and they are not NVDB's feature layers",
        f"Give one of them: {', '.join(file.name for file in files[:8])}.",
    )


def _read_one(
    path: Path,
    mapping: Path | None,
    layer: str | None,
    day: date | None,
    on_progress: Progress | None,
) -> _Read:
    explained = None if mapping is None else read_mapping(mapping)
    table = read_table(path, layer=layer)
    columns = list(table.columns)
    if explained is not None:
        return _plain(links_of_mapped(path, table, explained, on_progress=on_progress))
    if is_nvdb(columns):
        return _plain(links_of_nvdb(path, table, day=day, on_progress=on_progress))
    if has_osm_names(columns):
        return _plain(links_of_osm_names(path, table, on_progress=on_progress))
    raise no_mapping(path, columns)


def _plain(made: tuple[int, Built, tuple[str, ...]]) -> _Read:
    epsg, built, remarks = made
    return _Read(epsg=epsg, built=built, remarks=remarks)
