"""Reading streets and paths from an OpenStreetMap extract (.osm.pbf, .osm)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray
from shapely import LineString

from gatusyn.geo import Projection, utm_epsg
from gatusyn.model import NetworkError, NetworkType
from gatusyn.network import osm_tags
from gatusyn.network.progress import Progress, ticking
from gatusyn.network.read_table import read_head
from gatusyn.network.rows import Attributes, Built, Row, build_links

_PBF_MARK = b"OSMHeader"
_EVERY = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of the extract: its nodes that the extract has, in order.

    Parameters
    ----------
    nodes
        Node ids, shape [n].
    lon_lat
        Degrees, NaN for nodes outside the extract, shape [n, 2].
    """

    way_id: int
    nodes: NDArray[np.int64]
    lon_lat: NDArray[np.float64]
    attributes: Attributes


def is_osm(path: Path) -> bool:
    """Say whether a file's name is that of an OpenStreetMap extract."""
    return path.suffix.lower() in (".pbf", ".osm")


def links_of_osm(
    path: Path, *, on_progress: Progress | None = None
) -> tuple[int, Built, tuple[str, ...]]:
    """Make links of an extract's streets and paths: EPSG code, links, remarks.

    A way is cut where it shares a node with another: streets where streets meet, so that a crossing
    path does not cut a street into stubs; paths wherever anything meets. ``element_id`` is the
    way's id; measures are shares of the way's length. Stretches outside the extract are left out.

    Raises
    ------
    NetworkError
        If the file cannot be read or has no street in it.
    """
    _check_kind(path)
    ways, incomplete = _read_ways(path, on_progress)
    if not ways:
        raise NetworkError(
            path.name,
            "has no streets or paths",
            "Check that the extract covers the town and was not filtered.",
        )
    corners = np.concatenate([way.lon_lat for way in ways])
    lon, lat = np.nanmedian(corners, axis=0).tolist()
    projection = Projection(utm_epsg(lon, lat))
    rows = list(_rows(ways, projection))
    built = build_links(ticking(rows, len(rows), on_progress))
    remark = f"{incomplete} ways run out of the extract; only their parts inside it were taken."
    return projection.epsg, built, (remark,) if incomplete else ()


def _check_kind(path: Path) -> None:
    head = read_head(path)
    is_xml = b"<osm" in head[:1000]
    if (_PBF_MARK in head[:100]) if path.suffix.lower() == ".pbf" else is_xml:
        return
    raise NetworkError(
        path.name,
        "is not a readable OpenStreetMap extract",
        "It may be cut short or be another kind of file with this ending: download it again.",
    )


def _read_ways(path: Path, on_progress: Progress | None) -> tuple[list[Way], int]:
    """Return the ways with two known nodes or more, and how many leave the extract."""
    found: list[Way] = []
    incomplete = 0
    reader = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    try:
        for seen, way in enumerate(reader):
            assert isinstance(way, osmium.osm.Way)
            if on_progress is not None and seen % _EVERY == 0:
                on_progress(0, 0)
            said = osm_tags.attributes({tag.k: tag.v for tag in way.tags})
            if said is None:
                continue
            nodes = [
                (node.ref, node.lon, node.lat)
                if node.location.valid()
                else (node.ref, np.nan, np.nan)
                for node in way.nodes
            ]
            table = np.array(nodes, dtype=np.float64).reshape(-1, 3)
            known = np.isfinite(table[:, 1])
            incomplete += bool(known.any() and not known.all())
            if known.sum() >= 2:
                refs = np.array([node[0] for node in nodes], dtype=np.int64)
                found.append(Way(way_id=way.id, nodes=refs, lon_lat=table[:, 1:], attributes=said))
    except RuntimeError as fault:
        raise NetworkError(
            path.name, f"cannot be read to its end ({fault})", "Download it again."
        ) from fault
    return found, incomplete


def _rows(ways: list[Way], projection: Projection) -> Iterator[Row]:
    """Yield the ways' stretches between junctions."""
    is_street = [way.attributes.network_type is NetworkType.CAR for way in ways]
    shared = _shared_nodes(ways)
    streets = iter(_shared_nodes([way for way, car in zip(ways, is_street, strict=True) if car]))
    for way, car, on_any in zip(ways, is_street, shared, strict=True):
        cuts = next(streets) if car else on_any
        places = np.column_stack(projection.to_metres(way.lon_lat[:, 0], way.lon_lat[:, 1]))
        places[~np.isfinite(places).all(axis=1)] = np.nan
        yield from _stretches(way, places, cuts)


def _shared_nodes(ways: list[Way]) -> list[NDArray[np.bool_]]:
    """Return for each way which of its nodes these ways have more than once."""
    if not ways:
        return []
    nodes = np.concatenate([way.nodes for way in ways])
    _, number, count = np.unique(nodes, return_inverse=True, return_counts=True)
    ends = np.cumsum([way.nodes.size for way in ways])[:-1]
    return np.split(count[number] > 1, ends)


def _stretches(way: Way, places: NDArray[np.float64], cuts: NDArray[np.bool_]) -> Iterator[Row]:
    """Cut a way (easting, northing in metres; NaN outside the extract) at the marked nodes."""
    steps = np.nan_to_num(np.hypot(*np.diff(places, axis=0).T))
    along = np.concatenate(([0.0], np.cumsum(steps)))
    share = along / along[-1] if along[-1] > 0 else along
    known = np.isfinite(places[:, 0])
    begin = 0
    for node in range(1, places.shape[0]):
        if not (known[node] and known[begin]):
            begin = node
        elif cuts[node] or node + 1 == places.shape[0] or not known[node + 1]:
            yield Row(
                element_id=str(way.way_id),
                start_measure=float(share[begin]),
                end_measure=float(share[node]),
                geometry=LineString(places[begin : node + 1]),
                attributes=way.attributes,
            )
            begin = node
