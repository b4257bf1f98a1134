"""GeoPackage with two layers and their styles: QGIS opens it as the map looks."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import numpy as np
import shapely

from gatusyn.store.export_styles import finding_qml, finding_sld, section_qml, section_sld
from gatusyn.store.export_tables import ColumnType, Style, Table

LITTLE_SPACE = 1_000_000
"""Bytes: with less than this left, a fault of GDAL's is taken for a full disk."""

# As QGIS makes it; QGIS ignores the table unless gpkg_contents lists it as attributes.
STYLE_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256),
    f_table_schema TEXT(256),
    f_table_name TEXT(256),
    f_geometry_column TEXT(256),
    styleName TEXT(30),
    styleQML TEXT,
    styleSLD TEXT,
    useAsDefault BOOLEAN,
    description TEXT,
    owner TEXT(30),
    ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', 0);
"""


def write_gpkg(paths: tuple[Path, ...], sections: Table, findings: Table, epsg: int) -> None:
    """Write the layers ``sections`` and ``findings`` in the network's system, with styles."""
    (path,) = paths
    _write_layers(path, sections, findings, epsg)
    _write_styles(
        path,
        {
            "sections": Style(name="Grade", qml=section_qml(), sld=section_sld()),
            "findings": Style(name="Damage", qml=finding_qml(), sld=finding_sld()),
        },
    )
    _sync(path)


def write_plain_gpkg(paths: tuple[Path, ...], lines: Table, areas: Table, epsg: int) -> None:
    """Write a layer of lines, and one of polygons if it has columns, with the styles they have."""
    (path,) = paths
    _write_layers(path, lines, areas, epsg)
    styles = {table.name: table.style for table in (lines, areas) if table.style is not None}
    if styles:
        _write_styles(path, styles)
    _sync(path)


def write_line_layers(path: Path, tables: Sequence[Table], epsg: int) -> None:
    """Write layers of lines with the styles that they have."""
    for place, table in enumerate(tables):
        with _gdal_faults(path):
            _write_layer(path, table, epsg, geometry_type="LineString", append=place > 0)
    _write_styles(path, {one.name: one.style for one in tables if one.style is not None})
    _sync(path)


def _write_layers(path: Path, lines: Table, areas: Table, epsg: int) -> None:
    with _gdal_faults(path):
        _write_layer(path, lines, epsg, geometry_type="LineString", append=False)
        if areas.columns:
            _write_layer(path, areas, epsg, geometry_type="MultiPolygon", append=True)


@contextmanager
def _gdal_faults(path: Path) -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        # pyogrio raises GDAL's faults as RuntimeError, without the system's number.
        full = shutil.disk_usage(path.parent).free < LITTLE_SPACE
        raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_layer(path: Path, table: Table, epsg: int, *, geometry_type: str, append: bool) -> None:
    # Who only derives or serves never writes one, and they take a third of a second to load.
    import geopandas
    import pyogrio

    columns = {
        name: _column([row[name] for row in table.rows], kind)
        for name, kind in table.columns.items()
    }
    shapes = shapely.force_2d(np.asarray(table.geometries, dtype=object))
    if geometry_type == "MultiPolygon":
        shapes = np.asarray(
            [s if s.geom_type == geometry_type else shapely.MultiPolygon([s]) for s in shapes],
            dtype=object,
        )
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=epsg)
    pyogrio.write_dataframe(
        frame,
        path,
        layer=table.name,
        driver="GPKG",
        geometry_type=geometry_type,
        append=append,
        layer_options={"GEOMETRY_NAME": "geom", "FID": "fid"},
    )


def _column(values: list[Any], kind: ColumnType) -> Any:
    import pandas

    if kind is ColumnType.REAL:
        return np.asarray([np.nan if value is None else value for value in values], dtype=float)
    if kind is ColumnType.TEXT:
        return pandas.Series(values, dtype=object)
    return pandas.array(values, dtype="Int64" if kind is ColumnType.INTEGER else "boolean")


def _write_styles(path: Path, styles: Mapping[str, Style]) -> None:
    connection = apsw.Connection(str(path))
    try:
        with connection:
            connection.execute(STYLE_TABLE)
            for layer, style in styles.items():
                connection.execute(
                    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
                    "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, "
                    "owner) VALUES ('', '', ?, 'geom', ?, ?, ?, 1, '', '')",
                    (layer, style.name, style.qml, style.sld),
                )
    finally:
        connection.close()
