"""From the rows of a delivery to links: broken rows are counted, never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from gatusyn.model import Direction, Link, NetworkType, Structure

# Shorter than this is a point: two vertices on one spot.
_MIN_LENGTH_M = 0.01
# How many ids a remark names.
_NAMED = 5


class Fault(StrEnum):
    """Why a row is no link."""

    NO_GEOMETRY = "without geometry"
    NOT_A_LINE = "whose geometry is not a line"
    BAD_COORDINATES = "with coordinates that are not numbers"
    OUTSIDE = "outside the coordinate system's area of use"
    NO_LENGTH = "without length"
    NO_ID = "without an element id"
    NO_MEASURES = "without measures"
    BAD_MEASURES = "whose measures do not rise or are not within 0 to 1"
    REPEATED = "that repeat another row exactly"
    OPPOSITE = "that are another row in the opposite direction (made one two-way link)"
    NOT_A_ROAD = "that are no road, street or path"
    NOT_VALID = "not valid on the day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What a row says of its link besides its place; see ``Link``."""

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


_ATTRIBUTES = tuple(field.name for field in fields(Attributes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a delivery, as read.

    Parameters
    ----------
    element_id
        Empty where the source has none.
    start_measure, end_measure
        On the link sequence, NaN where the source has none.
    geometry
        Easting, northing in metres; None where the source has none.
    outside
        Whether it lies outside the coordinate system's area of use.
    is_road
        Whether it is a road, street or path at all.
    is_valid
        Whether it holds on the day of the delivery.
    """

    element_id: str
    start_measure: float
    end_measure: float
    geometry: BaseGeometry | None
    attributes: Attributes
    outside: bool = False
    is_road: bool = True
    is_valid: bool = True


@dataclass(slots=True)
class Built:
    """The links of a delivery, and what became of the rows that are none.

    ``received == accepted + sum(faults.values())`` holds when all rows are in.
    """

    links: list[Link] = field(default_factory=list)
    faults: Counter[Fault] = field(default_factory=Counter)
    received: int = 0
    accepted: int = 0
    renamed: list[str] = field(default_factory=list)

    def remarks(self) -> tuple[str, ...]:
        """Say in words what was left out and why; empty if nothing was."""
        left_out = sum(self.faults.values())
        said = []
        if left_out:
            reasons = "; ".join(f"{count} {fault}" for fault, count in self.faults.most_common())
            said.append(f"{left_out} of {self.received} rows were left out: {reasons}.")
        if self.renamed:
            names = ", ".join(self.renamed[:_NAMED])
            more = ", ..." if len(self.renamed) > _NAMED else ""
            said.append(
                f"{len(self.renamed)} rows have the id and measures of another row but another "
                f"line; their link ids got a number: {names}{more}."
            )
        return tuple(said)


def build_links(rows: Iterable[Row]) -> Built:
    """Make links of rows.

    A multi-part line is joined where its parts meet; what stays apart becomes one link for each
    part, with measures in proportion to length. Two rows with the same id and measures are told
    apart by their lines: the same line is left out, the same line in the opposite direction makes
    the first a two-way link, and another line gets ``~2``, ``~3``, ... at the end of its link id.

    Parameters
    ----------
    rows
        In the delivery's order: link ids are stable between readings of the same delivery.
    """
    built = Built()
    index: dict[str, list[int]] = {}
    for row in rows:
        built.received += 1
        parts = parts_of(row)
        if isinstance(parts, Fault):
            built.faults[parts] += 1
            continue
        faults = [_add(built, index, link) for link in _links(row, parts)]
        kept = [fault for fault in faults if fault is None]
        if kept:
            built.accepted += 1
        elif faults[0] is not None:
            built.faults[faults[0]] += 1
    assert built.received == built.accepted + sum(built.faults.values())
    return built


def parts_of(row: Row) -> list[LineString] | Fault:
    """Return the row's lines in order, or why it has none."""
    fault = _row_fault(row)
    if fault is not None:
        return fault
    assert row.geometry is not None
    flat = shapely.force_2d(row.geometry)
    if isinstance(flat, LineString):
        parts = [flat]
    else:
        merged = shapely.line_merge(flat, directed=True)
        parts = [part for part in shapely.get_parts(merged) if isinstance(part, LineString)]
    parts = [part for part in parts if part.length >= _MIN_LENGTH_M]
    return parts or Fault.NO_LENGTH


def _row_fault(row: Row) -> Fault | None:
    geometry = row.geometry
    if not row.is_road:
        return Fault.NOT_A_ROAD
    if not row.is_valid:
        return Fault.NOT_VALID
    if geometry is None or geometry.is_empty:
        return Fault.NO_GEOMETRY
    if geometry.geom_type not in ("LineString", "MultiLineString", "LinearRing"):
        return Fault.NOT_A_LINE
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return Fault.BAD_COORDINATES
    if row.outside:
        return Fault.OUTSIDE
    if not row.element_id:
        return Fault.NO_ID
    if np.isnan(row.start_measure) or np.isnan(row.end_measure):
        return Fault.NO_MEASURES
    if not 0.0 <= row.start_measure < row.end_measure <= 1.0:
        return Fault.BAD_MEASURES
    return None


def _links(row: Row, parts: list[LineString]) -> Iterator[Link]:
    for start, end, part in measured(row, parts):
        yield make_link(row.element_id, start, end, part, row.attributes)


def measured(row: Row, parts: list[LineString]) -> list[tuple[float, float, LineString]]:
    """Return the parts with measures from and to, in proportion to their lengths."""
    lengths = np.array([part.length for part in parts])
    shares = np.concatenate(([0.0], np.cumsum(lengths) / lengths.sum()))
    span = row.end_measure - row.start_measure
    measures = (row.start_measure + shares * span).tolist()
    measures[-1] = row.end_measure
    return list(zip(measures[:-1], measures[1:], parts, strict=True))


def make_link(
    element_id: str, start: float, end: float, line: LineString, attributes: Attributes
) -> Link:
    """Make a link; its id is the element's id and the measures with 8 decimals."""
    return Link(
        link_id=f"{element_id}:{start:.8f}-{end:.8f}",
        element_id=element_id,
        start_measure=start,
        end_measure=end,
        line=line,
        **{name: getattr(attributes, name) for name in _ATTRIBUTES},
    )


def _add(built: Built, index: dict[str, list[int]], link: Link) -> Fault | None:
    """Add a link under a free id, or say which fault keeps it out."""
    same_id = index.setdefault(link.link_id, [])
    for place in same_id:
        other = built.links[place]
        if shapely.equals_exact(other.line, link.line):
            return Fault.REPEATED
        if shapely.equals_exact(other.line, link.line.reverse()):
            built.links[place] = _two_way(other, link)
            return Fault.OPPOSITE
    if same_id:
        link = replace(link, link_id=f"{link.link_id}~{len(same_id) + 1}")
        built.renamed.append(link.link_id)
    same_id.append(len(built.links))
    built.links.append(link)
    return None


def _two_way(link: Link, opposite: Link) -> Link:
    """Return a link that may be driven as itself or as its opposite may, with both's limits."""
    reverse = {
        Direction.WITH: Direction.AGAINST,
        Direction.AGAINST: Direction.WITH,
        Direction.BOTH: Direction.BOTH,
    }[opposite.direction]
    return replace(
        link,
        direction=link.direction if reverse is link.direction else Direction.BOTH,
        speed_backward_kmh=opposite.speed_forward_kmh
        if opposite.speed_forward_kmh is not None
        else link.speed_backward_kmh,
    )
