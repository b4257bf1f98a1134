"""Treatments: a trigger and an effect each, and what a section in debt needs is the cheapest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.economy import NO_TREATMENT, due_treatment, index_after, laid_share, prices_of
from gatusyn.model import EconomyParams, SettingsError, Treatment, over_defaults

PARAMS = EconomyParams()
PRICES = prices_of(PARAMS)
OVERLAY = PARAMS.treatments["overlay"]
SEALING = PARAMS.treatments["crack_sealing"]
every = st.sampled_from(list(PARAMS.treatments.values()))


@given(every, st.floats(0.0, 100.0))
def test_no_treatment_harms(treatment: Treatment, index: float) -> None:
    after = float(index_after(treatment, index))
    assert index <= after <= 100.0
    assert 0.0 <= float(laid_share(treatment, index)) <= 1.0


@pytest.mark.parametrize(
    ("treatment", "change", "said"),
    [
        (OVERLAY, {"cost_sek_m2": -1.0}, "overlay.cost_sek_m2: is -1"),
        (OVERLAY, {"cost_sek_m2": 0.0}, "overlay.cost_sek_m2: is 0"),
        (OVERLAY, {"cost_sek_m2": float("nan")}, "overlay.cost_sek_m2: is nan"),
        (OVERLAY, {"index_below": None}, "overlay: has no trigger"),
        (OVERLAY, {"index_below": 30.0}, "overlay.index_below: is 30, not above"),
        (OVERLAY, {"reach": 60.0}, "overlay.reach: is 60, below"),
        (OVERLAY, {"gain": 5.0}, "overlay.reach: is set, and so is gain"),
        (OVERLAY, {"life_years": 0.0}, "overlay.life_years: is 0"),
        (SEALING, {"hold_pace": 1.0}, "crack_sealing: does nothing"),
        (SEALING, {"hold_pace": 1.5}, "crack_sealing.hold_pace: is 1.5"),
    ],
)
def test_a_wrong_treatment_is_named(
    treatment: Treatment, change: Mapping[str, float | None], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        replace(treatment, **change)  # type: ignore[arg-type]


@given(st.floats(0.0, 100.0), st.sampled_from([30.0, 40.0, 50.0]))
def test_what_is_due_is_the_cheapest_that_reaches_the_target(index: float, trigger: float) -> None:
    (chosen,), (cost,) = due_treatment([index], trigger, 80.0, PARAMS, PRICES)
    if index >= trigger:
        assert chosen == NO_TREATMENT
        assert cost == 0.0
        return
    able = [
        PRICES.unit_sek_m2[k] * float(laid_share(one, index))
        for k, one in enumerate(PARAMS.treatments_in_use)
        if one.index_from <= index < one.trigger_end and index_after(one, index) >= 80.0
    ]
    assert cost == min(able) > 0.0


def test_nothing_is_due_where_the_index_is_unknown() -> None:
    (chosen,), (cost,) = due_treatment([np.nan], 40.0, 80.0, PARAMS, PRICES)
    assert (chosen, cost) == (NO_TREATMENT, 0.0)


def test_an_index_that_no_treatment_helps_is_named() -> None:
    idle = replace(PARAMS.treatments["reconstruction"], in_use=False)
    params = replace(PARAMS, treatments={**PARAMS.treatments, "reconstruction": idle})
    with pytest.raises(SettingsError, match="none brings condition index 4 up to the target 80"):
        due_treatment([4.0], 40.0, 80.0, params, prices_of(params))


def test_what_a_town_says_of_a_treatment_is_laid_over_ours() -> None:
    table = over_defaults(
        {
            "price_year": 2026,
            "treatments": {
                "overlay": {"cost_sek_m2": 185.0},
                "levelling": {"in_use": False},
                "thin_overlay": {
                    "cost_sek_m2": 90.0,
                    "cost_year": 2026,
                    "index_below": 80.0,
                    "reach": 92.0,
                    "life_years": 9.0,
                },
            },
        }
    )
    overlay = Treatment(**table["treatments"]["overlay"])
    assert overlay.cost_sek_m2 == 185.0
    assert (overlay.cost_year, overlay.cost_source) == (2026, "the town's own figure")
    assert overlay.effect_source == OVERLAY.effect_source
    assert Treatment(**table["treatments"]["thin_overlay"]).swedish == "thin overlay"
    assert not Treatment(**table["treatments"]["levelling"]).in_use
    assert Treatment(**table["treatments"]["mill_overlay"]) == PARAMS.treatments["mill_overlay"]
