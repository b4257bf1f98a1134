"""Reads what Vite says of the files that it built."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A script with what belongs to it, as addresses.

    Parameters
    ----------
    modules
        Scripts that it asks for as soon as it runs: a browser may fetch them beside it.
    """

    script: str
    styles: tuple[str, ...]
    modules: tuple[str, ...]


class Built:
    """The built files by the names of their sources.

    Parameters
    ----------
    chunks
        As in Vite's manifest; empty where nothing has been built.
    """

    def __init__(self, chunks: dict[str, Any]) -> None:
        self._chunks = chunks

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def entry(self, source: str) -> Entry | None:
        """Return an entry, with the styles of all that it imports; None if it was not built."""
        if source not in self._chunks:
            return None
        seen: set[str] = set()
        later = self._chunks[source].get("dynamicImports", [])
        styles = [path for own in (source, *later) for path in self._styles(own, seen)]
        return Entry(
            script=f"/{self._chunks[source]['file']}",
            styles=tuple(f"/{path}" for path in styles),
            modules=tuple(f"/{self._chunks[own]['file']}" for own in sorted(seen - {source})),
        )

    def _styles(self, name: str, seen: set[str]) -> list[str]:
        """Return the styles of a chunk after those of what it imports, which it builds on."""
        if name in seen:
            return []
        seen.add(name)
        chunk = self._chunks[name]
        before = [path for own in chunk.get("imports", []) for path in self._styles(own, seen)]
        return [*before, *chunk.get("css", [])]

    def address(self, source: str) -> str:
        """Return a file's address; empty if it was not built."""
        chunk = self._chunks.get(source)
        return f"/{chunk['file']}" if chunk else ""


def read_manifest(static: Path) -> Built:
    """Return what was built into a folder."""
    path = static / MANIFEST
    return Built(json.loads(path.read_text("utf-8")) if path.is_file() else {})
