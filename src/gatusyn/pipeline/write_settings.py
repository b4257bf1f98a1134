"""Writes a city's ``gatusyn.toml``, each setting with the words of its docstring."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from gatusyn.model import CitySettings


def write_settings(path: Path, settings: CitySettings) -> None:
    """Write every setting with its meaning; one that is None is written as a comment.

    What is kept by name (families, treatments) is written as a comment where it is the default:
    only what a town says of them is the town's.

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
        for key, entries in _mappings(value):
            lines += _named_tables(
                f"{name}.{key}", entries, getattr(getattr(CitySettings(), name), key)
            )
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
        lines += _rows(prefix, params)
    for prefix, params in tables:
        for key, entries in _mappings(params):
            if any(is_dataclass(entry) for entry in entries.values()):
                lines += _defaults_by_name(f"{prefix}{key}", entries)
    return "\n".join(lines) + "\n"


def _rows(prefix: str, params: Any) -> list[str]:
    """Return the rows of one ``Params``; what it keeps by name is told once, for every name."""
    meanings = _meanings(inspect.getdoc(type(params)) or "")
    lines = []
    for item in fields(params):
        value = getattr(params, item.name)
        if is_dataclass(value):
            continue
        written: object = "not set" if value is None else value
        if isinstance(value, Mapping):
            written = "see below" if value else "none"
        lines.append(f"| `{prefix}{item.name}` | {written} | {' '.join(meanings[item.name])} |")
        entry = next(iter(value.values()), None) if isinstance(value, Mapping) else None
        if is_dataclass(entry):
            words = _meanings(inspect.getdoc(type(entry)) or "")
            lines += [
                f"| `{prefix}{item.name}.NAME.{field.name}` | see below | "
                f"{' '.join(words[field.name])} |"
                for field in fields(entry)
                if field.name != "name"
            ]
    return lines


def _defaults_by_name(key: str, entries: Mapping[Any, Any]) -> list[str]:
    """Return a table of what is kept by name: a row a setting, a column a name."""
    lines = ["", f"Defaults of `{key}`:", ""]
    lines.append(f"| | {' | '.join(f'`{name}`' for name in entries)} |")
    lines.append("|---" * (len(entries) + 1) + "|")
    for item in fields(next(iter(entries.values()))):
        if item.name != "name":
            values = [_plain(getattr(entry, item.name)) for entry in entries.values()]
            lines.append(f"| `{item.name}` | {' | '.join(values)} |")
    return lines


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value) or "none"
    return "not set" if value is None else str(value)


def _mappings(params: Any) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    """Yield the settings of a ``Params`` that are kept by name or year."""
    for item in fields(params):
        value = getattr(params, item.name)
        if isinstance(value, Mapping):
            yield item.name, value


def _named_tables(key: str, entries: Mapping[Any, Any], defaults: Mapping[Any, Any]) -> list[str]:
    """Return a table of plain values, or one a name."""
    if not any(is_dataclass(entry) for entry in entries.values()):
        plain = (f"{_key(name)} = {json.dumps(one)}" for name, one in entries.items())
        return ["", f"[{key}]", *plain]
    lines = []
    for name, entry in entries.items():
        lines += ["", f"[{key}.{name}]"]
        default = defaults.get(name)
        for item in fields(entry):
            value = getattr(entry, item.name)
            if item.name == "name":
                continue
            is_default = default is not None and getattr(default, item.name) == value
            lines.append(_assignment(item.name, value, is_comment=is_default))
    return lines


def _key(name: object) -> str:
    """Return a key of TOML; people's own names may hold blanks."""
    text = str(name)
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else json.dumps(text, ensure_ascii=False)


def _assignments(params: Any) -> list[str]:
    meanings = _meanings(inspect.getdoc(type(params)) or "")
    lines = []
    for item in fields(params):
        value = getattr(params, item.name)
        if is_dataclass(value) or isinstance(value, Mapping):
            continue
        lines += [f"# {line}" for line in meanings.get(item.name, ())]
        lines.append(_assignment(item.name, value, is_comment=False))
    return lines


def _assignment(name: str, value: Any, *, is_comment: bool) -> str:
    if value is None:
        return f"# {name} ="
    written = list(value) if isinstance(value, tuple) else value
    # A JSON string, number, boolean or flat list is also TOML.
    return f"{'# ' if is_comment else ''}{name} = {json.dumps(written, ensure_ascii=False)}"


def meaning_of(params: type, name: str) -> str:
    """Return what a setting means, in the words of its docstring; empty if it says nothing."""
    return " ".join(_meanings(inspect.getdoc(params) or "").get(name, ())).replace("`", "")


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
