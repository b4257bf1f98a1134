"""Multipliers are found however far off a search begins, and streets that are done are left."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.economy.made_streets import evened_streets

from gatusyn.economy import pace, solve_programme
from gatusyn.economy.joined import JoinedTown
from gatusyn.economy.lone import Prices, stakes
from gatusyn.economy.multipliers import highest
from gatusyn.economy.pace import MANY
from gatusyn.economy.prepared import prepare
from gatusyn.economy.programme import _prices
from gatusyn.economy.rows import rows_of
from gatusyn.economy.short_projects import only_allowed
from gatusyn.economy.streets import StreetPlans, Streets
from gatusyn.evaluate import check_programme
from gatusyn.model.compiled import compiled_loop
from gatusyn.simulate import made_paving_town

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@pytest.mark.parametrize("begin", [0.05, 20.0])
@pytest.mark.parametrize("radius", [1.0, 0.0002])
def test_a_search_in_small_steps_goes_on_to_the_highest(begin: float, radius: float) -> None:
    # Each group spends what its plan costs, or loses what it is worth: best at a known price.
    worth, cost = np.linspace(0.1, 4.0, 400), np.ones(400)
    allowed = np.array([150.0])

    def evaluate(prices: Floats) -> tuple[Floats, Floats]:
        does = worth > prices[0] * cost
        return np.where(does, 0.0, worth), np.where(does, cost, 0.0)[:, None]

    def height(prices: Floats) -> float:
        value, use = evaluate(prices)
        return float(value.sum() + prices @ (use.sum(axis=0) - allowed))

    best = max(height(np.array([price])) for price in np.linspace(0.0, 5.0, 2_001))
    found = highest(
        evaluate, allowed, np.array([begin]), np.ones(1),
        most=200, tolerance=1e-3, radius=radius, reach=0.5,
    )  # fmt: skip
    assert height(found.multipliers) == pytest.approx(best, rel=2e-3)


def test_a_large_towns_bound_hardly_depends_on_where_its_search_begins() -> None:
    town = made_paving_town(sections=MANY + 100, treatments=3, years=3, seed=4)
    prepared = prepare(town)
    staked, nothing = stakes(prepared), np.full((len(prepared.rows), town.years), 3, np.int8)
    rows = rows_of(prepared, staked)
    bounds = []
    for begin in (2.0, 1.2, 3.4):
        locked = only_allowed(prepared, staked, nothing)
        joined = JoinedTown(prepared, staked, rows, locked, partial(_prices, rows, 1e-4), 1e-4)
        bounds.append(joined.bound(joined.search(np.full(town.years, begin))))
    assert min(bounds) > (1.0 - 5e-3) * max(bounds)


def test_after_the_first_round_each_works_on_the_streets_that_the_one_before_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pace, "MANY", 500)
    monkeypatch.setattr(pace, "MOST", 500)
    planned: list[Ints] = []
    best = Streets.best

    def noted(streets: Streets, prices: Prices, chains: Ints, **how: Any) -> StreetPlans:
        if how["idle"]:
            planned.append(chains)
        return best(streets, prices, chains, **how)

    monkeypatch.setattr(Streets, "best", noted)
    town = made_paving_town(sections=1_200, years=4, seed=3)
    plan = solve_programme(town)
    assert not check_programme(town, plan).violations
    assert len(planned) >= 2
    everywhere = np.arange(len(planned[0]) + len(planned[1]))
    for one, next_one in pairwise(planned):
        assert (np.sort(np.concatenate([one, next_one])) == everywhere).all()


def test_a_bound_that_may_be_much_higher_elsewhere_is_sought_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pace, "MANY", 500)
    monkeypatch.setattr(pace, "MOST", 500)
    town = made_paving_town(sections=1_200, years=4, seed=3)
    near = solve_programme(town)
    search, nearer = JoinedTown.search, JoinedTown.nearer
    monkeypatch.setattr(JoinedTown, "search", lambda town, start: 1.05 * search(town, start))
    met: list[bool] = []

    def noted(town: JoinedTown, multipliers: Floats, bound: float) -> Floats | None:
        found = nearer(town, multipliers, bound)
        met.append(found is not None)
        return found

    monkeypatch.setattr(JoinedTown, "nearer", noted)
    again = solve_programme(town)
    assert met == [True]
    monkeypatch.setattr(JoinedTown, "nearer", lambda *_: None)
    off = solve_programme(town)
    low, high, best = (float(one.bound or 0.0) for one in (off, again, near))
    assert 0.0 < low < high <= near.value
    assert high > best - 0.5 * (best - low)


def test_a_street_whose_plan_is_as_near_its_parts_as_the_best_found_is_left_alone() -> None:
    streets, prices, chains = evened_streets(years=4, rounds=1, hard=0.01)
    first = streets.best(prices, chains, listed=64, width=64)
    again = streets.best(prices, chains, listed=64, width=64, known=first.found, idle=1.01)
    assert np.isfinite(first.found).all()
    assert (first.found - first.least > 1.0).any(), "some are not exact"
    assert not np.isfinite(again.found).any(), "what was found last is as near as was found"
    assert (again.least <= first.found).all()
    worse = first.found + 0.5 * np.abs(first.found) + 1e4
    anew = streets.best(prices, chains, listed=64, width=64, known=worse, idle=1.01)
    assert np.isfinite(anew.found).all(), "a plan that is far from its parts is bettered"


def test_a_loop_that_counts_no_holders_makes_no_arrays() -> None:
    def doubled(numbers: Floats) -> float:
        return float(np.concatenate((numbers, numbers)).sum())

    def summed(numbers: Floats) -> float:
        total = 0.0
        for number in numbers[1:]:
            total += number
        return total

    assert compiled_loop(summed)(np.arange(4.0)) == 6.0
    with pytest.raises(Exception, match="nopython"):
        compiled_loop(doubled)(np.arange(4.0))
