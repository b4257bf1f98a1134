"""A file of what was looked at and how well, to look at in QGIS."""

from __future__ import annotations

from pathlib import Path

from gatusyn.model import LookColumns, SectionCondition
from gatusyn.pipeline.city import City
from gatusyn.store import ColumnType, Table, iso_day, iso_time, write_layers


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
    graded = {one.section_id: one for one in city.store.conditions(period=period)}
    text, real = ColumnType.TEXT, ColumnType.REAL
    sections = Table(
        name="sections",
        columns={
            **dict.fromkeys(("section_id", "link_id", "element_id", "period", "last_look"), text),
            **dict.fromkeys(("seen_well_share", "seen_poorly_share", "not_seen_share"), real),
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
    looks = city.store.coverage()
    qualities = city.settings.looks.qualities(LookColumns.of(looks).measures).tolist()
    areas = Table(
        name="looks",
        columns={
            **dict.fromkeys(("run_id", "link_id", "looked"), text),
            **dict.fromkeys(("quality", "sharpness", "light", "distance_m", "area_m2"), real),
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
    write_layers(path, sections, areas, network.epsg, overwrite=overwrite)
    return len(looks)


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
