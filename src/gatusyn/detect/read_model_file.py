"""Reads model files and finds those that are there."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from gatusyn.detect.model_file import ModelFile
from gatusyn.model import ModelWeightsError

_REMEDY = "See docs/guides/models.md."


def own_model_path() -> Path:
    """Return the model file that the package carries."""
    return Path(str(files("gatusyn.detect"))) / "weights" / "damage.toml"


def read_model_file(path: Path) -> ModelFile:
    """Read and check a model file; its weights are not opened.

    Raises
    ------
    ModelWeightsError
        If it is missing or is not TOML, or names every key that is missing, unknown or wrong.
    """
    try:
        return ModelFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ModelWeightsError(path, f"cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelWeightsError(path, f"is not valid TOML ({error})", _REMEDY) from error
    except ValidationError as error:
        faults = "; ".join(
            ": ".join(filter(None, (".".join(map(str, fault["loc"])), fault["msg"])))
            for fault in error.errors()
        )
        raise ModelWeightsError(path, f"does not describe a model ({faults})", _REMEDY) from error


def list_model_files(folders: Sequence[Path]) -> list[Path]:
    """Return the package's own model file and those in folders, by name.

    Raises
    ------
    ModelWeightsError
        If a folder is not there.
    """
    found = [own_model_path()]
    for folder in folders:
        if not folder.is_dir():
            raise ModelWeightsError(folder, "is not a folder", "Name a folder of model files.")
        found += sorted(folder.glob("*.toml"))
    return found
