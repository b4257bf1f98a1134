"""OGC API Features (Part 1, Core): sections, findings and streets for QGIS and its like.

Coordinates are CRS84: WGS 84, longitude first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import numpy as np
import shapely

from gatusyn.model import Finding, objects
from gatusyn.serve.errors import QueryError
from gatusyn.serve.index import CityIndex, StreetSummary
from gatusyn.serve.layout import Bounds, Layout
from gatusyn.serve.mercator import Shapes

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
)
DECIMALS = 7
"""About a centimetre."""

Feature = str
"""A GeoJSON feature as text: a page has thousands, and most of each is written by GEOS."""

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """A stretch of time, seconds since 1970-01-01 UTC, both ends included; None is open."""

    since_s: float | None = None
    until_s: float | None = None


def read_box(text: str | None) -> Bounds | None:
    """Read ``west,south,east,north`` in degrees, or six numbers with heights, which do not count.

    A box may cross the antimeridian (west beyond east): it is then the wider one of its halves.

    Raises
    ------
    QueryError
        If it is no such box.
    """
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(np.isfinite(numbers)):
        raise QueryError("bbox", "is not west,south,east,north in degrees")
    west, south, east, north = numbers
    if south > north:
        raise QueryError("bbox", "has its south beyond its north")
    if west > east:
        west, east = (west, 180.0) if 180.0 - west >= east + 180.0 else (-180.0, east)
    return west, south, east, north


def read_moments(text: str | None) -> Moments:
    """Read a day, a moment, or two of them as ``FROM/TO`` (``..`` or nothing is open).

    Raises
    ------
    QueryError
        If it is none of that.
    """
    if text is None:
        return Moments()
    first, slash, last = text.partition("/")
    if not slash:
        last = first
    since, until = _moment(first), _moment(last)
    # A day lasts to its end.
    end = until + DAY_S - 0.001 if until is not None and len(last) <= 10 else until
    if since is not None and end is not None and since > end:
        raise QueryError("datetime", "ends before it begins")
    return Moments(since_s=since, until_s=end)


def _moment(text: str) -> float | None:
    if text in ("", ".."):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        problem = "is not a day (2026-05-04), a moment (2026-05-04T10:00:00Z) or FROM/TO"
        raise QueryError("datetime", problem) from error


def period_in(period: str | None, moments: Moments) -> bool:
    """Say whether a period, a calendar year, has something in common with a stretch of time."""
    if moments.since_s is None and moments.until_s is None:
        return True
    if period is None or not (period.isdigit() and len(period) == 4 and period != "0000"):
        return False
    year = int(period)
    begin = datetime(year, 1, 1, tzinfo=UTC).timestamp()
    end = begin + 366 * DAY_S if year == 9999 else datetime(year + 1, 1, 1, tzinfo=UTC).timestamp()
    before = moments.until_s is not None and moments.until_s < begin
    return not before and not (moments.since_s is not None and moments.since_s >= end)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureMaker:
    """Turns sections, findings and streets into features with a link into the map.

    Parameters
    ----------
    page
        The map's address, without a fragment.
    now_s
        Ages are counted to this moment.
    """

    index: CityIndex
    page: str
    now_s: float

    def sections(self, positions: Sequence[int]) -> list[Feature]:
        """Return sections: their grades in number and word, and what those rest on."""
        shapes = _rounded(self.index.layout.degrees[list(positions)])
        return _features(
            [self.index.network.sections[place].section_id for place in positions],
            shapes,
            [self._section(place) for place in positions],
        )

    def _section(self, position: int) -> Mapping[str, Any]:
        section = self.index.network.sections[position]
        grade = self.index.grade(position)
        value = self.index.index(position)
        return {
            "section_id": section.section_id,
            "street": self.index.street(position),
            "grade": grade.number,
            "grade_word": grade.word,
            "condition_index": None if value is None else round(value, 1),
            "observed_share": round(float(self.index.columns.observed_shares[position]), 3),
            "period": self.index.period,
            "element_id": section.element_id,
            "start_measure": section.start_measure,
            "end_measure": section.end_measure,
            "length_m": round(section.length_m, 2),
            "width_m": section.width_m,
            "network_type": self.index.network.link_by_id[section.link_id].network_type.value,
            "map_link": self._link(section=section.section_id),
        }

    def findings(self, findings: Sequence[Finding]) -> list[Feature]:
        """Return findings with their footprints."""
        shapes = in_degrees([own.footprint for own in findings], self.index.layout)
        return _features(
            [own.finding_id for own in findings],
            _rounded(shapes),
            [self._finding(own) for own in findings],
        )

    def _finding(self, finding: Finding) -> Mapping[str, Any]:
        place = self.index.position.get(finding.section_id)
        return {
            "finding_id": finding.finding_id,
            "kind": finding.kind.value,
            "state": finding.state.value,
            "severity": finding.severity,
            "severity_reason": finding.severity_reason.words,
            "street": None if place is None else self.index.street(place),
            "section_id": finding.section_id,
            "element_id": finding.element_id,
            "measure": finding.measure,
            "side": finding.side.value,
            "length_m": round(finding.length_m, 2),
            "area_m2": round(finding.area_m2, 3),
            "confidence": round(finding.confidence, 3),
            "sightings": finding.sightings,
            "looks": finding.looks,
            "first_seen": _iso(finding.first_seen_s),
            "last_seen": _iso(finding.last_seen_s),
            "age_days": round(max(self.now_s - finding.last_seen_s, 0.0) / DAY_S, 1),
            "map_link": self._link(section=finding.section_id, finding=finding.finding_id),
        }

    def streets(self, summaries: Sequence[StreetSummary]) -> list[Feature]:
        """Return streets: all the sections' lines of each in one."""
        degrees, members = self.index.layout.degrees, self.index.members
        shapes = objects(
            [shapely.multilinestrings(degrees[members(own.street)]) for own in summaries]
        )
        return _features(
            [own.street for own in summaries],
            _rounded(shapes),
            [self._street(own) for own in summaries],
        )

    def _street(self, summary: StreetSummary) -> Mapping[str, Any]:
        mean = summary.mean_index
        return {
            "street": summary.street,
            "sections": summary.sections,
            "length_m": round(summary.length_m, 1),
            "graded_m": round(summary.graded_m, 1),
            "mean_index": None if mean is None else round(mean, 1),
            "worst_grade": summary.worst.number,
            "worst_grade_word": summary.worst.word,
            "period": self.index.period,
            "map_link": self._link(street=summary.street),
        }

    def _link(self, **parts: str) -> str:
        named = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items())
        return f"{self.page}#{named}"


