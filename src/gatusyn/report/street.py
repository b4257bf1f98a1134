"""Streets by their mean condition: where to look first."""

from __future__ import annotations

from collections.abc import Mapping

from gatusyn.model import GroupCondition, Link, Network, SectionCondition, roll_up


def streets_worst_first(
    network: Network, conditions: Mapping[str, SectionCondition]
) -> tuple[GroupCondition, ...]:
    """Return the streets by their mean index, worst first, those without a grade last.

    Nameless streets are one a class, as ``(no name) class 7``.

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

    def urgency(street: GroupCondition) -> tuple[bool, float, float, str]:
        index = street.mean_index
        return index is None, index or 0.0, -street.graded_m2, street.name

    return tuple(sorted(groups, key=urgency))


def street_name(link: Link) -> str:
    """Return the name under which a link is reported."""
    if link.street_name and link.street_name.strip():
        return link.street_name.strip()
    if link.functional_class:
        return f"(no name) class {link.functional_class}"
    return f"(no name) {link.network_type.value}"
