"""How long streets live: by the settings, and fitted to surveys where there are several."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gatusyn.economy import Lives, fit_lives
from gatusyn.economy.stock import index_sigma_of
from gatusyn.model import EconomyParams, Family, Stock, SurveyHistory
from gatusyn.pipeline.city import City
from gatusyn.pipeline.town_stock import TownStock

_MIDDLE_OF_YEAR = 0.5


def town_lives(city: City, town: TownStock) -> Lives:
    """Fit lives to all periods that a city was surveyed in, and what was done between them."""
    params = city.settings.economy
    return fit_lives(town.stock, params, _history(city, town.stock))


def fitted_families(lives: Lives, params: EconomyParams) -> tuple[Family, ...]:
    """Return the settings' families, with the lives of those that surveys tell of."""
    return tuple(
        replace(family, life_years=float(np.exp(lives.family_log_life[f])))
        if lives.episodes[f]
        else family
        for f, family in enumerate(params.families.values())
    )


def _history(city: City, stock: Stock) -> SurveyHistory:
    """Return the values of all periods but the newest, which the stock has, and the treatments."""
    periods = city.store.periods()
    if len(periods) < 2:
        return SurveyHistory.none()
    row_of = {str(name): row for row, name in enumerate(stock.section_id)}
    rows, times, indices, sigmas = [], [], [], []
    for period in periods:
        for one in city.store.conditions(period=period):
            row = row_of.get(one.section_id)
            if row is not None and one.index is not None:
                rows.append(row)
                times.append(float(period[:4]) + _MIDDLE_OF_YEAR)
                indices.append(one.index)
                sigmas.append(max(index_sigma_of(one), 0.5))
    done = [one for one in city.store.programmes.done() if one.section_id in row_of]
    return SurveyHistory(
        row=np.array(rows, np.int32),
        time_years=np.array(times),
        index=np.array(indices),
        sigma=np.array(sigmas),
        treated_row=np.array([row_of[one.section_id] for one in done], np.int32),
        treated_years=np.array(
            [one.done_on.year + (one.done_on.timetuple().tm_yday - 1) / 365.25 for one in done]
        ),
    )
