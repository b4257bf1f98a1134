"""Sections taken together: by street, road class or area, weighted by surface."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gatusyn.model.condition import Grade, SectionCondition
from gatusyn.model.damage import DamageKind
from gatusyn.model.network import Link, Network, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupExtent:
    """How much of one damage of one severity a group's graded sections have.

    Parameters
    ----------
    count
        Findings on them; one that lies on two sections counts twice.
    area_m2
        Their area, the part of each section that was not looked at taken to be as the rest.
    share
        Of the graded sections' surface, 0..1.
    """

    kind: DamageKind
    severity: int
    count: int
    area_m2: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCondition:
    """The condition of sections that belong together.

    Parameters
    ----------
    length_m, area_m2
        Of all its sections.
    graded_m, graded_m2
        Of those with a grade.
    mean_index
        Their index, weighted by surface, 100 (best) to 0; None if none has a grade.
    worst
        The worst grade; unknown only if none has a grade.
    poor_sections
        Sections of grade 4 or 5.
    members
        Places of its sections in the sequence that was grouped.
    """

    name: str
    sections: int
    length_m: float
    area_m2: float
    graded_m: float
    graded_m2: float
    mean_index: float | None
    worst: Grade
    poor_sections: int
    extents: tuple[GroupExtent, ...]
    members: tuple[int, ...]


def roll_up(
    sections: Sequence[Section],
    conditions: Mapping[str, SectionCondition],
    name_of: Callable[[Section], str],
) -> tuple[GroupCondition, ...]:
    """Group sections by a name and return the groups in the order in which the names occur.

    Parameters
    ----------
    conditions
        Of one period, by section; a section without one has no grade.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for place, section in enumerate(sections):
        members[name_of(section)].append(place)
    return tuple(
        _group(name, [sections[place] for place in places], places, conditions)
        for name, places in members.items()
    )


def road_class(network: Network) -> Callable[[Section], str]:
    """Return what names a section's road class (functional class), or its kind of path."""

    def name(link: Link) -> str:
        if link.functional_class:
            return f"class {link.functional_class}"
        return f"{link.network_type.value}, no class"

    return lambda section: name(network.link_by_id[section.link_id])


def built_up(network: Network) -> Callable[[Section], str]:
    """Return what names a section's area: built-up or not, as far as the network says."""
    words = {True: "built-up", False: "outside built-up areas", None: "unknown"}
    return lambda section: words[network.link_by_id[section.link_id].is_built_up]


def _group(
    name: str,
    sections: Sequence[Section],
    places: Sequence[int],
    conditions: Mapping[str, SectionCondition],
) -> GroupCondition:
    graded = [
        (section, one)
        for section in sections
        if (one := conditions.get(section.section_id)) is not None and one.index is not None
    ]
    graded_m2 = sum(section.area_m2 for section, _ in graded)
    weighted = sum(section.area_m2 * (one.index or 0.0) for section, one in graded)
    return GroupCondition(
        name=name,
        sections=len(sections),
        length_m=sum(section.length_m for section in sections),
        area_m2=sum(section.area_m2 for section in sections),
        graded_m=sum(section.length_m for section, _ in graded),
        graded_m2=graded_m2,
        mean_index=weighted / graded_m2 if graded_m2 > 0.0 else None,
        worst=max((one.grade for _, one in graded), key=_number, default=Grade.UNKNOWN),
        poor_sections=sum(one.grade.number >= Grade.POOR.number for _, one in graded),
        extents=_extents(graded, graded_m2),
        members=tuple(places),
    )


def _number(grade: Grade) -> int:
    return grade.number


def _extents(
    graded: Sequence[tuple[Section, SectionCondition]], graded_m2: float
) -> tuple[GroupExtent, ...]:
    counts: Counter[tuple[DamageKind, int]] = Counter()
    areas: dict[tuple[DamageKind, int], float] = defaultdict(float)
    for section, one in graded:
        for extent in one.extents:
            counts[extent.kind, extent.severity] += extent.count
            areas[extent.kind, extent.severity] += extent.share * section.area_m2
    return tuple(
        GroupExtent(
            kind=kind,
            severity=severity,
            count=counts[kind, severity],
            area_m2=areas[kind, severity],
            share=areas[kind, severity] / graded_m2,
        )
        for kind in DamageKind
        for severity in (1, 2, 3)
        if counts[kind, severity]
    )
