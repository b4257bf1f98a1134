"""The numbered steps to this version's schema, the same for every database."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from gatusyn.model import StoreError


def migrations() -> tuple[tuple[int, str], ...]:
    """Return every migration as (number, SQL), in order."""
    folder = resources.files("gatusyn.store") / "migrations"
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    return tuple((int(entry.name.split("_")[0]), entry.read_text("utf-8")) for entry in files)


def require_known(folder: Path, *, schema: int, newest: int) -> None:
    """Refuse a schema that a newer Gatusyn made.

    Raises
    ------
    StoreError
        If it is newer than the newest that this one knows.
    """
    if schema > newest:
        raise StoreError(
            folder,
            f"was made by a newer Gatusyn (schema {schema}, this one knows {newest})",
            "Update Gatusyn; the folder has not been changed.",
        )
