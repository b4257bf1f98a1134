"""Reading NVDB's homogenised delivery (Lastkajen: GeoPackage or shapefile)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from gatusyn.network.crs import parse_crs, place
from gatusyn.network.node_cuts import cut_at_ends
from gatusyn.network.nvdb import (
    EXTRA_COLUMNS,
    PLACE_COLUMNS,
    PROPERTY_COLUMNS,
    Columns,
    attributes,
    find_columns,
    known_network_type,
)
from gatusyn.network.progress import Progress, ticking
from gatusyn.network.read_table import Table
from gatusyn.network.rows import Built, Row, build_links
from gatusyn.network.values import holds_on, is_yes, measure_of, text_of


def links_of_nvdb(
    path: Path,
    table: Table,
    *,
    day: date | None = None,
    epsg: int | None = None,
    on_progress: Progress | None = None,
) -> tuple[int, Built, tuple[str, ...]]:
    """Make links of an NVDB layer.

    Parameters
    ----------
    day
        Rows that do not hold on it are left out, where the layer has dates.

    Returns
    -------
    epsg
        The links' projected system.
    built
        The links and what was left out.
    remarks
        What was not clear in the delivery.
    """
    placed = place(path.name, parse_crs(path.name, table.crs, epsg), table.geometries)
    places = find_columns(list(table.columns), PLACE_COLUMNS).found
    properties = find_columns(list(table.columns), PROPERTY_COLUMNS)
    extra = find_columns(list(table.columns), EXTRA_COLUMNS).found
    counts = {"network_type": 0, "closed": 0}

    def rows() -> Iterator[Row]:
        cells = zip(
            table.cells(places),
            table.cells({**properties.found, **extra}),
            placed.geometries.tolist(),
            placed.outside.tolist(),
            strict=True,
        )
        for where, said, geometry, outside in ticking(cells, table.fids.size, on_progress):
            counts["network_type"] += known_network_type(said.get("network_type")) is None
            counts["closed"] += is_yes(said.get("forward_forbidden")) and is_yes(
                said.get("backward_forbidden")
            )
            yield Row(
                element_id=text_of(where["element_id"]) or "",
                start_measure=measure_of(where["start_measure"]),
                end_measure=measure_of(where["end_measure"]),
                geometry=geometry,
                attributes=attributes(said),
                outside=outside,
                is_valid=day is None or holds_on(day, said.get("valid_from"), said.get("valid_to")),
            )

    built = build_links(rows())
    built.links[:] = cut_at_ends(built.links)
    return placed.epsg, built, _remarks(properties, counts)


def _remarks(properties: Columns, counts: Mapping[str, int]) -> tuple[str, ...]:
    remarks = [
        f"No column for {key.replace('_', ' ')} was found; it is unknown for every link."
        for key in properties.missing
    ]
    remarks += [
        f"Several columns may hold the {key.replace('_', ' ')} ({', '.join(columns)}); none was "
        "taken. Name the right one in a mapping file."
        for key, columns in properties.unclear.items()
    ]
    if counts["network_type"] and "network_type" in properties.found:
        remarks.append(
            f"{counts['network_type']} rows have no known network type; they are taken for cars."
        )
    if counts["closed"]:
        remarks.append(
            f"{counts['closed']} rows forbid driving in both directions; both are kept as possible."
        )
    return tuple(remarks)
