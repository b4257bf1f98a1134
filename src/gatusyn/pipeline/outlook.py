"""What every section's condition costs and how long it lasts, a column each: for maps and cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy import believe, debt_of, remaining_life
from gatusyn.model import PriceLine
from gatusyn.pipeline.city import City
from gatusyn.pipeline.lives import town_lives
from gatusyn.pipeline.town_stock import price_lines, read_stock
from gatusyn.report import Language, Words

Reals = NDArray[np.float64]
LOW, MIDDLE, HIGH = 0.025, 0.5, 0.975


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SectionOutlook:
    """Debt and remaining life of the paved sections of one period, N rows.

    Parameters
    ----------
    section_ids
        Length N.
    is_known
        Whether the section was graded in the period, bool [N].
    area_m2
        Of the carriageway, [N].
    debt_sek, debt_low_sek, debt_high_sek
        As graded, and its 95 % interval by the index's and the prices' uncertainty; NaN where not
        graded, [N].
    treatment
        What ends the debt; empty for nothing, length N.
    low_years, median_years, high_years
        Years until the trigger is met, nothing done: 2.5 %, 50 % and 97.5 %; where nobody looked
        those of the section's family, [N].
    prices
        What it was reckoned with.
    """

    period: str
    section_ids: tuple[str, ...]
    is_known: NDArray[np.bool_]
    area_m2: Reals
    debt_sek: Reals
    debt_low_sek: Reals
    debt_high_sek: Reals
    treatment: tuple[str, ...]
    low_years: Reals
    median_years: Reals
    high_years: Reals
    prices: tuple[PriceLine, ...]


def section_outlook(city: City, *, period: str | None = None) -> SectionOutlook:
    """Reckon the debt and the remaining life of every section of a period, the newest if None.

    Raises
    ------
    ProgrammeError
        If nothing was graded in it.
    SettingsError
        If no treatment brings a section up to its target.
    """
    town = read_stock(city, period=period)
    stock, params = town.stock, city.settings.economy
    debt = debt_of(stock, params)
    lives = town_lives(city, town)
    life = remaining_life(stock, believe(stock), lives, params)
    known = stock.is_known
    low, high = np.quantile(debt.drawn_sek, [LOW, HIGH], axis=0)
    names = [one.name for one in params.treatments_in_use]
    return SectionOutlook(
        period=town.period,
        section_ids=tuple(stock.section_id.tolist()),
        is_known=known,
        area_m2=stock.area_m2,
        debt_sek=np.where(known, debt.ore / 100.0, np.nan),
        debt_low_sek=np.where(known, low, np.nan),
        debt_high_sek=np.where(known, high, np.nan),
        treatment=tuple(names[own] if own >= 0 else "" for own in debt.treatment.tolist()),
        low_years=life.at(LOW),
        median_years=life.at(MIDDLE),
        high_years=life.at(HIGH),
        prices=price_lines(params),
    )


def treatment_words(prices: Sequence[PriceLine], name: str) -> Mapping[str, str]:
    """Return a treatment's name by language (``sv``, ``en``, ``pt``)."""
    known = {one.treatment: one for one in prices}
    return {one.value: Words(one).treatment(name, known) for one in Language}
