"""The layers of lines of the map: streets and graded sections."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

import numpy as np
import shapely

from gatusyn.model import Grade, Link, NetworkType, objects
from gatusyn.serve.layout import Ints, Layout, SectionColumns, same_lines
from gatusyn.serve.mercator import HALF_WORLD_M, MAX_ZOOM, TILE_PX, Shapes, to_mercator
from gatusyn.serve.tile_columns import Column, Properties, Table, chosen, numbers, placed, texts
from gatusyn.serve.tiles import OVERVIEW_ZOOM, TileLayer, make_layer

FAR, NEAR = (0, OVERVIEW_ZOOM - 1), (OVERVIEW_ZOOM, MAX_ZOOM)
"""Zooms, both included, at which layers are drawn."""

DRAWN_PX = 2.5
"""From here on a section is drawn by itself: a lone bad one is no shorter with its rim."""

FAREST_ZOOM = 9
"""Farther out sections are drawn together as they are here."""

DEFAULT_WIDTH_M = {NetworkType.CAR: 6.5, NetworkType.CYCLE: 2.5, NetworkType.FOOT: 2.0}


def far_streets(layout: Layout) -> TileLayer:
    """Lay out streets for a whole town: nothing but whom they are for."""
    lines, names = _street_lines(layout)
    kinds = [kind.value for kind in NetworkType]
    of_kind = np.array([kinds.index(kind) for _, kind, _ in names], dtype=np.int64)
    plain = {"kind": chosen(kinds, np.arange(len(kinds)))}
    return make_layer("streets", lines, plain, zooms=FAR, kinds=of_kind)


def near_streets(layout: Layout) -> TileLayer:
    """Lay out streets with their names and widths."""
    lines, names = _street_lines(layout)
    columns = {
        "name": texts([name for name, _, _ in names]),
        "kind": texts([kind for _, kind, _ in names]),
        "width_m": numbers(np.array([width_m for _, _, width_m in names]), 1),
    }
    return make_layer("streets", lines, columns, zooms=NEAR)


class FarSections:
    """Sections for a whole town, laid out for a zoom when it is first asked for.

    Where a section is less than ``DRAWN_PX`` long, neighbours on a link are drawn together as the
    most urgent of them is; more could not be told apart.

    Parameters
    ----------
    classes
        What the sections are coloured by, 0 to 5, [sections].
    order
        Indices of sections, the most urgent first.
    are_grades
        Whether the classes are numbers of grades.
    """

    def __init__(
        self, layout: Layout, classes: Ints, order: Ints, *, are_grades: bool = True
    ) -> None:
        self._layout, self._classes, self._order = layout, classes, order
        self._are_grades = are_grades
        self._made: dict[int, TileLayer] = {}

    def at(self, zoom: int) -> TileLayer:
        """Return the layer for a zoom below ``OVERVIEW_ZOOM``."""
        together = drawn_together(self._layout, zoom)
        if together not in self._made:
            classes, order = _generalised(self._layout, self._classes, self._order, together)
            self._made[together] = _far_sections(
                self._layout, classes, order, are_grades=self._are_grades
            )
        return self._made[together]


def drawn_together(layout: Layout, zoom: int) -> int:
    """Return how many neighbouring sections are drawn as one at a zoom."""
    pixel = 2.0 * HALF_WORLD_M / (TILE_PX << max(zoom, FAREST_ZOOM))
    return max(1, math.ceil(DRAWN_PX * pixel / float(np.median(layout.drawn_lengths))))


def _generalised(layout: Layout, classes: Ints, order: Ints, together: int) -> tuple[Ints, Ints]:
    """Give neighbours the class of the most urgent of them, and its place in the order."""
    if together == 1 or not len(order):
        return classes, order
    # Who is chosen by a filter must not be hidden behind who is not.
    keys = np.column_stack([layout.link_of, layout.place_on_link // together, layout.group_of])[
        order
    ]
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    leader = first[group.ravel()]
    drawn = classes.copy()
    drawn[order] = classes[order[leader]]
    return drawn, order[np.argsort(leader, kind="stable")]


def _far_sections(layout: Layout, classes: Ints, order: Ints, *, are_grades: bool) -> TileLayer:
    """Lay out sections for a whole town: joined where class and street are the same."""
    if not len(order):
        return make_layer("sections", layout.section_lines[order], _grades(classes[:0]), zooms=FAR)
    # A street that lies there twice is drawn once, by its worse class.
    _, first = np.unique(layout.same_line[order], return_index=True)
    drawn = order[np.sort(first)]
    groups = len(layout.groups)
    kinds = classes[drawn] * groups + layout.group_of[drawn]
    keys = np.column_stack([kinds, layout.street_of[drawn]])
    lines, merged_keys = _merge(layout.section_lines[drawn], keys)
    number, group = np.divmod(np.arange(groups * (1 + int(classes.max(initial=0)))), groups)
    columns = {"class": numbers(number), "group": numbers(group)}
    if are_grades:
        columns |= _grades(number)
    version = hashlib.blake2b(drawn.tobytes() + kinds.tobytes() + bytes([are_grades]))
    return make_layer(
        "sections",
        lines,
        columns,
        zooms=FAR,
        kinds=merged_keys[:, 0],
        version=version.digest(),
    )


def _grades(number: Ints) -> dict[str, Column]:
    words = [Grade.of_number(one).word for one in range(len(Grade))]
    return {"grade": numbers(number), "word": chosen(words, number)}


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
        Indices of sections, the most urgent first; others are left out.
    method
        That the grades are by.
    classes
        What they are coloured by, [sections]; their grades if None.
    told
        What else is told of some sections, by their place in the network.
    """
    own = columns.grades if classes is None else classes
    is_graded = columns.grades > 0
    shares = np.round(columns.observed_shares, 2)
    indices = np.round(np.where(is_graded, columns.indices, np.nan), 1)
    besides = np.zeros(len(own), dtype=np.int64)
    for place, entry in (told or {}).items():
        besides[place] = hash(tuple(entry.items()))
    rank = np.full(len(own), -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    state = [own, columns.grades, shares.view(np.int64), indices.view(np.int64), besides]
    return TileLayer(
        name="sections",
        shapes=layout.section_lines,
        tree=layout.section_tree,
        lengths=layout.drawn_lengths,
        table=Table.of(
            {
                "class": numbers(own),
                **_grades(columns.grades),
                "observed_share": numbers(shares, 2),
                **layout.section_columns,
                "index": numbers(indices, 1),
                "method": chosen([method], np.where(is_graded, 0, -1)),
                **placed(told or {}, len(own)),
            }
        ),
        min_zoom=NEAR[0],
        max_zoom=NEAR[1],
        rank=rank,
        version=method.encode(),
        state=np.column_stack(state),
    )


def _street_lines(layout: Layout) -> tuple[Shapes, list[tuple[str, str, float]]]:
    links = layout.network.links
    lines = to_mercator(objects([link.line for link in links]), layout.projection)
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
