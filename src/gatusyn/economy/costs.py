"""What treatments cost: prices of a year, dearer on small areas, and the way there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gatusyn.model import EconomyParams, Stock

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """The prices of the treatments in use, in the settings' order, all told in one year's.

    Parameters
    ----------
    treatments
        Names, K of them.
    unit_sek_m2
        Price of a square metre that is laid on, of a large area, shape [K].
    mobilisation_sek
        Once a project, shape [K].
    sigma
        Standard deviation of each price as a share of it, shape [K].
    area_from_m2, area_factors
        Sizes of a project's laid area, rising from 0, and what a square metre costs from there
        against a large area, falling.
    """

    treatments: tuple[str, ...]
    unit_sek_m2: Reals
    mobilisation_sek: Reals
    sigma: Reals
    area_from_m2: Reals
    area_factors: Reals


def prices_of(params: EconomyParams) -> Prices:
    """Return the prices in ``price_year``'s money: cost x index of that year / index of its own."""
    chosen = params.treatments_in_use
    factors = np.array([params.price_factor(one.cost_year) for one in chosen])
    return Prices(
        treatments=tuple(one.name for one in chosen),
        unit_sek_m2=factors * [one.cost_sek_m2 for one in chosen],
        mobilisation_sek=factors * [one.mobilisation_sek for one in chosen],
        sigma=np.array([params.price_sigma(one.cost_trust) for one in chosen]),
        area_from_m2=np.array(params.area_from_m2),
        area_factors=np.array(params.area_factors),
    )


def billed_m2(laid_m2: ArrayLike, prices: Prices) -> Reals:
    """Return the square metres of a large area that cost as much, any shape.

    Nobody pays more for less: where the next band's smallest area costs less than this one's price
    comes to, it is paid for that. So the whole cost never falls as the area grows.
    """
    laid = np.asarray(laid_m2, np.float64)[..., None]
    billed: Reals = (prices.area_factors * np.maximum(laid, prices.area_from_m2)).min(axis=-1)
    return billed


def cost_sek(treatment: ArrayLike, area_m2: ArrayLike, share: ArrayLike, prices: Prices) -> Reals:
    """Return what projects cost in SEK, mobilisation included.

    Parameters
    ----------
    treatment
        Number of each project's treatment in ``prices``, any shape.
    area_m2
        Area of its sections together.
    share
        Part of that which is laid on, 0..1. Nothing laid costs nothing.
    """
    chosen = np.asarray(treatment)
    laid = np.asarray(area_m2, np.float64) * np.asarray(share, np.float64)
    cost = prices.unit_sek_m2[chosen] * billed_m2(laid, prices) + prices.mobilisation_sek[chosen]
    return np.where(laid > 0.0, cost, 0.0)


def section_prices(stock: Stock, prices: Prices, params: EconomyParams) -> Reals:
    """Return what a square metre that is laid on costs on each section, SEK, shape [N, K].

    As part of a project of `project_m2`, or of its whole street where that is smaller. The way
    there is not in it: it is a project's, and how many projects there will be is not known.
    """
    streets = np.bincount(stock.chain, weights=stock.area_m2)[stock.chain]
    project = np.minimum(streets, params.project_m2)
    return (billed_m2(project, prices) / project)[:, None] * prices.unit_sek_m2
