"""What an export holds: one row a section and one row a finding, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gatusyn.geo import Projection
from gatusyn.model import DamageKind, Finding, Grade, Link, Network, Section
from gatusyn.model import SectionCondition as Condition


class ColumnType(StrEnum):
    """What a column holds; every column but the ids may be empty."""

    TEXT = "text"
    REAL = "real"
    INTEGER = "integer"
    BOOLEAN = "boolean"


TEXT, REAL, INTEGER, BOOLEAN = ColumnType

Columns = Mapping[str, ColumnType]

_FIGURES = ("count", "length_m", "area_m2", "share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How QGIS (``qml``) and other programs (``sld``, may be empty) draw a table."""

    name: str
    qml: str
    sld: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows with their geometries (easting and northing in the network's system, metres)."""

    name: str
    columns: Columns
    rows: tuple[Mapping[str, Any], ...]
    geometries: tuple[BaseGeometry, ...]
    style: Style | None = None


def section_columns() -> Columns:
    """Return the columns of the sections, in order."""
    extents = {
        f"{kind}_{figure}": INTEGER if figure == "count" else REAL
        for kind in _damages()
        for figure in _FIGURES
    }
    return {
        "section_id": TEXT,
        "link_id": TEXT,
        "element_id": TEXT,
        "start_measure": REAL,
        "end_measure": REAL,
        "start_m": REAL,
        "end_m": REAL,
        "street_name": TEXT,
        "network_type": TEXT,
        "functional_class": TEXT,
        "speed_forward_kmh": REAL,
        "speed_backward_kmh": REAL,
        "width_m": REAL,
        "width_is_assumed": BOOLEAN,
        "surface": TEXT,
        "road_keeper": TEXT,
        "is_junction": BOOLEAN,
        "period": TEXT,
        "grade": INTEGER,
        "grade_word": TEXT,
        "method": TEXT,
        "index_name": TEXT,
        "condition_index": REAL,
        "index_low": REAL,
        "index_high": REAL,
        "deduct_index": REAL,
        "handbook_index": REAL,
        "handbook_grade": INTEGER,
        "observed_share": REAL,
        "observed_m2": REAL,
        "seen_well_share": REAL,
        "seen_poorly_share": REAL,
        "not_seen_share": REAL,
        "last_look": TEXT,
        "frames": INTEGER,
        "confidence": REAL,
        **extents,
        "reasons": TEXT,
        "map_link": TEXT,
    }


def finding_columns() -> Columns:
    """Return the columns of the findings, in order."""
    return {
        "finding_id": TEXT,
        "kind": TEXT,
        "element_id": TEXT,
        "measure": REAL,
        "link_id": TEXT,
        "offset_m": REAL,
        "side": TEXT,
        "section_id": TEXT,
        "street_name": TEXT,
        "length_m": REAL,
        "area_m2": REAL,
        "severity": INTEGER,
        "severity_reason": TEXT,
        "state": TEXT,
        "ended": TEXT,
        "confidence": REAL,
        "sightings": INTEGER,
        "looks": INTEGER,
        "drives": INTEGER,
        "growth": TEXT,
        "growth_m2_year": REAL,
        "growth_sigma_m2_year": REAL,
        "first_seen": TEXT,
        "last_seen": TEXT,
        "sigma_along_m": REAL,
        "sigma_across_m": REAL,
        "easting_m": REAL,
        "northing_m": REAL,
        "lon_deg": REAL,
        "lat_deg": REAL,
        "map_link": TEXT,
    }


def section_table(
    network: Network, conditions: Sequence[Condition], *, map_link: str | None
) -> Table:
    """Return one row for every counted section of the network, seen or not.

    Parameters
    ----------
    conditions
        Of one period; a section without one is unknown.
    map_link
        See ``gatusyn.store.write_export.write_export``.
    """
    condition_of = {condition.section_id: condition for condition in conditions}
    period = conditions[0].period if conditions else None
    links = network.link_by_id
    rows = []
    for section in network.counted_sections:
        condition = condition_of.get(section.section_id)
        rows.append(
            _place(section, links[section.link_id])
            | {"period": period}
            | _condition_values(condition)
            | {"map_link": fill_link(map_link, section=section.section_id)}
        )
    return Table(
        name="sections",
        columns=section_columns(),
        rows=tuple(rows),
        geometries=tuple(section.line for section in network.counted_sections),
    )


def finding_table(network: Network, findings: Sequence[Finding], *, map_link: str | None) -> Table:
    """Return one row for every finding; coordinates are of a point within its footprint."""
    points = shapely.point_on_surface(np.asarray([f.footprint for f in findings], dtype=object))
    east, north = shapely.get_x(points), shapely.get_y(points)
    lon, lat = Projection(network.epsg).to_degrees(east, north)
    places = np.column_stack([east, north, lon, lat]).tolist()
    rows = [
        _finding_values(finding, place, network.link_by_id.get(finding.link_id))
        | {"map_link": fill_link(map_link, section=finding.section_id, finding=finding.finding_id)}
        for finding, place in zip(findings, places, strict=True)
    ]
    return Table(
        name="findings",
        columns=finding_columns(),
        rows=tuple(rows),
        geometries=tuple(finding.footprint for finding in findings),
    )


def _finding_values(finding: Finding, place: Sequence[float], link: Link | None) -> dict[str, Any]:
    easting_m, northing_m, lon_deg, lat_deg = place
    return {
        "finding_id": finding.finding_id,
        "kind": finding.kind.value,
        "element_id": finding.element_id,
        "measure": finding.measure,
        "link_id": finding.link_id,
        "offset_m": finding.offset_m,
        "side": finding.side.value,
        "section_id": finding.section_id,
        "street_name": link.street_name if link else None,
        "length_m": finding.length_m,
        "area_m2": finding.area_m2,
        "severity": finding.severity,
        "severity_reason": finding.severity_reason.words,
        "confidence": finding.confidence,
        "state": finding.state.value,
        "ended": None if finding.ended_s is None else iso_time(finding.ended_s),
        "sightings": finding.sightings,
        "looks": finding.looks,
        "drives": finding.drives,
        "growth": finding.growth.value,
        "growth_m2_year": finding.growth_m2_year,
        "growth_sigma_m2_year": finding.growth_sigma_m2_year,
        "first_seen": iso_time(finding.first_seen_s),
        "last_seen": iso_time(finding.last_seen_s),
        "sigma_along_m": finding.sigma_along_m,
        "sigma_across_m": finding.sigma_across_m,
        "easting_m": easting_m,
        "northing_m": northing_m,
        "lon_deg": lon_deg,
        "lat_deg": lat_deg,
    }


def fill_link(template: str | None, *, section: str, finding: str = "") -> str | None:
    """Return a map link for one row, its ids escaped; None without a template."""
    if template is None:
        return None
    return template.replace("{section}", quote(section, safe="")).replace(
        "{finding}", quote(finding, safe="")
    )


def iso_time(time_s: float) -> str:
    """Return seconds since 1970-01-01 UTC as ``2026-05-04T10:11:12Z``."""
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_day(time_s: float) -> str:
    """Return the day (UTC) of seconds since 1970-01-01 as ``2026-05-04``."""
    return iso_time(time_s)[:10]


def _place(section: Section, link: Link) -> dict[str, Any]:
    return {
        "section_id": section.section_id,
        "link_id": section.link_id,
        "element_id": section.element_id,
        "start_measure": section.start_measure,
        "end_measure": section.end_measure,
        "start_m": section.start_m,
        "end_m": section.end_m,
        "street_name": link.street_name,
        "network_type": link.network_type.value,
        "functional_class": link.functional_class,
        "speed_forward_kmh": link.speed_forward_kmh,
        "speed_backward_kmh": link.speed_backward_kmh,
        "width_m": section.width_m,
        "width_is_assumed": section.width_is_assumed,
        "surface": link.surface,
        "road_keeper": link.road_keeper,
        "is_junction": section.is_junction,
    }


def _damages() -> dict[str, tuple[DamageKind, tuple[int, ...]]]:
    """Return the names under which extents are exported: each kind, then each of its severities."""
    names: dict[str, tuple[DamageKind, tuple[int, ...]]] = {}
    for kind in DamageKind:
        names[kind.value] = (kind, (1, 2, 3))
        names |= {f"{kind.value}_severity_{one}": (kind, (one,)) for one in (1, 2, 3)}
    return names


def _condition_values(condition: Condition | None) -> dict[str, Any]:
    if condition is None or condition.grade is Grade.UNKNOWN:
        index = deduct = handbook = low = high = None
    else:
        index, deduct = condition.index, condition.deduct_index
        handbook = condition.handbook_index
        low, high = condition.index_interval or (None, None)
    reasons = condition.reasons if condition else ()
    values: dict[str, Any] = {
        "grade": condition.grade.number if condition else Grade.UNKNOWN.number,
        "grade_word": condition.grade.word if condition else Grade.UNKNOWN.word,
        "method": condition.method.value if condition else None,
        "index_name": condition.index_name if condition else None,
        "condition_index": index,
        "index_low": low,
        "index_high": high,
        "deduct_index": deduct,
        "handbook_index": handbook,
        "handbook_grade": condition.handbook_grade.number if condition else 0,
        "observed_share": condition.observed_share if condition else 0.0,
        "observed_m2": condition.observed_m2 if condition else 0.0,
        "seen_well_share": condition.seen_well_share if condition else 0.0,
        "seen_poorly_share": condition.seen_poorly_share if condition else 0.0,
        "not_seen_share": condition.not_seen_share if condition else 1.0,
        "last_look": _time_of(condition),
        "frames": condition.frames if condition else 0,
        "confidence": condition.confidence if condition else 0.0,
        "reasons": "; ".join(f"{r.text} (−{r.deduct:.0f})" for r in reasons),
    }
    return values | _extent_values(condition)


def _time_of(condition: Condition | None) -> str | None:
    last_s = condition.last_look_s if condition else None
    return None if last_s is None else iso_day(last_s)


def _extent_values(condition: Condition | None) -> dict[str, Any]:
    # A section that nobody looked at has no extents, which is not the same as none of any damage.
    absent = None if condition is None or condition.grade is Grade.UNKNOWN else 0
    values: dict[str, Any] = {}
    for name, (kind, severities) in _damages().items():
        own = [
            extent
            for extent in (condition.extents if condition else ())
            if extent.kind is kind and extent.severity in severities
        ]
        for figure in _FIGURES:
            total = sum(getattr(extent, figure) for extent in own)
            values[f"{name}_{figure}"] = total if own else absent
    return values
