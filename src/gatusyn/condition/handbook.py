"""Severity by extent, in the manner of the Swedish municipal handbook "Bära eller brista".

Its table is ours: the handbook's is not public.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import ConditionParams

Reals = NDArray[np.float64]

INDEX_NAME = "Gatusyn handbook table 1"
EXTENT_WORDS = ("local", "moderate", "general")


def extent_class(along_share: Reals, params: ConditionParams) -> NDArray[np.int64]:
    """Return 0 (local), 1 (moderate) or 2 (general) for shares of a section's length, 0..1.

    A share at a limit is still of the smaller extent, for rounding's sake by a millionth more.
    """
    limits = np.array(params.handbook_extent_limits) + 1e-6
    return np.searchsorted(limits, along_share, side="left")


def points(along_share: Reals, params: ConditionParams) -> Reals:
    """Return the points that each kind and severity would take off alone, shape [n, 6, 3].

    Parameters
    ----------
    along_share
        Share of the observed length on which a kind is of a severity or worse, shape [n, 6, 3].
    """
    table = np.array(params.handbook_points)
    severity = np.broadcast_to(np.arange(3), along_share.shape)
    taken: Reals = table[severity, extent_class(along_share, params)]
    return np.where(along_share > 0.0, taken, 0.0)


def combine(taken: Reals) -> Reals:
    """Return what each kind and severity takes off when they occur together, shape [n, 6, 3].

    Of a kind its worst severity counts, the most severe where two take as much. Of the kinds, the
    largest counts in full, the second by half, the third by a third: several damages on one place
    are not several times as bad (the rule behind RoadAI's published combined values). At most 100
    in all.
    """
    rows = np.arange(len(taken))[:, None]
    worst = 2 - np.argmax(taken[:, :, ::-1], axis=2)
    of_kind = taken.max(axis=2)
    order = np.argsort(-of_kind, axis=1, kind="stable")
    falling = np.take_along_axis(of_kind, order, axis=1) / np.arange(1, taken.shape[1] + 1)
    before = np.cumsum(falling, axis=1) - falling
    counted = np.minimum(falling, np.maximum(100.0 - before, 0.0))
    together = np.zeros_like(taken)
    together[rows, order, np.take_along_axis(worst, order, axis=1)] = counted
    return together
