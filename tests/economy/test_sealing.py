"""Upkeep: the cheapest way equals a plain search, and sealing never costs more."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gatusyn.economy import cheapest_upkeep, prices_of, sealing_saving, section_states
from gatusyn.model import NOT_ALLOWED, EconomyParams

PARAMS = replace(
    EconomyParams(steps_per_year=2),
    families={"collector": EconomyParams().families["collector"]},
)
STATES = section_states(PARAMS)


def test_sealing_saves_and_never_costs() -> None:
    saving = sealing_saving(STATES, PARAMS)
    (new,) = STATES.place([100.0], [0])
    assert saving.saved_sek_m2.min() >= 0.0
    assert saving.saved_sek_m2[0, new] > 0.1
    done = [name for _, name in saving.with_sealing.plan(0, new, 60)]
    assert "crack_sealing" in done
    assert "crack_sealing" not in [name for _, name in saving.without.plan(0, new, 60)]
    assert saving.with_sealing.mean_index(0, new, 60) > 50.0


def test_no_section_is_left_below_its_trigger() -> None:
    upkeep = cheapest_upkeep(STATES, PARAMS)
    (state,) = STATES.place([20.0], [0])
    plan = upkeep.plan(0, state, 80)
    assert plan[0][0] == 0, "due at once"
    space = STATES.space
    for year in range(80):
        for when, name in plan:
            if when == year:
                state = space.after[space.treatments.index(name), 0, state]
        assert space.index[0, state] >= PARAMS.families["collector"].trigger
        state = space.next_state[0, state]


def test_it_is_the_cheapest_of_all_ways_to_overlay_every_so_many_years() -> None:
    """Among milling and overlaying at fixed intervals, none costs less than what is found."""
    upkeep = cheapest_upkeep(STATES, PARAMS, with_sealing=False)
    (new,) = STATES.place([100.0], [0])
    prices, space = prices_of(PARAMS), STATES.space
    keep = 1.0 / (1.0 + PARAMS.discount_rate)
    costs = []
    for name, every in product(("overlay", "mill_overlay"), range(8, 20)):
        k, state, total = space.treatments.index(name), new, 0.0
        for year in range(400):
            if year and year % every == 0:
                if space.after[k, 0, state] == NOT_ALLOWED:
                    total = np.inf
                    break
                total += prices.unit_sek_m2[k] * keep**year
                state = space.after[k, 0, state]
            if space.index[0, state] < 40.0:
                total = np.inf
                break
            state = space.next_state[0, state]
        costs.append(total * (1.0 - keep))
    assert np.isfinite(costs).any()
    assert upkeep.annuity_sek_m2[0, new] <= min(costs) + 0.01
    assert upkeep.annuity_sek_m2[0, new] == pytest.approx(min(costs), rel=0.2)
