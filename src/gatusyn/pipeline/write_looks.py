"""A file of what was looked at and how well, to look at in QGIS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from gatusyn.model import Coverage, LookColumns, LookParams, Network, SectionCondition
from gatusyn.pipeline.city import City
from gatusyn.store import ColumnType, Table, iso_day, iso_time, write_layers

_TEXT, _REAL = ColumnType.TEXT, ColumnType.REAL


def write_looks(
    city: City, path: Path, *, period: str | None = None, overwrite: bool = False
) -> int:
    """Write the layer ``sections``, with the shares seen, and ``looks``, the road of every frame.

    Parameters
    ----------
    path
        ``.gpkg`` (in the city's system) or ``.geojson`` (in WGS 84).
    period
        Of the sections, the newest if None; looks are of all times.

    Returns
    -------
    int
        How many looks were written.

    Raises
    ------
    SettingsError
        If the ending is another, or the file exists and ``overwrite`` is off.
    StoreError
        If the file cannot be written.
    """
    network = city.store.read_network()
    graded = city.store.conditions(period=period)
    looks = city.store.coverage()
    write_layers(
        path,
        _section_table(network, graded),
        _look_table(looks, city.settings.looks),
        network.epsg,
        overwrite=overwrite,
    )
    return len(looks)


def _section_table(network: Network, conditions: Iterable[SectionCondition]) -> Table:
    graded = {one.section_id: one for one in conditions}
    return Table(
        name="sections",
        columns={
            **dict.fromkeys(("section_id", "link_id", "element_id", "period", "last_look"), _TEXT),
            **dict.fromkeys(("seen_well_share", "seen_poorly_share", "not_seen_share"), _REAL),
        },
        rows=tuple(
            {
                "section_id": section.section_id,
                "link_id": section.link_id,
                "element_id": section.element_id,
            }
            | _shares(graded.get(section.section_id))
            for section in network.counted_sections
        ),
        geometries=tuple(section.line for section in network.counted_sections),
    )


def _look_table(looks: Sequence[tuple[str, Coverage]], params: LookParams) -> Table:
    """Return the looks with their quality; each comes with its run's id."""
    qualities = params.qualities(LookColumns.of(looks).measures).tolist()
    return Table(
        name="looks",
        columns={
            **dict.fromkeys(("run_id", "link_id", "looked"), _TEXT),
            **dict.fromkeys(("quality", "sharpness", "light", "distance_m", "area_m2"), _REAL),
        },
        rows=tuple(
            {
                "run_id": run_id,
                "link_id": look.link_id,
                "looked": iso_time(look.time_s),
                "quality": quality,
                "sharpness": look.sharpness,
                "light": look.light,
                "distance_m": look.distance_m,
                "area_m2": look.footprint.area,
            }
            for (run_id, look), quality in zip(looks, qualities, strict=True)
        ),
        geometries=tuple(look.footprint for _, look in looks),
    )


def _shares(one: SectionCondition | None) -> dict[str, object]:
    if one is None:
        return {
            "period": None,
            "last_look": None,
            "seen_well_share": 0.0,
            "seen_poorly_share": 0.0,
            "not_seen_share": 1.0,
        }
    return {
        "period": one.period,
        "last_look": None if one.last_look_s is None else iso_day(one.last_look_s),
        "seen_well_share": one.seen_well_share,
        "seen_poorly_share": one.seen_poorly_share,
        "not_seen_share": one.not_seen_share,
    }
