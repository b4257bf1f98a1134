"""A road network as it is shown: laid out once for each delivery."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.geo import Projection
from gatusyn.model import Link, Network, NetworkType, Section, objects
from gatusyn.serve.mercator import Shapes, to_mercator
from gatusyn.serve.tile_columns import Columns, chosen, numbers, texts

Bounds = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SectionColumns:
    """What was derived of every section of a network, in its order.

    Parameters
    ----------
    grades
        Numbers; 0 where nobody looked, int64 [sections].
    indices, lows, highs
        The index, and from where to where it may lie (95 %); NaN where unknown, float64 [sections].
    observed_shares
        0..1, float64 [sections].
    last_looks_s
        The start of the day (UTC) of the last look; NaN where nobody looked, float64 [sections].
    """

    grades: Ints
    indices: Floats
    lows: Floats
    highs: Floats
    observed_shares: Floats
    last_looks_s: Floats

    def low(self, position: int) -> float | None:
        """Return the lowest index that a section may have; None where unknown."""
        return _known(self.lows[position])

    def high(self, position: int) -> float | None:
        """Return the highest."""
        return _known(self.highs[position])


class Area(StrEnum):
    """Where a section lies, as far as the network says."""

    BUILT_UP = "built-up"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class SectionGroup(NamedTuple):
    """What sections can be chosen by; texts are empty where the network does not say."""

    network_type: str
    road_class: str
    keeper: str
    area: str
    district: str


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """A network with what the map and the lists look up in it.

    Parameters
    ----------
    street_names
        In order of the alphabet.
    street_of
        Place in ``street_names`` of each section, [sections].
    centres
        WGS 84 longitude, latitude in the middle of each section, [sections, 2].
    bounds
        WGS 84 west, south, east, north of each section, [sections, 4].
    degrees
        Each section's line in WGS 84 longitude, latitude, object [sections].
    lengths_m
        Of each section, [sections].
    counted
        Whether each section is graded and counted, bool [sections].
    districts
        The name of the district that each section lies in; empty where it is in none, object
        [sections].
    """

    network: Network
    projection: Projection
    position: dict[str, int]
    street_names: tuple[str, ...]
    street_of: Ints
    centres: Floats
    bounds: Floats
    degrees: Shapes
    lengths_m: Floats
    counted: NDArray[np.bool_]
    districts: NDArray[np.object_]

    @cached_property
    def section_lines(self) -> Shapes:
        """Each section's line in Web Mercator, object [sections]."""
        lines = to_mercator(_lines(self.network.sections), self.projection)
        return np.asarray(shapely.normalize(lines), dtype=object)

    @cached_property
    def section_tree(self) -> STRtree:
        """Finds ``section_lines`` by place."""
        return STRtree(self.section_lines)

    @cached_property
    def drawn_lengths(self) -> Floats:
        """Lengths of ``section_lines``, which are not metres, [sections]."""
        return np.asarray(shapely.length(self.section_lines), dtype=np.float64)

    @cached_property
    def section_columns(self) -> Columns:
        """What the map is told of each section whatever its grade."""
        sections, streets = self.network.sections, self.street_names
        return {
            "section_id": texts([section.section_id for section in sections]),
            "street": chosen(streets, self.street_of),
            "width_m": numbers(np.array([section.width_m for section in sections]), 1),
            "group": numbers(self.group_of),
        }

    @cached_property
    def link_of(self) -> Ints:
        """A number of each section's link, [sections]."""
        number = {link.link_id: place for place, link in enumerate(self.network.links)}
        return np.array([number[own.link_id] for own in self.network.sections], dtype=np.int64)

    @cached_property
    def place_on_link(self) -> Ints:
        """How many sections of its link lie before each, [sections]."""
        starts_m = np.array([own.start_m for own in self.network.sections])
        order = np.lexsort((starts_m, self.link_of))
        first = np.searchsorted(self.link_of[order], self.link_of[order])
        places = np.empty(len(order), dtype=np.int64)
        places[order] = np.arange(len(order)) - first
        return places

    @cached_property
    def same_line(self) -> Ints:
        """A number of each section's line, equal where lines are, [sections].

        Many deliveries hold a street twice, once for each direction of travel.
        """
        return same_lines(self.section_lines)

    @cached_property
    def by_id(self) -> Ints:
        """Indices of sections in the order of their ids, [sections]."""
        return np.array([self.position[name] for name in self.sorted_ids], dtype=np.int64)

    @cached_property
    def sorted_ids(self) -> tuple[str, ...]:
        """The ids of ``by_id``."""
        return tuple(sorted(self.position))

    @cached_property
    def road_classes(self) -> NDArray[np.object_]:
        """The functional class of each section's road; empty where unknown, object [sections]."""
        return self._of_links(lambda link: link.functional_class or "")

    @cached_property
    def road_keepers(self) -> NDArray[np.object_]:
        """Who keeps each section's road; empty where unknown, object [sections]."""
        return self._of_links(lambda link: link.road_keeper or "")

    @cached_property
    def paths(self) -> NDArray[np.bool_]:
        """Whether each section is of a foot or cycle path, and not of a carriageway, [sections]."""
        return self._of_links(lambda link: link.network_type is not NetworkType.CAR).astype(bool)

    @cached_property
    def built_up(self) -> Ints:
        """Whether each section is in a built-up area, 1 or 0; -1 where unknown, [sections]."""
        return self._of_links(
            lambda link: -1 if link.is_built_up is None else int(link.is_built_up)
        ).astype(np.int64)

    @cached_property
    def _grouped(self) -> tuple[tuple[SectionGroup, ...], Ints]:
        areas = {-1: Area.UNKNOWN, 0: Area.OUTSIDE, 1: Area.BUILT_UP}
        kinds = self._of_links(lambda link: link.network_type.value)
        rows = [
            SectionGroup(kind, road_class, keeper, areas[built_up].value, district)
            for kind, road_class, keeper, built_up, district in zip(
                kinds,
                self.road_classes,
                self.road_keepers,
                self.built_up.tolist(),
                self.districts,
                strict=True,
            )
        ]
        groups = tuple(sorted(set(rows)))
        number = {group: place for place, group in enumerate(groups)}
        return groups, np.array([number[row] for row in rows], dtype=np.int64)

    @property
    def groups(self) -> tuple[SectionGroup, ...]:
        """The groups that there are, in order: tiles tell a group's place here."""
        return self._grouped[0]

    @property
    def group_of(self) -> Ints:
        """Place in ``groups`` of each section, [sections]."""
        return self._grouped[1]

    def _of_links(self, value: Callable[[Link], object]) -> NDArray[np.object_]:
        known = {link.link_id: value(link) for link in self.network.links}
        return np.array([known[own.link_id] for own in self.network.sections], dtype=object)

    @cached_property
    def total_bounds(self) -> Bounds:
        """The whole network's, WGS 84 west, south, east, north."""
        low, high = self.bounds.min(axis=0), self.bounds.max(axis=0)
        return float(low[0]), float(low[1]), float(high[2]), float(high[3])

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        return tuple(name.casefold() for name in self.street_names)

    def streets_with(self, words: str) -> NDArray[np.bool_]:
        """Say of each street whether its name holds the words, bool [streets]."""
        wanted = words.casefold().strip()
        return np.fromiter((wanted in name for name in self._folded), bool, len(self._folded))


