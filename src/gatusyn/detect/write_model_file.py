"""Writes a model file."""

from __future__ import annotations

import hashlib
import json
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
    tables = {name: value for name, value in said.items() if isinstance(value, dict)}
    lines = _assignments({name: said[name] for name in said if name not in tables})
    for name, table in tables.items():
        lines += ["", f"[{name}]", *_assignments(table)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _assignments(table: dict[str, object]) -> list[str]:
    # A JSON string, number, boolean or flat list is also TOML, a JSON string also a TOML key.
    return [
        f"{json.dumps(name)} = {json.dumps(value, ensure_ascii=False)}"
        if not name.isidentifier()
        else f"{name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in table.items()
    ]
