"""Changes what treatments cost in a city's ``gatusyn.toml``; every other line stays as it is."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from gatusyn.model import ChangedError, CitySettings, CostError, SettingsError
from gatusyn.pipeline.read_settings import settings_of


class CostField(StrEnum):
    """What can be changed of a treatment's cost."""

    COST = "cost_sek_m2"
    MOBILISATION = "mobilisation_sek"


Costs = Mapping[tuple[str, CostField], float]
"""New figures by treatment and field."""

_WRITING = Lock()
"""One writer at a time in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """A settings file as it was read.

    Parameters
    ----------
    stamp
        SHA-256 of its bytes, in hex.
    said
        What the file itself says, not the defaults: treatment or table, and setting.
    """

    settings: CitySettings
    stamp: str
    said: frozenset[tuple[str, str]]


def read_settings_file(path: Path) -> SettingsFile:
    """Read a settings file with what it takes to change it.

    Raises
    ------
    SettingsError
        As ``read_settings``.
    """
    raw = _bytes_of(path)
    return SettingsFile(settings=settings_of(raw, path), stamp=_stamp_of(raw), said=_said_in(raw))


def settings_stamp(path: Path) -> str | None:
    """Return the SHA-256 of a settings file in hex; None where it cannot be read."""
    with suppress(OSError):
        return _stamp_of(path.read_bytes())
    return None


def write_costs(path: Path, costs: Costs, *, stamp: str) -> SettingsFile:
    """Write new costs into a settings file: wholly or, if anything is wrong, not at all.

    Comments, order and everything else stay. Whoever reads the file meanwhile finds the old or the
    new one. A figure that is what holds already is not written.

    Parameters
    ----------
    stamp
        Of the file that the figures are a change of (``SettingsFile.stamp``).

    Raises
    ------
    ChangedError
        If somebody else has changed the file since.
    CostError
        If a figure is not one that the file may hold; it names each.
    SettingsError
        If the file cannot be read, changed or written.
    """
    with _WRITING:
        raw = _bytes_of(path)
        _require_same(path, raw, stamp)
        old = settings_of(raw, path)
        changes = _changes(old, costs)
        _check(raw, path, changes)
        if changes:
            text = _changed(raw.decode("utf-8"), path, changes)
            _require_changed_only(old, settings_of(text.encode(), path), path, changes)
            _replace(path, text.encode("utf-8"), stamp=stamp)
        return read_settings_file(path)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(path, f"cannot be read ({error.strerror})") from error


def _stamp_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _require_same(path: Path, raw: bytes, stamp: str) -> None:
    if _stamp_of(raw) != stamp:
        raise ChangedError(
            path, "has been changed by somebody else meanwhile", "Look at it anew, then save again."
        )


def _said_in(raw: bytes) -> frozenset[tuple[str, str]]:
    table = tomllib.loads(raw.decode("utf-8"))
    treatments = table.get("economy", {}).get("treatments", {})
    tables = (*table.items(), *treatments.items())
    return frozenset((name, key) for name, own in tables if isinstance(own, dict) for key in own)


def _changes(settings: CitySettings, costs: Costs) -> dict[tuple[str, CostField], float]:
    """Return the figures that are not yet so; those of unknown treatments with them."""
    known = settings.economy.treatments
    return {
        (name, field): value
        for (name, field), value in costs.items()
        if name not in known or getattr(known[name], field.value) != value
    }


def _check(raw: bytes, path: Path, changes: Costs) -> None:
    """Read the file with each change alone, so that every fault is told with its figure."""
    text = raw.decode("utf-8")
    known = settings_of(raw, path).economy.treatments
    faults: dict[tuple[str, str], str] = {}
    for (name, field), value in changes.items():
        if name not in known:
            faults[name, field.value] = "is of a treatment that there is not"
            continue
        try:
            settings_of(_changed(text, path, {(name, field): value}).encode("utf-8"), path)
        except SettingsError as error:
            _, _, words = error.problem.rpartition(f"{name}.{field} ")
            faults[name, field.value] = f"{words}. {error.remedy}".strip()
    if faults:
        raise CostError(path, faults)


def _changed(text: str, path: Path, changes: Costs) -> str:
    """Return the text of the file with changes."""
    try:
        document = tomlkit.parse(text)
        economy = _table_in(document, "economy")
        treatments = _table_in(economy, "treatments")
        for (name, field), value in changes.items():
            figure = int(value) if float(value).is_integer() else value
            _table_in(treatments, name, is_super=False)[field.value] = figure
        return tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(path, f"cannot be changed ({error})", "Change it by hand.") from error


def _table_in(parent: Any, name: str, *, is_super: bool = True) -> Any:
    if name not in parent:
        in_line = isinstance(parent, InlineTable)
        parent[name] = tomlkit.inline_table() if in_line else tomlkit.table(is_super)
    return parent[name]


def _require_changed_only(old: CitySettings, new: CitySettings, path: Path, changes: Costs) -> None:
    """Check that the new text says what was asked for; a fault of the writer changes nothing."""
    treatments = new.economy.treatments
    for (name, field), value in changes.items():
        if getattr(treatments[name], field.value) != value:
            raise SettingsError(path, f"would not hold the new {name}.{field}")
    if tuple(treatments) != tuple(old.economy.treatments):
        raise SettingsError(path, "would hold other treatments than before")


def _replace(path: Path, raw: bytes, *, stamp: str) -> None:
    """Put new content in a file's place at once; a crash leaves the old or the new one."""
    # A link stays a link: the file that it leads to is replaced.
    target = path.resolve()
    made: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        made = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, made)
        _require_same(path, target.read_bytes(), stamp)
        made.replace(target)
        made = None
        _sync_folder(target.parent)
    except OSError as error:
        raise SettingsError(path, f"cannot be written ({error.strerror})") from error
    finally:
        if made is not None:
            made.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
