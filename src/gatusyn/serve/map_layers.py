"""The layers of the map: streets, graded sections, findings."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.geo import Projection
from gatusyn.model import Finding, Grade, Link, Network, NetworkType, SectionCondition
from gatusyn.serve.mercator import MAX_ZOOM, Shapes, to_mercator
from gatusyn.serve.tiles import OVERVIEW_ZOOM, Properties, TileLayer, make_layer

FINDINGS_ZOOM = 15
Key = TypeVar("Key", bound=Hashable)
DEFAULT_WIDTH_M = {NetworkType.CAR: 6.5, NetworkType.CYCLE: 2.5, NetworkType.FOOT: 2.0}


def map_layers(
    network: Network,
    conditions: Mapping[str, SectionCondition],
    findings: Sequence[Finding],
    order: Sequence[int],
    projection: Projection,
) -> tuple[TileLayer, ...]:
    """Lay out every layer of the map.

    Parameters
    ----------
    order
        Indices of sections, the most urgent first.
    """
    return (
        *_street_layers(network, projection),
        *_section_layers(network, conditions, order, projection),
        *_finding_layers(findings, projection),
    )


def _street_layers(network: Network, projection: Projection) -> tuple[TileLayer, ...]:
    lines = to_mercator(_array([link.line for link in network.links]), projection)
    drawn = _first_of_each(lines)
    merged, names = _merge(lines[drawn], [_street_key(network.links[place]) for place in drawn])
    properties: list[Properties] = [
        {"name": name, "kind": kind, "width_m": width_m} for name, kind, width_m in names
    ]
    kinds = [kind.value for kind in NetworkType]
    of_kind = np.array([kinds.index(kind) for _, kind, _ in names], dtype=np.int64)
    plain: list[Properties] = [{"kind": kind} for kind in kinds]
    return (
        make_layer("streets", merged, plain, zooms=(0, OVERVIEW_ZOOM - 1), kinds=of_kind),
        make_layer("streets", merged, properties, zooms=(OVERVIEW_ZOOM, MAX_ZOOM)),
    )


def _street_key(link: Link) -> tuple[str, str, float]:
    width_m = link.width_m or DEFAULT_WIDTH_M[link.network_type]
    return link.street_name or "", link.network_type.value, round(width_m, 1)


def _section_layers(
    network: Network,
    conditions: Mapping[str, SectionCondition],
    order: Sequence[int],
    projection: Projection,
) -> tuple[TileLayer, ...]:
    sections = [network.sections[position] for position in order]
    lines = shapely.normalize(
        to_mercator(_array([section.line for section in sections]), projection)
    )
    streets = {link.link_id: link.street_name or link.element_id for link in network.links}
    properties: list[Properties] = []
    for section in sections:
        entry = _grade_properties(conditions.get(section.section_id))
        entry |= {"section_id": section.section_id, "street": streets[section.link_id]}
        entry["width_m"] = round(section.width_m, 1)
        properties.append(entry)
    drawn = _first_of_each(lines)
    keys = [(int(properties[place]["grade"]), properties[place]["street"]) for place in drawn]
    shapes, merged_keys = _merge(lines[drawn], keys)
    kinds = np.array([grade for grade, _ in merged_keys], dtype=np.int64)
    by_grade: list[Properties] = [
        {"grade": number, "word": Grade.of_number(number).word} for number in range(6)
    ]
    return (
        make_layer("sections", shapes, by_grade, zooms=(0, OVERVIEW_ZOOM - 1), kinds=kinds),
        make_layer("sections", lines, properties, zooms=(OVERVIEW_ZOOM, MAX_ZOOM)),
    )


def _grade_properties(condition: SectionCondition | None) -> Properties:
    if condition is None:
        return {"grade": 0, "word": Grade.UNKNOWN.word, "observed_share": 0.0}
    entry: Properties = {
        "grade": condition.grade.number,
        "word": condition.grade.word,
        "observed_share": round(condition.observed_share, 2),
    }
    if condition.index is not None:
        entry["index"] = round(condition.index, 1)
        entry["method"] = condition.method.value
    return entry


def _first_of_each(lines: Shapes) -> NDArray[np.int64]:
    """Return the places of lines, in order, without those that an earlier one covers.

    Many deliveries hold a street twice, once for each direction of travel.
    """
    _, first = np.unique(shapely.to_wkb(shapely.normalize(lines)), return_index=True)
    return np.sort(first)


def _merge(lines: Shapes, keys: Sequence[Key]) -> tuple[Shapes, list[Key]]:
    """Join lines with equal keys end to end, keys in the order of their first line."""
    groups: dict[Key, list[int]] = {}
    for position, key in enumerate(keys):
        groups.setdefault(key, []).append(position)
    shapes: list[object] = []
    merged_keys: list[Key] = []
    for key, members in groups.items():
        chosen = lines[members]
        parts = chosen
        if len(members) > 1:
            parts = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(chosen)))
        shapes.extend(parts)
        merged_keys.extend([key] * len(parts))
    return _array(shapes), merged_keys


def _finding_layers(findings: Sequence[Finding], projection: Projection) -> tuple[TileLayer, ...]:
    urgent = sorted(
        findings, key=lambda finding: (-finding.severity, -finding.area_m2, finding.finding_id)
    )
    outlines = to_mercator(_array([finding.footprint for finding in urgent]), projection)
    properties: list[Properties] = [
        {
            "finding_id": finding.finding_id,
            "section_id": finding.section_id,
            "kind": finding.kind.value,
            "length_m": round(finding.length_m, 2),
            "area_m2": round(finding.area_m2, 2),
            "severity": finding.severity,
            "confidence": round(finding.confidence, 2),
        }
        for finding in urgent
    ]
    zooms = (FINDINGS_ZOOM, MAX_ZOOM)
    marks = np.asarray(shapely.point_on_surface(outlines), dtype=object)
    return (
        make_layer("findings", outlines, properties, zooms=zooms, clipped=False),
        make_layer("finding_marks", marks, properties, zooms=zooms, clipped=False),
    )


def _array(shapes: Sequence[object]) -> Shapes:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
