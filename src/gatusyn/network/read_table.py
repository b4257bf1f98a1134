"""Reading one line layer of a GeoPackage, shapefile or GeoJSON file as it is."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError

from gatusyn.model import NetworkError

# GDAL knows many formats, some of which run commands or fetch from the network when opened: a file
# is opened only if its first bytes and then GDAL itself say that it is one of these.
_DRIVERS = ("GPKG", "ESRI Shapefile", "GeoJSON", "OpenFileGDB")
_GPKG, _SHAPEFILE = b"SQLite format 3\x00", b"\x00\x00\x27\x0a"
_GDB_TABLE = "a00000001.gdbtable"
_BOM = b"\xef\xbb\xbf"
_HEAD = 65536
_FORBIDDEN = b"gdal_streamed_alg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A layer's rows.

    Parameters
    ----------
    layer
        The layer's name.
    crs
        What the file says of its coordinate system; None if nothing.
    fids
        The rows' numbers, shape [n].
    geometries
        As read, None where a row has none, shape [n].
    columns
        Column to its cells, each of shape [n].
    """

    layer: str
    crs: str | None
    fids: NDArray[np.int64]
    geometries: NDArray[np.object_]
    columns: Mapping[str, NDArray[np.generic]]

    def cells(self, wanted: Mapping[str, str]) -> Iterator[dict[str, object]]:
        """Yield each row's cells, by the property for which ``wanted`` gives the column."""
        keys = list(wanted)
        lists = [self.columns[wanted[key]].tolist() for key in keys]
        if not keys:
            yield from ({} for _ in range(self.fids.size))
            return
        for values in zip(*lists, strict=True):
            yield dict(zip(keys, values, strict=True))


def read_table(path: Path, *, layer: str | None) -> Table:
    """Read a layer of lines.

    Parameters
    ----------
    layer
        Its name; needed if the file has more than one with lines.

    Raises
    ------
    NetworkError
        If the file is not of a known kind, cannot be read, or has no such layer, no lines or no
        rows.
    """
    check_kind(path)
    name = _choose_layer(path, layer)
    table = read_rows(path, name)
    if table.fids.size == 0:
        raise NetworkError(
            path.name, f"has no rows in its layer {name}", "Export the road network again."
        )
    kinds = set(shapely.get_type_id(table.geometries).tolist())
    if not kinds & {1, 2, 5}:
        raise _no_lines(path, name)
    return table


def list_columns(path: Path, name: str) -> list[str]:
    """Return a layer's columns; the file's kind must have been checked.

    Raises
    ------
    NetworkError
        If it cannot be read.
    """
    try:
        return [str(field) for field in pyogrio.read_info(path, layer=name)["fields"]]
    except DataSourceError as fault:
        raise _unreadable(path) from fault


def read_rows(
    path: Path, name: str, *, columns: Sequence[str] | None = None, with_geometry: bool = True
) -> Table:
    """Read a layer's rows, whatever they hold; the file's kind must have been checked.

    Parameters
    ----------
    columns
        Those to read; all if None.

    Raises
    ------
    NetworkError
        If it cannot be read.
    """
    try:
        driver = pyogrio.read_info(path, layer=name)["driver"]
        if driver not in _DRIVERS:
            raise _unknown_kind(path)
        # Measures (M) and curves are reduced to plain lines with a warning; that is what is wanted.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, fids, wkb, cells = pyogrio.raw.read(
                path,
                layer=name,
                columns=columns,
                return_fids=True,
                read_geometry=with_geometry,
            )
    except DataSourceError as fault:
        raise _unreadable(path) from fault
    read = {str(field): values for field, values in zip(meta["fields"], cells, strict=True)}
    wkb = np.full(fids.size, None) if wkb is None else wkb
    with np.errstate(invalid="ignore"):
        geometries = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    return Table(layer=name, crs=meta["crs"], fids=fids, geometries=geometries, columns=read)


