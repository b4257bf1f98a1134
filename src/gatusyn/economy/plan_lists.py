"""Short lists of plans for each section, from which streets' plans are put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.economy.lone import Prices, Stakes
from gatusyn.economy.near_best import ListedWays
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.tally import Choice


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanLists:
    """J plans for each of some units, padded with plans that cannot be chosen.

    Parameters
    ----------
    kind
        Each unit's kind, shape [U].
    choice
        K for nothing, shape [U, J, T].
    money
        What it costs each year, SEK a m² in fixed prices, shape [U, J, T].
    worth, measure
        The aim's own units, and what the target counts, a m²; the first is infinite for padding;
        shape [U, J].
    """

    kind: Ints
    choice: Choice
    money: Floats
    worth: Floats
    measure: Floats

    @classmethod
    def of(
        cls, prepared: Prepared, staked: Stakes, kind: Ints, listed: ListedWays, most: int
    ) -> PlanLists:
        """Return lists of the first ``most`` ways of each unit."""
        units, none = len(kind), len(prepared.problem.space.treatments)
        counts = np.bincount(listed.row, minlength=units)
        start = np.concatenate([[0], np.cumsum(counts)])
        place = np.arange(len(listed.row)) - start[listed.row]
        keep = place < most
        width = int(min(counts.max(), most))
        at = listed.row[keep], place[keep]
        choice = np.full((units, width, prepared.problem.years), none, np.int8)
        choice[at] = listed.choice[keep]
        money = np.zeros(choice.shape)
        worth, measure = np.full((units, width), np.inf), np.zeros((units, width))
        money[at], worth[at], measure[at] = _sums(
            prepared, staked, kind[listed.row[keep]], listed.choice[keep]
        )
        return cls(kind=kind, choice=choice, money=money, worth=worth, measure=measure)

    def cost(self, prepared: Prepared, staked: Stakes, prices: Prices) -> Floats:
        """Return what the plans come to at these prices, without mobilisation, a m², [U, J]."""
        krona = staked.per_krona(prepared, prices)
        total = self.worth - prices.target * self.measure
        if (krona[:, :, :-1] == krona[:1, :, :1]).all():
            return np.asarray(total + self.money @ krona[0, :, 0])
        member = prepared.kinds.membership[self.kind]
        for t in range(self.choice.shape[2]):
            total += self.money[:, :, t] * krona[member[:, None], t, self.choice[:, :, t]]
        return np.asarray(total)

    def of_units(self, units: Ints) -> PlanLists:
        """Return the lists of some units."""
        return PlanLists(
            kind=self.kind[units],
            choice=self.choice[units],
            money=self.money[units],
            worth=self.worth[units],
            measure=self.measure[units],
        )


def _sums(
    prepared: Prepared, staked: Stakes, kind: Ints, choice: Choice
) -> tuple[Floats, Floats, Floats]:
    ways, width = staked.ways, np.int64(len(prepared.problem.space.treatments) + 1)
    node = ways.years[0].unit_nodes[:-1][kind]
    money, worth = np.zeros(choice.shape), np.zeros(len(kind))
    for t, one in enumerate(ways.years):
        edge = staked.edge_at[t][node * width + choice[:, t]]
        money[:, t] = staked.money[t][edge]
        worth += staked.reward[t][edge]
        node = one.target[edge]
    return money, worth + staked.last[node], staked.measure[node]
