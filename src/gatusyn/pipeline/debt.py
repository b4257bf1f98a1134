"""The town's paving debt, from its store and settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy import Debt, DebtSum, debt_by_damage, debt_of, sum_debt, whole_debt
from gatusyn.model import EconomyParams, PriceLine, Stock
from gatusyn.pipeline.city import City
from gatusyn.pipeline.town_stock import TownStock, price_lines, read_stock

NO_NAME = "(no name)"
NO_CLASS = "(no class)"
NO_AREA = "(no area)"


class StockGroup(StrEnum):
    """What sections are told together by."""

    STREET = "street"
    CLASS = "class"
    AREA = "area"
    DAMAGE = "damage"


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtReport:
    """The debt of a town, whole and in parts.

    Parameters
    ----------
    groups
        By street, class or area, the largest debt first; empty for damages.
    by_damage
        Öre by damage, largest first, where that was asked for; they add up to the whole.
    prices
        What it was reckoned with.
    """

    town: str
    period: str
    index_name: str
    whole: DebtSum
    groups: tuple[DebtSum, ...]
    by_damage: tuple[tuple[str, int], ...]
    prices: tuple[PriceLine, ...]
    remarks: tuple[str, ...]


def report_debt(city: City, *, by: StockGroup = StockGroup.STREET) -> DebtReport:
    """Reckon a city's debt.

    Raises
    ------
    ProgrammeError
        If nothing has been graded yet.
    SettingsError
        If no treatment brings a section up to its target.
    """
    town = read_stock(city)
    params = city.settings.economy
    debt = debt_of(town.stock, params)
    return debt_report(town, debt, params, name=city.settings.name, by=by)


def debt_report(
    town: TownStock, debt: Debt, params: EconomyParams, *, name: str, by: StockGroup
) -> DebtReport:
    """Sum up a debt; the parts add up to the whole to the öre."""
    stock = town.stock
    groups: tuple[DebtSum, ...] = ()
    damages: tuple[tuple[str, int], ...] = ()
    if by is StockGroup.DAMAGE:
        shares = debt_by_damage(debt, stock)
        damages = tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0])))
    else:
        groups = tuple(
            sorted(
                sum_debt(debt, stock, group_names(stock, by), params),
                key=lambda one: (-one.whole_sek, one.name),
            )
        )
    return DebtReport(
        town=name,
        period=town.period,
        index_name=town.index_name,
        whole=whole_debt(debt, stock, params),
        groups=groups,
        by_damage=damages,
        prices=price_lines(params),
        remarks=stock.remarks,
    )


def group_names(stock: Stock, by: StockGroup) -> NDArray[np.str_]:
    """Return each section's street, class or area, in words where the network has none."""
    columns = {
        StockGroup.STREET: (stock.street, NO_NAME),
        StockGroup.CLASS: (stock.road_class, NO_CLASS),
        StockGroup.AREA: (stock.district, NO_AREA),
    }
    names, none = columns[by]
    texts = np.where(names == "", none, names)
    if by is StockGroup.CLASS:
        on_foot = (stock.network_type != "car") & (names == "")
        texts = np.where(on_foot, np.char.add(stock.network_type, " path"), texts)
    return np.asarray(texts, dtype=np.str_)
