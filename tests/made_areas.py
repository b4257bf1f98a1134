"""Districts of the made-up paving town, as a layer of areas."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from tests.made_paving import EAST, EPSG, NORTH

from gatusyn.geo import Projection

NORTH_AND_SOUTH = {"Norr": (-10.0, 15.0, 210.0, 400.0), "Söder": (-10.0, -50.0, 115.0, 15.0)}
"""West, south, east, north in metres from the town's corner; of Storgatan the east is in none."""


def write_areas(
    path: Path, boxes: dict[str, tuple[float, float, float, float]] | None = None
) -> Path:
    """Write boxes as GeoJSON areas with their district's name."""
    features = []
    for name, (west, south, east, north) in (boxes or NORTH_AND_SOUTH).items():
        lon, lat = Projection(EPSG).to_degrees(
            EAST + np.array([west, east, east, west, west]),
            NORTH + np.array([south, south, north, north, south]),
        )
        ring = np.column_stack([lon, lat]).tolist()
        features.append(
            {
                "type": "Feature",
                "properties": {"Område": name, "buss": "ja" if name == "Norr" else None},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path
