"""Prices and a plan found together: streets are planned in turn, and prices follow the spending."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.economy.plan_lists import PlanLists
from gatusyn.economy.prepared import Floats
from gatusyn.economy.rows import Rows
from gatusyn.economy.streets import Streets, part_of
from gatusyn.economy.tally import Choice, tally

_PARTS = 40
_CALMER = 0.1
_CATCH_UP = 0.05
_WIDTH = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paced:
    """What streets did when they were planned in turn.

    Parameters
    ----------
    multipliers
        The mean of those in the second half, shape [R].
    choice
        [N, T].
    value
        What is to be small, of that plan.
    use
        Of each row, shape [R].
    """

    multipliers: Floats
    choice: Choice
    value: float
    use: Floats


def paced(
    streets: Streets,
    lists: PlanLists,
    rows: Rows,
    allowed: Floats,
    start: Floats,
    *,
    step: float,
    width: int = _WIDTH,
) -> Paced:
    """Plan the streets a part at a time, each part at the prices that the former parts led to.

    Each part has streets of all lengths. Where a part uses more than its share, by surface, the
    multiplier rises for the parts after it, by ``step`` times the excess and ever less; besides,
    for each part, by what was used too much so far. (A stochastic gradient of the bound; what is
    spent comes near what is allowed because the excess is fed back.)

    Parameters
    ----------
    allowed
        What these streets may use of each row, shape [R].
    start
        Multipliers, shape [R].
    """
    prepared = streets.prepared
    parts = min(_PARTS, prepared.chains)
    choice, multipliers = streets.idle.copy(), np.log(np.maximum(start, 1e-12))
    use, value, done = np.zeros(len(allowed)), 0.0, 0.0
    seen: list[Floats] = []
    total = float(prepared.area_m2.sum())
    idle = rows.use(prepared, tally(prepared, streets.staked, streets.idle)).sum(axis=0)
    scale = np.maximum(np.abs(allowed - idle), 1e-9)
    for number in range(parts):
        chains = np.arange(number, prepared.chains, parts)
        part = part_of(prepared, chains)
        share = float(part.area_m2.sum()) / total
        behind = (use - allowed * done) / scale / max(1.0 - done, 0.15)
        asked = np.exp(multipliers + _CATCH_UP * np.clip(behind, -1.0, 1.0))
        plans = Streets.of(part, streets.staked, lists).best(rows.prices(asked), width=width)
        counted = tally(part, streets.staked, plans.choice)
        used = rows.use(part, counted).sum(axis=0)
        choice[np.isin(prepared.chain, chains)] = plans.choice
        use, value, done = use + used, value + float(rows.value(counted).sum()), done + share
        excess = np.clip((used / share - allowed) / scale, -1.0, 8.0)
        multipliers = multipliers + step / (1.0 + _CALMER * number) * excess
        seen.append(multipliers)
    mean = np.exp(np.mean(seen[parts // 2 :], axis=0))
    return Paced(multipliers=mean, choice=choice, value=value, use=use)
