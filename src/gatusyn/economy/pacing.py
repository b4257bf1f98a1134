"""Prices and a plan found together: streets are planned in turn, and prices follow the spending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gatusyn.economy.prepared import Floats, Ints

_CALMER = 0.1
_CATCH_UP = 0.05
Plan = Callable[[Floats, Ints], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How streets are planned in turn.

    Parameters
    ----------
    parts
        How many parts there are at most.
    step
        By what share of its excess a multiplier rises after a part that used more than its share.
    """

    parts: int
    step: float


def paced(
    plan: Plan, weight: Floats, allowed: Floats, idle: Floats, start: Floats, pace: Pace
) -> Floats:
    """Plan the streets a part at a time, each part at the prices that the former parts led to.

    Each part has streets of all lengths. Where a part uses more than its share, by surface, the
    multiplier rises for the parts after it, by ``step`` times the excess and ever less; besides,
    for each part, by what was used too much so far. (A stochastic gradient of the bound; what is
    spent comes near what is allowed because the excess is fed back.)

    Parameters
    ----------
    plan
        From multipliers [R] and chains to what these use of each row in all, shape [R].
    weight
        Surface of each chain.
    allowed, idle
        What the streets may use of each row, and what they use if nothing is done, shape [R].
    start
        Multipliers, shape [R].

    Returns
    -------
        The mean of the multipliers in the second half of the parts.
    """
    chains = len(weight)
    parts = min(pace.parts, chains)
    multipliers = np.log(np.maximum(start, 1e-12))
    use, done = np.zeros(len(allowed)), 0.0
    seen: list[Floats] = []
    scale = np.maximum(np.abs(allowed - idle), 1e-9)
    for number in range(parts):
        some = np.arange(number, chains, parts)
        share = float(weight[some].sum() / weight.sum())
        behind = (use - allowed * done) / scale / max(1.0 - done, 0.15)
        asked = np.exp(multipliers + _CATCH_UP * np.clip(behind, -1.0, 1.0))
        used = plan(asked, some)
        use, done = use + used, done + share
        excess = np.clip((used / share - allowed) / scale, -1.0, 8.0)
        multipliers = multipliers + pace.step / (1.0 + _CALMER * number) * excess
        seen.append(multipliers)
    return np.asarray(np.exp(np.mean(seen[parts // 2 :], axis=0)))
