"""A small made-up town: its network, what is wrong with it, and a drawn picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from shapely import LineString, Point, Polygon

from gatusyn.geo import cut_line
from gatusyn.model import (
    DamageKind,
    Direction,
    Extent,
    Finding,
    Grade,
    Link,
    Network,
    NetworkType,
    Observation,
    Reason,
    Section,
    SectionCondition,
    SeverityReason,
    Side,
)

ORIGIN = (674_000.0, 6_580_000.0)
BLOCK_M = 90.0
EAST_STREETS = ("Storgatan", "Kyrkogatan", "Skolgatan", "Åkervägen")
NORTH_STREETS = ("Hamngatan", "Nygatan", "Östra Parkvägen", "Smedjegatan", "Lärkstigen")
CRACK_PX = (300, 470, 330, 380, 350, 330, 372, 330, 356, 385, 345, 470)
POTHOLE_PX = (560, 420, 640, 405, 700, 425, 660, 455, 580, 452)
SPRING_S = 1_777_900_000.0


def town_network() -> Network:
    """A grid of named streets, the last one for cycling; ids hold the characters that bite."""
    links = [*_rows(EAST_STREETS, along_east=True), *_rows(NORTH_STREETS, along_east=False)]
    return Network(
        epsg=3006,
        links=tuple(links),
        sections=tuple(section for link in links for section in sections_of(link)),
    )


def _rows(names: Sequence[str], *, along_east: bool) -> Iterable[Link]:
    blocks = (len(NORTH_STREETS) if along_east else len(EAST_STREETS)) - 1
    for row, name in enumerate(names):
        for block in range(blocks):
            ends = [(block * BLOCK_M, row * BLOCK_M), ((block + 1) * BLOCK_M, row * BLOCK_M)]
            places = ends if along_east else [(y, x) for x, y in ends]
            cycling = name == "Lärkstigen"
            yield Link(
                link_id=f"{name[:2]}:{row}#{block}/1",
                element_id=f"1000:{row + (0 if along_east else 50)}",
                start_measure=block / blocks,
                end_measure=(block + 1) / blocks,
                line=LineString([(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in places]),
                street_name=name,
                network_type=NetworkType.CYCLE if cycling else NetworkType.CAR,
                width_m=None if cycling else 7.0,
                speed_forward_kmh=40.0,
                speed_backward_kmh=30.0,
                road_keeper="kommunal",
            )


def sections_of(link: Link) -> Iterable[Section]:
    edges = np.linspace(0.0, link.length_m, round(link.length_m / 20) + 1)
    for number, (start, end) in enumerate(pairwise(edges)):
        yield Section(
            section_id=f"{link.link_id}:{number}",
            link_id=link.link_id,
            element_id=link.element_id,
            start_m=float(start),
            end_m=float(end),
            start_measure=link.measure_at(float(start)),
            end_measure=link.measure_at(float(end)),
            line=cut_line(link.line, float(start), float(end)),
            width_m=link.width_m or 2.5,
            width_is_assumed=link.width_m is None,
        )


def make_finding(section: Section, kind: DamageKind, number: int) -> Finding:
    middle = section.line.interpolate(0.3 + 0.3 * number, normalized=True)
    crack = kind is DamageKind.LONGITUDINAL_CRACK
    ahead = section.line.interpolate(0.8, normalized=True)
    shape = (
        LineString([middle, ahead]).buffer(0.35)
        if crack
        else Point(middle.x + 1.2, middle.y - 1.0).buffer(0.6)
    )
    return Finding(
        finding_id=f"{section.section_id}-{kind.value}",
        kind=kind,
        footprint=shape,
        sigma_along_m=0.7,
        sigma_across_m=0.3,
        confidence=0.82,
        link_id=section.link_id,
        element_id=section.element_id,
        section_id=section.section_id,
        offset_m=section.start_m + 6.0,
        measure=section.start_measure,
        side=Side.RIGHT,
        length_m=5.4 if crack else 1.2,
        area_m2=2.1 if crack else 1.1,
        severity_reason=SeverityReason.BRANCHED if crack else SeverityReason.LARGE_HOLE,
        first_seen_s=SPRING_S,
        last_seen_s=SPRING_S + 900,
        observation_ids=(("run1", f"{section.section_id}:{kind.value}"),),
    )


def make_condition(
    section: Section, index: float | None, findings: Sequence[Finding], period: str
) -> SectionCondition:
    limits = ((85, Grade.VERY_GOOD), (70, Grade.GOOD), (55, Grade.FAIR), (40, Grade.POOR))
    grade = Grade.UNKNOWN
    if index is not None:
        grade = next((grade for low, grade in limits if index >= low), Grade.VERY_POOR)
    lost = 100.0 - (100.0 if index is None else index)
    share = {DamageKind.LONGITUDINAL_CRACK: 0.65, DamageKind.POTHOLE: 0.35}
    return SectionCondition(
        section_id=section.section_id,
        period=period,
        grade=grade,
        index=index,
        observed_share=0.1 if index is None else 0.86,
        observed_m2=section.area_m2 * (0.1 if index is None else 0.86),
        frames=0 if index is None else 9,
        confidence=0.0 if index is None else 0.8,
        extents=tuple(
            Extent(
                kind=own.kind,
                severity=own.severity,
                count=1,
                length_m=own.length_m,
                area_m2=own.area_m2,
                share=0.031,
                along_share=0.25,
            )
            for own in findings
        ),
        reasons=tuple(
            Reason(
                kind=own.kind,
                severity=own.severity,
                deduct=lost * share[own.kind],
                text=own.kind.value,
            )
            for own in findings
        ),
        index_name="Gatusyn deduct curves 1",
        index_interval=None if index is None else (max(index - 9.0, 0.0), min(index + 4.0, 100.0)),
        handbook_index=None if index is None else 70.0,
        handbook_grade=Grade.UNKNOWN if index is None else Grade.FAIR,
        deduct_index=index,
    )


def draw_picture(path: Path) -> None:
    """Draw a grey road towards the horizon with a crack, a pothole and a blurred plate."""
    noise = np.random.default_rng(3).normal(0, 9, (540, 960, 1))
    picture = Image.new("RGB", (960, 540), (188, 206, 220))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 235, 960, 540), fill=(140, 150, 120))
    draw.polygon([(430, 235), (530, 235), (1100, 540), (-140, 540)], fill=(104, 105, 108))
    draw.polygon([(477, 240), (483, 240), (510, 540), (450, 540)], fill=(205, 205, 200))
    draw.rectangle((620, 190, 700, 260), fill=(60, 74, 96))
    draw.line([(310, 468), (338, 384), (361, 331)], fill=(45, 45, 48), width=7)
    draw.ellipse((562, 406, 700, 454), fill=(56, 54, 52))
    textured = np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8)
    picture = Image.fromarray(textured)
    plate = picture.crop((640, 240, 680, 252)).filter(ImageFilter.GaussianBlur(8))
    picture.paste(plate, (640, 240))
    picture.save(path, quality=88)


def make_observation(finding: Finding, frame_id: str) -> Observation:
    outline = CRACK_PX if finding.kind is DamageKind.LONGITUDINAL_CRACK else POTHOLE_PX
    footprint = finding.footprint
    assert isinstance(footprint, Polygon)
    return Observation(
        observation_id=f"{finding.section_id}:{finding.kind.value}",
        frame_id=frame_id,
        pixel_class=finding.kind.pixel_class,
        footprint=footprint,
        outline_px=tuple(2.0 * value for value in outline),
        confidence=finding.confidence,
        sigma_along_m=finding.sigma_along_m,
        sigma_across_m=finding.sigma_across_m,
        link_id=finding.link_id,
        element_id=finding.element_id,
        section_id=finding.section_id,
        offset_m=finding.offset_m,
        measure=finding.measure,
        side=finding.side,
        direction=Direction.WITH,
        length_m=finding.length_m,
        area_m2=finding.area_m2,
        time_s=SPRING_S,
    )
