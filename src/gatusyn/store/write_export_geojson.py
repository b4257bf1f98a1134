"""GeoJSON (RFC 7946): WGS 84, longitude first, one collection for both layers."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.geo import Projection
from gatusyn.store.export_tables import Table

DECIMALS = 7
"""Of a degree: about a centimetre."""


def write_geojson(paths: tuple[Path, ...], sections: Table, findings: Table, epsg: int) -> None:
    """Write both tables as one collection; ``layer`` says what a feature is."""
    (path,) = paths
    projection = Projection(epsg)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        separator = "\n"
        for table in (sections, findings):
            for feature in _features(table, projection):
                file.write(separator + json.dumps(feature, ensure_ascii=False, allow_nan=False))
                separator = ",\n"
        file.write("\n]}\n")
        file.flush()
        os.fsync(file.fileno())


def _features(table: Table, projection: Projection) -> Iterator[dict[str, Any]]:
    def degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
        lon_lat = projection.to_degrees(metres[:, 0], metres[:, 1])
        return np.asarray(np.round(np.column_stack(lon_lat), DECIMALS), dtype=np.float64)

    shapes = shapely.force_2d(np.asarray(table.geometries, dtype=object))
    shapes = shapely.orient_polygons(shapely.transform(shapes, degrees))
    for row, shape in zip(table.rows, shapes, strict=True):
        yield {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(shape),
            "properties": {"layer": table.name, **{name: _value(row[name]) for name in row}},
        }


def _value(value: Any) -> Any:
    # JSON has no word for what is not a number.
    return None if isinstance(value, float) and not math.isfinite(value) else value
