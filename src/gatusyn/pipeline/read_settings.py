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
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            path, f"cannot be read ({error.strerror})", "Is this a folder made by gatusyn init?"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(path, f"is not valid TOML ({error})") from error
    if isinstance(table.get("economy"), dict):
        table["economy"] = over_defaults(table["economy"])
    try:
        return TypeAdapter(CitySettings).validate_python(table, extra="forbid")
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg'].lower()}"
            for fault in error.errors()
        )
        raise SettingsError(path, faults, "Correct or remove these settings.") from error
    except SettingsError as error:
        raise SettingsError(path, f"{error.source} {error.problem}", error.remedy) from error
