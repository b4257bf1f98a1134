"""Changes what treatments cost in a city's ``gatusyn.toml``; every other line stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from gatusyn.model import CitySettings, CostError, SettingsError
from gatusyn.pipeline.read_settings import settings_of
from gatusyn.pipeline.write_settings_file import (
    Names,
    SettingsFile,
    edited,
    read_settings_file,
    replaced,
    table_in,
    writing,
)


class CostField(StrEnum):
    """What can be changed of a treatment's cost."""

    COST = "cost_sek_m2"
    MOBILISATION = "mobilisation_sek"


Costs = Mapping[tuple[str, CostField], float]
"""New figures by treatment and field."""


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
    with writing(path, stamp=stamp) as raw:
        old = settings_of(raw, path)
        changes = _changes(old, costs)
        _check(raw, path, changes)
        if changes:
            text = _changed(raw.decode("utf-8"), path, changes)
            meant: dict[Names, float] = {
                ("economy", "treatments", name, field.value): value
                for (name, field), value in changes.items()
            }
            replaced(path, raw, text, meant, stamp=stamp)
        return read_settings_file(path)


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

    def change(document: Any) -> None:
        treatments = table_in(table_in(document, "economy"), "treatments")
        for (name, field), value in changes.items():
            figure = int(value) if float(value).is_integer() else value
            table_in(treatments, name, is_super=False)[field.value] = figure

    return edited(text, path, change)
