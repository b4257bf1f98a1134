"""Changes a city's ``gatusyn.toml`` in place: wholly or not at all, and only as it was read."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from gatusyn.model import ChangedError, CitySettings, SettingsError
from gatusyn.pipeline.read_settings import settings_of

_WRITING = Lock()
"""One writer at a time in this process."""


Names = tuple[str, ...]
"""The names of the tables around a setting, and its own."""


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


@contextmanager
def writing(path: Path, *, stamp: str) -> Iterator[bytes]:
    """Give a settings file's content to who changes it; nobody else in this process does then.

    Raises
    ------
    ChangedError
        If somebody else has changed the file since.
    SettingsError
        If the file cannot be read.
    """
    with _WRITING:
        raw = _bytes_of(path)
        _require_same(path, raw, stamp)
        yield raw


def edited(text: str, path: Path, change: Callable[[Any], None]) -> str:
    """Return the text of a settings file after a change to its tables; comments stay.

    Raises
    ------
    SettingsError
        If it cannot be changed.
    """
    try:
        document = tomlkit.parse(text)
        change(document)
        return tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(path, f"cannot be changed ({error})", "Change it by hand.") from error


def replaced(path: Path, raw: bytes, text: str, meant: Mapping[Names, Any], *, stamp: str) -> None:
    """Put the new text of a settings file in its place, if it changes what is meant and no more.

    Parameters
    ----------
    raw
        The file as it was read.
    meant
        The new values by their tables' names and their own; None is a setting that goes.

    Raises
    ------
    ChangedError
        If somebody else has changed the file since.
    SettingsError
        If the text changes anything else, says other than was meant, or cannot be written.
    """
    before, after = _leaves(tomllib.loads(raw.decode("utf-8"))), _leaves(tomllib.loads(text))
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    wrong = sorted(".".join(key) for key in changed if key not in meant)
    wrong += [".".join(key) for key, value in meant.items() if after.get(key) != value]
    if wrong:
        # A fault of the writer: the file stays as it is.
        raise SettingsError(
            path, f"would not hold what was meant at {wrong[0]}", "Change it by hand."
        )
    settings_of(text.encode("utf-8"), path)
    replace_content(path, text.encode("utf-8"), stamp=stamp)


def _leaves(table: Mapping[str, Any], above: Names = ()) -> dict[Names, Any]:
    """Return what a file says that is no table, by the names that lead to it."""
    found: dict[Names, Any] = {}
    for name, value in table.items():
        own = (*above, name)
        found |= _leaves(value, own) if isinstance(value, dict) else {own: value}
    return found


def table_in(parent: Any, name: str, *, is_super: bool = True) -> Any:
    """Return a table in another one, made if it is not there."""
    if name not in parent:
        in_line = isinstance(parent, InlineTable)
        parent[name] = tomlkit.inline_table() if in_line else tomlkit.table(is_super)
    return parent[name]


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
    tables = (*table.items(), *treatments.items(), ("", table))
    return frozenset((name, key) for name, own in tables if isinstance(own, dict) for key in own)


def replace_content(path: Path, raw: bytes, *, stamp: str) -> None:
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
