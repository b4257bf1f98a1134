"""A made-up town of any size, already graded: for measuring what shows it, not what grades it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from gatusyn.geo import cut_line
from gatusyn.model import (
    DamageKind,
    Extent,
    Finding,
    Grade,
    Link,
    Network,
    Reason,
    Section,
    SectionCondition,
    SeverityReason,
    Side,
)

ORIGIN = (674_000.0, 6_580_000.0)
BLOCK_M = 100.0
SECTIONS_A_BLOCK = 5
BLOCKS_A_STREET = 8
SPRING_S = 1_777_900_000.0
DAY_S = 86_400.0
LIMITS = ((85, Grade.VERY_GOOD), (70, Grade.GOOD), (50, Grade.FAIR), (30, Grade.POOR))
REASONS = {
    DamageKind.LONGITUDINAL_CRACK: SeverityReason.SINGLE_LINE,
    DamageKind.TRANSVERSE_CRACK: SeverityReason.BRANCHED,
    DamageKind.CRAZING: SeverityReason.CLEAR_NET,
    DamageKind.POTHOLE: SeverityReason.MEDIUM_HOLE,
    DamageKind.PATCH: SeverityReason.SOUND_PATCH,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WideTown:
    """A network with what was derived for it; the conditions are of one period."""

    network: Network
    conditions: tuple[SectionCondition, ...]
    findings: tuple[Finding, ...]


def wide_town(*, sections: int, findings: int, seed: int = 1, period: str = "2026") -> WideTown:
    """Make a town of blocks with about so many sections and exactly so many findings.

    Streets bend a little, one section in nine was not looked at, and findings gather: most
    sections have few, some have many.

    Parameters
    ----------
    sections
        At least; whole blocks of five.
    """
    generator = np.random.default_rng(seed)
    links = tuple(_links(-(-sections // SECTIONS_A_BLOCK), generator))
    network = Network(
        epsg=3006,
        links=links,
        sections=tuple(section for link in links for section in _sections(link)),
    )
    seen = generator.random(len(network.sections)) > 1 / 9
    weights = seen * generator.lognormal(0.0, 1.0, len(network.sections))
    counts = generator.multinomial(findings, weights / weights.sum())
    found = _findings(network.sections, counts, generator)
    ends = np.cumsum(counts).tolist()
    indices = np.clip(100 - 3 * counts + generator.normal(0, 8, len(counts)), 0, 100).tolist()
    conditions = [
        _condition(section, index if looked_at else None, found[end - count : end], period)
        for section, index, looked_at, end, count in zip(
            network.sections, indices, seen, ends, counts, strict=True
        )
    ]
    return WideTown(network=network, conditions=tuple(conditions), findings=tuple(found))


def _links(count: int, generator: np.random.Generator) -> Iterator[Link]:
    """Yield blocks of a square grid, row by row, each way in turn."""
    side = int(np.ceil(np.sqrt(count / 2.0)))
    bends = generator.normal(0.0, 2.0, (count, 4))
    for number in range(count):
        row, place = divmod(number // 2, side)
        across = number % 2 == 1
        along = np.linspace(0.0, BLOCK_M, 6)
        aside = np.concatenate([[0.0], bends[number], [0.0]])
        x, y = (aside, along) if across else (along, aside)
        corner = np.array([ORIGIN[0] + place * BLOCK_M, ORIGIN[1] + row * BLOCK_M])
        street, block = divmod(row if across else place, BLOCKS_A_STREET)
        lane = place if across else row
        yield Link(
            link_id=f"{10_000 + number}:{block}",
            element_id=f"1000:{number // BLOCKS_A_STREET}",
            start_measure=block / BLOCKS_A_STREET,
            end_measure=(block + 1) / BLOCKS_A_STREET,
            line=LineString(np.column_stack([x, y]) + corner),
            street_name=f"{'Tvärgatan' if across else 'Längsgatan'} {lane}-{street}",
            width_m=7.0,
            speed_forward_kmh=40.0,
            speed_backward_kmh=40.0,
            surface="asfalt",
            road_keeper="kommunal",
        )


def _sections(link: Link) -> Iterator[Section]:
    edges = np.linspace(0.0, link.length_m, SECTIONS_A_BLOCK + 1)
    for number, (start, end) in enumerate(pairwise(edges.tolist())):
        yield Section(
            section_id=f"{link.link_id}/{number}",
            link_id=link.link_id,
            element_id=link.element_id,
            start_m=start,
            end_m=end,
            start_measure=link.measure_at(start),
            end_measure=link.measure_at(end),
            line=cut_line(link.line, start, end),
            width_m=7.0,
            width_is_assumed=False,
        )


def _findings(
    sections: Sequence[Section], counts: NDArray[np.int64], generator: np.random.Generator
) -> list[Finding]:
    """Make so many findings on each section, in the sections' order; all draws are arrays."""
    total = int(counts.sum())
    of_section = np.repeat(np.arange(len(sections)), counts)
    lines = np.array([section.line for section in sections], dtype=object)[of_section]
    offsets_m = generator.uniform(0.0, 1.0, total) * shapely.length(lines)
    middles = shapely.get_coordinates(shapely.line_interpolate_point(lines, offsets_m))
    sizes_m = generator.uniform(0.3, 4.0, total)
    # An outline of sixteen corners, as a traced region has, up to 3 m off the middle.
    turn = np.linspace(0.0, 2 * np.pi, 16, endpoint=False)
    reach = 0.5 * sizes_m[:, None] * generator.uniform(0.6, 1.0, (total, 16))
    corners = np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=2)
    corners += (middles + generator.uniform(-3, 3, (total, 2)))[:, None, :]
    shapes = np.asarray(shapely.polygons(corners), dtype=object)
    areas_m2 = np.asarray(shapely.area(shapes))
    kinds = generator.integers(len(REASONS), size=total)
    firsts_s = SPRING_S + generator.uniform(0, 150, total) * DAY_S
    lasts_s = firsts_s + generator.uniform(0, 60, total) * DAY_S
    sure = generator.uniform(0.5, 1.0, total)
    named, found = list(REASONS), []
    for number, place in enumerate(of_section.tolist()):
        section, kind = sections[place], named[kinds[number]]
        name = f"{section.section_id}-{number}"
        found.append(
            Finding(
                finding_id=name,
                kind=kind,
                footprint=shapes[number],
                sigma_along_m=0.7,
                sigma_across_m=0.3,
                confidence=float(sure[number]),
                link_id=section.link_id,
                element_id=section.element_id,
                section_id=section.section_id,
                offset_m=min(section.start_m + float(offsets_m[number]), section.end_m),
                measure=section.start_measure,
                side=Side.RIGHT,
                length_m=float(sizes_m[number]),
                area_m2=float(areas_m2[number]),
                severity_reason=REASONS[kind],
                first_seen_s=float(firsts_s[number]),
                last_seen_s=float(lasts_s[number]),
                observation_ids=tuple((f"run-{sight}", name) for sight in range(3)),
            )
        )
    return found


