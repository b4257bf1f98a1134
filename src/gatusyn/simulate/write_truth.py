"""Write what is true in a town: damages, signs, camera and drives."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely

from .damage import Damage
from .drives import Drive, plan_drives
from .lines import total_length
from .signs import place_signs
from .town import Town


def write_truth(town: Town, path: Path) -> None:
    """Write the truth as GeoJSON with coordinates in EPSG:3006 (easting, northing).

    Features are damages and repairs. The member `simulation` holds the settings, the traffic
    signs, the streets never driven, and each drive's start, clock offset and true places.

    Parameters
    ----------
    town : Town
        The town.
    path : Path
        File to write.
    """
    document = {
        "type": "FeatureCollection",
        "name": "truth",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}},
        "simulation": {
            "params": dataclasses.asdict(town.params),
            "undriven_streets": [street.name for street in town.streets if not street.driven],
            "signs": _signs(town),
            "drives": [_drive(town, planned) for planned in plan_drives(town)],
        },
        "features": [_feature(town, damage) for damage in town.damages],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _feature(town: Town, damage: Damage) -> Mapping[str, object]:
    link, street = town.links[damage.link], town.street_of(damage.link)
    share = damage.along_m / total_length(link.line)
    measure = link.start_measure + share * (link.end_measure - link.start_measure)
    origin = np.array(town.origin_m)
    shape = shapely.transform(damage.footprint, lambda points: np.round(points + origin, 3))
    return {
        "type": "Feature",
        "id": damage.id,
        "properties": {
            "id": damage.id,
            "kind": damage.kind.value,
            "size_m": round(damage.size_m, 3),
            "length_m": round(damage.length_m, 3),
            "area_m2": round(damage.area_m2, 4),
            "severity": damage.severity,
            "element_id": street.element_id,
            "street": street.name,
            "measure": round(measure, 8),
            "side": damage.side,
            "right_m": round(damage.right_m, 3),
            "driven": street.driven,
        },
        "geometry": json.loads(shapely.to_geojson(shape)),
    }


def _signs(town: Town) -> list[Mapping[str, object]]:
    return [
        {
            "kind": sign.kind,
            "value": sign.value,
            "easting": round(sign.x_m + town.origin_m[0], 2),
            "northing": round(sign.y_m + town.origin_m[1], 2),
            "facing_deg": round(sign.facing_deg, 1),
            "element_id": town.street_of(sign.link).element_id,
            "forward": sign.forward,
        }
        for sign in place_signs(town)
    ]


def _drive(town: Town, planned: Drive) -> Mapping[str, object]:
    times = np.arange(0.0, planned.motion.time_s[-1], 1.0)
    places, headings, _ = planned.motion.at(times)
    poses = np.column_stack([times, places + np.array(town.origin_m), headings % 360])
    return {
        "name": planned.name,
        "start": planned.start.isoformat(),
        "clock_offset_s": town.params.clock_offset_s,
        "frames": planned.frame_count(town.params.fps),
        "pose_columns": ["time_s", "easting", "northing", "heading_deg"],
        "poses": np.round(poses, 2).tolist(),
    }
