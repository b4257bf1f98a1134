"""A bound on every plan, joining and all: chains are cut at their links, each at its best price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.economy.joining import mobilisation
from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.ways import YearOfWays, expand, ragged


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinkPrices:
    """What sections pay each other at the links of their chains.

    Parameters
    ----------
    due
        What a section pays for an action to its neighbour before it, or as mobilisation where it
        has none; it gets what the next one pays. Between 0 and the mobilisation, shape
        [N, T * K + 1].
    least
        The least that each section then comes to, in the aim's units; their sum is the bound.
    """

    due: Floats
    least: Floats


def price_links(
    prepared: Prepared, staked: Stakes, prices: Prices, *, parts: tuple[float, ...] = (0.5, 1.0)
) -> LinkPrices:
    """Go along all chains at once, and pass on at each link what the section can spare.

    Mobilisation is charged for ``max(0, done here - done before)``, which is never less than
    ``due x (done here - done before)`` for any due from 0 to it. So sections that pay and get dues
    can be looked at one by one, and what they come to is a bound. A section passes on as much as
    leaves its own least sum as it is.

    Parameters
    ----------
    parts
        What share of its slack an action may take, year by year, in each of several rounds.
    """
    start = mobilisation(prepared, staked, prices)
    member = prepared.kinds.membership[prepared.kind]
    krona = staked.per_krona(prepared, prices)
    steps = prepared.steps
    due = np.empty((len(prepared.rows), start.shape[1]))
    least = np.empty(len(prepared.rows))
    paid = start[member[: steps[1]]]
    for q in range(len(steps) - 1):
        i, j = steps[q], steps[q + 1]
        after = int(steps[q + 2] - j) if q + 2 < len(steps) else 0
        due[i:j] = paid
        room = np.zeros((j - i, start.shape[1]))
        room[:after] = start[member[j : j + after]]
        sections = Sections.of(prepared, staked, prices, krona, np.arange(i, j))
        least[i:j], passed = sections.pass_on(paid, room, parts)
        paid = passed[:after]
    return LinkPrices(due=due, least=least)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sections:
    """The ways of some sections, with what their edges cost."""

    years: tuple[YearOfWays, ...]
    cost: tuple[Floats, ...]
    action: tuple[Ints, ...]
    last: Floats
    treatments: int

    @classmethod
    def of(
        cls, prepared: Prepared, staked: Stakes, prices: Prices, krona: Floats, rows: Ints
    ) -> Sections:
        """Return the ways of the sections in some layout rows."""
        ways, kind, area = staked.ways, prepared.kind[rows], prepared.area_m2[rows]
        none = len(prepared.problem.space.treatments)
        width = len(ways.years) * none + 1
        years, costs, actions = [], [], []
        for t, year in enumerate(ways.years):
            following = ways.years[t + 1].unit_nodes if t + 1 < len(ways.years) else ways.last_nodes
            one, edge = expand(year, kind, following)
            paid = krona[prepared.kinds.membership[kind][one.unit], t, one.treatment]
            cost = (staked.money[t][edge] * paid + staked.reward[t][edge]) * area[one.unit]
            action = one.unit * width + np.where(
                one.treatment < none, t * none + one.treatment, width - 1
            )
            years.append(one)
            costs.append(cost)
            actions.append(action)
        nodes = np.diff(ways.last_nodes)[kind]
        last = ragged(ways.last_nodes[:-1][kind], nodes)
        value = (staked.last[last] - prices.target * staked.measure[last]) * np.repeat(area, nodes)
        return cls(
            years=tuple(years),
            cost=tuple(costs),
            action=tuple(actions),
            last=value,
            treatments=none,
        )

    def pass_on(
        self, paid: Floats, room: Floats, parts: tuple[float, ...]
    ) -> tuple[Floats, Floats]:
        """Return the least of each section, and what it passes on for each action."""
        due, passed = paid.copy(), np.zeros_like(paid)
        least = np.zeros(0)
        for part in parts:
            beyond = self.backward(due.ravel())
            least = beyond[0][1]
            self._forward(due, passed, room, beyond, part)
        return least, passed

    def backward(self, due: Floats) -> list[tuple[Floats, Floats]]:
        """Return, by year, what each edge comes to at the end, and the least by node."""
        value = self.last
        found: list[tuple[Floats, Floats]] = []
        for t in range(len(self.years) - 1, -1, -1):
            one = self.years[t]
            edge = value[one.target]
            value = np.minimum.reduceat(edge + self.cost[t] + due[self.action[t]], one.first[:-1])
            found.append((edge, value))
        return found[::-1]

    def _forward(
        self,
        due: Floats,
        passed: Floats,
        room: Floats,
        beyond: list[tuple[Floats, Floats]],
        part: float,
    ) -> None:
        none, least = self.treatments, beyond[0][1]
        reached = np.zeros(len(least))
        for t, one in enumerate(self.years):
            so_far = reached[one.source] + self.cost[t] + due.ravel()[self.action[t]]
            slack = np.full(due.size, np.inf)
            np.minimum.at(slack, self.action[t], so_far + beyond[t][0] - least[one.unit])
            block = slice(t * none, (t + 1) * none)
            take = np.clip(
                part * np.maximum(slack.reshape(due.shape)[:, block], 0.0),
                0.0,
                room[:, block] - passed[:, block],
            )
            passed[:, block] += take
            due[:, block] -= take
            all_taken = np.zeros(due.shape)
            all_taken[:, block] = take
            so_far -= all_taken.ravel()[self.action[t]]
            nodes = len(beyond[t + 1][1]) if t + 1 < len(self.years) else len(self.last)
            reached = np.full(nodes, np.inf)
            np.minimum.at(reached, one.target, so_far)
