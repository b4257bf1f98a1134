"""What a street can spend at most: what a little price for money may take off its bound."""

from __future__ import annotations

import numpy as np

from gatusyn.economy.lone import Stakes
from gatusyn.economy.prepared import Floats, Prepared
from gatusyn.economy.rows import group_sums


def most_spent(prepared: Prepared, staked: Stakes, worth: Floats) -> Floats:
    """Return what no plan of a chain spends more than, by chain, in the worth of money.

    Every section is taken to go the dearest way there is, and to begin a project of its own with
    every action.

    Parameters
    ----------
    worth
        Of a krona spent each year, shape [T].
    """
    problem, kinds = prepared.problem, len(prepared.kinds.family)
    least_m2 = np.full(kinds, np.inf)
    np.minimum.at(least_m2, prepared.kind, prepared.area_m2)
    start = np.append(problem.mobilisation_sek, 0.0)
    most = np.zeros(len(staked.ways.last_state))
    for t in range(problem.years - 1, -1, -1):
        one = staked.ways.years[t]
        paid = staked.money[t] + start[one.treatment] / least_m2[one.unit]
        edge = paid * (worth[t] * problem.price_level[t]) + most[one.target]
        most = np.maximum.reduceat(edge, one.first[:-1])
    first = staked.ways.years[0].unit_nodes[:-1][prepared.kind]
    return group_sums(prepared.chain, most[first] * prepared.area_m2, prepared.chains)