def same_lines(lines: Shapes) -> Ints:
    """Return a number of each line, equal where lines are, whichever way they were drawn."""
    _, numbers = np.unique(shapely.to_wkb(shapely.normalize(lines)), return_inverse=True)
    return numbers.astype(np.int64)


def lay_out(network: Network, *, districts: Mapping[str, str] | None = None) -> Layout:
    """Lay out a network that has at least one section.

    Parameters
    ----------
    districts
        The district's name of each section that lies in one, by section id.
    """
    projection = Projection(network.epsg)
    names = {link.link_id: link.street_name or link.element_id for link in network.links}
    ordered = tuple(sorted(set(names.values())))
    number = {name: place for place, name in enumerate(ordered)}
    lines = _lines(network.sections)
    corners = shapely.get_coordinates(lines)
    corners = np.column_stack(projection.to_degrees(corners[:, 0], corners[:, 1]))
    degrees = np.asarray(shapely.set_coordinates(lines, corners), dtype=object)
    middle = shapely.line_interpolate_point(degrees, 0.5, normalized=True)
    return Layout(
        network=network,
        projection=projection,
        position={section.section_id: i for i, section in enumerate(network.sections)},
        street_names=ordered,
        street_of=np.array([number[names[own.link_id]] for own in network.sections]),
        centres=shapely.get_coordinates(middle),
        bounds=np.asarray(shapely.bounds(degrees), dtype=np.float64),
        degrees=degrees,
        lengths_m=np.array([section.length_m for section in network.sections]),
        counted=np.array([section.is_counted for section in network.sections]),
        districts=np.array(
            [(districts or {}).get(section.section_id, "") for section in network.sections],
            dtype=object,
        ),
    )


def _lines(sections: Sequence[Section]) -> Shapes:
    return objects([section.line for section in sections])
