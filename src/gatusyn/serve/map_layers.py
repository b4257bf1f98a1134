"""The layers of the map: streets, graded sections, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import overload

import numpy as np
import shapely

from gatusyn.model import Grade, Link, NetworkType
from gatusyn.serve.layout import Ints, Layout, SectionColumns, same_lines
from gatusyn.serve.mercator import MAX_ZOOM, Shapes, to_mercator
from gatusyn.serve.tiles import OVERVIEW_ZOOM, TileLayer, make_layer
from gatusyn.serve.vector_tile import Properties
from gatusyn.store.protocol_lookup import DrawnFinding

FINDINGS_ZOOM = 15
OUTLINES_ZOOM = 17
"""Before it an outline is a speck under its own mark."""

FAR, NEAR = (0, OVERVIEW_ZOOM - 1), (OVERVIEW_ZOOM, MAX_ZOOM)
"""Zooms, both included, at which layers are drawn."""

DEFAULT_WIDTH_M = {NetworkType.CAR: 6.5, NetworkType.CYCLE: 2.5, NetworkType.FOOT: 2.0}


def far_streets(layout: Layout) -> TileLayer:
    """Lay out streets for a whole town: nothing but whom they are for."""
    lines, names = _street_lines(layout)
    kinds = [kind.value for kind in NetworkType]
    of_kind = np.array([kinds.index(kind) for _, kind, _ in names], dtype=np.int64)
    plain: list[Properties] = [{"kind": kind} for kind in kinds]
    return make_layer("streets", lines, plain, zooms=FAR, kinds=of_kind)


def near_streets(layout: Layout) -> TileLayer:
    """Lay out streets with their names and widths."""
    lines, names = _street_lines(layout)
    properties: list[Properties] = [
        {"name": name, "kind": kind, "width_m": width_m} for name, kind, width_m in names
    ]
    return make_layer("streets", lines, properties, zooms=NEAR)


def far_sections(
    layout: Layout, classes: Ints, order: Ints, *, are_grades: bool = True
) -> TileLayer:
    """Lay out sections for a whole town: joined where class and street are the same.

    Parameters
    ----------
    classes
        What the sections are coloured by, 0 to 5, [sections].
    order
        Indices of sections, the most urgent first.
    are_grades
        Whether the classes are numbers of grades.
    """
    if not len(order):
        return make_layer("sections", layout.section_lines[order], [], zooms=FAR)
    # A street that lies there twice is drawn once, by its worse class.
    _, first = np.unique(layout.same_line[order], return_index=True)
    drawn = order[np.sort(first)]
    groups = len(layout.groups)
    kinds = classes[drawn] * groups + layout.group_of[drawn]
    keys = np.column_stack([kinds, layout.street_of[drawn]])
    lines, merged_keys = _merge(layout.section_lines[drawn], keys)
    entries = [
        _far_properties(*divmod(kind, groups), are_grades=are_grades)
        for kind in range(groups * (1 + int(classes.max(initial=0))))
    ]
    return make_layer("sections", lines, entries, zooms=FAR, kinds=merged_keys[:, 0])


def _far_properties(number: int, group: int, *, are_grades: bool) -> Properties:
    entry: Properties = {"class": number, "group": group}
    if are_grades:
        entry |= {"grade": number, "word": Grade.of_number(number).word}
    return entry


def near_sections(
    layout: Layout,
    columns: SectionColumns,
    order: Ints,
    *,
    method: str,
    classes: Ints | None = None,
    told: Mapping[int, Properties] | None = None,
) -> TileLayer:
    """Lay out every section by itself.

    Parameters
    ----------
    order
        Indices of sections, the most urgent first.
    method
        That the grades are by.
    classes
        What they are coloured by, [sections]; their grades if None.
    told
        What else is told of some sections, by their place in the network.
    """
    own = columns.grades if classes is None else classes
    properties = _SectionProperties(layout, columns, order, method, own, told or {})
    return make_layer("sections", layout.section_lines[order], properties, zooms=NEAR)


class _SectionProperties(Sequence[Properties]):
    """What the map is told of each section, put together for those that are drawn."""

    def __init__(
        self,
        layout: Layout,
        columns: SectionColumns,
        order: Ints,
        method: str,
        classes: Ints,
        told: Mapping[int, Properties],
    ) -> None:
        self._layout, self._columns, self._order = layout, columns, order
        self._method, self._classes, self._told = method, classes, told

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, place: int) -> Properties: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Properties]: ...
    def __getitem__(self, place: int | slice) -> Properties | Sequence[Properties]:
        if isinstance(place, slice):
            order = self._order[place]
            return _SectionProperties(
                self._layout, self._columns, order, self._method, self._classes, self._told
            )
        own = int(self._order[place])
        entry = section_properties(self._layout, self._columns, own, method=self._method)
        return {"class": int(self._classes[own]), **entry, **self._told.get(own, {})}


def section_properties(
    layout: Layout, columns: SectionColumns, place: int, *, method: str
) -> Properties:
    """Return what the map is told of a section."""
    section = layout.network.sections[place]
    grade = Grade.of_number(int(columns.grades[place]))
    entry: Properties = {
        "grade": grade.number,
        "word": grade.word,
        "observed_share": round(float(columns.observed_shares[place]), 2),
        "section_id": section.section_id,
        "street": layout.street_names[layout.street_of[place]],
        "width_m": round(section.width_m, 1),
        "group": int(layout.group_of[place]),
    }
    if grade is not Grade.UNKNOWN:
        entry["index"] = round(float(columns.indices[place]), 1)
        entry["method"] = method
    return entry


def finding_layers(
    findings: Sequence[DrawnFinding], layout: Layout, *, zoom: int
) -> tuple[TileLayer, ...]:
    """Lay out the findings of one tile, most urgent first: marks, and close by outlines."""
    if not findings:
        return ()
    outlines = to_mercator(_array([one.footprint for one in findings]), layout.projection)
    properties = [finding_properties(finding) for finding in findings]
    for entry, finding in zip(properties, findings, strict=True):
        place = layout.position.get(finding.section_id)
        if place is not None:
            entry["group"] = int(layout.group_of[place])
    marks = np.asarray(shapely.point_on_surface(outlines), dtype=object)
    layers = (
        make_layer(
            name, shapes, properties, zooms=(least, MAX_ZOOM), clipped=False, simplified=False
        )
        for name, shapes, least in (
            ("findings", outlines, OUTLINES_ZOOM),
            ("finding_marks", marks, FINDINGS_ZOOM),
        )
        if zoom >= least
    )
    return tuple(layers)


def finding_properties(finding: DrawnFinding) -> Properties:
    """Return what the map is told of a finding."""
    return {
        "finding_id": finding.finding_id,
        "section_id": finding.section_id,
        "kind": finding.kind.value,
        "length_m": round(finding.length_m, 2),
        "area_m2": round(finding.area_m2, 2),
        "severity": finding.severity,
        "state": finding.state.value,
        "confidence": round(finding.confidence, 2),
    }


def _street_lines(layout: Layout) -> tuple[Shapes, list[tuple[str, str, float]]]:
    links = layout.network.links
    lines = to_mercator(_array([link.line for link in links]), layout.projection)
    _, first = np.unique(same_lines(lines), return_index=True)
    drawn = np.sort(first)
    names = [_street_key(links[place]) for place in drawn]
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    merged, keys = _merge(lines[drawn], np.array([[number[name]] for name in names]))
    known = list(number)
    return merged, [known[place] for place in keys[:, 0].tolist()]


def _street_key(link: Link) -> tuple[str, str, float]:
    width_m = link.width_m or DEFAULT_WIDTH_M[link.network_type]
    return link.street_name or "", link.network_type.value, round(width_m, 1)


def _merge(lines: Shapes, keys: Ints) -> tuple[Shapes, Ints]:
    """Join lines with equal keys end to end, keys in the order of their first line.

    Parameters
    ----------
    keys
        Of each line, [lines, figures].

    Returns
    -------
    tuple
        The joined lines, and the key of each.
    """
    unique, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    rank = np.empty(len(unique), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(unique))
    ranked = rank[group.ravel()]
    order = np.argsort(ranked, kind="stable")
    joined = shapely.line_merge(shapely.multilinestrings(lines[order], indices=ranked[order]))
    parts, of_part = shapely.get_parts(joined, return_index=True)
    return parts, unique[np.argsort(rank)][of_part]


def _array(shapes: Sequence[object]) -> Shapes:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array
