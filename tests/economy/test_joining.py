"""Streets at prices: as good as trying every plan, never below their bound."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.economy.made_programmes import small_town

from gatusyn.economy.exhaust import _ways
from gatusyn.economy.lone import Prices, stakes
from gatusyn.economy.prepared import prepare
from gatusyn.economy.rows import rows_of
from gatusyn.economy.short_projects import is_short
from gatusyn.economy.street_bound import street_bound
from gatusyn.economy.streets import Streets, list_plans, lone_least
from gatusyn.economy.tally import tally


@pytest.mark.parametrize("least_m", [0.0, 40.0, 60.0])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), dear=st.floats(0.05, 3.0), locks=st.booleans())
def test_streets_are_planned_as_by_plain_search(
    least_m: float, seed: int, dear: float, locks: bool
) -> None:
    town = small_town(seed, sections=4, years=2, locks=locks)
    town = replace(town, minimum_length_m=np.array([0.0, least_m]))
    prepared = prepare(town)
    staked = stakes(prepared)
    rows = rows_of(prepared, staked)
    money = np.full(len(rows.allowed), dear)
    prices = Prices(krona=np.full((1, 2), dear))

    def priced(choice: np.ndarray) -> np.ndarray:
        counted = tally(prepared, staked, choice)
        each = rows.value(counted) + rows.use(prepared, counted) @ money
        return np.bincount(prepared.chain, each, prepared.chains)

    best = np.full(prepared.chains, np.inf)
    for chain in range(prepared.chains):
        members = np.flatnonzero(prepared.chain == chain)
        streets = Streets.of(prepared, staked, list_plans(prepared, staked, prices, few=9, most=9))
        for ways in itertools.product(*(_ways(staked, int(prepared.kind[row])) for row in members)):
            choice = streets.idle.copy()
            choice[members] = np.array(ways)
            if not is_short(prepared, choice)[members].any():
                best[chain] = min(best[chain], priced(choice)[chain])
    plans = streets.best(prices, width=30)
    scale = 1.0 + np.abs(best)
    assert np.all(np.abs(priced(plans.choice) - best) <= 1e-5 * scale)
    assert np.all(np.abs(plans.least - best) <= 1e-5 * scale)
    assert not is_short(prepared, plans.choice).any()
    for rounds in (0, 30):
        bound = street_bound(streets, prices, best, rounds=rounds)
        assert np.all(bound <= best + 1e-6 * scale)
        assert np.all(bound >= lone_least(prepared, staked, prices) - 1e-6 * scale)
    assert bound.sum() >= best.sum() - 0.05 * np.abs(best).sum()
