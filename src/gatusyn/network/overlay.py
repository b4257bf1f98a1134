"""Lays features over the reference geometry by link sequence and measure; pure functions.

The join rule: the same link sequence, and ``feature.start < part.end`` and
``feature.end > part.start`` with measures rounded to 8 decimals. A part is cut at every measure
inside it where a property that is kept changes; a cut's place on the line is its share of the
part's measures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from shapely import LineString

from gatusyn.geo import cut_line
from gatusyn.model import Direction, NetworkType
from gatusyn.network.claims import path_network_type
from gatusyn.network.features import Feature, Features
from gatusyn.network.rows import Attributes, Row

_DECIMALS = 8
# A cut so near to a part's end would leave a piece without length.
_SHORTEST_M = 0.01
_PLAIN = (
    "street_name",
    "speed_forward_kmh",
    "speed_backward_kmh",
    "functional_class",
    "width_m",
    "surface",
    "road_keeper",
    "path_type",
    "structure",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a link sequence with its geometry.

    Parameters
    ----------
    start_measure, end_measure
        Rounded to 8 decimals.
    line
        Easting, northing in metres, in the direction of rising measures.
    """

    element_id: str
    start_measure: float
    end_measure: float
    line: LineString


@dataclass(slots=True, kw_only=True)
class Overlay:
    """What was not clear when features were laid over parts.

    Parameters
    ----------
    knows_built_up
        Whether the delivery says where built-up areas are: elsewhere there are none.
    several
        Property to the number of stretches for which rows of equal rank but for their age state
        different values.
    no_type, closed
        Stretches without a network type, and those closed in both directions.
    """

    knows_built_up: bool = False
    several: Counter[str] = field(default_factory=Counter)
    no_type: int = 0
    closed: int = 0

    def rows(self, parts: Iterable[Part], features: Features) -> Iterator[Row]:
        """Yield each part in stretches on which no property changes."""
        for part in parts:
            own = features.by_element.get(part.element_id, [])
            crossings = features.crossings.get(part.element_id, set())
            yield from self._stretches(part, own, crossings)

    def _stretches(
        self, part: Part, features: Sequence[Feature], crossings: set[float]
    ) -> Iterator[Row]:
        covering = [
            one
            for one in features
            if one.start_measure < part.end_measure and one.end_measure > part.start_measure
        ]
        ends = {measure for one in covering for measure in (one.start_measure, one.end_measure)}
        places = _cuts(part, ends | crossings)
        begin, said = places[0], self._said(covering, places[0], places[1])
        for start, end in pairwise(places[1:]):
            there = self._said(covering, start, end)
            if there != said or start in crossings:
                yield self._row(part, begin, start, said)
                begin, said = start, there
        yield self._row(part, begin, places[-1], said)

    def _said(self, features: Sequence[Feature], start: float, end: float) -> dict[str, Any]:
        """Return what the highest ranking features say of a stretch."""
        best: dict[str, tuple[tuple[float, ...], Any]] = {}
        several = set()
        for one in features:
            if not (one.start_measure < end and one.end_measure > start):
                continue
            for key, value in one.claims:
                known = best.get(key)
                if known is not None and known[1] != value and known[0][:-1] == one.rank[:-1]:
                    several.add(key)
                if known is None or one.rank > known[0]:
                    best[key] = (one.rank, value)
        self.several.update(several)
        return {key: value for key, (_, value) in best.items()}

    def _row(self, part: Part, start: float, end: float, said: dict[str, Any]) -> Row:
        self.closed += bool(said.get("forward_forbidden") and said.get("backward_forbidden"))
        self.no_type += _network_type(said) is None
        return Row(
            element_id=part.element_id,
            start_measure=start,
            end_measure=end,
            geometry=_between(part, start, end),
            attributes=_attributes(said, knows_built_up=self.knows_built_up),
        )


def _cuts(part: Part, measures: Iterable[float]) -> list[float]:
    """Return the part's ends and the measures inside it at which it can be cut, rising."""
    span = part.end_measure - part.start_measure
    margin = _SHORTEST_M / part.line.length * span
    result = [part.start_measure]
    for measure in sorted(measures):
        if result[-1] + margin < measure < part.end_measure - margin:
            result.append(measure)
    return [*result, part.end_measure]


def _between(part: Part, start: float, end: float) -> LineString:
    if start == part.start_measure and end == part.end_measure:
        return part.line
    span, length = part.end_measure - part.start_measure, part.line.length
    return cut_line(
        part.line,
        (start - part.start_measure) / span * length,
        (end - part.start_measure) / span * length,
    )


def _network_type(said: dict[str, Any]) -> NetworkType | None:
    known: NetworkType | None = said.get("network_type")
    return known or path_network_type(said.get("path_type"))


def _attributes(said: dict[str, Any], *, knows_built_up: bool) -> Attributes:
    not_forward, not_backward = said.get("forward_forbidden"), said.get("backward_forbidden")
    direction = Direction.BOTH
    if bool(not_forward) != bool(not_backward):
        direction = Direction.AGAINST if not_forward else Direction.WITH
    return Attributes(
        network_type=_network_type(said) or NetworkType.CAR,
        direction=direction,
        is_roundabout=bool(said.get("is_roundabout")),
        is_built_up=bool(said.get("is_built_up")) if knows_built_up else None,
        aadt=_traffic(said),
        **{key: said.get(key) for key in _PLAIN},
    )


def _traffic(said: dict[str, Any]) -> float | None:
    """Return vehicles a day in both directions together."""
    if "aadt" in said:
        return float(said["aadt"])
    ways = [said[key] for key in ("aadt_forward", "aadt_backward") if key in said]
    return float(sum(ways)) if ways else None
