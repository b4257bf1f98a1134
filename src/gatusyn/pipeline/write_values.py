"""Changes any setting in a city's ``gatusyn.toml``; every other line stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gatusyn.model import CitySettings, SettingsError, ValueFaultsError
from gatusyn.pipeline.read_settings import settings_of
from gatusyn.pipeline.write_settings_file import (
    SettingsFile,
    edited,
    read_settings_file,
    replaced,
    table_in,
    writing,
)

Key = tuple[str, str]
"""A table, empty for what stands before all of them, and a setting in it."""

Value = bool | int | float | str | tuple[float, ...] | None
"""None takes a setting out of the file: its default holds."""


def write_values(path: Path, values: Mapping[Key, Value], *, stamp: str) -> SettingsFile:
    """Write new values into a settings file: wholly or, if anything is wrong, not at all.

    Comments, order and everything else stay. Whoever reads the file meanwhile finds the old or the
    new one. A value that is what holds already is not written.

    Parameters
    ----------
    stamp
        Of the file that the values are a change of (``SettingsFile.stamp``).

    Raises
    ------
    ChangedError
        If somebody else has changed the file since.
    ValueFaultsError
        If a value is not one that the file may hold; it names each.
    SettingsError
        If the file cannot be read, changed or written.
    """
    with writing(path, stamp=stamp) as raw:
        old = settings_of(raw, path)
        changes = {key: own for key, own in values.items() if value_in(old, key) != own}
        if changes:
            text = raw.decode("utf-8")
            _check(text, path, changes)
            changed = _changed(text, path, changes)
            meant = {
                tuple(filter(None, key)): list(own) if isinstance(own, tuple) else own
                for key, own in changes.items()
            }
            replaced(path, raw, changed, meant, stamp=stamp)
        return read_settings_file(path)


def value_in(settings: CitySettings, key: Key) -> Value:
    """Return what a setting is."""
    table, name = key
    value: Value = getattr(getattr(settings, table) if table else settings, name)
    return value


def _check(text: str, path: Path, changes: Mapping[Key, Value]) -> None:
    """Read the file as it would be, again and again without what was wrong, to tell every fault.

    Values are checked together: some are right only beside each other.
    """
    left, faults = dict(changes), dict[Key, str]()
    while left:
        try:
            settings_of(_changed(text, path, left).encode("utf-8"), path)
            break
        except SettingsError as error:
            named = [key for key in left if _is_named(key, error.problem)] or list(left)
            remedy = error.remedy
            for key in named:
                faults[key] = f"{_words(key, error.problem)}. {remedy}".strip()
                del left[key]
    if faults:
        raise ValueFaultsError(path, faults)


def _is_named(key: Key, problem: str) -> bool:
    return (
        re.search(rf"(?<![\w.]){re.escape('.'.join(key).lstrip('.'))}(?![\w])", problem) is not None
    )


def _words(key: Key, problem: str) -> str:
    """Return what is said of one setting, of several that are told together."""
    name = ".".join(key).lstrip(".")
    own = [part for part in problem.split("; ") if _is_named(key, part)]
    return (own or [problem])[0].removeprefix(name).lstrip(": ")


def _changed(text: str, path: Path, changes: Mapping[Key, Value]) -> str:
    def change(document: Any) -> None:
        for (table, name), value in changes.items():
            own = table_in(document, table, is_super=False) if table else document
            if value is None:
                own.pop(name, None)
            else:
                own[name] = list(value) if isinstance(value, tuple) else value

    return edited(text, path, change)
