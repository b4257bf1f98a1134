"""Streets by their mean condition: where to look first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gatusyn.model import Grade, Link, Network, Section, SectionCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A street's condition over all its sections that were looked at enough.

    Parameters
    ----------
    name
        The street's name; nameless streets are one a class, as ``(no name) class 7``.
    length_m
        Length of all its sections.
    graded_m
        Length of those with a grade.
    mean_index
        Their index, weighted by length, 100 (best) to 0.
    poor_sections
        Sections of grade 4 or 5.
    """

    name: str
    length_m: float
    graded_m: float
    mean_index: float
    poor_sections: int


def worst_streets(
    network: Network, conditions: Mapping[str, SectionCondition], *, limit: int
) -> tuple[Street, ...]:
    """Return the streets with the lowest mean index, worst first.

    Parameters
    ----------
    conditions
        By section; streets without a graded section are left out.
    """
    groups: dict[str, list[Section]] = {}
    for section in network.counted_sections:
        name = street_name(network.link_by_id[section.link_id])
        groups.setdefault(name, []).append(section)
    streets = [_street(name, sections, conditions) for name, sections in groups.items()]
    graded = [street for street in streets if street is not None]
    return tuple(sorted(graded, key=lambda s: (s.mean_index, -s.graded_m, s.name))[:limit])


def street_name(link: Link) -> str:
    """Return the name under which a link is reported."""
    if link.street_name and link.street_name.strip():
        return link.street_name.strip()
    if link.functional_class:
        return f"(no name) class {link.functional_class}"
    return f"(no name) {link.network_type.value}"


def _street(
    name: str, sections: list[Section], conditions: Mapping[str, SectionCondition]
) -> Street | None:
    graded_m, weighted, poor = 0.0, 0.0, 0
    for section in sections:
        condition = conditions.get(section.section_id)
        if condition is None or condition.index is None or condition.grade is Grade.UNKNOWN:
            continue
        graded_m += section.length_m
        weighted += condition.index * section.length_m
        poor += condition.grade.number >= Grade.POOR.number
    if graded_m == 0.0:
        return None
    return Street(
        name=name,
        length_m=sum(section.length_m for section in sections),
        graded_m=graded_m,
        mean_index=weighted / graded_m,
        poor_sections=poor,
    )
