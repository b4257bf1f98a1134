"""Paving debt: what it costs today to bring every section below its trigger up to target."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.belief import believe, drawn_indices
from gatusyn.economy.costs import Prices, prices_of, section_prices
from gatusyn.economy.effects import due_treatment
from gatusyn.model import EconomyParams, Stock

Reals = NDArray[np.float64]
Ore = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Debt:
    """The debt of every section, N rows, in whole öre so that sums are exact.

    Parameters
    ----------
    treatment
        Number of the treatment (among those in use) that ends it; -1 for none or unknown.
    ore
        As graded; 0 where not below the trigger, and where unknown.
    estimated_ore
        Of sections that nobody looked at: their area times their family's debt a square metre; 0
        where known. None where no section of the town is known.
    drawn_sek, drawn_estimated_sek
        The same as they may be, D drawings [D, N]: by the indices' and prices' uncertainty, and, of
        unknown sections, by which streets happen to be known.
    """

    treatment: NDArray[np.int32]
    ore: Ore
    estimated_ore: Ore | None
    drawn_sek: NDArray[np.float32]
    drawn_estimated_sek: NDArray[np.float32]


def debt_of(stock: Stock, params: EconomyParams) -> Debt:
    """Reckon the paving debt of the town as graded, and as it may be.

    A section's debt is what the cheapest treatment that reaches the target costs on the area that
    it is laid on, at the price of a usual project on that street; the way there is not counted.

    Raises
    ------
    SettingsError
        If no treatment brings a section's index up to its target.
    """
    prices = prices_of(params)
    pricing = _Pricing.of(stock, params, prices)
    treatment, cost = pricing.cost(stock.index, prices)
    rng = np.random.default_rng(params.seed + 1)
    drawn = np.zeros((params.draws, len(stock)), np.float32)
    estimated = np.zeros_like(drawn)
    known = stock.is_known
    for i, index in enumerate(drawn_indices(believe(stock), params)):
        possible = np.where(known, index, np.nan)
        dearer = replace(prices, unit_sek_m2=prices.unit_sek_m2 * _unsure(prices, rng))
        drawn[i] = pricing.cost(possible, dearer)[1]
        estimated[i] = _like_some_street(drawn[i].astype(np.float64), stock, rng)
    point = _like_the_family(cost, stock)
    return Debt(
        treatment=treatment,
        ore=np.rint(cost * 100.0).astype(np.int64),
        estimated_ore=np.rint(point * 100.0).astype(np.int64) if known.any() else None,
        drawn_sek=drawn,
        drawn_estimated_sek=estimated,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pricing:
    """What does not change from one drawing to the next."""

    params: EconomyParams
    stock: Stock
    trigger: Reals
    target: Reals
    priced_m2: Reals

    @classmethod
    def of(cls, stock: Stock, params: EconomyParams, prices: Prices) -> _Pricing:
        families = [params.families[name] for name in stock.families]
        by_size = section_prices(stock, prices, params)[:, 0] / prices.unit_sek_m2[0]
        return cls(
            params=params,
            stock=stock,
            trigger=np.array([one.trigger for one in families])[stock.family],
            target=np.array([one.target for one in families])[stock.family],
            priced_m2=stock.area_m2 * by_size,
        )

    def cost(self, index: Reals, prices: Prices) -> tuple[NDArray[np.int32], Reals]:
        """Return each section's treatment and what it costs, at these indices."""
        treatment, sek_m2 = due_treatment(
            index,
            self.trigger,
            self.target,
            self.params,
            prices,
            damages=self.stock.damage_share,
        )
        return treatment, self.priced_m2 * sek_m2


def _unsure(prices: Prices, rng: np.random.Generator) -> Reals:
    """Return a possible factor for each price: lognormal, of mean 1, the same all over town."""
    width = np.sqrt(np.log1p(prices.sigma**2))
    factors: Reals = np.exp(width * rng.standard_normal(len(width)) - width**2 / 2.0)
    return factors


def _like_the_family(cost: Reals, stock: Stock) -> Reals:
    """Return what unknown sections cost at their family's debt a square metre; 0 where known."""
    known, size = stock.is_known, len(stock.families)
    areas = np.bincount(stock.family, weights=np.where(known, stock.area_m2, 0.0), minlength=size)
    costs = np.bincount(stock.family, weights=np.where(known, cost, 0.0), minlength=size)
    town = costs.sum() / areas.sum() if areas.sum() > 0.0 else 0.0
    rates = np.divide(costs, areas, out=np.full(size, town), where=areas > 0.0)
    return np.where(known, 0.0, stock.area_m2 * rates[stock.family])


def _like_some_street(cost: Reals, stock: Stock, rng: np.random.Generator) -> Reals:
    """Return what unknown sections may cost: each street as some known one of its family does.

    Known streets are drawn by their area and exponential weights (the Bayesian bootstrap, Rubin
    1981): which of the family's streets happen to be known is chance, too.
    """
    known = stock.is_known
    size = int(stock.chain.max(initial=-1)) + 1
    areas = np.bincount(stock.chain, weights=np.where(known, stock.area_m2, 0.0), minlength=size)
    costs = np.bincount(stock.chain, weights=np.where(known, cost, 0.0), minlength=size)
    family = np.zeros(size, np.intp)
    family[stock.chain] = stock.family
    unknown = np.unique(stock.chain[~known])
    rates = np.zeros(size)
    for f in np.unique(family[unknown]).tolist():
        donors = np.flatnonzero((areas > 0.0) & (family == f))
        donors = donors if len(donors) else np.flatnonzero(areas > 0.0)
        if len(donors):
            chance = areas[donors] * rng.standard_exponential(len(donors))
            ours = unknown[family[unknown] == f]
            drawn = rng.choice(donors, size=len(ours), p=chance / chance.sum())
            rates[ours] = costs[drawn] / areas[drawn]
    return np.where(known, 0.0, stock.area_m2 * rates[stock.chain])
