"""Debt: never negative, sums keep every öre, unknown is told apart, intervals hold the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.economy.made_stock import stock, with_points

from gatusyn.economy import (
    NO_CAUSE,
    believe,
    debt_by_damage,
    debt_of,
    sum_debt,
    whole_debt,
)
from gatusyn.model import DamageKind, EconomyParams

PARAMS = EconomyParams(draws=20, inhabitants=1000)
indices = st.lists(st.one_of(st.floats(0.0, 100.0), st.just(float("nan"))), min_size=1, max_size=60)


@settings(max_examples=40, deadline=None)
@given(indices, st.integers(1, 12))
def test_debt_is_never_negative_and_every_grouping_has_the_same_sum(
    index: list[float], per_street: int
) -> None:
    made = stock(index, per_street=per_street)
    debt = debt_of(made, PARAMS)
    whole = whole_debt(debt, made, PARAMS)
    assert (debt.ore >= 0).all()
    assert (debt.drawn_sek >= 0.0).all()
    assert ((debt.ore > 0) == (debt.treatment >= 0)).all()
    for groups in (made.street, made.district, made.section_id, made.family.astype(np.str_)):
        sums = sum_debt(debt, made, groups, PARAMS)
        assert sum(one.ore for one in sums) == whole.ore
        if whole.estimated_ore is not None:
            assert sum(one.estimated_ore or 0 for one in sums) == whole.estimated_ore
        assert sum(one.length_km for one in sums) == pytest.approx(whole.length_km)
    damages = debt_by_damage(debt, made, PARAMS)
    assert sum(one.ore for one in damages) == whole.ore
    assert sum(one.per_km_sek for one in damages) == pytest.approx(
        whole.ore / 100.0 / whole.length_km
    )


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.0, 100.0), min_size=2, max_size=40), st.randoms())
def test_the_order_of_sections_does_not_matter(index: list[float], chance: object) -> None:
    made = stock(index, per_street=5)
    rows = np.arange(len(made))
    chance.shuffle(rows)  # type: ignore[attr-defined]
    names = [name for name in made.__slots__ if name not in ("families", "remarks")]
    other = replace(made, **{name: getattr(made, name)[rows] for name in names})
    assert (debt_of(made, PARAMS).ore[rows] == debt_of(other, PARAMS).ore).all()


def test_a_worked_example() -> None:
    # A main street (trigger 50) of three sections of 140 m2, in all 420 m2 (factor 1.3); two are at
    # 45: an overlay each. 420 m2 x 1.3 is more than 500 m2 at 1.0, so that is paid for.
    made = stock([45.0, 45.0, 90.0], family=1)
    debt = debt_of(made, PARAMS)
    cost = 140.0 * 160.0 * 500.0 / 420.0
    assert debt.ore.tolist() == [round(cost * 100.0)] * 2 + [0]
    whole = whole_debt(debt, made, PARAMS)
    assert whole.per_km_sek == pytest.approx(2.0 * cost / 0.06)
    assert whole.per_inhabitant_sek == pytest.approx(2.0 * cost / 1000.0)


def test_debt_is_told_by_damage() -> None:
    made = stock([45.0, 45.0], family=1)
    points = [[0.0] * len(DamageKind)] * 2
    points[0] = [30.0 if kind is DamageKind.CRAZING else 5.0 for kind in DamageKind]
    debt = debt_of(with_points(made, points), PARAMS)
    parts = {one.name: one for one in debt_by_damage(debt, with_points(made, points), PARAMS)}
    assert parts[NO_CAUSE].ore == debt.ore[1]
    crazing = parts["crazing"]
    assert crazing.ore == pytest.approx(debt.ore[0] * 30.0 / 55.0, abs=1)
    assert sum(one.ore for one in parts.values()) == debt.ore.sum()
    assert crazing.low_sek < crazing.sek < crazing.high_sek, "it has an interval of its own"
    assert crazing.length_km == pytest.approx(0.02), "of the section that has it"
    assert crazing.per_inhabitant_sek == pytest.approx(crazing.sek / 1000.0)


def test_what_nobody_looked_at_is_estimated_and_told_apart() -> None:
    known = [45.0, 90.0] * 10
    made = stock([*known, *[float("nan")] * 20], per_street=5, family=1)
    whole = whole_debt(debt_of(made, PARAMS), made, PARAMS)
    assert whole.unknown_area_m2 == 20 * 140.0
    assert whole.estimated_ore == whole.ore, "as much per square metre as the known half"
    assert whole.whole_high_sek > whole.high_sek
    nothing = stock([float("nan")] * 3)
    assert whole_debt(debt_of(nothing, PARAMS), nothing, PARAMS).estimated_ore is None


def test_the_same_seed_gives_the_same_interval_and_less_noise_a_narrower_one() -> None:
    index = np.linspace(20.0, 100.0, 200)
    sure = replace(
        PARAMS, price_sigma_high=0.0, price_sigma_medium=0.0, price_sigma_low=0.0, survey_sigma=0.0
    )
    made = stock(index, sigma=8.0)
    wide = whole_debt(debt_of(made, PARAMS), made, PARAMS)
    assert wide == whole_debt(debt_of(made, PARAMS), made, PARAMS)
    narrow = whole_debt(debt_of(made, sure), made, sure)
    assert narrow.high_sek - narrow.low_sek < wide.high_sek - wide.low_sek
    exact = stock(index, sigma=0.0)
    none = whole_debt(debt_of(exact, sure), exact, sure)
    assert none.low_sek == pytest.approx(none.sek, rel=0.05)
    assert none.high_sek == pytest.approx(none.sek, rel=0.05)


def test_beliefs_are_spread_as_the_truth_is() -> None:
    rng = np.random.default_rng(4)
    truth = rng.normal(65.0, 12.0, 4000)
    made = stock(np.clip(truth + rng.normal(0.0, 9.0, 4000), 0.0, 100.0), sigma=9.0, family=2)
    belief = believe(made)
    spread = float(belief.values.std())
    assert spread == pytest.approx(12.0, abs=0.7)
    low, high = belief.at(np.array([0.025, 0.975])).T
    assert ((low < truth) & (truth < high)).mean() == pytest.approx(0.95, abs=0.02)
    assert belief.mean.mean() == pytest.approx(65.0, abs=0.7)
