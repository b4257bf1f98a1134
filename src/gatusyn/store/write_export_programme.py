"""A programme as a GeoPackage: a layer a year, drawn by treatment."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from gatusyn.model import Network, PlannedMeasure, PlannedProject, TownProgramme
from gatusyn.store.export_styles import treatment_qml, treatment_sld
from gatusyn.store.export_tables import INTEGER, REAL, TEXT, Columns, Style, Table, fill_link
from gatusyn.store.sqlite_errors import in_plain_words
from gatusyn.store.write_export_gpkg import write_line_layers
from gatusyn.store.write_figures import require_free

Say = Callable[[PlannedProject], Mapping[str, str]]
"""Returns the words of a project: ``treatment_name``, ``from_place``, ``to_place``, ``reason``."""


def write_programme_gpkg(
    path: Path,
    programme: TownProgramme,
    network: Network,
    say: Say,
    *,
    map_link: str | None = None,
    overwrite: bool = False,
) -> tuple[str, ...]:
    """Write a programme's measures, a row a section, with element id and measures.

    Parameters
    ----------
    map_link
        A link for every row, in which ``{section}`` stands for its id; no column without.

    Returns
    -------
    tuple of str
        The layers: a year each that has measures, or one empty layer.

    Raises
    ------
    SettingsError
        If the ending is another, or the file exists and may not be replaced.
    StorageFullError
        If the disk is full; no file has been changed.
    StoreError
        If it cannot be written.
    """
    require_free(path, overwrite=overwrite, endings=(".gpkg",))
    lines = {one.section_id: one.line for one in network.sections}
    years = [year for year in programme.years if programme.ore_in(year)] or [programme.first_year]
    names = [one.treatment for one in programme.prices]
    tables = []
    for year in years:
        rows = [
            (_row(project, one, say(project), map_link), lines[one.section_id])
            for project in programme.projects
            if project.year == year
            for one in project.measures
            if one.section_id in lines
        ]
        tables.append(
            Table(
                name=str(year),
                columns=_columns(map_link),
                rows=tuple(row for row, _ in rows),
                geometries=tuple(line for _, line in rows),
                style=Style(
                    name="Treatment",
                    qml=treatment_qml(names),
                    sld=treatment_sld(str(year), names),
                ),
            )
        )
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    with in_plain_words(path, subject="the export"):
        try:
            write_line_layers(part, tables, network.epsg)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return tuple(one.name for one in tables)


def _columns(map_link: str | None) -> Columns:
    columns = {
        "project": INTEGER,
        "year": INTEGER,
        "section_id": TEXT,
        "element_id": TEXT,
        "start_measure": REAL,
        "end_measure": REAL,
        "street_name": TEXT,
        "from_place": TEXT,
        "to_place": TEXT,
        "treatment": TEXT,
        "treatment_name": TEXT,
        "length_m": REAL,
        "area_m2": REAL,
        "cost_sek": REAL,
        "index_before": REAL,
        "index_after": REAL,
        "reason": TEXT,
    }
    return columns if map_link is None else {**columns, "map_link": TEXT}


def _row(
    project: PlannedProject, one: PlannedMeasure, words: Mapping[str, str], map_link: str | None
) -> dict[str, object]:
    row: dict[str, object] = {
        "project": project.number,
        "year": project.year,
        "section_id": one.section_id,
        "element_id": one.element_id,
        "start_measure": one.start_measure,
        "end_measure": one.end_measure,
        "street_name": project.street or None,
        "treatment": project.treatment,
        "length_m": one.length_m,
        "area_m2": one.area_m2,
        "cost_sek": one.ore / 100,
        "index_before": one.index_before,
        "index_after": one.index_after,
        **words,
    }
    if map_link is not None:
        row["map_link"] = fill_link(map_link, section=one.section_id)
    return row
