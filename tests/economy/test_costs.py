"""Costs: large areas are cheap by the metre and never cheaper in all, sums keep every öre."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.economy import billed_m2, cost_sek, prices_of
from gatusyn.model import EconomyParams, SettingsError, Trust

PARAMS = EconomyParams()
PRICES = prices_of(PARAMS)
OVERLAY = PRICES.treatments.index("overlay")
areas = st.floats(0.0, 1e6)


@given(areas, areas)
def test_more_area_never_costs_less_in_all_nor_more_by_the_metre(
    first: float, second: float
) -> None:
    small, large = sorted((first, second))
    billed = billed_m2([small, large], PRICES)
    assert billed[0] <= billed[1] + 1e-9
    if small > 0.0:
        assert billed[0] / small >= billed[1] / large - 1e-9


def test_a_small_area_is_paid_for_as_the_next_band_where_that_is_less() -> None:
    # 99 m2 at 1.5 is 148.5; 100 m2 at 1.3 is 130.
    assert billed_m2([3.0, 99.0, 600.0], PRICES) == pytest.approx([8.1, 130.0, 600.0])


def test_cost_is_price_times_laid_area_and_the_way_there() -> None:
    costs = cost_sek([OVERLAY, OVERLAY], [1000.0, 1000.0], [1.0, 0.0], PRICES)
    assert costs == pytest.approx([1000.0 * 160.0 + 15_000.0, 0.0])


def test_prices_follow_the_index_of_their_years() -> None:
    told = replace(PARAMS, price_year=2026, price_index={2024: 160.0, 2026: 176.0})
    assert prices_of(told).unit_sek_m2 == pytest.approx(PRICES.unit_sek_m2 * 1.1)
    assert prices_of(told).mobilisation_sek == pytest.approx(PRICES.mobilisation_sek * 1.1)


@pytest.mark.parametrize("years", [{}, {2024: 160.0}, {2026: 176.0}])
def test_a_missing_year_of_the_index_is_named(years: dict[int, float]) -> None:
    with pytest.raises(SettingsError, match=r"economy\.price_index\.20(24|26): is missing"):
        replace(PARAMS, price_year=2026, price_index=years)


@pytest.mark.parametrize(
    ("sizes", "factors", "said"),
    [
        ((0.0, 20.0, 10.0), (2.0, 1.5, 1.0), "area_from_m2: does not rise at 10"),
        ((0.0, 10.0, 20.0), (2.0, 1.0, 1.5), "area_factors: does not fall at 1.5"),
        ((0.0, 10.0), (1.0,), "2 sizes for 1 factors"),
        ((5.0, 10.0), (2.0, 1.0), "does not start at 0"),
    ],
)
def test_bands_in_no_order_are_named(
    sizes: tuple[float, ...], factors: tuple[float, ...], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        EconomyParams(area_from_m2=sizes, area_factors=factors)


def test_every_figure_says_where_it_is_from() -> None:
    for treatment in PARAMS.treatments.values():
        assert treatment.cost_source
        assert treatment.effect_source
        assert isinstance(treatment.cost_trust, Trust)
        assert treatment.cost_year >= 2000
    assert all(family.life_source for family in PARAMS.families.values())


@pytest.mark.parametrize("inhabitants", [0, -5])
def test_a_town_without_inhabitants_is_named(inhabitants: int) -> None:
    with pytest.raises(SettingsError, match=f"economy.inhabitants: is {inhabitants}"):
        EconomyParams(inhabitants=inhabitants)
