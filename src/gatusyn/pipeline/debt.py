"""The town's paving debt, from its store and settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy import Debt, DebtSum, debt_by_damage, debt_of, sum_debt, whole_debt
from gatusyn.model import DebtGroup, DebtPart, EconomyParams, PriceLine, Remark, Stock
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
        By street, class, area or damage, the largest debt first.
    prices
        What it was reckoned with.
    """

    town: str
    period: str
    index_name: str
    whole: DebtSum
    groups: tuple[DebtSum, ...]
    prices: tuple[PriceLine, ...]
    remarks: tuple[Remark, ...]


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
    return DebtReport(
        town=name,
        period=town.period,
        index_name=town.index_name,
        whole=whole_debt(debt, stock, params),
        groups=debt_groups(debt, stock, params, by=by),
        prices=price_lines(params),
        remarks=stock.remarks,
    )


def debt_groups(
    debt: Debt, stock: Stock, params: EconomyParams, *, by: StockGroup
) -> tuple[DebtSum, ...]:
    """Sum a debt by street, class, area or damage, the largest first."""
    if by is StockGroup.DAMAGE:
        sums = debt_by_damage(debt, stock, params)
    else:
        sums = sum_debt(debt, stock, group_names(stock, by), params)
    return tuple(sorted(sums, key=lambda one: (-one.whole_sek, one.name)))


def debt_parts(debt: Debt, stock: Stock, params: EconomyParams) -> tuple[DebtPart, ...]:
    """Return the whole debt and its parts by class, area, damage and street, for documents."""
    parts = [_part("whole", whole_debt(debt, stock, params))]
    groups: dict[StockGroup, DebtGroup] = {
        StockGroup.CLASS: "class",
        StockGroup.AREA: "area",
        StockGroup.DAMAGE: "damage",
        StockGroup.STREET: "street",
    }
    for by, group in groups.items():
        parts += [_part(group, one) for one in debt_groups(debt, stock, params, by=by)]
    return tuple(parts)


def town_debt(city: City) -> tuple[DebtPart, ...]:
    """Reckon a city's debt whole and by class, area, damage and street.

    Raises
    ------
    ProgrammeError, SettingsError
        As ``report_debt``.
    """
    params = city.settings.economy
    stock = read_stock(city).stock
    return debt_parts(debt_of(stock, params), stock, params)


def _part(group: DebtGroup, one: DebtSum) -> DebtPart:
    return DebtPart(
        group=group,
        name="" if one.name in (NO_NAME, NO_CLASS, NO_AREA) else one.name,
        length_km=one.length_km,
        ore=one.ore,
        low_sek=one.low_sek,
        high_sek=one.high_sek,
        estimated_ore=one.estimated_ore,
        whole_low_sek=one.whole_low_sek,
        whole_high_sek=one.whole_high_sek,
        per_km_sek=one.per_km_sek,
        per_inhabitant_sek=one.per_inhabitant_sek,
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
