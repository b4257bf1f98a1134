"""A survey made by eye or by another firm: a value for every stretch, from CSV or a map layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.geometry.base import BaseGeometry

from gatusyn.evaluate.read_survey_csv import read_survey_csv
from gatusyn.evaluate.survey_cells import SurveyTable, cell_number, cell_text
from gatusyn.model import SurveyError

VALUES = (
    "value",
    "värde",
    "varde",
    "condition_index",
    "index",
    "pci",
    "grade",
    "klass",
    "class",
    "tillståndsklass",
    "tillstandsklass",
    "betyg",
)
SECTION = ("section_id", "sektion")
ELEMENT = ("element_id", "elementid")
START = ("start_measure", "startmeasure", "start_matt", "startmatt", "startmått")
END = ("end_measure", "endmeasure", "slut_matt", "slutmatt", "slutmått")
_HEADS = {".gpkg": b"SQLite format 3\x00", ".geojson": b"{", ".json": b"{"}
_FORBIDDEN = b"gdal_streamed_alg"


class PlacedBy(StrEnum):
    """What says where a row is."""

    SECTION = "section id"
    ELEMENT = "element id and measures"
    GEOMETRY = "geometry"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurveyRow:
    """One stretch: its number in the file (1 is the first below the head), its value and place.

    Parameters
    ----------
    shape
        Easting and northing in the network's system, metres.
    """

    number: int
    value: float
    section_id: str = ""
    element_id: str = ""
    start_measure: float = 0.0
    end_measure: float = 0.0
    shape: BaseGeometry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A survey as read.

    Parameters
    ----------
    left_out
        Rows that say nothing usable, as (number, reason).
    """

    source: str
    value_column: str
    placed_by: PlacedBy
    rows: tuple[SurveyRow, ...]
    left_out: tuple[tuple[int, str], ...]


def read_survey(
    path: Path, *, epsg: int, value: str | None = None, layer: str | None = None
) -> Survey:
    """Read a survey from a ``.csv``, ``.gpkg`` or ``.geojson`` file.

    A row's place is told by a section id, by an element id and two measures, or by its geometry
    (in CSV: WKT or two columns of coordinates), whichever comes first.

    Parameters
    ----------
    epsg
        The network's system, in which geometries are wanted and a CSV's metres are.
    value
        The column with the values; found by its name if None.
    layer
        The layer of a GeoPackage that has several.

    Raises
    ------
    SurveyError
        If the file cannot be read, or has no values, places or coordinate system.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        table = read_survey_csv(path, epsg)
    elif suffix in _HEADS:
        table = _read_layer(path, layer, epsg)
    else:
        raise SurveyError(path, f"has the ending {path.suffix!r}", "Use .csv, .gpkg or .geojson.")
    if not table.rows:
        raise SurveyError(path, "has no rows", "Export the survey again.")
    value_column = _value_column(table, value)
    placed_by, columns = _places(table)
    rows, left_out = [], []
    for number, cells in enumerate(table.rows, start=1):
        shape = table.shapes[number - 1] if table.shapes else None
        row = _row(number, cells, shape, value_column, placed_by, columns)
        if isinstance(row, str):
            left_out.append((number, row))
        else:
            rows.append(row)
    if not rows:
        number, reason = left_out[0]
        raise SurveyError(path, f"has no usable row (row {number}: {reason})", "Correct the file.")
    return Survey(
        source=path.name,
        value_column=value_column,
        placed_by=placed_by,
        rows=tuple(rows),
        left_out=tuple(left_out),
    )


def _value_column(table: SurveyTable, wanted: str | None) -> str:
    there = ", ".join(table.columns)
    if wanted is not None:
        found = table.column([wanted.strip().lower()])
        if found is None:
            raise SurveyError(table.source, f"has no column {wanted!r}", f"It has: {there}.")
        return found
    plain = [name for name in table.columns if name.strip().lower() in VALUES]
    if len(plain) != 1:
        problem = "has no column that is known for values" if not plain else "has several values"
        raise SurveyError(table.source, problem, f"Say which with --value: {there}.")
    return plain[0]


def _places(table: SurveyTable) -> tuple[PlacedBy, tuple[str, ...]]:
    section = table.column(SECTION)
    if section is not None:
        return PlacedBy.SECTION, (section,)
    element, start, end = (table.column(names) for names in (ELEMENT, START, END))
    if element is not None and start is not None and end is not None:
        return PlacedBy.ELEMENT, (element, start, end)
    if any(shape is not None for shape in table.shapes):
        return PlacedBy.GEOMETRY, ()
    raise SurveyError(
        table.source,
        f"says nowhere where its rows are (columns: {', '.join(table.columns)})",
        "It needs section_id; or element_id, start_measure and end_measure; or a geometry "
        "(easting and northing, lon and lat, or wkt).",
    )


def _row(
    number: int,
    cells: Mapping[str, Any],
    shape: BaseGeometry | None,
    value_column: str,
    placed_by: PlacedBy,
    columns: tuple[str, ...],
) -> SurveyRow | str:
    """Return a row, or why it cannot be used."""
    if cell_text(cells[value_column]) == "":
        return "no value"
    value = cell_number(cells[value_column])
    if value is None:
        return "the value is no number"
    if placed_by is PlacedBy.SECTION:
        name = cell_text(cells[columns[0]])
        return SurveyRow(number=number, value=value, section_id=name) if name else "no section id"
    if placed_by is PlacedBy.GEOMETRY:
        if shape is None or shape.is_empty:
            return "no geometry"
        return SurveyRow(number=number, value=value, shape=shape)
    element, start, end = (
        cell_text(cells[columns[0]]),
        cell_number(cells[columns[1]]),
        cell_number(cells[columns[2]]),
    )
    if not element or start is None or end is None:
        return "no element id or measures"
    if not 0.0 <= min(start, end) < max(start, end) <= 1.0:
        return "measures are not two between 0 and 1"
    return SurveyRow(
        number=number,
        value=value,
        element_id=element,
        start_measure=min(start, end),
        end_measure=max(start, end),
    )


def _read_layer(path: Path, layer: str | None, epsg: int) -> SurveyTable:
    _require_kind(path)
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        chosen = layer or (names[0] if len(names) == 1 else None)
        if chosen is None or chosen not in names:
            problem = f"has no layer {layer!r}" if layer else f"has {len(names)} layers on the map"
            remedy = f"Say which with --layer: {', '.join(names) or 'it has none'}."
            raise SurveyError(path, problem, remedy)
        frame = pyogrio.read_dataframe(path, layer=chosen)
    except (DataSourceError, DataLayerError) as error:
        remedy = "Export the survey again, as GeoPackage or GeoJSON."
        raise SurveyError(path, "cannot be read", remedy) from error
    if frame.crs is None:
        raise SurveyError(path, "says no coordinate system", "Set the layer's in QGIS.")
    frame = frame.to_crs(epsg)
    columns = [str(name) for name in frame.columns if name != frame.geometry.name]
    rows = [dict(zip(columns, cells, strict=True)) for cells in frame[columns].to_numpy().tolist()]
    return SurveyTable(path.name, columns, rows, list(frame.geometry))


def _require_kind(path: Path) -> None:
    # GDAL knows many formats, some of which run commands or fetch from the network when opened.
    try:
        with path.open("rb") as file:
            head = file.read(65536).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        raise SurveyError(path, f"cannot be read ({error.strerror})", "Check the path.") from error
    if not head.startswith(_HEADS[path.suffix.lower()]) or _FORBIDDEN in head:
        raise SurveyError(path, f"is no {path.suffix} file", "Export the survey again.")
