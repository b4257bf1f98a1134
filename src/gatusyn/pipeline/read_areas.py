"""Reads a layer of areas: which sections lie in each, with what its columns say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.exceptions import CRSError

from gatusyn.model import Network, NetworkError, ProgrammeError, Section
from gatusyn.network.read_table import Table, check_kind, list_layers, read_rows
from gatusyn.pipeline.read_sheet import SheetRow, known_columns

AREA_FILES: Final = (".gpkg", ".geojson", ".json", ".shp")
_AREAS: Final = ("POLYGON", "MULTIPOLYGON")


def read_area_layer(
    path: Path, network: Network, columns: Mapping[str, Sequence[str]]
) -> tuple[tuple[SheetRow, tuple[Section, ...]], ...]:
    """Return each area's row with the sections whose middle lies in it.

    Parameters
    ----------
    columns
        As in ``read_sheet``.

    Raises
    ------
    ProgrammeError
        If the file cannot be read, or has no areas, no coordinate system or no known column.
    """
    table = _read(path)
    if table.crs is None:
        raise ProgrammeError(path, "says no coordinate system", "Set the layer's in QGIS.")
    names = known_columns(list(table.columns), columns, source=path)
    areas = _in_metres(path, table, network.epsg)
    middles = shapely.line_interpolate_point(
        [one.line for one in network.sections], 0.5, normalized=True
    )
    place, area = shapely.STRtree(areas).query(middles, predicate="intersects")
    cells = {name: table.columns[column].tolist() for column, name in names.items()}
    rows = []
    for number, fid in enumerate(table.fids.tolist()):
        values = {
            name: text for name, own in cells.items() if (text := _text(own[number])) is not None
        }
        row = SheetRow(path=path, number=int(fid), values=values)
        rows.append((row, tuple(network.sections[one] for one in place[area == number].tolist())))
    return tuple(rows)


def _read(path: Path) -> Table:
    try:
        check_kind(path)
        layers = [
            name for name, kind in list_layers(path) if kind.upper().split()[0].endswith(_AREAS)
        ]
        if len(layers) != 1:
            problem = f"has {len(layers)} layers of areas" if layers else "has no layer of areas"
            raise ProgrammeError(path, problem, "Export one layer of polygons.")
        return read_rows(path, layers[0])
    except NetworkError as error:
        raise ProgrammeError(
            path, error.problem, "Export the areas again, as GeoPackage."
        ) from error


def _in_metres(path: Path, table: Table, epsg: int) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    try:
        transformer = Transformer.from_crs(table.crs, epsg, always_xy=True)
    except CRSError as error:
        raise ProgrammeError(
            path, f"has a coordinate system that is not known ({table.crs})", "Set it in QGIS."
        ) from error
    areas = np.asarray(shapely.force_2d(table.geometries), dtype=object)
    corners = shapely.get_coordinates(areas)
    moved = np.column_stack(transformer.transform(corners[:, 0], corners[:, 1]))
    placed = shapely.set_coordinates(areas, moved)
    return np.asarray(shapely.make_valid(placed), dtype=object)


def _text(cell: object) -> str | None:
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return None
    text = f"{cell:g}" if isinstance(cell, float) else str(cell).strip()
    return text or None
