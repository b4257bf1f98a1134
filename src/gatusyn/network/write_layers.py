"""Writing fetched layers as a delivery that the readers of NVDB's layers take."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pyogrio

from gatusyn.model import NetworkError
from gatusyn.network.trafikverket import LayerRows

_EPSG = 3006


def write_delivery(path: Path, layers: Sequence[LayerRows], *, overwrite: bool = False) -> None:
    """Write layers to a GeoPackage; a layer without rows is left out.

    It is written beside its place and moved there: there is never half a file.

    Raises
    ------
    NetworkError
        If the path is no GeoPackage's, the file exists and ``overwrite`` is off, or it cannot be
        written.
    """
    require_free(path, overwrite=overwrite)
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.gpkg")
    try:
        for layer in (one for one in layers if one.geometries):
            pyogrio.write_dataframe(_frame(layer), part, layer=layer.name, append=part.exists())
        part.replace(path)
    except (OSError, RuntimeError) as fault:
        raise NetworkError(path, f"cannot be written ({fault})") from fault
    finally:
        part.unlink(missing_ok=True)


def require_free(path: Path, *, overwrite: bool) -> None:
    """Check that ``write_delivery`` can write a file, before the work.

    Raises
    ------
    NetworkError
        If not.
    """
    if path.suffix.lower() != ".gpkg":
        raise NetworkError(path, "is no GeoPackage", "Give a name that ends in .gpkg.")
    if path.exists() and not overwrite:
        raise NetworkError(path, "exists already", "Choose another name, or use --overwrite.")
    if not path.parent.is_dir():
        raise NetworkError(path.parent, "is not a folder", "Make it first.")


def _frame(layer: LayerRows) -> geopandas.GeoDataFrame:
    columns = {name: _column(cells) for name, cells in layer.columns.items()}
    geometries = np.empty(len(layer.geometries), dtype=object)
    geometries[:] = layer.geometries
    return geopandas.GeoDataFrame(columns, geometry=geometries, crs=_EPSG)


def _column(cells: Sequence[object]) -> object:
    """Return numbers as numbers and everything mixed as text."""
    is_number = all(
        cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool))
        for cell in cells
    )
    if is_number:
        return np.array([np.nan if cell is None else float(str(cell)) for cell in cells])
    return pandas.Series([None if cell is None else str(cell) for cell in cells], dtype=object)
