"""Streets by their mean condition: where to look first."""

from __future__ import annotations

from collections.abc import Mapping

from gatusyn.model import GroupCondition, Link, Network, SectionCondition, roll_up


def worst_streets(
    network: Network, conditions: Mapping[str, SectionCondition], *, limit: int
) -> tuple[GroupCondition, ...]:
    """Return the streets with the lowest mean index, worst first.

    Nameless streets are one a class, as ``(no name) class 7``; a street without a graded section is
    left out.

    Parameters
    ----------
    conditions
        By section.
    """
    groups = roll_up(
        network.counted_sections,
        conditions,
        lambda section: street_name(network.link_by_id[section.link_id]),
    )
    graded = [(one.mean_index, one) for one in groups if one.mean_index is not None]
    graded.sort(key=lambda own: (own[0], -own[1].graded_m2, own[1].name))
    return tuple(street for _, street in graded[:limit])


def street_name(link: Link) -> str:
    """Return the name under which a link is reported."""
    if link.street_name and link.street_name.strip():
        return link.street_name.strip()
    if link.functional_class:
        return f"(no name) class {link.functional_class}"
    return f"(no name) {link.network_type.value}"
