"""Reads a city's ``gatusyn.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from gatusyn.model import CitySettings, SettingsError, over_defaults


def read_settings(path: Path) -> CitySettings:
    """Read and check a settings file; a setting that is not there has its default.

    Raises
    ------
    SettingsError
        If the file is missing or is not TOML, or names every setting that is unknown, of the
        wrong type or out of range.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            path, f"cannot be read ({error.strerror})", "Is this a folder made by gatusyn init?"
        ) from error
    return settings_of(raw, path)


def settings_of(raw: bytes, path: Path) -> CitySettings:
    """Return the settings that a file's content says.

    Parameters
    ----------
    path
        The file, for messages.

    Raises
    ------
    SettingsError
        As ``read_settings``, for a file that is there.
    """
    try:
        table = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(path, f"is not valid TOML ({error})") from error
    if isinstance(table.get("economy"), dict):
        table["economy"] = over_defaults(table["economy"])
    try:
        return TypeAdapter(CitySettings).validate_python(table, extra="forbid")
    except ValidationError as error:
        raise SettingsError(path, _faults(error), "Correct or remove these settings.") from error
    except SettingsError as error:
        raise SettingsError(path, f"{error.source} {error.problem}", error.remedy) from error


def _faults(error: ValidationError) -> str:
    """Return every fault with its setting; unknown ones together, as an update may leave many."""
    unknown, others = [], []
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "unexpected_keyword_argument":
            unknown.append(name)
        else:
            others.append(f"{name}: {fault['msg'].lower()}")
    if unknown:
        is_one = len(unknown) == 1
        others.append(f"{', '.join(unknown)} {'is no setting' if is_one else 'are no settings'}")
    return "; ".join(others)
