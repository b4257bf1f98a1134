"""A survey as CSV: what Excel or another system writes."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gatusyn.evaluate.survey_cells import SurveyTable, cell_number, cell_text
from gatusyn.geo import Projection
from gatusyn.model import SurveyError

METRES = (("easting_m", "northing_m"), ("easting", "northing"), ("e", "n"), ("x", "y"))
DEGREES = (("lon_deg", "lat_deg"), ("longitude", "latitude"), ("lon", "lat"))
WKT = ("wkt", "geometry", "geom")


def read_survey_csv(path: Path, epsg: int) -> SurveyTable:
    """Read the rows, and their geometries where there is WKT or two columns of coordinates.

    Raises
    ------
    SurveyError
        If the file is no CSV in UTF-8 with a first row of names, or a row has other cells.
    """
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
    try:
        read = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error as error:
        raise SurveyError(path, f"is no CSV file ({error})", "Export the survey again.") from error
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
    table = SurveyTable(path.name, columns, rows)
    table.shapes = _csv_shapes(table, epsg)
    return table


def _csv_shapes(table: SurveyTable, epsg: int) -> list[BaseGeometry | None]:
    wkt = table.column(WKT)
    if wkt is not None:
        texts = np.array([cell_text(row[wkt]) or None for row in table.rows], dtype=object)
        return list(shapely.from_wkt(texts, on_invalid="ignore"))
    for names, in_degrees in ((METRES, False), (DEGREES, True)):
        for first, second in names:
            columns = (table.column([first]), table.column([second]))
            if columns[0] is not None and columns[1] is not None:
                return _points(table, (columns[0], columns[1]), epsg if in_degrees else None)
    return []


def _points(
    table: SurveyTable, columns: tuple[str, str], to_epsg: int | None
) -> list[BaseGeometry | None]:
    pairs = [(cell_number(row[columns[0]]), cell_number(row[columns[1]])) for row in table.rows]
    whole = np.array([None not in pair for pair in pairs])
    xy = np.array([pair if None not in pair else (0.0, 0.0) for pair in pairs], dtype=float)
    if to_epsg is not None:
        if (np.abs(xy[whole]) > (180.0, 90.0)).any():
            problem = f"{columns[0]} and {columns[1]} are no degrees"
            raise SurveyError(table.source, problem, "Name columns in metres easting, northing.")
        xy = np.column_stack(Projection(to_epsg).to_metres(xy[:, 0], xy[:, 1]))
    shapes: list[BaseGeometry] = np.atleast_1d(np.asarray(shapely.points(xy))).tolist()
    return [shape if there else None for shape, there in zip(shapes, whole, strict=True)]
