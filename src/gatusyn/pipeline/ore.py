"""Money in whole öre: parts that add up to their whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def shared_ore(sek: float, shares: Sequence[float]) -> list[int]:
    """Divide kronor by shares into whole öre that add up to the rounded whole.

    Parameters
    ----------
    shares
        At least one, none negative; where all are 0 they count alike.
    """
    weights = np.asarray(shares, np.float64)
    if not weights.sum() > 0.0:
        weights = np.ones(len(weights))
    return rounded_ore(sek * weights / weights.sum(), whole_sek=sek)


def rounded_ore(sek: Sequence[float] | np.ndarray, *, whole_sek: float | None = None) -> list[int]:
    """Return parts in kronor as whole öre that add up to the rounded sum.

    Each is the difference of rounded running sums: none is off by more than an öre.
    """
    running = np.cumsum(np.asarray(sek, np.float64)) * 100.0
    if whole_sek is not None and len(running):
        running[-1] = whole_sek * 100.0
    whole: list[int] = np.diff(np.rint(running).astype(np.int64), prepend=0).tolist()
    return whole
