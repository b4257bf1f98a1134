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


class Structure(StrEnum):
    """What carries or covers a link (NVDB *bro och tunnel*), where roads cross on two levels."""

    BRIDGE = "bridge"
    UNDERPASS = "underpass"
    TUNNEL = "tunnel"


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
    path_type
        What kind of foot or cycle path it is, in the source's words (NVDB *GCM-vägtyp*).
    structure
        Whether it lies on a bridge, passes under one, or in a tunnel; None where neither is known.
    is_roundabout
        Whether the source says that it is part of a roundabout.
    is_built_up
        Whether it lies in a built-up area (*tättbebyggt område*); None where the source is silent.
    aadt
        Vehicles a day, mean of a year (ÅDT); None where the source has none.
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
    path_type: str | None = None
    structure: Structure | None = None
    is_roundabout: bool = False
    is_built_up: bool | None = None
    aadt: float | None = None

    @property
    def length_m(self) -> float:
        """Length of the link's line in metres."""
        return float(self.line.length)

    def measure_at(self, offset_m: float) -> float:
        """Return the link sequence's measure at ``offset_m`` metres from the link's start."""
        share = min(max(offset_m / self.length_m, 0.0), 1.0)
        return self.start_measure + share * (self.end_measure - self.start_measure)

    def offset_at(self, measure: float) -> float:
        """Return the metres from the link's start at a measure of its link sequence."""
        share = (measure - self.start_measure) / (self.end_measure - self.start_measure)
        return min(max(share, 0.0), 1.0) * self.length_m


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
    is_junction
        Whether it touches a place where three or more links of its kind meet, or is part of a
        roundabout.
    is_counted
        Whether it is graded and counted: its road keeper is among the town's choice.
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
    is_junction: bool = False
    is_counted: bool = True

    @property
    def length_m(self) -> float:
        """Length along the link in metres."""
        return self.end_m - self.start_m

    @property
    def area_m2(self) -> float:
        """Carriageway area, length times width, in square metres."""
        return self.length_m * self.width_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """A rule on a stretch, with the designation of what prescribes it (LTF).

    Parameters
    ----------
    element_id, start_measure, end_measure
        The stretch, on its link sequence; one place has two equal measures.
    kind
        The layer's name in NVDB, such as ``Hastighetsgrans`` or ``ForbudTrafik``.
    designation
        Authority, year and number, as the register of regulations writes it: ``0180 2022-02696``.
    value
        What is prescribed, in the source's words (``30``); None where the kind says it all.
    direction
        The directions of travel for which it holds.
    side
        The side of the road on which it holds; None for both.
    valid_from
        The first day, as ``2022-05-01``; None where the source is silent.
    """

    element_id: str
    start_measure: float
    end_measure: float
    kind: str
    designation: str
    value: str | None = None
    direction: Direction = Direction.BOTH
    side: Side | None = None
    valid_from: str | None = None


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
    regulations
        The rules on stretches whose designation the source gives.
    """

    epsg: int
    links: tuple[Link, ...]
    sections: tuple[Section, ...]
    remarks: tuple[str, ...] = field(default=())
    regulations: tuple[Regulation, ...] = field(default=())

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

    @cached_property
    def counted_sections(self) -> tuple[Section, ...]:
        """The sections that are graded and counted, in order."""
        return tuple(section for section in self.sections if section.is_counted)

    @cached_property
    def _regulations_by_element(self) -> Mapping[str, tuple[Regulation, ...]]:
        groups: dict[str, list[Regulation]] = {}
        for regulation in self.regulations:
            groups.setdefault(regulation.element_id, []).append(regulation)
        return {key: tuple(group) for key, group in groups.items()}

    def regulations_on(self, link: Link) -> tuple[Regulation, ...]:
        """Return the regulations that hold on some of a link, or at a place on it."""
        return tuple(
            one
            for one in self._regulations_by_element.get(link.element_id, ())
            if (one.start_measure < link.end_measure and one.end_measure > link.start_measure)
            or link.start_measure <= one.start_measure == one.end_measure <= link.end_measure
        )

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
