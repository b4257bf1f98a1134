"""Grades every section in every period; what nobody looked at is unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gatusyn.condition.confidence import grade_confidence, look_rates
from gatusyn.condition.index import combine, deduct, grade_of
from gatusyn.model import (
    ConditionParams,
    Coverage,
    DamageKind,
    Extent,
    Finding,
    Grade,
    LookParams,
    Network,
    PixelClass,
    Rates,
    Reason,
    Section,
    SectionCondition,
)

_BESIDE_M = 2.0
_DAY_S = 86_400.0


def period_of(time_s: float) -> str:
    """Return the calendar year (UTC) of a time in seconds since 1970."""
    return str(datetime.fromtimestamp(time_s, UTC).year)


def derive_conditions(
    findings: Sequence[Finding],
    coverage: Sequence[tuple[str, Coverage]],
    network: Network,
    params: ConditionParams,
    rates: Mapping[str, Mapping[PixelClass, Rates]] | None = None,
    *,
    looking: LookParams | None = None,
) -> tuple[SectionCondition, ...]:
    """Grade every counted section of the network in every period that has coverage.

    Parameters
    ----------
    rates
        What the model of each run was measured to get right.
    looking
        How well a look sees; None takes the defaults.

    Returns
    -------
    tuple of SectionCondition
        One a section and period, in the network's order, periods oldest first.
    """
    looks_of: dict[str, list[tuple[str, Coverage]]] = defaultdict(list)
    for run_id, look in coverage:
        looks_of[period_of(look.time_s)].append((run_id, look))
    measured = rates or {}
    of_run = {run_id: look_rates(measured.get(run_id, {})) for run_id, _ in coverage}
    looking = looking or LookParams()
    surfaces = _surfaces(network.counted_sections, beside_m=0.0)
    parts = _parts(findings, network)
    result = []
    for period in sorted(looks_of):
        current = [
            (finding, shares)
            for finding, shares in zip(findings, parts, strict=True)
            if period_of(finding.first_seen_s) <= period <= period_of(finding.last_seen_s)
        ]
        by_section: dict[str, list[tuple[Finding, float]]] = defaultdict(list)
        for finding, shares in current:
            for section_id, share in shares.items():
                by_section[section_id].append((finding, share))
        looks = looks_of[period]
        observed = _observed([look for _, look in looks], surfaces, network, looking)
        rates_of_looks = np.array([of_run[run_id] for run_id, _ in looks])
        for section, seen in zip(network.counted_sections, observed, strict=True):
            own = by_section[section.section_id]
            sure = rates_of_looks[list(seen.looks)]
            result.append(_condition(section, period, seen, sure, own, params, looking))
    return tuple(result)


def _surfaces(sections: Sequence[Section], *, beside_m: float) -> NDArray[np.object_]:
    """Return each section's carriageway as a polygon, widened by ``beside_m`` on both sides."""
    lines = np.array([section.line for section in sections], dtype=object)
    halves = np.array([section.width_m / 2.0 + beside_m for section in sections])
    surfaces: NDArray[np.object_] = shapely.buffer(lines, halves, cap_style="flat")
    return surfaces


@dataclass(frozen=True, slots=True, eq=False)
class _Observed:
    """How a section's surface was looked at.

    Parameters
    ----------
    area_m2, well_m2
        Square metres looked at, and of these seen well.
    looks, quality
        Which looks saw any of it, and how well.
    last_s
        The day of the last of them: no more of their times lasts when a drive is made coarse.
    """

    area_m2: float = 0.0
    well_m2: float = 0.0
    looks: tuple[int, ...] = ()
    quality: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    last_s: float | None = None


