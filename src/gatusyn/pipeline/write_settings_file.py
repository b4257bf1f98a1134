"""Changes a city's ``gatusyn.toml`` in place: wholly or not at all, and only as it was read."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
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
