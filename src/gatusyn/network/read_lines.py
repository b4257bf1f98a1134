"""Reading any layer of lines: by a mapping file, or by OpenStreetMap's names if it has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from gatusyn.model import NetworkError
from gatusyn.network import osm_tags
from gatusyn.network.crs import Placed, parse_crs, place
from gatusyn.network.mapping import Mapping, Reading, check_columns, example_for, parse_mapping
from gatusyn.network.progress import Progress, ticking
from gatusyn.network.read_table import Table
from gatusyn.network.rows import Attributes, Built, Row, build_links
from gatusyn.network.values import measure_of, text_of

_OSM_IDS = ("osmid", "osm_id", "@id", "full_id", "id")
_MAX_MAPPING_BYTES = 1_000_000


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file (``mapping.EXAMPLE``).

    Raises
    ------
    NetworkError
        If it cannot be read, or naming all that is wrong with it.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(_MAX_MAPPING_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise NetworkError(path, f"cannot be read as a mapping file ({fault})") from fault
    return parse_mapping(path.name, text)


def has_osm_names(columns: list[str]) -> bool:
    """Say whether a layer's columns are named as OpenStreetMap's tags, as osmnx exports them."""
    return "highway" in columns and bool({"name", "oneway", "maxspeed"} & set(columns))


def no_mapping(path: Path, columns: list[str]) -> NetworkError:
    """Return the fault of a layer whose columns nobody explained."""
    return NetworkError(
        path.name,
        "is neither an NVDB delivery nor OpenStreetMap, so its columns need explaining; it has: "
        f"{', '.join(columns) or 'none'}",
        "Write a mapping file and give it with --mapping. It looks like this:\n"
        f"{example_for(columns)}",
    )


def links_of_mapped(
    path: Path, table: Table, mapping: Mapping, *, on_progress: Progress | None = None
) -> tuple[int, Built, tuple[str, ...]]:
    """Make links of a layer by its mapping: EPSG code, links, and words that had no meaning.

    Raises
    ------
    NetworkError
        If the mapping names columns that the layer does not have, or the place is at fault.
    """
    check_columns(mapping, list(table.columns), path.name)
    placed = place(path.name, parse_crs(path.name, table.crs, mapping.epsg), table.geometries)
    reading = Reading(mapping=mapping)
    columns = dict(mapping.columns)
    if columns["element_id"] not in table.columns:
        del columns["element_id"]

    def rows() -> Iterator[Row]:
        cells = zip(table.cells(columns), table.fids.tolist(), *_places(placed), strict=True)
        for said, fid, geometry, outside in ticking(cells, table.fids.size, on_progress):
            yield Row(
                element_id=text_of(said.get("element_id", fid)) or "",
                start_measure=measure_of(said.get("start_measure", 0.0)),
                end_measure=measure_of(said.get("end_measure", 1.0)),
                geometry=geometry,
                attributes=reading.attributes(said),
                outside=outside,
            )

    built = build_links(rows())
    return placed.epsg, built, reading.remarks()


def links_of_osm_names(
    path: Path, table: Table, *, on_progress: Progress | None = None
) -> tuple[int, Built, tuple[str, ...]]:
    """Make links of a layer whose columns are OpenStreetMap's tags: EPSG code, links, remarks.

    Two rows that are one street in both directions, as osmnx exports them, become one link.
    """
    placed = place(path.name, parse_crs(path.name, table.crs, None), table.geometries)
    ids = next((name for name in _OSM_IDS if name in table.columns), None)
    tags = {name: name for name in table.columns}

    def rows() -> Iterator[Row]:
        cells = zip(table.cells(tags), table.fids.tolist(), *_places(placed), strict=True)
        for said, fid, geometry, outside in ticking(cells, table.fids.size, on_progress):
            found = osm_tags.attributes(_tags(said))
            yield Row(
                element_id=text_of(fid if ids is None else said[ids]) or "",
                start_measure=0.0,
                end_measure=1.0,
                geometry=geometry,
                attributes=found or Attributes(),
                outside=outside,
                is_road=found is not None,
            )

    return placed.epsg, build_links(rows()), ()


def _places(placed: Placed) -> tuple[list[BaseGeometry | None], list[bool]]:
    return placed.geometries.tolist(), placed.outside.tolist()


def _tags(cells: dict[str, object]) -> dict[str, str]:
    tags = {}
    for key, value in cells.items():
        text = "-1" if key == "oneway" and str(value).startswith("-1") else text_of(value)
        if text is not None:
            tags[key] = _first_of_list(text)
    # osmnx writes 0 and 1.
    if tags.get("oneway", "").lower() in ("0", "false"):
        tags["oneway"] = "no"
    return tags


def _first_of_list(text: str) -> str:
    # Where osmnx joins ways into one edge it writes their values as a list: ['primary', 'road'].
    if not (text.startswith("[") and text.endswith("]")):
        return text
    return text[1:-1].split(",")[0].strip(" '\"")