def _observed(
    looks: Sequence[Coverage],
    surfaces: NDArray[np.object_],
    network: Network,
    looking: LookParams,
) -> list[_Observed]:
    """Return how each section's surface was looked at.

    A look from a street says nothing of the path beside it: only looks from a link of the same
    network type count. Nor does a look in which next to nothing would be found.
    """
    quality = looking.qualities(looks)
    counts = (quality >= looking.least).tolist()
    kind_of = {link.link_id: link.network_type for link in network.links}
    kinds = [kind_of[look.link_id] for look in looks]
    shapes = np.array([look.footprint for look in looks], dtype=object)
    section, look = STRtree(shapes).query(surfaces, predicate="intersects")
    groups: dict[int, list[int]] = defaultdict(list)
    for i, j in zip(section.tolist(), look.tolist(), strict=True):
        if kind_of[network.counted_sections[i].link_id] is kinds[j] and counts[j]:
            groups[i].append(j)
    result = [_Observed()] * len(surfaces)
    for i, members in groups.items():
        area, good = _area_m2(shapes[members], surfaces[i]), quality[members] >= looking.well_from
        well = area if good.all() else _area_m2(shapes[members][good], surfaces[i])
        last_s = _DAY_S * (max(looks[j].time_s for j in members) // _DAY_S)
        result[i] = _Observed(area, well, tuple(members), quality[members], last_s)
    return result


def _area_m2(shapes: NDArray[np.object_], surface: BaseGeometry) -> float:
    return float(shapely.intersection(shapely.union_all(shapes), surface).area)


def _parts(findings: Sequence[Finding], network: Network) -> list[dict[str, float]]:
    """Return, for each finding, the share of it in each section of its link; shares sum to 1."""
    result = []
    wide = {
        link_id: _surfaces(network.sections_by_link[link_id], beside_m=_BESIDE_M)
        for link_id in {finding.link_id for finding in findings}
    }
    for finding in findings:
        sections = network.sections_by_link[finding.link_id]
        areas = shapely.area(shapely.intersection(wide[finding.link_id], finding.footprint))
        total = float(areas.sum())
        if total <= 0.0:
            result.append({finding.section_id: 1.0})
            continue
        result.append(
            {
                section.section_id: float(area) / total
                for section, area in zip(sections, areas, strict=True)
                if area > 0.0
            }
        )
    return result


def _condition(
    section: Section,
    period: str,
    seen: _Observed,
    rates: NDArray[np.float64],
    findings: Sequence[tuple[Finding, float]],
    params: ConditionParams,
    looking: LookParams,
) -> SectionCondition:
    observed_m2 = seen.area_m2
    observed_share = min(observed_m2 / section.area_m2, 1.0)
    well_share = min(seen.well_m2 / section.area_m2, observed_share)
    extents = _extents(findings, observed_m2)
    known = observed_share >= params.min_observed_share and observed_m2 > 0.0
    deducts = [
        deduct(extent.kind, _severe_share(extent, findings, observed_m2, params), params)
        for extent in extents
    ]
    reasons = tuple(
        Reason(kind=extent.kind, deduct=points, text=_words(extent, findings))
        for extent, points in zip(extents, combine(deducts), strict=True)
    )
    index = 100.0 - sum(reason.deduct for reason in reasons)
    confidence = grade_confidence(
        observed_share,
        rates,
        extents,
        params,
        quality=seen.quality,
        poorly_seen_share=observed_share - well_share,
        well_from=looking.well_from,
    )
    return SectionCondition(
        section_id=section.section_id,
        period=period,
        grade=grade_of(index, params) if known else Grade.UNKNOWN,
        index=index if known else None,
        observed_share=observed_share,
        observed_m2=observed_m2,
        frames=len(seen.looks),
        confidence=confidence if known else 0.0,
        extents=extents,
        reasons=reasons if known else (),
        seen_well_share=well_share,
        last_look_s=seen.last_s,
    )


def _extents(findings: Sequence[tuple[Finding, float]], observed_m2: float) -> tuple[Extent, ...]:
    extents = []
    for kind in DamageKind:
        own = [(finding, share) for finding, share in findings if finding.kind is kind]
        if own:
            area = sum(finding.area_m2 * share for finding, share in own)
            extents.append(
                Extent(
                    kind=kind,
                    count=len(own),
                    length_m=sum(finding.length_m * share for finding, share in own),
                    area_m2=area,
                    share=min(area / observed_m2, 1.0) if observed_m2 > 0.0 else 0.0,
                )
            )
    return tuple(extents)


def _severe_share(
    extent: Extent,
    findings: Sequence[tuple[Finding, float]],
    observed_m2: float,
    params: ConditionParams,
) -> float:
    """Return a damage's share of the observed surface, each part by its severity's factor."""
    weighed = sum(
        finding.area_m2 * share * params.severity_factors[finding.severity - 1]
        for finding, share in findings
        if finding.kind is extent.kind
    )
    return min(weighed / observed_m2, 1.0) if observed_m2 > 0.0 else 0.0


def _words(extent: Extent, findings: Sequence[tuple[Finding, float]]) -> str:
    worst = max(finding.severity for finding, _ in findings if finding.kind is extent.kind)
    number = str(extent.count) if extent.count > 1 else "one"
    measure = (
        f"{extent.length_m:.1f} m"
        if extent.kind in (DamageKind.LONGITUDINAL_CRACK, DamageKind.TRANSVERSE_CRACK)
        else f"{extent.area_m2:.1f} m², {100 * extent.share:.1f} % of the observed surface"
    )
    return f"{extent.kind.words}: {number}, {measure}, severity up to {worst}"
