"""Which sections follow one another on a street: where a paver can drive on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from gatusyn.model import Link

Key = tuple[str, ...]
Node = tuple[int, int]
End = tuple[str, bool]
"""A link's id and whether it is the link's end (else its start)."""


def chains_of(links: Sequence[Link], family: Mapping[str, str]) -> list[list[tuple[str, bool]]]:
    """Return links in chains: each as its id and whether it is walked backwards.

    Two links follow each other where they meet, are of the same street (its name, or its link
    sequence where it has none), family and network type, and no third such link ends there.

    Parameters
    ----------
    links
        Their ends meet where they lie in the same decimetre.
    family
        By ``link_id``.
    """
    met = _meetings(links, family)
    left = {link.link_id for link in links}
    ends = {link.link_id: _nodes(link) for link in links}
    key = {link.link_id: _key(link, family) for link in links}

    def beyond(end: End) -> End | None:
        """Return the end of another link that follows here."""
        link_id, at_end = end
        here = met[key[link_id], ends[link_id][at_end]]
        others = [one for one in here if one != end]
        return others[0] if len(here) == 2 and others[0][0] != link_id else None

    chains = []
    # Begin where a chain ends; what is left then are rings, which begin anywhere.
    starts = [
        (link.link_id, at_end)
        for link in links
        for at_end in (False, True)
        if beyond((link.link_id, at_end)) is None
    ]
    for link_id, at_end in [*starts, *((link.link_id, False) for link in links)]:
        chain = []
        end: End | None = (link_id, at_end)
        while end is not None and end[0] in left:
            left.remove(end[0])
            chain.append((end[0], end[1]))
            end = beyond((end[0], not end[1]))
        if chain:
            chains.append(chain)
    return chains


def _meetings(
    links: Sequence[Link], family: Mapping[str, str]
) -> dict[tuple[Key, Node], list[End]]:
    met: dict[tuple[Key, Node], list[End]] = defaultdict(list)
    for link in links:
        for at_end, node in enumerate(_nodes(link)):
            met[_key(link, family), node].append((link.link_id, bool(at_end)))
    return met


def _key(link: Link, family: Mapping[str, str]) -> Key:
    street = link.street_name or f"\0{link.element_id}"
    return street, family[link.link_id], link.network_type


def _nodes(link: Link) -> tuple[Node, Node]:
    first, last = link.line.coords[0], link.line.coords[-1]
    return (round(first[0] * 10), round(first[1] * 10)), (round(last[0] * 10), round(last[1] * 10))
