"""The figures of a report, without their layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gatusyn.model import (
    CitySettings,
    ConditionMethod,
    DamageKind,
    DriveRemark,
    Finding,
    Grade,
    GroupCondition,
    Network,
    Rejected,
    RejectReason,
    Section,
    SectionCondition,
    built_up,
    road_class,
    roll_up,
)
from gatusyn.report.street import streets_worst_first


class DriveLike(Protocol):
    """What a report needs of a drive; the store's ``DriveSummary`` has it."""

    @property
    def drive_id(self) -> str:
        """The drive's id."""

    @property
    def name(self) -> str:
        """The footage's file or folder name."""

    @property
    def detector_version(self) -> str:
        """What looked for damage."""

    @property
    def started_s(self) -> float:
        """First used fix, seconds since 1970-01-01 UTC."""

    @property
    def distance_m(self) -> float:
        """Metres driven on the network."""

    @property
    def received(self) -> int:
        """Frames sampled."""

    @property
    def accepted(self) -> int:
        """Frames used."""

    @property
    def remarks(self) -> tuple[DriveRemark, ...]:
        """What a person should know of the drive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeFigures:
    """The streets of one grade; ``share`` is of the town's length, 0..1."""

    grade: Grade
    sections: int
    length_m: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFigures:
    """The findings of one kind that are there now; ``by_severity``: of severity 1, 2 and 3."""

    kind: DamageKind
    count: int
    by_severity: tuple[int, int, int]
    length_m: float
    area_m2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveFigures:
    """One drive; ``rejected`` counts frames by reason, most frequent first."""

    name: str
    started_s: float
    distance_m: float
    received: int
    accepted: int
    rejected: tuple[tuple[RejectReason, int], ...]
    remarks: tuple[DriveRemark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSummary:
    """The figures of a report.

    Parameters
    ----------
    period
        The period of the grades; None if nothing has been graded.
    length_m
        Length of all counted sections of the network.
    observed_m
        Length looked at: each section's, times its observed share.
    seen_well_m
        What of it was seen well.
    grades
        From best to worst, unknown last; their lengths sum to ``length_m``.
    streets, worst
        All streets, worst first and those without a grade last; and the first graded ones.
    by_class, by_area
        Road classes, and built-up areas or not, as far as the network tells them.
    method, index_name
        How grades and indices were made; None if nothing has been graded.
    detectors
        What looked for damage, in the newest runs.
    settings
        The parameters that made the grades.
    """

    town: str
    period: str | None
    method: ConditionMethod | None
    index_name: str | None
    network_version: str
    length_m: float
    observed_m: float
    seen_well_m: float
    grades: tuple[GradeFigures, ...]
    findings: tuple[FindingFigures, ...]
    streets: tuple[GroupCondition, ...]
    worst: tuple[GroupCondition, ...]
    by_class: tuple[GroupCondition, ...]
    by_area: tuple[GroupCondition, ...]
    drives: tuple[DriveFigures, ...]
    remarks: tuple[str, ...]
    detectors: tuple[str, ...]
    settings: CitySettings


def report_summary(
    network: Network,
    conditions: Sequence[SectionCondition],
    findings: Sequence[Finding],
    drives: Sequence[DriveLike],
    *,
    rejected: Mapping[str, Sequence[Rejected]],
    settings: CitySettings,
    worst: int = 10,
) -> ReportSummary:
    """Sum up a town.

    Parameters
    ----------
    conditions
        Of one period; a section without one counts as unknown.
    rejected
        Rejected frames by drive id.
    worst
        How many streets to name.
    """
    by_section = {condition.section_id: condition for condition in conditions}
    streets = streets_worst_first(network, by_section)
    graded = [
        (section.length_m, by_section[section.section_id])
        for section in network.counted_sections
        if section.section_id in by_section
    ]
    return ReportSummary(
        town=settings.name,
        period=conditions[0].period if conditions else None,
        method=conditions[0].method if conditions else None,
        index_name=conditions[0].index_name if conditions else None,
        network_version=network.version,
        length_m=sum(section.length_m for section in network.counted_sections),
        observed_m=sum(length_m * min(one.observed_share, 1.0) for length_m, one in graded),
        seen_well_m=sum(length_m * min(one.seen_well_share, 1.0) for length_m, one in graded),
        grades=_grades(network, by_section),
        findings=_findings(findings),
        streets=streets,
        worst=tuple(street for street in streets if street.mean_index is not None)[:worst],
        by_class=_groups(network, by_section, road_class(network)),
        by_area=_groups(network, by_section, built_up(network)),
        drives=tuple(_drive(drive, rejected.get(drive.drive_id, ())) for drive in drives),
        remarks=network.remarks,
        detectors=tuple(sorted({drive.detector_version for drive in drives})),
        settings=settings,
    )


def _grades(
    network: Network, conditions: Mapping[str, SectionCondition]
) -> tuple[GradeFigures, ...]:
    sections: Counter[Grade] = Counter()
    length_m: dict[Grade, float] = dict.fromkeys(Grade, 0.0)
    for section in network.counted_sections:
        condition = conditions.get(section.section_id)
        grade = Grade.UNKNOWN if condition is None else condition.grade
        sections[grade] += 1
        length_m[grade] += section.length_m
    total_m = sum(length_m.values())
    order = sorted(Grade, key=lambda grade: (grade is Grade.UNKNOWN, grade.number))
    return tuple(
        GradeFigures(
            grade=grade,
            sections=sections[grade],
            length_m=length_m[grade],
            share=length_m[grade] / total_m if total_m else 0.0,
        )
        for grade in order
    )


def _groups(
    network: Network,
    conditions: Mapping[str, SectionCondition],
    name_of: Callable[[Section], str],
) -> tuple[GroupCondition, ...]:
    groups = roll_up(network.counted_sections, conditions, name_of)
    return tuple(sorted(groups, key=lambda group: group.name))


def _findings(every: Sequence[Finding]) -> tuple[FindingFigures, ...]:
    findings = [one for one in every if one.is_there]
    return tuple(
        FindingFigures(
            kind=kind,
            count=sum(f.kind is kind for f in findings),
            by_severity=(
                _count(findings, kind, 1),
                _count(findings, kind, 2),
                _count(findings, kind, 3),
            ),
            length_m=sum(f.length_m for f in findings if f.kind is kind),
            area_m2=sum(f.area_m2 for f in findings if f.kind is kind),
        )
        for kind in DamageKind
    )


def _count(findings: Sequence[Finding], kind: DamageKind, severity: int) -> int:
    return sum(f.kind is kind and f.severity == severity for f in findings)


def _drive(drive: DriveLike, rejected: Sequence[Rejected]) -> DriveFigures:
    reasons = Counter(frame.reason for frame in rejected)
    return DriveFigures(
        name=drive.name,
        started_s=drive.started_s,
        distance_m=drive.distance_m,
        received=drive.received,
        accepted=drive.accepted,
        rejected=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0].value))),
        remarks=drive.remarks,
    )
