"""From the nouns to what goes over the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import numpy as np

from gatusyn.geo import Projection
from gatusyn.model import (
    Extent,
    Finding,
    Grade,
    Link,
    Network,
    Observation,
    Reason,
    SectionCondition,
)
from gatusyn.serve.index import CityIndex
from gatusyn.serve.schemas import (
    ExtentOut,
    FindingOut,
    GradeOut,
    HistoryOut,
    OutlineOut,
    PictureOut,
    Position,
    ReasonOut,
    SectionCard,
    SectionRow,
)
from gatusyn.store.protocol import PictureView

PICTURES_PATH = "/api/v1/pictures/"


def picture_url(picture_id: str, version: int) -> str:
    """Return a picture's address: another one when something in it has been hidden.

    A page keeps what it has shown under an address, whatever it is told.
    """
    address = PICTURES_PATH + quote(picture_id, safe="/")
    return f"{address}?v={version}" if version else address


def grade_out(grade: Grade) -> GradeOut:
    """Return a grade's number and word."""
    return GradeOut(number=grade.number, word=grade.word)


def section_row(index: CityIndex, position: int) -> SectionRow:
    """Return a section as a row of the list."""
    section = index.network.sections[position]
    lon, lat = index.layout.centres[position]
    west, south, east, north = index.layout.bounds[position]
    return SectionRow(
        section_id=section.section_id,
        street=index.street(position),
        element_id=section.element_id,
        start_measure=section.start_measure,
        end_measure=section.end_measure,
        start_m=section.start_m,
        end_m=section.end_m,
        network_type=index.network.link_by_id[section.link_id].network_type.value,
        grade=grade_out(index.grade(position)),
        method=index.method_word,
        index=index.index(position),
        index_low=index.columns.low(position),
        index_high=index.columns.high(position),
        observed_share=float(index.columns.observed_shares[position]),
        centre=(float(lon), float(lat)),
        bounds=(float(west), float(south), float(east), float(north)),
    )


def section_card(
    index: CityIndex,
    position: int,
    *,
    condition: SectionCondition,
    findings: tuple[Finding, ...],
    near: tuple[Finding, ...],
    pictures: tuple[PictureView, ...],
    history: tuple[SectionCondition, ...],
) -> SectionCard:
    """Return all about one section.

    Parameters
    ----------
    near
        Findings that what is seen in the pictures may belong to.
    """
    section = index.network.sections[position]
    link = index.network.link_by_id[section.link_id]
    projection = index.layout.projection
    owners = owners_of(near)
    before, after = _neighbours(index.network, position)
    return SectionCard(
        **dict(section_row(index, position)),
        grade_period=index.period_of(position),
        link_id=section.link_id,
        length_m=section.length_m,
        width_m=section.width_m,
        width_is_assumed=section.width_is_assumed,
        speed_limits_kmh=_speed_limits(link),
        surface=link.surface,
        road_keeper=link.road_keeper,
        observed_m2=condition.observed_m2,
        seen_well_share=condition.seen_well_share,
        seen_poorly_share=condition.seen_poorly_share,
        not_seen_share=condition.not_seen_share,
        last_look_s=condition.last_look_s,
        frames=condition.frames,
        confidence=condition.confidence,
        index_name=condition.index_name,
        deduct_index=condition.deduct_index,
        handbook_index=condition.handbook_index,
        handbook_grade=grade_out(condition.handbook_grade),
        extents=[extent_out(extent) for extent in condition.extents],
        reasons=[reason_out(reason) for reason in condition.reasons],
        findings=[finding_out(finding, projection) for finding in findings],
        pictures=[picture_out(view, section.section_id, owners, projection) for view in pictures],
        history=[history_out(past) for past in history],
        before_id=before,
        after_id=after,
    )


def extent_out(extent: Extent) -> ExtentOut:
    """Return how much of a kind of damage there is on a section."""
    return ExtentOut(
        kind=extent.kind.value,
        severity=extent.severity,
        count=extent.count,
        length_m=extent.length_m,
        area_m2=extent.area_m2,
        share=extent.share,
        along_share=extent.along_share,
    )


