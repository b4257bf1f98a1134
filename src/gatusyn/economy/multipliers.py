"""What the next krona of each budget is worth: the prices at which a bound is highest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from gatusyn.economy.prepared import Floats

Evaluate = Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """Where a search for multipliers ended.

    Parameters
    ----------
    multipliers
        The best found, shape [R].
    height
        What the sum came to there.
    evaluations
        How often it was asked.
    """

    multipliers: Floats
    height: float
    evaluations: int


def highest(
    evaluate: Evaluate,
    allowed: Floats,
    start: Floats,
    scale: Floats,
    *,
    most: int,
    tolerance: float,
    radius: float = 1.0,
    reach: float = 0.0,
) -> Search:
    """Find multipliers >= 0 at which the least sum over all plans is highest.

    Each evaluation gives, for each of some groups, the value and the use of its best plan. The
    plans found so far bound the sum from above at any multipliers; the next ones are the best by
    these bounds in a box around the best so far, which grows and shrinks with success.

    Parameters
    ----------
    evaluate
        From multipliers [R] to values [G] and uses [G, R] of the groups' best plans.
    allowed
        What may be used of each row, shape [R].
    scale
        What a multiplier may be, roughly: the box is never narrower than a tenth of it, shape [R].
    radius
        Half the box's side, as a share of the multipliers.
    reach
        No multipliers in a box of this radius are better by more than the tolerance.
    """
    centre, height, values, uses = start, -np.inf, [], []
    asked, expected = start, np.inf
    for _ in range(most):
        value, use = evaluate(asked)
        values.append(value)
        uses.append(use)
        reached = float(value.sum() + asked @ (use.sum(axis=0) - allowed))
        if reached > height:
            if reached - height > 0.5 * expected:
                radius *= 1.5
            centre, height = asked, reached
        else:
            radius *= 0.5
        asked, promised = _best_in_box(values, uses, allowed, centre, radius, scale)
        expected = promised - height
        # What rises by so much within a small box rises by no more times that further away.
        if expected * max(1.0, reach / radius) <= tolerance * max(abs(height), 1e-9):
            break
    return Search(multipliers=centre, height=height, evaluations=len(values))


def _best_in_box(
    values: list[Floats],
    uses: list[Floats],
    allowed: Floats,
    centre: Floats,
    radius: float,
    scale: Floats,
) -> tuple[Floats, float]:
    rows, groups = len(allowed), len(values[0])
    unit = max(float(np.abs(values[0]).sum()), 1.0)
    limits = np.zeros((len(uses), groups, rows + groups))
    limits[:, :, :rows] = np.stack(uses) * -(scale / unit)
    limits[:, np.arange(groups), rows + np.arange(groups)] = 1.0
    half = radius * np.maximum(centre, 0.1 * scale)
    low, high = np.maximum(centre - half, 0.0) / scale, (centre + half) / scale
    solved = linprog(
        np.concatenate([allowed * (scale / unit), -np.ones(groups)]),
        A_ub=csr_matrix(limits.reshape(-1, rows + groups)),
        b_ub=np.concatenate(values) / unit,
        bounds=[*zip(low, high, strict=True), *([(None, None)] * groups)],
        method="highs",
    )
    if solved.x is None:
        return centre, -np.inf
    return np.asarray(solved.x[:rows] * scale), float(-solved.fun * unit)
