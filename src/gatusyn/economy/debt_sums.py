"""Sums of the paving debt: by street, class, district and damage, with what is unsure of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from gatusyn.economy.debt import Debt
from gatusyn.model import DamageKind, EconomyParams, NetworkError, Stock

NO_CAUSE = "unknown"
"""The damage of a section in debt of which no damage is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtSum:
    """The debt of some sections.

    Parameters
    ----------
    name
        The street, class or district; a damage, or ``unknown`` where none is known to cause it.
    length_km, area_m2
        Of all its sections.
    unknown_area_m2
        Of those that nobody looked at.
    ore
        Of the sections that are known, as graded.
    low_sek, expected_sek, high_sek
        Of the known: 95 % interval and mean over indices and prices as they may be.
    estimated_ore
        Of the unknown ones, by their family; None where nothing is known in town.
    whole_low_sek, whole_high_sek
        95 % interval of known and unknown together.
    per_km_sek, per_inhabitant_sek
        Of known and unknown together; None where no inhabitants are set.
    """

    name: str
    length_km: float
    area_m2: float
    unknown_area_m2: float
    ore: int
    low_sek: float
    expected_sek: float
    high_sek: float
    estimated_ore: int | None
    whole_low_sek: float
    whole_high_sek: float
    per_km_sek: float
    per_inhabitant_sek: float | None

    @property
    def sek(self) -> float:
        """Of the known sections, as graded."""
        return self.ore / 100.0

    @property
    def whole_sek(self) -> float:
        """Of known and unknown together."""
        return (self.ore + (self.estimated_ore or 0)) / 100.0


def sum_debt(
    debt: Debt, stock: Stock, groups: Sequence[str] | NDArray[np.str_], params: EconomyParams
) -> tuple[DebtSum, ...]:
    """Sum the debt by group, in the order of the groups' names.

    Parameters
    ----------
    groups
        Each section's: ``stock.street``, ``stock.district``, family names, ...
    """
    if not len(stock):
        return ()
    names, group = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)
    order = np.argsort(group, kind="stable")
    begins = np.searchsorted(group[order], np.arange(len(names)))
    one = np.ones(len(group))
    members = csr_array((one, (group, np.arange(len(group)))), shape=(len(names), len(group)))

    def summed(values: NDArray[Any]) -> NDArray[Any]:
        """Return sums by group."""
        return np.add.reduceat(values[order], begins)

    # Whole numbers are summed as such; drawings by a product, which is many times as fast.
    known = (members @ debt.drawn_sek.T).T
    whole = known + (members @ debt.drawn_estimated_sek.T).T
    low, high = np.quantile(known, (0.025, 0.975), axis=0)
    whole_low, whole_high = np.quantile(whole, (0.025, 0.975), axis=0)
    areas = summed(stock.area_m2), summed(np.where(stock.is_known, 0.0, stock.area_m2))
    metres, ore = summed(stock.length_m), summed(debt.ore)
    estimated = None if debt.estimated_ore is None else summed(debt.estimated_ore)
    result = []
    for g, name in enumerate(names.tolist()):
        more = None if estimated is None else int(estimated[g])
        sek = (int(ore[g]) + (more or 0)) / 100.0
        result.append(
            DebtSum(
                name=name,
                length_km=float(metres[g]) / 1000.0,
                area_m2=float(areas[0][g]),
                unknown_area_m2=float(areas[1][g]),
                ore=int(ore[g]),
                low_sek=float(low[g]),
                expected_sek=float(known[:, g].mean()),
                high_sek=float(high[g]),
                estimated_ore=more,
                whole_low_sek=float(whole_low[g]),
                whole_high_sek=float(whole_high[g]),
                per_km_sek=sek / (float(metres[g]) / 1000.0),
                per_inhabitant_sek=sek / params.inhabitants if params.inhabitants else None,
            )
        )
    return tuple(result)


def whole_debt(debt: Debt, stock: Stock, params: EconomyParams) -> DebtSum:
    """Sum the debt of the whole town.

    Raises
    ------
    NetworkError
        If the town has no paved section that is counted.
    """
    sums = sum_debt(debt, stock, np.full(len(stock), ""), params)
    if not sums:
        raise NetworkError(
            "sections",
            "none is paved and counted",
            "Check network.road_keepers and economy.unpaved.",
        )
    return sums[0]


def debt_by_damage(debt: Debt, stock: Stock, params: EconomyParams) -> tuple[DebtSum, ...]:
    """Divide the known sections' debt among damages, in öre that add up to it.

    Each section's goes to its damages by the points that they take off its index. Which damages
    unknown sections have is unknown, so nothing is estimated. Length and area are of the sections
    in debt that have the damage; a kilometre is one of the whole network, so that these add up,
    too.
    """
    points = np.nan_to_num(stock.damage_points)
    points = np.column_stack([points, points.sum(axis=1) <= 0.0])
    upto = np.cumsum(points, axis=1) / points.sum(axis=1, keepdims=True)
    # Differences of rounded running sums: each section's parts add up to its öre.
    parts = np.diff(np.rint(upto * debt.ore[:, None]).astype(np.int64), axis=1, prepend=0)
    drawn = debt.drawn_sek.astype(np.float64) @ np.diff(upto, axis=1, prepend=0.0)
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    kilometres = stock.length_m.sum() / 1000.0
    names = [*map(str, DamageKind), NO_CAUSE]
    sums = []
    for i, name in enumerate(names):
        ore, has = int(parts[:, i].sum()), parts[:, i] > 0
        sums.append(
            DebtSum(
                name=name,
                length_km=float(stock.length_m[has].sum()) / 1000.0,
                area_m2=float(stock.area_m2[has].sum()),
                unknown_area_m2=0.0,
                ore=ore,
                low_sek=float(low[i]),
                expected_sek=float(drawn[:, i].mean()),
                high_sek=float(high[i]),
                estimated_ore=None,
                whole_low_sek=float(low[i]),
                whole_high_sek=float(high[i]),
                per_km_sek=ore / 100.0 / kilometres,
                per_inhabitant_sek=ore / 100.0 / params.inhabitants if params.inhabitants else None,
            )
        )
    return tuple(sums)
