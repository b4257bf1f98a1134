"""The cheapest way through a lattice of candidates (A. Viterbi 1967), with places off the network.

Besides the candidates of each step there are three states: the drive has not yet begun, it is over,
and the vehicle is away from the network (a yard, a car park, a street that is not in the data).
Only states near the cheapest are followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from gatusyn.network.graph import LinkGraph

# A fix may slip back on its link so far, each metre counting twice: noise, or reversing.
BACK_M = 50.0
# What leaving the network costs, and coming back to it; what each fix off the network costs; and
# what a drive's beginning and end on the network cost.
_LEAVE_COST, _AWAY_COST, _END_COST = 25.0, 8.0, 3.0
# What going on without a way costs, where there is none, and the most that a detour costs, where
# there is no shorter way.
_BREAK_COST, _DETOUR_COST = 40.0, 25.0
# States this much dearer than the cheapest are given up.
_BEAM = 30.0
# Instead of the candidate before.
_AWAY, _OUTSIDE = -1, -2

_Live = list[tuple[float, int]]
_Entry = tuple[float, int]
# Cost, row, directed link, metres from its start, metres left on it, the link straight back, and
# metres from its end to the start of others.
_Source = tuple[float, int, int, float, float, int, dict[int, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Candidates by step, in plain lists: they are read one at a time.

    Parameters
    ----------
    bounds
        The candidates of step ``k`` are the rows from ``bounds[k]`` to before ``bounds[k + 1]``.
    link, offset_m, cost
        Directed link, metres from its start, and own cost of each row, cheapest first in a step.
    straight_m
        Straight line between each step and the next.
    scale_m
        Metres by which a way may differ from that at a cost of 1.
    near_m, far_m
        How long a way from each step to the next may be: at first, and where there is none.
    cut
        Whether a new stretch begins after each step in any case.
    """

    bounds: list[int]
    link: list[int]
    offset_m: list[float]
    cost: list[float]
    straight_m: list[float]
    scale_m: list[float]
    near_m: list[float]
    far_m: list[float]
    cut: list[bool]


def cheapest_stretches(graph: LinkGraph, steps: Steps) -> list[tuple[int, list[int]]]:
    """Return each unbroken stretch as its first step and its rows, one for each step."""
    search = _Search(graph, steps)
    for step in range(1, len(steps.bounds) - 1):
        search.advance(step)
    return search.stretches()


class _Search:
    def __init__(self, graph: LinkGraph, steps: Steps) -> None:
        self.graph, self.steps = graph, steps
        rows, count = len(steps.link), len(steps.bounds) - 1
        # For each row the row before, or one of the constants, and whether a stretch begins there.
        self.before = [_OUTSIDE] * rows
        self.begins = [True] * rows
        # For each step the row before, when the vehicle is away there.
        self.away_before = [_AWAY] * count
        first = range(steps.bounds[0], steps.bounds[1])
        self.live: _Live = sorted((steps.cost[row], row) for row in first)
        self.waiting, self.away = _AWAY_COST, inf
        # The cheapest end so far: cost, last step, its row.
        self.ended = (inf, 0, _OUTSIDE)

    def advance(self, step: int) -> None:
        """Go from the step before to this one."""
        steps, cheapest, row = self.steps, *self.live[0]
        entry = min((self.away + _LEAVE_COST, _AWAY), (self.waiting + _END_COST, _OUTSIDE))
        forced = min(entry, (cheapest + _BREAK_COST, row))
        if steps.cut[step - 1]:
            free = min((cheapest, row), (self.away, _AWAY), (self.waiting, _OUTSIDE))
            live = self._targets(step, -1.0, free)
        else:
            live = self._targets(step, steps.near_m[step - 1], entry)
            if not live and cheapest < entry[0]:
                live = self._targets(step, steps.far_m[step - 1], entry, _DETOUR_COST)
            live = live or self._targets(step, -1.0, forced)
        live.sort()
        while live[-1][0] > live[0][0] + _BEAM:
            live.pop()
        left = cheapest + _LEAVE_COST
        if left < self.away:
            self.away_before[step] = row
        self.away = min(self.away, left) + _AWAY_COST
        self.ended = min((self.ended[0], *self.ended[1:]), (cheapest + _END_COST, step - 1, row))
        self.ended = (self.ended[0] + _AWAY_COST, *self.ended[1:])
        self.waiting += _AWAY_COST
        self.live = live

    def _sources(self, limit_m: float) -> list[_Source]:
        graph, steps = self.graph, self.steps
        sources = []
        for cost, row in self.live:
            link, offset = steps.link[row], steps.offset_m[row]
            rest = graph.length_m.item(link) - offset
            reach = graph.reach(link, limit_m - rest).cost_m if rest <= limit_m else {}
            sources.append((cost, row, link, offset, rest, graph.reverse.item(link), reach))
        return sources

    def _targets(self, step: int, limit_m: float, entry: _Entry, most: float = inf) -> _Live:
        """Return the candidates of a step with their costs, none if no way leads to any.

        Parameters
        ----------
        limit_m
            Ways longer than this are not looked at; no ways at all if it is negative.
        entry
            Cost of getting there without a way, and what was before.
        most
            The most that a way's length costs.
        """
        steps, turn_m = self.steps, self.graph.u_turn_m
        straight, scale_m = steps.straight_m[step - 1], steps.scale_m[step - 1]
        sources = self._sources(limit_m) if limit_m >= 0.0 else []
        lowest = min(entry[0], self.live[0][0])
        limit = inf
        found: _Live = []
        routed = not sources
        for target in range(steps.bounds[step], steps.bounds[step + 1]):
            own, link, end = steps.cost[target], steps.link[target], steps.offset_m[target]
            if lowest + own > limit:
                break
            best, before = entry
            for source in sources:
                cost = source[0]
                if cost >= best:
                    break
                metres = _route_m(source, link, end, turn_m)
                if metres <= limit_m:
                    through = cost + min(abs(metres - straight) / scale_m, most)
                    if through < best:
                        best, before = through, source[1]
            self.before[target] = before
            self.begins[target] = before == entry[1]
            routed = routed or not self.begins[target]
            found.append((best + own, target))
            limit = min(limit, best + own + _BEAM)
        return found if routed else []

    def stretches(self) -> list[tuple[int, list[int]]]:
        """Trace the cheapest sequence back."""
        last = len(self.away_before) - 1
        _, step, row = min(
            (self.live[0][0], last, self.live[0][1]),
            (self.away, last, _AWAY),
            (self.waiting, last, _OUTSIDE),
            self.ended,
        )
        found: list[tuple[int, list[int]]] = []
        rows: list[int] = []
        while row != _OUTSIDE:
            if row == _AWAY:
                row = self.away_before[step]
            else:
                rows.append(row)
                if self.begins[row]:
                    found.append((step, rows[::-1]))
                    rows = []
                row = self.before[row]
            step -= 1
        return found[::-1]


def _route_m(source: _Source, link: int, end: float, turn_m: float) -> float:
    """Return the metres driven to ``end`` metres from a link's start, infinite without a way."""
    _, _, own, start, rest, back, reach = source
    metres = reach.get(link, inf) + rest + end
    if own == link:
        ahead = end - start
        if ahead >= 0.0:
            return min(metres, ahead)
        if ahead >= -BACK_M:
            return min(metres, -2.0 * ahead)
    elif link == back:
        return min(metres, abs(rest - end) + turn_m)
    return metres
