"""Writes a model file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from gatusyn.detect.model_file import ModelFile


def write_model_file(path: Path, model: ModelFile) -> None:
    """Write what a model file says as TOML, its weights' hash taken anew; defaults are left out.

    Raises
    ------
    OSError
        If the weights, which lie beside it, cannot be read or the file cannot be written.
    """
    with (path.parent / model.weights).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    said = model.model_copy(update={"sha256": digest}).model_dump(
        exclude_none=True, exclude_defaults=True
    )
    path.write_text("\n".join(_table("", said)).lstrip() + "\n", "utf-8")


def _table(name: str, table: Mapping[str, object]) -> list[str]:
    """Return a table's own lines, then those of the tables in it."""
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    # A JSON string, number, boolean or flat list is also TOML, and a JSON string a TOML key.
    lines = [
        f"{_key(key)} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in table.items()
        if key not in inner
    ]
    if name and lines:
        lines = ["", f"[{name}]", *lines]
    for key, value in inner.items():
        lines += _table(f"{name}.{_key(key)}" if name else _key(key), value)
    return lines


def _key(key: str) -> str:
    return str(key) if key.isidentifier() and key.isascii() else json.dumps(key)
