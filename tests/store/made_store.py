"""Small made-up towns and drives for the tests of the store, the exports and the report."""

from __future__ import annotations

import numpy as np
from shapely import LineString, MultiPolygon, Polygon, box

from gatusyn.model import (
    ConditionMethod,
    Coverage,
    DamageKind,
    Direction,
    DriveFacts,
    DriveNote,
    DriveRemark,
    Evidence,
    Extent,
    Finding,
    Grade,
    Link,
    Network,
    NetworkType,
    Observation,
    PixelClass,
    Pose,
    PublicFrame,
    Rates,
    Reason,
    RedactedRegion,
    RedactionRecord,
    RegionKind,
    Rejected,
    RejectReason,
    Section,
    SectionCondition,
    SeenFrame,
    SeverityReason,
    Side,
)

EAST, NORTH = 674_000.0, 6_580_000.0
START_S = 1_780_000_000.0


def make_link(number: int = 0, *, name: str | None = "Storgatan", length_m: float = 60.0) -> Link:
    """Return a straight link heading east, 100 m north of the one before."""
    north = NORTH + 100.0 * number
    return Link(
        link_id=f"link-{number}",
        element_id=f"1000:{number}",
        start_measure=0.25,
        end_measure=0.75,
        line=LineString([(EAST, north, 3.5), (EAST + length_m, north, 4.5)]),
        network_type=NetworkType.CAR,
        direction=Direction.WITH,
        street_name=name,
        speed_forward_kmh=40.0,
        functional_class="5",
        surface="asfalt",
        road_keeper="Kommunal",
    )


