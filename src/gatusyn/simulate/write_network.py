"""Write a town's streets as a GeoPackage in the columns of an NVDB delivery."""

import itertools
from collections.abc import Mapping
from pathlib import Path

import geopandas
import numpy as np
import shapely
import shapely.ops

from .arrays import Floats
from .lines import total_length
from .town import Link, Street, Town


def write_network(town: Town, path: Path) -> None:
    """Write the network, one row for each homogeneous part of a link.

    Columns have the short names of NVDB's homogenised deliveries; geometry is LineString Z in
    EPSG:3006 (easting, northing, height); measures run from 0 to 1 along each link sequence.

    Parameters
    ----------
    town : Town
        The town.
    path : Path
        GeoPackage to write; one that exists is replaced.
    """
    rows = [row for link in town.links for row in _link_rows(town, link)]
    rows.append(_cycle_row(town))
    frame = geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:3006")
    whole = ("F_Hogst_225", "B_Hogst_225", "ADT_f_117", "Klass_181", "Korfa_497", "GCM_t_502")
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    frame.to_file(path, layer="NVDB_homogeniserad", driver="GPKG", engine="pyogrio")


def _link_rows(town: Town, link: Link) -> list[Mapping[str, object]]:
    """Return a link's rows: the first street changes its traffic in the middle of each link."""
    street = town.streets[link.street]
    cuts = (0.0, 0.5, 1.0) if link.street == 0 else (0.0, 1.0)
    line = _raised(town, link.line)
    span = link.end_measure - link.start_measure
    rows: list[Mapping[str, object]] = []
    for part, (first, last) in enumerate(itertools.pairwise(cuts)):
        piece = shapely.ops.substring(line, first, last, normalized=True)
        rows.append(
            {
                **_street_columns(street),
                "ADT_f_117": street.traffic if part == 0 else int(street.traffic * 0.8),
                "START_MEASURE": round(link.start_measure + first * span, 8),
                "END_MEASURE": round(link.start_measure + last * span, 8),
                "EXTENT_LENGTH": round(total_length(link.line) * (last - first), 3),
                "geometry": piece,
            }
        )
    return rows


def _street_columns(street: Street) -> Mapping[str, object]:
    return {
        "ELEMENT_ID": street.element_id,
        "Namn_130": street.name,
        "Vagtr_474": 1,
        "F_Hogst_225": street.speed_kmh,
        "B_Hogst_225": street.speed_kmh,
        "Bredd_156": street.width_m,
        "Vagha_6": 2,
        "Vagha_7": "Påhittade kommun",
        "Klass_181": 5 if street.traffic > 2500 else 7,
        "Slitl_152": 1,
        "Korfa_497": 2,
        "TattbebyggtOmrade": 1,
        "GCM_t_502": None,
    }


def _cycle_row(town: Town) -> Mapping[str, object]:
    return {
        "ELEMENT_ID": "9900:4900",
        "Namn_130": None,
        "Vagtr_474": 2,
        "F_Hogst_225": None,
        "B_Hogst_225": None,
        "Bredd_156": 2.8,
        "Vagha_6": 2,
        "Vagha_7": "Påhittade kommun",
        "Klass_181": None,
        "Slitl_152": 1,
        "Korfa_497": None,
        "TattbebyggtOmrade": 1,
        "GCM_t_502": 1,
        "ADT_f_117": None,
        "START_MEASURE": 0.0,
        "END_MEASURE": 1.0,
        "EXTENT_LENGTH": round(total_length(town.cycle_path), 3),
        "geometry": _raised(town, town.cycle_path),
    }


def _raised(town: Town, line: Floats) -> shapely.LineString:
    """Move a local line to its place and give it a gently sloping height."""
    place = line + np.array(town.origin_m)
    height = 24.0 + 0.01 * line[:, 0] + 0.006 * line[:, 1]
    return shapely.LineString(np.round(np.column_stack([place, height]), 3))
