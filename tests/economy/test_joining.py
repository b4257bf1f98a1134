"""Runs of neighbours that join: as good as trying every labelling of the chain."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.economy.made_programmes import small_town

from gatusyn.economy.bound import price_links
from gatusyn.economy.joining import join, mobilisation
from gatusyn.economy.joining_long import join_long
from gatusyn.economy.labels import list_labels, price_labels
from gatusyn.economy.lone import Prices, lone_values, stakes
from gatusyn.economy.prepared import prepare


@pytest.mark.parametrize("least_m", [0.0, 40.0, 60.0])
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), dear=st.floats(0.05, 3.0))
def test_single_actions_join_as_by_plain_search(least_m: float, seed: int, dear: float) -> None:
    town = small_town(seed, sections=5, years=1)
    town = replace(town, minimum_length_m=np.array([0.0, least_m]))
    prepared = prepare(town)
    staked = stakes(prepared)
    labels, prices = list_labels(prepared, staked), Prices(krona=np.full((1, 1), dear))
    priced = price_labels(prepared, staked, labels, lone_values(prepared, staked, prices), prices)
    joined = join_long if least_m else join
    chosen = joined(prepared, staked, labels, priced, prices)
    start = mobilisation(prepared, staked, prices)[0]
    before, length = prepared.previous, prepared.length_m
    least = np.array([0.0, least_m, 0.0])

    def total(picks: tuple[int, ...]) -> float:
        action = labels.action[list(picks)]
        cost, run = float(priced.cost[list(picks)].sum()), 0.0
        for row, one in enumerate(action):
            joins = before[row] >= 0 and action[before[row]] == one
            run = run * joins + length[row]
            after = np.flatnonzero(before == row)
            goes_on = after.size > 0 and action[after[0]] == one
            cost += 0.0 if joins else start[one]
            if not goes_on and run < least[one] - 1e-6:
                return np.inf
        return cost

    ways = [range(*labels.first[row : row + 2]) for row in range(5)]
    best = min(total(picks) for picks in itertools.product(*ways))
    assert total(tuple(chosen)) == pytest.approx(best, rel=1e-9)
    if not least_m:
        assert price_links(prepared, staked, prices).least.sum() == pytest.approx(best, rel=1e-9)