def reason_out(reason: Reason) -> ReasonOut:
    """Return what lowers a section's index, and by how much."""
    return ReasonOut(
        kind=reason.kind.value, severity=reason.severity, deduct=reason.deduct, text=reason.text
    )


def owners_of(findings: Sequence[Finding]) -> Mapping[tuple[str, str], Finding]:
    """Return the finding of each (run_id, observation_id)."""
    return {seen: finding for finding in findings for seen in finding.observation_ids}


def finding_out(finding: Finding, projection: Projection) -> FindingOut:
    """Return a finding with a WGS 84 point on it."""
    mark = finding.footprint.representative_point()
    return FindingOut(
        finding_id=finding.finding_id,
        kind=finding.kind.value,
        section_id=finding.section_id,
        element_id=finding.element_id,
        measure=finding.measure,
        side=finding.side.value,
        length_m=finding.length_m,
        area_m2=finding.area_m2,
        severity=finding.severity,
        severity_reason=finding.severity_reason.value,
        confidence=finding.confidence,
        sigma_along_m=finding.sigma_along_m,
        sigma_across_m=finding.sigma_across_m,
        sightings=finding.sightings,
        looks=finding.looks,
        drives=finding.drives,
        state=finding.state,
        ended_s=finding.ended_s,
        growth=finding.growth,
        growth_m2_year=finding.growth_m2_year,
        growth_sigma_m2_year=finding.growth_sigma_m2_year,
        first_seen_s=finding.first_seen_s,
        last_seen_s=finding.last_seen_s,
        centre=_degrees(mark.x, mark.y, projection),
    )


def picture_out(
    view: PictureView,
    section_id: str,
    owners: Mapping[tuple[str, str], Finding],
    projection: Projection,
) -> PictureOut:
    """Return a picture with what was seen in it, in the stored picture's pixels.

    Parameters
    ----------
    owners
        The finding of each (run_id, observation_id).
    """

    def outline(seen: Observation) -> OutlineOut:
        owner = owners.get((view.run_id, seen.observation_id))
        return OutlineOut(
            observation_id=seen.observation_id,
            finding_id=owner.finding_id if owner else None,
            pixel_class=seen.pixel_class.value,
            kind=owner.kind.value if owner else None,
            confidence=seen.confidence,
            in_section=seen.section_id == section_id,
            points=_points(seen, view.scale),
        )

    pose = view.frame.pose
    return PictureOut(
        picture_id=view.picture_id,
        url=picture_url(view.picture_id, view.version),
        width_px=round(view.frame.width_px * view.scale),
        height_px=round(view.frame.height_px * view.scale),
        time_s=pose.time_s,
        bearing_deg=pose.bearing_deg,
        centre=_degrees(pose.easting_m, pose.northing_m, projection),
        hidden_regions=len(view.frame.redaction.regions),
        outlines=[outline(seen) for seen in view.observations],
    )


def history_out(condition: SectionCondition) -> HistoryOut:
    """Return a section's condition in one period."""
    low, high = condition.index_interval or (None, None)
    return HistoryOut(
        period=condition.period,
        grade=grade_out(condition.grade),
        method=condition.method.value,
        index=condition.index,
        index_low=low,
        index_high=high,
        observed_share=condition.observed_share,
        last_look_s=condition.last_look_s,
    )


def _points(seen: Observation, scale: float) -> list[Position]:
    xy = seen.outline_px
    return [
        (round(x * scale, 1), round(y * scale, 1)) for x, y in zip(xy[::2], xy[1::2], strict=True)
    ]


def _degrees(easting_m: float, northing_m: float, projection: Projection) -> Position:
    lon, lat = projection.to_degrees(np.array([easting_m]), np.array([northing_m]))
    return float(lon[0]), float(lat[0])


def _speed_limits(link: Link) -> list[float]:
    limits = {link.speed_forward_kmh, link.speed_backward_kmh}
    return sorted(limit for limit in limits if limit is not None)


def _neighbours(network: Network, position: int) -> tuple[str | None, str | None]:
    section = network.sections[position]
    siblings = [own.section_id for own in network.sections_by_link[section.link_id]]
    place = siblings.index(section.section_id)
    before = siblings[place - 1] if place > 0 else None
    after = siblings[place + 1] if place + 1 < len(siblings) else None
    return before, after
