"""Sections and findings as files that QGIS, Excel and other systems open."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gatusyn.model import Grade, Network, SettingsError
from gatusyn.store.export_tables import Table, finding_table, section_table
from gatusyn.store.protocol import Store
from gatusyn.store.sqlite_errors import in_plain_words
from gatusyn.store.write_export_csv import write_csv
from gatusyn.store.write_export_geojson import write_geojson
from gatusyn.store.write_export_gpkg import write_gpkg, write_plain_gpkg


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSummary:
    """What was exported.

    Parameters
    ----------
    paths
        The files written: one, or for CSV the sections' and the findings'.
    period
        The period of the grades; None if nothing has been graded yet.
    sections, unknown, findings
        Rows; ``unknown`` counts the sections that were not looked at enough.
    """

    paths: tuple[Path, ...]
    period: str | None
    sections: int
    unknown: int
    findings: int


def write_export(
    store: Store,
    network: Network,
    path: Path,
    *,
    overwrite: bool = False,
    map_link: str | None = None,
    period: str | None = None,
) -> ExportSummary:
    """Write sections and findings to a file; its ending says in which format.

    ``.gpkg`` gets the layers ``sections`` and ``findings`` in the network's system, with styles for
    QGIS; ``.geojson`` one collection in WGS 84 whose features say in ``layer`` which they are;
    ``.csv`` the sections, with the findings beside it in ``NAME_findings.csv``. Files are written
    beside the target and moved into place: there is never half a file.

    Parameters
    ----------
    map_link
        A link into the map for every row, in which ``{section}`` and ``{finding}`` stand for the
        row's ids (``{finding}`` is empty for sections).
    period
        The period to export, the newest if None.

    Raises
    ------
    SettingsError
        If the ending is none of the three, the file exists and ``overwrite`` is off, or there are
        no grades of the period.
    StorageFullError
        If the disk is full; no file has been changed.
    StoreError
        If the file cannot be written.
    """
    targets = targets_of(path)
    _require_free(targets, overwrite=overwrite)
    if period is not None and period not in store.periods():
        known = ", ".join(store.periods()) or "none"
        raise SettingsError("period", f"has no grades for {period}", f"There are: {known}.")
    sections = section_table(network, store.conditions(period=period), map_link=map_link)
    findings = finding_table(network, store.findings(), map_link=map_link)
    _write(targets, _writers()[path.suffix.lower()], sections, findings, network.epsg)
    grades = [row["grade"] for row in sections.rows]
    return ExportSummary(
        paths=targets,
        period=sections.rows[0]["period"] if sections.rows else None,
        sections=len(grades),
        unknown=grades.count(Grade.UNKNOWN.number),
        findings=len(findings.rows),
    )


def write_layers(
    path: Path, lines: Table, areas: Table | None, epsg: int, *, overwrite: bool = False
) -> None:
    """Write a table of lines, and one of polygons if any, to a ``.gpkg`` or ``.geojson`` file.

    Raises
    ------
    SettingsError
        As ``require_layers``.
    StorageFullError
        If the disk is full; no file has been changed.
    StoreError
        If the file cannot be written.
    """
    require_layers(path, overwrite=overwrite)
    others = areas or Table(name="", columns={}, rows=(), geometries=())
    _write((path,), _layer_writers()[path.suffix.lower()], lines, others, epsg)


def require_layers(path: Path, *, overwrite: bool) -> None:
    """Check that ``write_layers`` can write a file, before the work.

    Raises
    ------
    SettingsError
        If the ending is another, or the file exists and ``overwrite`` is off.
    """
    if path.suffix.lower() not in _layer_writers():
        raise SettingsError(
            path, f"has the ending {path.suffix!r}", "Use .gpkg or .geojson: QGIS opens both."
        )
    _require_free((path,), overwrite=overwrite)


def targets_of(path: Path) -> tuple[Path, ...]:
    """Return the files that an export to a path writes.

    Raises
    ------
    SettingsError
        If the path's ending is unknown.
    """
    if path.suffix.lower() not in _writers():
        raise SettingsError(
            path,
            f"has the ending {path.suffix!r}, which is no export format",
            "Use .gpkg (QGIS), .geojson or .csv (Excel).",
        )
    if path.suffix.lower() == ".csv":
        return path, path.with_name(f"{path.stem}_findings{path.suffix}")
    return (path,)


Writer = Callable[[tuple[Path, ...], Table, Table, int], None]


def _writers() -> Mapping[str, Writer]:
    return {".gpkg": write_gpkg, ".geojson": write_geojson, ".csv": write_csv}


def _layer_writers() -> Mapping[str, Writer]:
    return {".gpkg": write_plain_gpkg, ".geojson": write_geojson}


def _require_free(targets: tuple[Path, ...], *, overwrite: bool) -> None:
    for target in targets:
        if target.is_dir():
            raise SettingsError(target, "is a folder", "Give the name of a file.")
        if target.exists() and not overwrite:
            problem = "exists already"
            raise SettingsError(target, problem, "Choose another name, or allow to overwrite it.")
    if not targets[0].parent.is_dir():
        raise SettingsError(targets[0].parent, "is not a folder", "Make it first.")


def _write(
    targets: tuple[Path, ...], writer: Writer, sections: Table, findings: Table, epsg: int
) -> None:
    token = secrets.token_hex(4)
    parts = tuple(target.with_name(f".{target.stem}.{token}{target.suffix}") for target in targets)
    with in_plain_words(targets[0], subject="the export"):
        try:
            writer(parts, sections, findings, epsg)
            for part, target in zip(parts, targets, strict=True):
                part.replace(target)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
