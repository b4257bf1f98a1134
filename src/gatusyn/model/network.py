"""The road network: links of the owner's delivery, and the 20 m sections cut from them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from shapely import LineString


class NetworkType(StrEnum):
    """Whom a link is for."""

    CAR = "car"
    CYCLE = "cycle"
    FOOT = "foot"


class Direction(StrEnum):
    """A direction of travel relative to the link's digitised direction."""

    WITH = "with"
    AGAINST = "against"
    BOTH = "both"


class Side(StrEnum):
    """A side of the link, seen in its digitised direction."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A stretch of a link sequence with the same properties (NVDB *reflinksdel*).

    Parameters
    ----------
    link_id
        Unique in the delivery and stable between readings of the same delivery.
    element_id
        The link sequence's id (NVDB ``ELEMENT_ID``, OSM way id, ...).
    start_measure, end_measure
        Normalised measures 0..1 on the link sequence, ``start_measure < end_measure``.
    line
        Easting, northing in the network's projected system, metres, in digitised direction.
    direction
        The directions in which driving is allowed; ``BOTH`` when not restricted.
    speed_forward_kmh, speed_backward_kmh
        Speed limit with and against the digitised direction; None where the source has none.
    width_m
        Carriageway width in metres; None where the source has none.
    """

    link_id: str
    element_id: str
    start_measure: float
    end_measure: float
    line: LineString
    network_type: NetworkType = NetworkType.CAR
    direction: Direction = Direction.BOTH
    street_name: str | None = None
    speed_forward_kmh: float | None = None
    speed_backward_kmh: float | None = None
    functional_class: str | None = None
    width_m: float | None = None
    surface: str | None = None
    road_keeper: str | None = None

    @property
    def length_m(self) -> float:
        """Length of the link's line in metres."""
        return float(self.line.length)

    def measure_at(self, offset_m: float) -> float:
        """Return the link sequence's measure at ``offset_m`` metres from the link's start."""
        share = min(max(offset_m / self.length_m, 0.0), 1.0)
        return self.start_measure + share * (self.end_measure - self.start_measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """About 20 m of a link: what is graded.

    Parameters
    ----------
    section_id
        ``link_id`` and the section's number on it: stable while the link is.
    start_m, end_m
        Metres from the link's start.
    start_measure, end_measure
        Normalised measures 0..1 on the link sequence.
    line
        Easting, northing in the network's projected system, metres.
    width_m
        Carriageway width; ``width_is_assumed`` says that the source had none.
    """

    section_id: str
    link_id: str
    element_id: str
    start_m: float
    end_m: float
    start_measure: float
    end_measure: float
    line: LineString
    width_m: float
    width_is_assumed: bool

    @property
    def length_m(self) -> float:
        """Length along the link in metres."""
        return self.end_m - self.start_m

    @property
    def area_m2(self) -> float:
        """Carriageway area, length times width, in square metres."""
        return self.length_m * self.width_m


@dataclass(frozen=True, kw_only=True)
class Network:
    """The town's links and sections in one projected coordinate system (metres).

    Parameters
    ----------
    epsg
        EPSG code of the projected system of every line.
    links, sections
        In the delivery's order; sections in order along each link.
    remarks
        What the reader noticed and a person should know (rows left out, and why).
    """

    epsg: int
    links: tuple[Link, ...]
    sections: tuple[Section, ...]
    remarks: tuple[str, ...] = field(default=())

    @cached_property
    def link_by_id(self) -> Mapping[str, Link]:
        """Links by ``link_id``."""
        return MappingProxyType({link.link_id: link for link in self.links})

    @cached_property
    def sections_by_link(self) -> Mapping[str, tuple[Section, ...]]:
        """Sections by ``link_id``, in order along the link."""
        groups: dict[str, list[Section]] = {}
        for section in self.sections:
            groups.setdefault(section.link_id, []).append(section)
        return MappingProxyType({key: tuple(group) for key, group in groups.items()})

    @cached_property
    def version(self) -> str:
        """A short hash of every link's id, measures and geometry: names this delivery."""
        digest = hashlib.sha256(str(self.epsg).encode())
        for link in self.links:
            digest.update(f"{link.link_id}|{link.start_measure}|{link.end_measure}".encode())
            digest.update(link.line.wkb)
        return digest.hexdigest()[:16]

    def section_at(self, link_id: str, offset_m: float) -> Section:
        """Return the section of a link at ``offset_m`` metres from the link's start.

        Raises
        ------
        KeyError
            If the network has no such link.
        """
        sections = self.sections_by_link[link_id]
        for section in sections:
            if offset_m < section.end_m:
                return section
        return sections[-1]
