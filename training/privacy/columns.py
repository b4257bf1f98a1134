"""Chooses which channels of a network can do without the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEAST = 0.05
"""Share of the mean that each direction of a feeling counts at least: few crops tell it."""
_STEADY = 1e-4
"""Share of a channel's mean square that keeps the sums of channels that never answer solvable."""


def best_columns(
    gram: Floats, wanted: Floats, count: int, *, feeling: Floats | None = None
) -> tuple[NDArray[np.intp], Floats]:
    """Choose columns whose best mix comes nearest to what is wanted, and return that mix.

    Columns are left out one by one, each time the one whose loss the others make good best
    (Hassibi and Stork 1993, "Optimal brain surgeon").

    Parameters
    ----------
    gram
        Sums of products of each two columns, float64 [n + 1, n + 1]; the last is the constant one,
        which stays.
    wanted
        Sums of products of columns and what is wanted, float64 [n + 1, outputs].
    count
        How many columns stay beside the constant.
    feeling
        What counts of what is left wanting, float64 [outputs, outputs]: an error ``e`` [outputs]
        as the square of ``feeling @ e``, symmetric. By itself if None.

    Returns
    -------
        The columns, ascending, and the weights of these and of the constant.
    """
    steady = gram + _STEADY * np.trace(gram) / len(gram) * np.eye(len(gram))
    inverse = np.linalg.inv(steady)
    weights = inverse @ (wanted if feeling is None else wanted @ feeling)
    kept = np.ones(len(gram), np.bool_)
    for _ in range(len(gram) - 1 - count):
        cost = (weights**2).sum(axis=1) / np.diag(inverse).clip(1e-300)
        cost[~kept] = np.inf
        cost[-1] = np.inf
        one = int(cost.argmin())
        kept[one] = False
        weights -= np.outer(inverse[:, one], weights[one]) / inverse[one, one]
        inverse -= np.outer(inverse[:, one], inverse[one]) / inverse[one, one]
        # What is left out stays so, whatever is left of it by rounding.
        weights[one], inverse[one], inverse[:, one], inverse[one, one] = 0.0, 0.0, 0.0, 1.0
    columns = np.flatnonzero(kept[:-1])
    chosen = [*columns, len(gram) - 1]
    return columns, np.linalg.solve(steady[np.ix_(chosen, chosen)], wanted[chosen])


def root_of(squares: Floats) -> Floats:
    """Return the symmetric root of mean squares, [n, n], scaled to squares of 1 on average."""
    values, vectors = np.linalg.eigh(squares / max(np.trace(squares) / len(squares), 1e-300))
    root: Floats = (vectors * np.sqrt(values.clip(0.0) + _LEAST)) @ vectors.T
    return root
