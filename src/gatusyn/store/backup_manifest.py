"""What a backup holds: named in a manifest that is written last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gatusyn.model import StoreError

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A file of a backup."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds.

    Parameters
    ----------
    made
        The moment whose state it is, UTC, as ``2026-05-04T10:11:12Z``.
    schema
        The database's.
    files
        By path within the backup, with ``/`` between its parts.
    """

    made: str
    schema: int
    files: Mapping[str, FileEntry]

    def to_json(self) -> str:
        """Return the manifest as JSON."""
        files = {name: [own.sha256, own.size] for name, own in sorted(self.files.items())}
        document = {"format": FORMAT, "made": self.made, "schema": self.schema, "files": files}
        return json.dumps(document, indent=0)


def parse_manifest(text: str, source: Path) -> Manifest:
    """Read a manifest.

    Raises
    ------
    StoreError
        If it is none, is a newer format's, or names a file outside the backup.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            problem = f"is a backup of format {document['format']}, this Gatusyn knows {FORMAT}"
            raise StoreError(source, problem, "Use the Gatusyn that made it, or a newer one.")
        files = {
            _safe(name): FileEntry(sha256=str(digest), size=int(size))
            for name, (digest, size) in document["files"].items()
        }
        return Manifest(made=str(document["made"]), schema=int(document["schema"]), files=files)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(source, "is no manifest of a backup", "Choose another backup.") from error


def _safe(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not path.parts:
        raise ValueError(name)
    return str(path)


def digest_of(path: Path) -> FileEntry:
    """Return a file's hash and size."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return FileEntry(sha256=digest.hexdigest(), size=size)


def copy_file(source: Path, target: Path) -> FileEntry:
    """Copy a file and return the hash and size of what was copied."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as reading, target.open("xb") as writing:
        while chunk := reading.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            writing.write(chunk)
    return FileEntry(sha256=digest.hexdigest(), size=size)
