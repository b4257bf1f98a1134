"""Says where a stretch begins and ends, as people do: by crossing streets, else by metres."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Network, Section, Stock, StreetPlace

_AT_CROSSING_M = 15.0
Node = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """Neighbouring sections in order, with what crosses at their ends.

    Parameters
    ----------
    rows
        Rows of the stock.
    metres
        From the chain's beginning to each section's beginning, and to the chain's end.
    crossings
        Metres and street of each named crossing.
    """

    rows: tuple[int, ...]
    metres: tuple[float, ...]
    crossings: tuple[tuple[float, str], ...]


class StreetPlaces:
    """Names the ends of stretches on the streets of a town.

    Parameters
    ----------
    network, stock
        The stock's chains are of this network.
    """

    def __init__(self, network: Network, stock: Stock) -> None:
        self._stock = stock
        self._sections = {one.section_id: one for one in network.sections}
        self._streets_at = _streets_at(network)
        self._ends = {
            link.link_id: (_node(link.line.coords[0]), _node(link.line.coords[-1]))
            for link in network.links
        }
        order = np.lexsort((stock.position, stock.chain))
        cuts = np.flatnonzero(np.diff(stock.chain[order])) + 1
        self._chain_of: dict[int, NDArray[np.intp]] = {
            int(stock.chain[part[0]]): part for part in np.split(order, cuts) if len(part)
        }
        self._made: dict[int, _Chain] = {}

    def ends_of(self, rows: Sequence[int]) -> tuple[StreetPlace, StreetPlace]:
        """Return where neighbouring sections, as rows of the stock, begin and end together."""
        chain = self._chain(int(self._stock.chain[rows[0]]))
        places = [chain.rows.index(row) for row in rows]
        return (
            _place_at(chain, chain.metres[min(places)]),
            _place_at(chain, chain.metres[max(places) + 1]),
        )

    def _chain(self, number: int) -> _Chain:
        if number not in self._made:
            self._made[number] = self._make(tuple(self._chain_of[number].tolist()))
        return self._made[number]

    def _make(self, rows: tuple[int, ...]) -> _Chain:
        stock = self._stock
        sections = [self._sections[str(stock.section_id[row])] for row in rows]
        metres = np.concatenate([[0.0], np.cumsum(stock.length_m[list(rows)])])
        own = str(stock.street[rows[0]])
        crossings = []
        for place, section in enumerate(sections):
            backwards = _is_backwards(sections, place)
            start, end = self._nodes(section)
            if backwards:
                start, end = end, start
            for node, metre in ((start, metres[place]), (end, metres[place + 1])):
                others = self._streets_at.get(node, frozenset()) - {own} if node else frozenset()
                crossings += [(float(metre), name) for name in sorted(others)[:1]]
        return _Chain(
            rows=rows,
            metres=tuple(metres.tolist()),
            crossings=tuple(dict.fromkeys(crossings)),
        )

    def _nodes(self, section: Section) -> tuple[Node | None, Node | None]:
        """Return the link's nodes where the section begins or ends at one."""
        siblings = self._ends[section.link_id]
        at_start, at_end = _node(section.line.coords[0]), _node(section.line.coords[-1])
        return (
            siblings[0] if at_start == siblings[0] else None,
            siblings[1] if at_end == siblings[1] else None,
        )


def _is_backwards(sections: Sequence[Section], place: int) -> bool:
    """Say whether a chain walks a section against its link."""
    here = sections[place]
    for other, sign in ((place + 1, 1.0), (place - 1, -1.0)):
        if not 0 <= other < len(sections):
            continue
        there = sections[other]
        if there.link_id == here.link_id:
            return (there.start_m - here.start_m) * sign < 0.0
        mine, theirs = here.line.coords, {_node(there.line.coords[0]), _node(there.line.coords[-1])}
        meets_end, meets_start = _node(mine[-1]) in theirs, _node(mine[0]) in theirs
        if meets_end != meets_start:
            return meets_start if sign > 0 else meets_end
    return False


def _place_at(chain: _Chain, metre: float) -> StreetPlace:
    if not chain.crossings:
        return StreetPlace(street=None, away_m=round(metre, 1))
    at, street = min(chain.crossings, key=lambda one: (abs(one[0] - metre), one))
    away = abs(at - metre)
    return StreetPlace(street=street, away_m=0.0 if away <= _AT_CROSSING_M else round(away, 1))


def _streets_at(network: Network) -> Mapping[Node, frozenset[str]]:
    found: dict[Node, set[str]] = defaultdict(set)
    for link in network.links:
        name = (link.street_name or "").strip()
        if name:
            for point in (link.line.coords[0], link.line.coords[-1]):
                found[_node(point)].add(name)
    return {node: frozenset(names) for node, names in found.items()}


def _node(point: Sequence[float]) -> Node:
    return round(point[0] * 10), round(point[1] * 10)