def _condition(
    section: Section, index: float | None, findings: Sequence[Finding], period: str
) -> SectionCondition:
    grade = Grade.UNKNOWN
    if index is not None:
        grade = next((grade for low, grade in LIMITS if index >= low), Grade.VERY_POOR)
    return SectionCondition(
        section_id=section.section_id,
        period=period,
        grade=grade,
        index=index,
        observed_share=0.0 if index is None else 0.86,
        observed_m2=0.0 if index is None else section.area_m2 * 0.86,
        frames=0 if index is None else 9,
        confidence=0.0 if index is None else 0.7,
        extents=tuple(_extents(section, findings)),
        reasons=tuple(
            Reason(
                kind=kind,
                severity=severity,
                deduct=4.0,
                text=f"{kind.value} on part of the section",
            )
            for kind, severity in _damages(findings)
        ),
    )


def _extents(section: Section, findings: Sequence[Finding]) -> Iterator[Extent]:
    for kind, severity in _damages(findings):
        own = [one for one in findings if one.kind is kind and one.severity == severity]
        area_m2 = sum(finding.area_m2 for finding in own)
        yield Extent(
            kind=kind,
            severity=severity,
            count=len(own),
            length_m=sum(finding.length_m for finding in own),
            area_m2=area_m2,
            share=min(area_m2 / section.area_m2, 1.0),
            along_share=min(sum(finding.length_m for finding in own) / section.length_m, 1.0),
        )


def _damages(findings: Sequence[Finding]) -> list[tuple[DamageKind, int]]:
    return list(dict.fromkeys((finding.kind, finding.severity) for finding in findings))
