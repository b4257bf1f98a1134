"""A survey made by eye or by another firm: a value for every stretch, from CSV or a map layer."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataSourceError
from shapely.geometry.base import BaseGeometry

from gatusyn.geo import Projection
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
METRES = (("easting_m", "northing_m"), ("easting", "northing"), ("e", "n"), ("x", "y"))
DEGREES = (("lon_deg", "lat_deg"), ("longitude", "latitude"), ("lon", "lat"))
WKT = ("wkt", "geometry", "geom")

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


@dataclass(slots=True)
class _Table:
    """Cells by column, and geometries in the network's system where the file has them."""

    source: str
    columns: list[str]
    rows: Sequence[Mapping[str, Any]]
    shapes: list[BaseGeometry | None] = field(default_factory=list)

    def column(self, names: Sequence[str]) -> str | None:
        """Return the first column with one of these names, whatever its capitals."""
        plain = {name.strip().lower(): name for name in reversed(self.columns)}
        return next((plain[name] for name in names if name in plain), None)


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
        table = _read_csv(path, epsg)
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


def _value_column(table: _Table, wanted: str | None) -> str:
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


def _places(table: _Table) -> tuple[PlacedBy, tuple[str, ...]]:
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
    if _text(cells[value_column]) == "":
        return "no value"
    value = _number(cells[value_column])
    if value is None:
        return "the value is no number"
    if placed_by is PlacedBy.SECTION:
        name = _text(cells[columns[0]])
        return SurveyRow(number=number, value=value, section_id=name) if name else "no section id"
    if placed_by is PlacedBy.GEOMETRY:
        if shape is None or shape.is_empty:
            return "no geometry"
        return SurveyRow(number=number, value=value, shape=shape)
    element, start, end = (
        _text(cells[columns[0]]),
        _number(cells[columns[1]]),
        _number(cells[columns[2]]),
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


def _text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _number(cell: object) -> float | None:
    text = _text(cell).replace(" ", "")
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _read_csv(path: Path, epsg: int) -> _Table:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SurveyError(path, f"cannot be read ({error.strerror})", "Check the path.") from error
    except UnicodeDecodeError as error:
        remedy = "Save it as CSV UTF-8 (Excel offers it by that name)."
        raise SurveyError(path, "is not text in UTF-8", remedy) from error
    lines = text.splitlines()
    head = lines[0] if lines else ""
    delimiter = max(";\t,", key=head.count)
    read = list(csv.reader(lines, delimiter=delimiter))
    columns = read[0] if read else []
    if not columns or len({*columns}) != len(columns):
        raise SurveyError(path, "has no first row of different column names", "Add one.")
    rows = []
    for number, cells in enumerate(read[1:], start=1):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            problem = f"row {number} has {len(cells)} cells and the first row {len(columns)}"
            raise SurveyError(path, problem, "Correct the row.")
        rows.append(dict(zip(columns, cells, strict=True)))
    table = _Table(path.name, columns, rows)
    table.shapes = _csv_shapes(table, epsg)
    return table


def _csv_shapes(table: _Table, epsg: int) -> list[BaseGeometry | None]:
    wkt = table.column(WKT)
    if wkt is not None:
        texts = np.array([_text(row[wkt]) or None for row in table.rows], dtype=object)
        return list(shapely.from_wkt(texts, on_invalid="ignore"))
    for names, in_degrees in ((METRES, False), (DEGREES, True)):
        for first, second in names:
            columns = (table.column([first]), table.column([second]))
            if columns[0] is not None and columns[1] is not None:
                return _points(table, (columns[0], columns[1]), epsg if in_degrees else None)
    return []


def _points(
    table: _Table, columns: tuple[str, str], to_epsg: int | None
) -> list[BaseGeometry | None]:
    pairs = [(_number(row[columns[0]]), _number(row[columns[1]])) for row in table.rows]
    whole = np.array([None not in pair for pair in pairs])
    xy = np.array([pair if None not in pair else (0.0, 0.0) for pair in pairs], dtype=float)
    if to_epsg is not None:
        if (np.abs(xy[whole]) > (180.0, 90.0)).any():
            problem = f"{columns[0]} and {columns[1]} are no degrees"
            raise SurveyError(table.source, problem, "Name columns in metres easting, northing.")
        xy = np.column_stack(Projection(to_epsg).to_metres(xy[:, 0], xy[:, 1]))
    shapes: list[BaseGeometry] = np.atleast_1d(np.asarray(shapely.points(xy))).tolist()
    return [shape if there else None for shape, there in zip(shapes, whole, strict=True)]


def _read_layer(path: Path, layer: str | None, epsg: int) -> _Table:
    _require_kind(path)
    try:
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        chosen = layer or (names[0] if len(names) == 1 else None)
        if chosen is None or chosen not in names:
            problem = f"has no layer {layer!r}" if layer else f"has {len(names)} layers on the map"
            remedy = f"Say which with --layer: {', '.join(names) or 'it has none'}."
            raise SurveyError(path, problem, remedy)
        frame = pyogrio.read_dataframe(path, layer=chosen)
    except DataSourceError as error:
        remedy = "Export the survey again, as GeoPackage or GeoJSON."
        raise SurveyError(path, "cannot be read", remedy) from error
    if frame.crs is None:
        raise SurveyError(path, "says no coordinate system", "Set the layer's in QGIS.")
    frame = frame.to_crs(epsg)
    columns = [str(name) for name in frame.columns if name != frame.geometry.name]
    rows = [dict(zip(columns, cells, strict=True)) for cells in frame[columns].to_numpy().tolist()]
    return _Table(path.name, columns, rows, list(frame.geometry))


def _require_kind(path: Path) -> None:
    # GDAL knows many formats, some of which run commands or fetch from the network when opened.
    try:
        with path.open("rb") as file:
            head = file.read(65536).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        raise SurveyError(path, f"cannot be read ({error.strerror})", "Check the path.") from error
    if not head.startswith(_HEADS[path.suffix.lower()]) or _FORBIDDEN in head:
        raise SurveyError(path, f"is no {path.suffix} file", "Export the survey again.")
