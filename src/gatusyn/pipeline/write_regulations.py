"""A layer of the regulations on the network, for QGIS and for comparing signs with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shapely import LineString

from gatusyn.geo import cut_line
from gatusyn.model import Link, Network, Regulation
from gatusyn.store import ColumnType, Table, write_layers

# A regulation on a place is drawn so far to both sides of it.
_REACH_M = 0.5


def write_regulations(path: Path, network: Network, *, overwrite: bool) -> int:
    """Write the layer ``regulations``, one row for each regulation and link; return their number.

    Parameters
    ----------
    path
        ``.gpkg`` (in the city's system) or ``.geojson`` (in WGS 84).

    Raises
    ------
    SettingsError
        If the ending is another, or the file exists and ``overwrite`` is off.
    StoreError
        If the file cannot be written.
    """
    rows = list(_rows(network))
    text, real = ColumnType.TEXT, ColumnType.REAL
    table = Table(
        name="regulations",
        columns={
            **dict.fromkeys(("designation", "kind", "value", "direction", "side"), text),
            **dict.fromkeys(("valid_from", "element_id", "link_id", "street_name"), text),
            **dict.fromkeys(("start_measure", "end_measure"), real),
        },
        rows=tuple(row for row, _ in rows),
        geometries=tuple(line for _, line in rows),
    )
    write_layers(path, table, None, network.epsg, overwrite=overwrite)
    return len(rows)


def _rows(network: Network) -> Iterator[tuple[dict[str, object], LineString]]:
    for link in network.links:
        for one in network.regulations_on(link):
            start, end = (
                min(max(measure, link.start_measure), link.end_measure)
                for measure in (one.start_measure, one.end_measure)
            )
            yield _values(one, link, start, end), _line(link, start, end)


def _line(link: Link, start: float, end: float) -> LineString:
    from_m, to_m = link.offset_at(start), link.offset_at(end)
    if to_m - from_m < 2 * _REACH_M:
        middle = (from_m + to_m) / 2
        from_m, to_m = max(middle - _REACH_M, 0.0), min(middle + _REACH_M, link.length_m)
    return cut_line(link.line, from_m, to_m)


def _values(one: Regulation, link: Link, start: float, end: float) -> dict[str, object]:
    return {
        "designation": one.designation,
        "kind": one.kind,
        "value": one.value,
        "direction": one.direction.value,
        "side": None if one.side is None else one.side.value,
        "valid_from": one.valid_from,
        "element_id": one.element_id,
        "link_id": link.link_id,
        "street_name": link.street_name,
        "start_measure": start,
        "end_measure": end,
    }
