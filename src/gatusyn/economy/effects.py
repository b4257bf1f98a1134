"""When a treatment may be done, what it does to the index, and what a section in debt needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gatusyn.economy.costs import Prices
from gatusyn.model import DamageKind, EconomyParams, SettingsError, Treatment

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
NO_TREATMENT = -1
"""Of a section that is not in debt."""


def meets_trigger(treatment: Treatment, index: ArrayLike, damages: Reals | None = None) -> Flags:
    """Say where a section meets a treatment's trigger; never where its index is unknown (NaN).

    Parameters
    ----------
    damages
        Share of the surface with each damage (the order of ``DamageKind``), shape of the index and
        one more; where unknown (NaN), the index alone decides.
    """
    values = np.asarray(index, np.float64)
    meets: Flags = (values >= treatment.index_from) & (values < treatment.trigger_end)
    if damages is not None and treatment.damages:
        meets = meets & ~(damages[..., _columns(treatment.damages)] == 0.0).all(axis=-1)
    return meets


def index_after(treatment: Treatment, index: ArrayLike) -> Reals:
    """Return the index right after a treatment, never below what it was."""
    values = np.asarray(index, np.float64)
    lifted = (
        np.minimum(values + treatment.gain, treatment.gain_to)
        if treatment.reach is None
        else np.full_like(values, treatment.reach)
    )
    after: Reals = np.maximum(values, lifted)
    return after


def laid_share(treatment: Treatment, index: ArrayLike, damages: Reals | None = None) -> Reals:
    """Return the share of the surface that a treatment is laid on.

    The whole, or where its damages are. Where they are not known, ``share_at_50 ((100 - index) /
    50)^2`` is expected, at most 1: the deducts of the condition index grow with the square root of
    a damage's share.

    Parameters
    ----------
    damages
        As for ``meets_trigger``.
    """
    values = np.asarray(index, np.float64)
    if not treatment.laid_on:
        return np.ones_like(values)
    share: Reals = np.minimum(1.0, treatment.share_at_50 * ((100.0 - values) / 50.0) ** 2)
    if damages is not None:
        seen = damages[..., _columns(treatment.laid_on)].sum(axis=-1)
        share = np.where(np.isfinite(seen), np.minimum(seen, 1.0), share)
    return share


def _columns(kinds: tuple[DamageKind, ...]) -> list[int]:
    return [list(DamageKind).index(kind) for kind in kinds]


def due_treatment(
    index: ArrayLike,
    trigger: ArrayLike,
    target: ArrayLike,
    params: EconomyParams,
    prices: Prices,
    *,
    damages: Reals | None = None,
) -> tuple[NDArray[np.int32], Reals]:
    """Return the cheapest treatment that brings sections below their trigger up to target.

    Parameters
    ----------
    index, trigger, target
        Of each section or state, shapes that fit each other.
    damages
        Share of the surface with each damage (the order of ``DamageKind``), shape of the index and
        one more; NaN where unknown. By default none is known.

    Returns
    -------
    treatment
        Its number in ``prices``; ``NO_TREATMENT`` where the index is not below the trigger, or is
        unknown (NaN).
    sek_m2
        What it costs a square metre of a large area, 0 where there is none.

    Raises
    ------
    SettingsError
        If no treatment reaches the target from an index.
    """
    values, below, above = np.broadcast_arrays(
        np.asarray(index, np.float64), np.asarray(trigger, float), np.asarray(target, float)
    )
    chosen = np.full(values.shape, NO_TREATMENT, np.int32)
    cost = np.zeros(values.shape)
    rows = values < below
    if rows.any():
        chosen[rows], cost[rows] = _cheapest(
            values[rows], above[rows], params, prices, None if damages is None else damages[rows]
        )
    return chosen, cost


def _cheapest(
    index: Reals, target: Reals, params: EconomyParams, prices: Prices, damages: Reals | None
) -> tuple[NDArray[np.int32], Reals]:
    best = np.full(index.shape, np.inf)
    chosen = np.full(index.shape, NO_TREATMENT, np.int32)
    for k, treatment in enumerate(params.treatments_in_use):
        cost = prices.unit_sek_m2[k] * laid_share(treatment, index, damages)
        reaches = meets_trigger(treatment, index, damages) & (cost < best)
        reaches &= index_after(treatment, index) >= target
        best = np.where(reaches, cost, best)
        chosen[reaches] = k
    helpless = chosen == NO_TREATMENT
    if helpless.any():
        at = int(np.argmax(helpless))
        raise SettingsError(
            "economy.treatments",
            f"none brings condition index {index[at]:.0f} up to the target {target[at]:g}",
            "Widen the range of one that gives a new surface (index_from, index_below), "
            "or lower the family's target.",
        )
    return chosen, best