def list_layers(path: Path) -> list[tuple[str, str]]:
    """Return a file's layers and their kinds of geometry; the file's kind must have been checked.

    Raises
    ------
    NetworkError
        If it cannot be read.
    """
    try:
        return [(str(name), str(kind)) for name, kind in pyogrio.list_layers(path)]
    except DataSourceError as fault:
        raise _unreadable(path) from fault


def check_kind(path: Path) -> None:
    """Check that a file begins as a GeoPackage, shapefile or GeoJSON file does.

    A file geodatabase is a folder, known by its name and its first table.

    Raises
    ------
    NetworkError
        If it does not, is empty, or is not there.
    """
    suffix = path.suffix.lower()
    if suffix == ".gdb" and path.is_dir():
        if not (path / _GDB_TABLE).is_file():
            raise _unreadable(path)
        return
    head = read_head(path)
    text = head.removeprefix(_BOM).lstrip()
    fits = {
        ".gpkg": head.startswith(_GPKG),
        ".shp": head.startswith(_SHAPEFILE),
        ".geojson": text.startswith(b"{") and _FORBIDDEN not in head,
        ".json": text.startswith(b"{") and _FORBIDDEN not in head,
    }
    if suffix not in fits:
        raise _unknown_kind(path)
    if not fits[suffix]:
        raise _unreadable(path)
    if suffix == ".shp":
        _check_companions(path)


def read_head(path: Path) -> bytes:
    """Return a file's first bytes.

    Raises
    ------
    NetworkError
        If it is not there, is a folder, may not be read, or is empty.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except FileNotFoundError as fault:
        raise NetworkError(path, "does not exist", "Check the path.") from fault
    except IsADirectoryError as fault:
        raise NetworkError(
            path, "is a folder", "Give the .gpkg, .shp, .geojson or .osm.pbf file in it."
        ) from fault
    except OSError as fault:
        raise NetworkError(path, f"cannot be read ({fault.strerror})") from fault
    if not head:
        raise NetworkError(path.name, "is empty (0 bytes)", "Download or export it again.")
    return head


def _check_companions(path: Path) -> None:
    there = {other.suffix.lower() for other in path.parent.glob(f"{path.stem}.*")}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in there]
    if missing:
        raise NetworkError(
            path.name,
            f"lacks its companion {' and '.join(path.stem + suffix for suffix in missing)}",
            "A shapefile is several files: put all of them in the same folder.",
        )


def _choose_layer(path: Path, layer: str | None) -> str:
    layers = list_layers(path)
    names = [name for name, _ in layers]
    if layer is not None:
        if layer in names:
            return layer
        raise NetworkError(
            path.name,
            f"has no layer {layer!r}",
            f"Its layers are: {', '.join(names) or 'none'}.",
        )
    lines = [name for name, kind in layers if _may_hold_lines(kind)]
    if len(lines) == 1:
        return lines[0]
    if not lines:
        raise _no_lines(path, ", ".join(names) or "file")
    raise NetworkError(
        path.name,
        f"has {len(lines)} layers that may be the road network",
        f"Say which one with --layer: {', '.join(lines)}.",
    )


def _may_hold_lines(kind: str) -> bool:
    return any(word in kind for word in ("Line", "Curve", "Unknown", "Geometry"))


def _no_lines(path: Path, layer: str) -> NetworkError:
    return NetworkError(
        path.name,
        f"has no lines in {layer}",
        "A road network is a layer of lines; points and areas cannot be used.",
    )


def _unknown_kind(path: Path) -> NetworkError:
    return NetworkError(
        path.name,
        "is not a kind of road network file that can be read",
        "Use a GeoPackage (.gpkg), a shapefile (.shp), a file geodatabase (.gdb), GeoJSON "
        "(.geojson), a folder or .zip of those, or OpenStreetMap (.osm.pbf).",
    )


def _unreadable(path: Path) -> NetworkError:
    return NetworkError(
        path.name,
        f"is not a readable {path.suffix.lstrip('.')} file",
        "It may be cut short or be another kind of file with this ending: download or export it "
        "again.",
    )
