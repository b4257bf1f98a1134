"""Streets at prices: which of them can gain by doing anything, their plans' lists, their best."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gatusyn.economy.bound import Sections
from gatusyn.economy.joining import mobilisation
from gatusyn.economy.lone import Prices, Stakes, lone_values
from gatusyn.economy.near_best import ListedWays, best_few, best_with_each
from gatusyn.economy.plan_lists import PlanLists
from gatusyn.economy.prepared import Floats, Ints, Prepared
from gatusyn.economy.short_projects import only_allowed
from gatusyn.economy.street_search import StreetPlans, StreetSearch
from gatusyn.economy.tally import Choice

_SHARED = 0.3
"""What part of the mobilisation a section is taken to bear, for what is listed."""


def part_of(prepared: Prepared, chains: Ints) -> Prepared:
    """Return the sections of some chains, rising, laid out alone."""
    number = np.full(prepared.chains, -1)
    number[chains] = np.arange(len(chains))
    kept = np.flatnonzero(number[prepared.chain] >= 0)
    return replace(
        prepared,
        rows=prepared.rows[kept],
        steps=np.unique(np.searchsorted(kept, prepared.steps)),
        chain=number[prepared.chain[kept]],
        kind=prepared.kind[kept],
        area_m2=prepared.area_m2[kept],
        length_m=prepared.length_m[kept],
    )


def busy_chains(prepared: Prepared, staked: Stakes, prices: Prices) -> Ints:
    """Return the chains in which some section has a better plan than to do nothing.

    Where none has, mobilisation left aside, the chain's best is to do nothing. All chains, if none
    has anywhere.
    """
    lone = lone_values(prepared, staked, prices)
    first = staked.ways.years[0].unit_nodes[:-1][prepared.kind]
    least = lone.value[first]
    idle = _idle(prepared, staked)
    rows = np.arange(len(prepared.rows))
    listed = ListedWays(row=rows, choice=idle, excess=np.zeros(len(rows)))
    lists = PlanLists.of(prepared, staked, prepared.kind, listed, 1)
    cost = lists.cost(prepared, staked, prices)[:, 0]
    better = cost - least > 1e-9 * np.maximum(np.abs(cost), 1e-6)
    better |= (idle != len(prepared.problem.space.treatments)).any(axis=1)
    busy = np.unique(prepared.chain[better])
    return busy if busy.size else np.arange(prepared.chains)


def _idle(prepared: Prepared, staked: Stakes) -> Choice:
    """Return the plan in which nothing is done but what is locked."""
    none = len(prepared.problem.space.treatments)
    nothing = np.full((len(prepared.rows), prepared.problem.years), none, np.int8)
    return only_allowed(prepared, staked, nothing)


def list_plans(
    prepared: Prepared, staked: Stakes, prices: Prices, *, few: int, most: int
) -> PlanLists:
    """Return lists of each kind's plans: the best few, and the best with each action.

    A section is taken to bear a part of each mobilisation. To do nothing is in every list.

    Parameters
    ----------
    few
        How many of the best.
    most
        How many plans are listed at most.
    """
    kinds = len(prepared.kinds.family)
    present, row = np.unique(prepared.kind, return_index=True)
    krona = staked.per_krona(prepared, prices)
    sections = Sections.of(prepared, staked, prices, krona, row)
    due = _SHARED * mobilisation(prepared, staked, prices)[prepared.kinds.membership[present]]
    idle = _idle(prepared, staked)[row]
    listed = ListedWays.merged(
        (
            ListedWays(row=np.arange(len(row)), choice=idle, excess=np.full(len(row), -1.0)),
            best_few(sections, due, few)[0],
            best_with_each(sections, due),
        )
    )
    lists = PlanLists.of(prepared, staked, present, listed, most)
    at = np.zeros(kinds, np.int64)
    at[present] = np.arange(len(present))
    return lists.of_units(at)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Streets:
    """Chains, with lists of their sections' plans by kind."""

    prepared: Prepared
    staked: Stakes
    lists: PlanLists
    idle: Choice

    @classmethod
    def of(cls, prepared: Prepared, staked: Stakes, lists: PlanLists) -> Streets:
        """Return the streets, with what they do at least."""
        return cls(prepared=prepared, staked=staked, lists=lists, idle=_idle(prepared, staked))

    def best(self, prices: Prices, *, width: int) -> StreetPlans:
        """Return the best plan of each chain; nothing but what is locked where none was found."""
        if not self.prepared.rows.size:
            return StreetPlans(choice=self.idle, found=np.zeros(0), least=np.zeros(0))
        search = StreetSearch(self.prepared, self.staked, self.lists, self.prepared.kind, prices)
        return search.best(np.arange(self.prepared.chains), self.idle, width=width)


def lone_least(prepared: Prepared, staked: Stakes, prices: Prices) -> Floats:
    """Return what each chain comes to at least, mobilisation left aside."""
    lone = lone_values(prepared, staked, prices)
    first = staked.ways.years[0].unit_nodes[:-1][prepared.kind]
    sums = np.bincount(prepared.chain, lone.value[first] * prepared.area_m2, prepared.chains)
    return np.asarray(sums, np.float64)
