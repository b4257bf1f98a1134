"""How sections get worse and what treatments do to them: tables that programmes are chosen by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.signedinteger[Any]]

NOT_ALLOWED = -1
"""In ``StateSpace.after``: a section in this state does not meet the treatment's trigger."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateSpace:
    """States that a section can be in, by family, and the ways between them.

    A year goes so: a section is in a state; it is treated, or not, and is then in the state that
    follows from that for the rest of the year; at the year's end it goes on to the next state.

    Parameters
    ----------
    families, treatments
        Names, F and K of them. Leaving a section alone is no treatment.
    index
        Condition index in each state, 0..100 (best), shape [F, S].
    next_state
        The state a year later when nothing is done, shape [F, S].
    after
        The state right after a treatment, shape [K, F, S]; ``NOT_ALLOWED`` where its trigger is not
        met.
    cost_share
        What a treatment costs in a state, as a share of what it costs over the whole surface,
        shape [K, F, S]: potholes and cracks are mended where they are.
    surface
        The state by which debt is told in each state, shape [F, S]: that of the surface alone where
        a repair lifts the index for some years. None: each state by itself.

    Raises
    ------
    ValueError
        If shapes, states or values do not fit each other.
    """

    families: tuple[str, ...]
    treatments: tuple[str, ...]
    index: NDArray[np.float64]
    next_state: NDArray[np.int32]
    after: NDArray[np.int32]
    cost_share: NDArray[np.float64]
    surface: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        families, states = self.index.shape
        by_treatment = (len(self.treatments), families, states)
        if len(self.families) != families or self.next_state.shape != (families, states):
            raise ValueError("index and next_state do not have a row for each family")
        if self.after.shape != by_treatment or self.cost_share.shape != by_treatment:
            raise ValueError("after and cost_share do not have a table for each treatment")
        if not (np.isfinite(self.index).all() and self.index.min() >= 0.0):
            raise ValueError("an index is below 0 or not finite")
        if self.index.max() > 100.0:
            raise ValueError("an index is above 100")
        if self.next_state.min() < 0 or self.next_state.max() >= states:
            raise ValueError("next_state names a state that does not exist")
        if self.after.min() < NOT_ALLOWED or self.after.max(initial=NOT_ALLOWED) >= states:
            raise ValueError("after names a state that does not exist")
        if not (np.isfinite(self.cost_share).all() and self.cost_share.min(initial=0.0) >= 0.0):
            raise ValueError("a cost_share is negative or not finite")
        self._check_surface()

    def _check_surface(self) -> None:
        if self.surface is None:
            return
        if self.surface.shape != self.index.shape:
            raise ValueError("surface does not have a row for each family")
        if self.surface.min() < 0 or self.surface.max() >= self.index.shape[1]:
            raise ValueError("surface names a state that does not exist")

    def bare(self, family: Numbers, state: Numbers) -> Numbers:
        """Return the states by which debt is told: of the surface, without what is at work on it.

        Parameters
        ----------
        family, state
            Rows and columns of the space, shapes that fit each other.
        """
        return state if self.surface is None else self.surface[family, state]