def make_sections(link: Link, *, step_m: float = 20.0) -> list[Section]:
    """Cut a link of ``make_link`` into sections."""
    sections = []
    for number in range(int(link.length_m // step_m)):
        start, end = number * step_m, (number + 1) * step_m
        north = link.line.coords[0][1]
        sections.append(
            Section(
                section_id=f"{link.link_id}/{number}",
                link_id=link.link_id,
                element_id=link.element_id,
                start_m=start,
                end_m=end,
                start_measure=link.measure_at(start),
                end_measure=link.measure_at(end),
                line=LineString([(EAST + start, north), (EAST + end, north)]),
                width_m=6.5,
                width_is_assumed=True,
            )
        )
    return sections


def make_network(*, links: int = 2, step_m: float = 20.0, shift_m: float = 0.0) -> Network:
    """Return links with their sections; ``shift_m`` makes another delivery."""
    made = [make_link(number, length_m=60.0 + shift_m) for number in range(links)]
    sections = [section for link in made for section in make_sections(link, step_m=step_m)]
    return Network(epsg=3006, links=tuple(made), sections=tuple(sections), remarks=("1 row left",))


def make_redaction() -> RedactionRecord:
    """Return what was hidden in a frame with one face."""
    region = RedactedRegion(
        kind=RegionKind.FACE,
        x1=1,
        y1=2,
        x2=30,
        y2=40,
        confidence=0.9,
        evidence=Evidence.BETWEEN,
    )
    return RedactionRecord(
        model="centerface 1",
        thresholds=((RegionKind.FACE, 0.3), (RegionKind.PLATE, 0.3)),
        regions=(region,),
        covered_share=0.01,
    )


def make_frame(number: int = 0, *, link: int = 0) -> SeenFrame:
    """Return a frame taken 5 m after the one before."""
    pose = Pose(
        time_s=START_S + number,
        easting_m=EAST + 5.0 * number,
        northing_m=NORTH + 100.0 * link,
        bearing_deg=90.0,
        speed_ms=8.0,
        sigma_along_m=2.5,
        sigma_across_m=0.5,
        sigma_bearing_deg=1.0,
        link_id=f"link-{link}",
        offset_m=5.0 * number,
        direction=Direction.WITH,
    )
    return SeenFrame(
        frame_id=f"frame-{number}", pose=pose, redaction=make_redaction(), width_px=64, height_px=48
    )


def make_footprint(offset_m: float, *, link: int = 0, size_m: float = 0.5) -> Polygon:
    """Return a square on a link, ``offset_m`` from its start."""
    east, north = EAST + offset_m, NORTH + 100.0 * link
    return box(east, north - size_m, east + size_m, north)


def make_observation(number: int = 0, *, link: int = 0, frame: int | None = None) -> Observation:
    """Return a pothole 5 m after the one before."""
    frame = number if frame is None else frame
    offset = 5.0 * number
    return Observation(
        observation_id=f"frame-{frame}/{number}",
        frame_id=f"frame-{frame}",
        pixel_class=PixelClass.POTHOLE,
        footprint=make_footprint(offset, link=link),
        outline_px=(1.0, 2.0, 3.5, 4.0, 5.0, 6.25),
        confidence=0.75,
        sigma_along_m=1.5,
        sigma_across_m=0.5,
        link_id=f"link-{link}",
        element_id=f"1000:{link}",
        section_id=f"link-{link}/{int(offset // 20)}",
        offset_m=offset,
        measure=0.3,
        side=Side.RIGHT,
        direction=Direction.WITH,
        length_m=0.7,
        area_m2=0.25,
        time_s=START_S + number,
    )


def make_coverage(number: int = 0, *, link: int = 0) -> Coverage:
    """Return the 5 m of road that ``make_frame`` looked at."""
    east, north = EAST + 5.0 * number, NORTH + 100.0 * link
    return Coverage(
        frame_id=f"frame-{number}",
        link_id=f"link-{link}",
        footprint=box(east, north - 3.0, east + 5.0, north + 3.0),
        time_s=START_S + number,
        shown=box(east, north - 3.0, east + 5.0, north + 5.0) if number % 2 else None,
        sharpness=0.61,
        light=104.25,
        distance_m=7.5,
    )


def make_facts(
    *,
    drive: str = "drive-1",
    run: str = "run-1",
    network: Network | None = None,
    frames: int = 6,
    start_s: float = START_S,
    link: int = 0,
) -> DriveFacts:
    """Return a drive along a link with a pothole in its first frame and one frame rejected."""
    network = network or make_network()
    return DriveFacts(
        drive_id=drive,
        run_id=run,
        name=f"{drive}.mp4",
        network_version=network.version,
        detector_version="gatusyn-damage 1 abc",
        started_s=start_s,
        ended_s=start_s + frames,
        distance_m=5.0 * frames,
        received=frames + 1,
        frames=tuple(make_frame(n, link=link) for n in range(frames)),
        rejected=(
            Rejected(
                frame_id="frame-x",
                reason=RejectReason.TOO_DARK,
                detail="12",
                figures={"value": 12.0, "limit": 25.0},
            ),
        ),
        observations=(make_observation(0, link=link),),
        coverage=tuple(make_coverage(n, link=link) for n in range(frames)),
        rates={PixelClass.CRACK: Rates(precision=0.75, recall=0.8)},
        remarks=(
            DriveRemark(note=DriveNote.CLOCK_BY_OWN, figures={"offset_s": 1.2, "source": "å.mp4"}),
            DriveRemark(note=DriveNote.SAID, figures={"words": "the lens was wiped"}),
        ),
    )


def make_public_frame(
    number: int = 0, *, width: int = 64, height: int = 48, value: int = 90
) -> PublicFrame:
    """Return a grey frame."""
    image = np.full((height, width, 3), value, dtype=np.uint8)
    return PublicFrame(
        frame_id=f"frame-{number}",
        time_s=START_S + number,
        image=image,
        redaction=make_redaction(),
    )


def make_finding(number: int = 0, *, link: int = 0, two_parts: bool = False) -> Finding:
    """Return a pothole 5 m after the one before."""
    offset = 5.0 * number
    footprint: Polygon | MultiPolygon = make_footprint(offset, link=link)
    if two_parts:
        footprint = MultiPolygon([make_footprint(offset), make_footprint(offset + 2.0)])
    return Finding(
        finding_id=f"finding-{link}-{number}",
        kind=DamageKind.POTHOLE,
        footprint=footprint,
        sigma_along_m=1.2,
        sigma_across_m=0.4,
        confidence=0.9,
        link_id=f"link-{link}",
        element_id=f"1000:{link}",
        section_id=f"link-{link}/{int(offset // 20)}",
        offset_m=offset,
        measure=0.3,
        side=Side.LEFT,
        length_m=0.7,
        area_m2=0.25,
        severity_reason=SeverityReason.MEDIUM_HOLE,
        first_seen_s=START_S,
        last_seen_s=START_S + 60.0,
        observation_ids=(("run-1", "frame-0/0"), ("run-1", "frame-1/1")),
        sightings=2,
        looks=3,
    )


def make_condition(
    section_id: str,
    *,
    period: str = "2026",
    grade: Grade = Grade.POOR,
    index: float | None = 45.0,
    observed_share: float = 0.8,
    seen_well_share: float = 0.0,
    last_look_s: float | None = None,
) -> SectionCondition:
    """Return a graded section with potholes."""
    return SectionCondition(
        section_id=section_id,
        period=period,
        grade=grade,
        index=index,
        observed_share=observed_share,
        observed_m2=104.0,
        frames=4,
        confidence=0.7,
        extents=(
            Extent(
                kind=DamageKind.POTHOLE,
                severity=2,
                count=2,
                length_m=1.4,
                area_m2=0.5,
                share=0.004,
                along_share=0.1,
            ),
        ),
        reasons=(
            Reason(kind=DamageKind.POTHOLE, severity=2, deduct=55.0, text="2 potholes, 0.5 m²"),
        ),
        method=ConditionMethod.DEDUCT,
        index_name="Gatusyn deduct curves 1",
        index_interval=None if index is None else (max(index - 12.0, 0.0), index + 3.0),
        handbook_index=None if index is None else 70.0,
        handbook_grade=Grade.UNKNOWN if index is None else Grade.FAIR,
        deduct_index=index,
        seen_well_share=seen_well_share,
        last_look_s=last_look_s,
    )
