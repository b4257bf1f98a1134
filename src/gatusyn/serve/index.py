"""A city as it is shown: laid out once for each state of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.geo import Projection
from gatusyn.model import (
    ConditionMethod,
    Finding,
    Grade,
    GroupCondition,
    Network,
    Section,
    SectionCondition,
    roll_up,
)
from gatusyn.serve.map_layers import map_layers
from gatusyn.serve.tiles import TileLayer

Bounds = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CityIndex:
    """Everything of one period that the map, the list and the cards look up.

    Parameters
    ----------
    stamp
        Names the state of the store and the period: changes when what is shown does.
    centres
        WGS 84 longitude, latitude in the middle of each section, [sections, 2].
    bounds
        WGS 84 west, south, east, north of each section, [sections, 4].
    worst_first
        Indices of sections: falling grade, rising index, unknown last.
    summaries
        Streets with their bounds, by the alphabet.
    """

    stamp: str
    period: str | None
    network: Network
    conditions: Mapping[str, SectionCondition]
    position: Mapping[str, int]
    streets: Mapping[str, str]
    centres: NDArray[np.float64]
    bounds: NDArray[np.float64]
    worst_first: tuple[int, ...]
    summaries: tuple[tuple[GroupCondition, Bounds], ...]
    findings: Mapping[str, Finding]
    layers: tuple[TileLayer, ...]

    def condition(self, section_id: str) -> SectionCondition:
        """Return a section's condition; one that was never graded is unknown, never good."""
        known = self.conditions.get(section_id)
        if known is not None:
            return known
        method = ConditionMethod(self.method or ConditionMethod.DEDUCT)
        return unknown_condition(section_id, self.period or "", method)

    @property
    def method(self) -> str | None:
        """The method that the grades are by; None if nothing has been graded."""
        return next((one.method.value for one in self.conditions.values()), None)

    @property
    def index_name(self) -> str | None:
        """The curves or table behind the index; None if nothing has been graded."""
        return next((one.index_name for one in self.conditions.values()), None)

    @property
    def total_bounds(self) -> Bounds:
        """The whole network's, WGS 84 west, south, east, north."""
        low, high = self.bounds.min(axis=0), self.bounds.max(axis=0)
        return float(low[0]), float(low[1]), float(high[2]), float(high[3])


def unknown_condition(section_id: str, period: str, method: ConditionMethod) -> SectionCondition:
    """Return the condition of a section that nobody looked at."""
    return SectionCondition(
        section_id=section_id,
        period=period,
        grade=Grade.UNKNOWN,
        index=None,
        observed_share=0.0,
        observed_m2=0.0,
        frames=0,
        confidence=0.0,
        extents=(),
        reasons=(),
        method=method,
    )


def build_index(
    network: Network,
    conditions: Sequence[SectionCondition],
    findings: Sequence[Finding],
    *,
    stamp: str,
    period: str | None,
) -> CityIndex:
    """Lay out a network that has at least one section, with what was derived for it."""
    projection = Projection(network.epsg)
    known = {condition.section_id: condition for condition in conditions}
    streets = {link.link_id: link.street_name or link.element_id for link in network.links}
    centres, bounds = _places(network.sections, projection)
    order = _worst_first(network.sections, known)
    return CityIndex(
        stamp=stamp,
        period=period,
        network=network,
        conditions=known,
        position={section.section_id: i for i, section in enumerate(network.sections)},
        streets=streets,
        centres=centres,
        bounds=bounds,
        worst_first=order,
        summaries=_summaries(network.sections, known, streets, bounds),
        findings={finding.finding_id: finding for finding in findings},
        layers=map_layers(network, known, findings, order, projection),
    )


def _places(
    sections: Sequence[Section], projection: Projection
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lines = np.array([section.line for section in sections], dtype=object)
    degrees = shapely.get_coordinates(lines)
    degrees = np.column_stack(projection.to_degrees(degrees[:, 0], degrees[:, 1]))
    lines = shapely.set_coordinates(lines.copy(), degrees)
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    return shapely.get_coordinates(middle), np.asarray(shapely.bounds(lines), dtype=np.float64)


def _worst_first(
    sections: Sequence[Section], known: Mapping[str, SectionCondition]
) -> tuple[int, ...]:
    def urgency(position: int) -> tuple[int, float, int]:
        condition = known.get(sections[position].section_id)
        if condition is None or condition.index is None:
            return (1, 0.0, position)
        return (-condition.grade.number, condition.index, position)

    return tuple(sorted(range(len(sections)), key=urgency))


def _summaries(
    sections: Sequence[Section],
    known: Mapping[str, SectionCondition],
    streets: Mapping[str, str],
    bounds: NDArray[np.float64],
) -> tuple[tuple[GroupCondition, Bounds], ...]:
    groups = roll_up(sections, known, lambda section: streets[section.link_id])
    result = []
    for group in sorted(groups, key=lambda group: group.name):
        own = bounds[list(group.members)]
        low, high = own.min(axis=0), own.max(axis=0)
        result.append((group, (float(low[0]), float(low[1]), float(high[2]), float(high[3]))))
    return tuple(result)
