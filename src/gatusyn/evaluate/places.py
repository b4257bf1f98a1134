"""How far observations and findings are from where the damage truly is."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from gatusyn.evaluate.made_drives import MadePass, MadeTown, Seen
from gatusyn.geo import bearing_at, unit_vector
from gatusyn.locate.uncertainty import sigmas_towards
from gatusyn.model import Finding, Observation
from gatusyn.simulate.roads import link_id

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_Z95 = 1.959964
_JUNCTION_M = 20.0
_BESIDE_M = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceErrors:
    """Errors of observations or findings, one row each.

    Parameters
    ----------
    along_m, across_m
        Along the true street and to the right of it.
    sigma_along_m, sigma_across_m
        What the chain says of them.
    distance_m
        From the lens; 0 for findings.
    near_node
        Whether the damage is within 20 m of a link's end.
    right_link
        Whether the link is one on whose carriageway the damage lies.
    damage
        Index of the damage within its town.
    """

    along_m: Floats
    across_m: Floats
    sigma_along_m: Floats
    sigma_across_m: Floats
    distance_m: Floats
    near_node: Flags
    right_link: Flags
    damage: NDArray[np.int64]

    def where(self, rows: Flags) -> PlaceErrors:
        """Return some of the rows."""
        return PlaceErrors(**{name: getattr(self, name)[rows] for name in self.__slots__})

    def figures(self) -> dict[str, float]:
        """Return medians, the 95th percentiles and what the 95 % intervals hold."""
        if not self.along_m.size:
            return {"count": 0}
        along, across = np.abs(self.along_m), np.abs(self.across_m)
        away = ~self.near_node
        return {
            "count": int(along.size),
            "along_median_m": _round(np.median(along)),
            "along_p95_m": _round(np.percentile(along, 95)),
            "along_within_95": _round((along <= _Z95 * self.sigma_along_m).mean()),
            "across_median_m": _round(np.median(across)),
            "across_p95_m": _round(np.percentile(across, 95)),
            "across_within_95": _round((across <= _Z95 * self.sigma_across_m).mean()),
            "right_link_away": _round(self.right_link[away].mean() if away.any() else np.nan),
            "right_link_near": _round(
                self.right_link[self.near_node].mean() if self.near_node.any() else np.nan
            ),
        }


def common_and_own_m(error: Floats, damage: NDArray[np.int64]) -> tuple[float, float]:
    """Return how much of a pass's errors all looks at a damage share, and how much is each one's.

    Root mean squares of what is common to a damage and of what differs between its looks, by the
    analysis of variance (one-way, unequal groups).
    """
    _, group, count = np.unique(damage, return_inverse=True, return_counts=True)
    rows = count[group] >= 2
    if not rows.any():
        return math.nan, math.nan
    mean = np.bincount(group, error) / count
    kept = count >= 2
    own = float(((error - mean[group])[rows] ** 2).sum() / (count[kept] - 1).sum())
    shared = float(np.mean(mean[kept] ** 2 - own / count[kept]))
    return _round(math.sqrt(max(shared, 0.0))), _round(math.sqrt(own))


def joined(parts: Sequence[PlaceErrors]) -> PlaceErrors:
    """Return the rows of all."""
    return PlaceErrors(
        **{
            name: np.concatenate([getattr(one, name) for one in parts])
            for name in PlaceErrors.__slots__
        }
    )


def observation_errors(town: MadeTown, made: MadePass) -> PlaceErrors:
    """Return the errors of a pass's observations, false alarms left out."""
    rows = []
    for one in made.observations:
        seen = made.truth[one.observation_id]
        if seen.damage is not None:
            along, across, street = _off(
                town, seen.damage, one.footprint.centroid, seen.part.centroid
            )
            sigma = _sigmas(town, one, street)
            links = _links_at(town, seen.part.centroid, seen.damage)
            near = _near_node(town, seen.part.centroid)
            rows.append(
                (along, across, *sigma, seen.distance_m, near, one.link_id in links, seen.damage)
            )
    return _errors(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingScore:
    """What findings after some passes are worth.

    Parameters
    ----------
    looked_at
        Damages whose middle was in view at least twice.
    found
        Those of them that a finding is of.
    findings, false
        Findings, and those mostly of false alarms.
    duplicates
        Findings more than one of the same part of a damage that rest on other observations.
    merges
        Findings that hold a tenth or more, at least two, observations of a further damage.
    errors
        Of the findings that are of one damage.
    """

    looked_at: int
    found: int
    findings: int
    false: int
    duplicates: int
    merges: int
    errors: PlaceErrors

    def joined_with(self, others: Sequence[FindingScore]) -> FindingScore:
        """Return the score of several towns together."""
        every = (self, *others)
        counts = ("looked_at", "found", "findings", "false", "duplicates", "merges")
        return FindingScore(
            **{name: sum(getattr(one, name) for one in every) for name in counts},
            errors=joined([one.errors for one in every]),
        )

    def figures(self) -> dict[str, float]:
        """Return shares in per cent beside the errors."""
        real = max(self.findings - self.false, 1)
        return {
            "damages_looked_at": self.looked_at,
            "missed_percent": _round(100.0 * (1.0 - self.found / max(self.looked_at, 1))),
            "findings": self.findings,
            "false_percent": _round(100.0 * self.false / max(self.findings, 1)),
            "duplicates_percent": _round(100.0 * self.duplicates / real),
            "wrong_merges_percent": _round(100.0 * self.merges / real),
            **self.errors.figures(),
        }


def score_findings(
    town: MadeTown, passes: Sequence[MadePass], findings: Sequence[Finding]
) -> FindingScore:
    """Judge findings by the observations that they rest on."""
    truth = {(made.run_id, name): seen for made in passes for name, seen in made.truth.items()}
    by_damage: dict[int, list[Finding]] = defaultdict(list)
    rows, merges, false = [], 0, 0
    for finding in findings:
        seen = [truth[name] for name in finding.observation_ids]
        counts = Counter(one.damage for one in seen)
        damage = counts.most_common(1)[0][0]
        if damage is None:
            false += 1
            continue
        by_damage[damage].append(finding)
        others = [count for other, count in counts.items() if other not in (damage, None)]
        merges += bool(others and max(others) >= max(2.0, 0.1 * len(seen)))
        rows.append(_finding_row(town, finding, damage, seen))
    looks = sum((Counter(made.looks) for made in passes), Counter[int]())
    looked_at = {damage for damage, count in looks.items() if count >= 2}
    return FindingScore(
        looked_at=len(looked_at),
        found=len(looked_at & set(by_damage)),
        findings=len(findings),
        false=false,
        duplicates=sum(_duplicates(group, truth) for group in by_damage.values()),
        merges=merges,
        errors=_errors(rows),
    )


def _finding_row(
    town: MadeTown, finding: Finding, damage: int, seen: Sequence[Seen]
) -> tuple[float, ...]:
    part = shapely.union_all([one.part for one in seen if one.damage == damage]).centroid
    along, across, street = _off(town, damage, finding.footprint.centroid, part)
    sigma = _sigmas(town, finding, street)
    links = _links_at(town, part, damage)
    near = _near_node(town, part)
    return (along, across, *sigma, 0.0, near, finding.link_id in links, damage)


def _duplicates(group: Sequence[Finding], truth: Mapping[tuple[str, str], Seen]) -> int:
    """Return how many of a damage's findings show what another shows by other observations."""
    again = 0
    kept: list[tuple[set[tuple[str, str]], BaseGeometry]] = []
    for finding in sorted(group, key=lambda one: -len(one.observation_ids)):
        own = set(finding.observation_ids)
        part = shapely.union_all([truth[name].part for name in own])
        if any(
            len(own & other) < 0.5 * len(own)
            and part.intersection(shape).area > 0.5 * min(part.area, shape.area)
            for other, shape in kept
        ):
            again += 1
        kept.append((own, part))
    return again


def _sigmas(town: MadeTown, one: Observation | Finding, street_deg: float) -> tuple[float, float]:
    """Return what is said of a place, along and across the true street.

    It is said along and across the link that the place was put on, which may be a crossing one.
    """
    line = town.network.link_by_id[one.link_id].line
    own = np.diag([one.sigma_along_m**2, one.sigma_across_m**2])
    return sigmas_towards(own, street_deg - bearing_at(line, one.offset_m))


def _off(town: MadeTown, damage: int, said: Point, true: Point) -> tuple[float, float, float]:
    """Return metres along the true street and right of it, and the street's bearing."""
    line = LineString(town.roads.links[town.damages[damage].link].line)
    bearing = bearing_at(line, float(line.project(true)))
    east, north = unit_vector(bearing)
    off = (said.x - true.x, said.y - true.y)
    return off[0] * east + off[1] * north, off[0] * north - off[1] * east, bearing


def _links_at(town: MadeTown, place: Point, damage: int) -> set[str]:
    """Return the links on whose true carriageway a place lies, that of its damage among them."""
    own = town.damages[damage].link
    links, kinds = town.roads.links, town.roads.kinds
    reach = np.array([kind.width_m / 2.0 + _BESIDE_M for kind in kinds])
    lines = np.array([LineString(link.line) for link in links], dtype=object)
    on = np.flatnonzero(shapely.distance(lines, place) <= reach)
    return {link_id(own), *(link_id(int(index)) for index in on)}


def _near_node(town: MadeTown, place: Point) -> bool:
    off = town.roads.nodes - (place.x, place.y)
    return bool(np.hypot(off[:, 0], off[:, 1]).min() < _JUNCTION_M)


def _errors(rows: Sequence[tuple[float, ...]]) -> PlaceErrors:
    table = np.array(rows, dtype=np.float64).reshape(-1, 8)
    return PlaceErrors(
        along_m=table[:, 0],
        across_m=table[:, 1],
        sigma_along_m=table[:, 2],
        sigma_across_m=table[:, 3],
        distance_m=table[:, 4],
        near_node=table[:, 5] > 0,
        right_link=table[:, 6] > 0,
        damage=table[:, 7].astype(np.int64),
    )


def _round(value: float) -> float:
    return math.nan if math.isnan(value) else round(float(value), 3)
