"""Reads a file of known damage."""

from __future__ import annotations

from pathlib import Path

import geopandas

from gatusyn.evaluate.against_truth import DamageTruth
from gatusyn.model import DamageKind, GatusynError

_COLUMNS = frozenset({"kind", "size_m", "length_m", "area_m2", "severity"})


def read_truth(path: Path, *, epsg: int) -> tuple[DamageTruth, ...]:
    """Read known damage: ``kind``, ``size_m``, ``length_m``, ``area_m2`` and ``severity``.

    Parameters
    ----------
    epsg
        The projected system in which the footprints are wanted.

    Raises
    ------
    GatusynError
        If the file cannot be read, has no coordinate system or lacks a column.
    """
    try:
        table = geopandas.read_file(path)
    except (OSError, ValueError, RuntimeError) as error:
        raise GatusynError(path, f"cannot be read as a layer of damage ({error})") from error
    missing = sorted(_COLUMNS - set(table.columns))
    if missing:
        raise GatusynError(path, f"lacks the columns {', '.join(missing)}")
    if table.crs is None:
        raise GatusynError(path, "does not say its coordinate system")
    table = table.to_crs(epsg)
    kinds = {kind.value for kind in DamageKind}
    return tuple(
        DamageTruth(
            kind=DamageKind(row.kind),
            footprint=row.geometry,
            size_m=float(row.size_m),
            length_m=float(row.length_m),
            area_m2=float(row.area_m2),
            severity=int(row.severity),
        )
        for row in table.itertuples()
        if row.kind in kinds
    )
