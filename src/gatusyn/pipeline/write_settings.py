"""Writes a city's ``gatusyn.toml``, each setting with the words of its docstring."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from gatusyn.model import CitySettings


def write_settings(path: Path, settings: CitySettings) -> None:
    """Write every setting with its meaning; one that is None is written as a comment.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path.write_text(settings_text(settings), "utf-8")


def settings_text(settings: CitySettings) -> str:
    """Return the settings as TOML with comments."""
    lines = ["# Gatusyn's settings for this town. Remove a line to get its default.", ""]
    tables = []
    for item in fields(settings):
        value = getattr(settings, item.name)
        if is_dataclass(value):
            tables.append((item.name, value))
    lines += _assignments(settings)
    for name, value in tables:
        summary = inspect.getdoc(type(value)) or ""
        lines += ["", f"# {summary.splitlines()[0]}", f"[{name}]", *_assignments(value)]
    return "\n".join(lines) + "\n"


def settings_table(settings: CitySettings) -> str:
    """Return a Markdown table of every setting, its value and its meaning."""
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    tables: list[tuple[str, Any]] = [("", settings)]
    tables += [
        (f"{item.name}.", getattr(settings, item.name))
        for item in fields(settings)
        if is_dataclass(getattr(settings, item.name))
    ]
    for prefix, params in tables:
        meanings = _meanings(inspect.getdoc(type(params)) or "")
        for item in fields(params):
            value = getattr(params, item.name)
            if not is_dataclass(value):
                written = "not set" if value is None else value
                meaning = " ".join(meanings[item.name])
                lines.append(f"| `{prefix}{item.name}` | {written} | {meaning} |")
    return "\n".join(lines) + "\n"


def _assignments(params: Any) -> list[str]:
    meanings = _meanings(inspect.getdoc(type(params)) or "")
    lines = []
    for item in fields(params):
        value = getattr(params, item.name)
        if is_dataclass(value):
            continue
        lines += [f"# {line}" for line in meanings.get(item.name, ())]
        if value is None:
            lines.append(f"# {item.name} =")
        else:
            written = list(value) if isinstance(value, tuple) else value
            # A JSON string, number, boolean or flat list is also TOML.
            lines.append(f"{item.name} = {json.dumps(written, ensure_ascii=False)}")
    return lines


def _meanings(docstring: str) -> dict[str, list[str]]:
    """Return the words under each name of a numpydoc ``Parameters`` section."""
    _, _, section = docstring.partition("Parameters\n----------\n")
    meanings: dict[str, list[str]] = {}
    names: list[str] = []
    for line in section.splitlines():
        if re.fullmatch(r"[a-z][a-z0-9_, ]*", line):
            names = [name.strip() for name in line.split(",")]
        elif line.startswith("    ") and names:
            for name in names:
                meanings.setdefault(name, []).append(line.strip())
    return meanings
