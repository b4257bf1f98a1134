"""What a delivery holds: the layers of a file, a folder or a .zip."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import pyogrio
from pyogrio.errors import DataSourceError

from gatusyn.model import NetworkError
from gatusyn.network.read_table import check_kind, list_layers
from gatusyn.network.values import day_of

_FILES = (".gpkg", ".shp")
# What is unpacked of a .zip; everything else in it is left where it is.
_UNPACKED = frozenset({".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg"})
# More than this is no town's or county's delivery.
_MOST_BYTES = 20_000_000_000
_MOST_FILES = 5000
_COPY_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLayer:
    """A layer of a delivery.

    Parameters
    ----------
    path
        The file, or the file geodatabase's folder.
    name
        The layer's name in it.
    called
        What it is known by: its own name, a shapefile's file name.
    """

    path: Path
    name: str
    called: str


@contextmanager
def opened(path: Path) -> Iterator[tuple[StoredLayer, ...]]:
    """Find the layers of a GeoPackage, a shapefile, a file geodatabase, a folder or a .zip of them.

    A .zip is unpacked into a folder that goes when the block ends.

    Raises
    ------
    NetworkError
        If there is nothing that can be read, or a file in it is broken.
    """
    if path.suffix.lower() == ".zip" and path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            _unpack(path, Path(folder))
            yield _layers_in(Path(folder), path)
    elif path.is_dir() and path.suffix.lower() not in (".gdb", *_FILES):
        yield _layers_in(path, path)
    else:
        check_kind(path)
        yield tuple(_layers_of(path))


def day_of_delivery(layers: tuple[StoredLayer, ...]) -> date:
    """Return the day on which a delivery was written: the newest of its files' own dates.

    A GeoPackage notes when its content changed last, a shapefile's table when it was written. Where
    nothing does, it is the day of the newest file.
    """
    paths = sorted({layer.path for layer in layers})
    noted = [day for path in paths if (day := _noted_day(path)) is not None]
    if noted:
        return max(noted)
    newest = max(path.stat().st_mtime for path in paths)
    return datetime.fromtimestamp(newest, UTC).date()


def _layers_in(folder: Path, source: Path) -> tuple[StoredLayer, ...]:
    inside = sorted(folder.rglob("*"))
    files = [
        path
        for path in inside
        if (path.suffix.lower() in _FILES and path.is_file())
        or (path.suffix.lower() == ".gdb" and path.is_dir())
    ]
    if not files:
        raise NetworkError(
            source,
            "holds no GeoPackage, shapefile or file geodatabase",
            "Give the folder or .zip with the delivery's .gpkg, .shp or .gdb files.",
        )
    for path in files:
        check_kind(path)
    return tuple(layer for path in files for layer in _layers_of(path))


def _layers_of(path: Path) -> Iterator[StoredLayer]:
    for name, _ in list_layers(path):
        called = path.stem if path.suffix.lower() == ".shp" else name
        yield StoredLayer(path=path, name=name, called=called)


def _unpack(path: Path, folder: Path) -> None:
    """Unpack the geodata of a .zip; names in it never lead out of the folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if _is_wanted(one)]
            size = sum(one.file_size for one in members)
            if size > _MOST_BYTES or len(members) > _MOST_FILES:
                raise NetworkError(
                    path.name,
                    f"would unpack to {len(members)} files of {size / 1e9:.0f} GB together",
                    "Unpack it and give the folder, or deliver the town only.",
                )
            for member in members:
                # At most that many bytes are written, whatever the archive claims.
                target = folder / _safe_name(member.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as written:
                    left = member.file_size
                    while left > 0 and (block := source.read(min(left, _COPY_BYTES))):
                        written.write(block)
                        left -= len(block)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as fault:
        raise NetworkError(
            path.name, f"cannot be unpacked ({fault})", "Download it again, or unpack it yourself."
        ) from fault


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    in_geodatabase = any(part.lower().endswith(".gdb") for part in name.parts[:-1])
    return not member.is_dir() and (in_geodatabase or name.suffix.lower() in _UNPACKED)


def _safe_name(name: str) -> Path:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return Path(*(part.replace(":", "_") for part in parts))


def _noted_day(path: Path) -> date | None:
    if path.suffix.lower() == ".shp":
        table = next(iter(path.parent.glob(f"{path.stem}.[dD][bB][fF]")), None)
        return None if table is None else _day_of_table(table)
    if path.suffix.lower() != ".gpkg":
        return None
    query = "SELECT max(last_change) AS day FROM gpkg_contents"
    try:
        _, _, _, cells = pyogrio.raw.read(path, sql=query, read_geometry=False)
    except (DataSourceError, ValueError):
        return None
    return day_of(cells[0].tolist()[0]) if cells and cells[0].size else None


def _day_of_table(path: Path) -> date | None:
    """Return the day in a dBASE table's head: bytes 1 to 3 are year - 1900, month and day."""
    with path.open("rb") as stream:
        head = stream.read(4)
    try:
        return date(1900 + head[1], head[2], head[3])
    except (IndexError, ValueError):
        return None
