"""How many years the town's streets have left, as distributions, from its store and settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy import QUANTILES, RemainingLife, believe, remaining_life
from gatusyn.pipeline.city import City
from gatusyn.pipeline.debt import StockGroup, group_names
from gatusyn.pipeline.lives import town_lives
from gatusyn.pipeline.town_stock import TownStock, read_stock

WITHIN_YEARS = (1.0, 5.0, 10.0)
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeSum:
    """The remaining lives of some sections, weighted by surface.

    Parameters
    ----------
    ungraded_share
        Share of the surface that is not graded: its lives are its family's.
    low_years, median_years, high_years
        Means of the sections' 2.5 %, 50 % and 97.5 % quantiles.
    due_share
        Share of the surface expected to be below its trigger within ``WITHIN_YEARS``.
    """

    name: str
    length_km: float
    area_m2: float
    ungraded_share: float
    low_years: float
    median_years: float
    high_years: float
    due_share: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeReport:
    """The remaining lives of a town, whole and in parts; the shortest come first.

    Parameters
    ----------
    episodes
        How many times of two surveys or more the lives rest on; 0 for the settings' alone.
    """

    town: str
    period: str
    index_name: str
    episodes: int
    whole: LifeSum
    groups: tuple[LifeSum, ...]


def report_life(city: City, *, by: StockGroup = StockGroup.STREET) -> LifeReport:
    """Reckon a city's remaining lives.

    Raises
    ------
    ProgrammeError
        If nothing has been graded yet.
    """
    town = read_stock(city)
    lives = town_lives(city, town)
    life = remaining_life(town.stock, believe(town.stock), lives, city.settings.economy)
    names = group_names(town.stock, by)
    groups = [
        _sum(name, np.flatnonzero(names == name), life, town) for name in np.unique(names).tolist()
    ]
    return LifeReport(
        town=city.settings.name,
        period=town.period,
        index_name=town.index_name,
        episodes=int(lives.episodes.sum()),
        whole=_sum("", np.arange(len(town.stock)), life, town),
        groups=tuple(sorted(groups, key=lambda one: (one.median_years, one.name))),
    )


def _sum(name: str, rows: NDArray[np.intp], life: RemainingLife, town: TownStock) -> LifeSum:
    stock = town.stock
    area = stock.area_m2[rows]

    def mean(values: Reals) -> float:
        return float((values * area).sum() / area.sum())

    low, middle, high = (mean(life.at(one)[rows]) for one in (0.025, 0.5, 0.975))
    return LifeSum(
        name=name,
        length_km=float(stock.length_m[rows].sum()) / 1000.0,
        area_m2=float(area.sum()),
        ungraded_share=mean((~stock.is_known[rows]).astype(np.float64)),
        low_years=low,
        median_years=middle,
        high_years=high,
        due_share=tuple(mean(_chance(life.years[rows], years)) for years in WITHIN_YEARS),
    )


def _chance(quantiles: Reals, years: float) -> Reals:
    """Return the chance that each life is over within years, between its quantiles."""
    steps = np.array([0.0, *QUANTILES, 1.0])
    ends = np.column_stack([np.zeros(len(quantiles)), quantiles, quantiles[:, -1] * 1.5 + 1e-6])
    return np.array([float(np.interp(years, row, steps)) for row in ends])
