"""Without joining, sections of a kind do alike: what each kind's best plan comes to, per m²."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.economy.lone import LoneValues, Stakes
from gatusyn.economy.prepared import Floats, Prepared
from gatusyn.economy.rows import Rows
from gatusyn.economy.tally import Choice


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KindPlans:
    """What the kinds' best plans come to, per m².

    Parameters
    ----------
    value
        What is to be small, [kinds].
    use
        Of each row, [kinds, R].
    money
        All that is spent, SEK, [kinds].
    choice
        K for nothing, [kinds, T].
    """

    value: Floats
    use: Floats
    money: Floats
    choice: Choice


def best_of_kinds(prepared: Prepared, staked: Stakes, rows: Rows, lone: LoneValues) -> KindPlans:
    """Follow each kind's best way and sum up."""
    # Compiled code is loaded where it is needed: that takes half a second.
    from gatusyn.economy.lone_loops import find_best

    ways, level = staked.ways, prepared.problem.price_level
    member = prepared.kinds.membership
    node = ways.years[0].unit_nodes[:-1].copy()
    value, money = np.zeros(len(node)), np.zeros(len(node))
    use = np.zeros((len(node), len(rows.allowed)))
    choice, edge = np.empty((len(node), len(ways.years)), np.int8), np.empty_like(node)
    for t, one in enumerate(ways.years):
        find_best(one.first, lone.edges[t], node, edge)
        choice[:, t] = one.treatment[edge]
        spent = staked.money[t][edge] * level[t]
        money += spent
        value += staked.reward[t][edge] + spent * rows.own[t]
        for row in np.flatnonzero(rows.year == t):
            counts = rows.counts[rows.budget[row]][member, one.treatment[edge]]
            use[:, row] = spent * counts
        node = one.target[edge]
    if rows.has_target:
        use[:, -1] = -staked.measure[node]
    return KindPlans(value=value + staked.last[node], use=use, money=money, choice=choice)