def in_degrees(shapes: Sequence[Any], layout: Layout) -> Shapes:
    """Return geometries of the network's system in WGS 84 longitude, latitude."""
    array = objects(shapes)
    corners = shapely.get_coordinates(array)
    moved = np.column_stack(layout.projection.to_degrees(corners[:, 0], corners[:, 1]))
    return np.asarray(shapely.set_coordinates(shapely.force_2d(array), moved), dtype=object)


def box_in_metres(box: Bounds, layout: Layout) -> Bounds | None:
    """Return a box in the network's system that holds one in degrees, as far as the town goes.

    None if it does not touch the town's surroundings.
    """
    low, high = np.array(layout.total_bounds[:2]) - 0.01, np.array(layout.total_bounds[2:]) + 0.01
    west, south = np.maximum(box[:2], low)
    east, north = np.minimum(box[2:], high)
    if west > east or south > north:
        return None
    # An edge that is straight in degrees is bent in metres.
    edge = shapely.segmentize(shapely.box(west, south, east, north), 0.01)
    x, y = layout.projection.to_metres(*shapely.get_coordinates(edge).T)
    return float(x.min()) - 1, float(y.min()) - 1, float(x.max()) + 1, float(y.max()) + 1


def _rounded(shapes: Shapes) -> Shapes:
    corners = np.round(shapely.get_coordinates(shapes), DECIMALS)
    return np.asarray(shapely.set_coordinates(shapes.copy(), corners), dtype=object)


def _features(
    names: Sequence[str], shapes: Shapes, properties: Sequence[Mapping[str, Any]]
) -> list[Feature]:
    return [
        f'{{"type":"Feature","id":{json.dumps(name)},"geometry":{shape},'
        f'"properties":{json.dumps(entry)}}}'
        for name, shape, entry in zip(names, shapely.to_geojson(shapes), properties, strict=True)
    ]


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
