"""The interval of the index: it covers made-up truths, and shrinks with what is known."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.condition_intervals import (
    AREA_M2,
    CASES,
    POOR,
    SHIPPED,
    index_of,
    intervals,
    made_town,
)
from tests.made_curves import CURVES
from tests.made_facts import look
from tests.made_findings import finding
from tests.made_network import network_of, street

from gatusyn.condition import derive_conditions
from gatusyn.condition.interval import index_intervals
from gatusyn.model import ConditionParams, DamageKind, PixelClass, Rates


@pytest.mark.parametrize(("rates", "share", "looks"), [case[1:] for case in CASES])
def test_it_covers_the_truth_of_made_up_towns(
    rates: dict[PixelClass, Rates], share: float, looks: int
) -> None:
    params = ConditionParams()
    town = made_town(2000, rates, share=share, looks=looks, seed=7, params=params)
    low, high = intervals(town, params)
    covered = (low <= town.true + 1e-9) & (town.true <= high + 1e-9)
    assert 0.93 <= covered.mean() <= 0.985, "95 %, and not by being wide"
    wrong = (town.index != town.true).mean()
    assert wrong > 0.3, "the index alone would not do"


def graded(
    rates: dict[PixelClass, Rates], *, half_m: float = 10.0, passes: int = 1
) -> tuple[float, float]:
    """Return the interval of a section with a hole and a crack, of a street seen all along."""
    looks = [("r", look(f"f{one}", 10.0, half_m=half_m)) for one in range(passes)]
    looks += [("r", look(f"g{one}", 60.0, half_m=40.0)) for one in range(passes)]
    damage = [
        finding(DamageKind.POTHOLE, 10.0),
        finding(DamageKind.LONGITUDINAL_CRACK, 10.0, along_m=8.0, across_m=0.1),
    ]
    done = derive_conditions(
        damage, looks, network_of(street()), ConditionParams(), CURVES, {"r": rates}
    )
    assert done[0].index_interval is not None
    assert done[0].index is not None
    assert done[0].index_interval[0] <= done[0].index <= done[0].index_interval[1]
    return done[0].index_interval


def test_what_is_seen_whole_by_a_perfect_model_has_no_interval() -> None:
    perfect = dict.fromkeys(PixelClass, Rates(precision=1.0, recall=1.0))
    low, high = graded(perfect)
    assert high - low == pytest.approx(0.0, abs=1e-9)


def test_less_seen_or_worse_seen_is_less_sure_and_more_passes_are_surer() -> None:
    def width(interval: tuple[float, float]) -> float:
        return interval[1] - interval[0]

    usual = width(graded(SHIPPED))
    assert width(graded(SHIPPED, half_m=4.0)) > usual
    assert width(graded(POOR)) > usual
    blind = dict.fromkeys(PixelClass, Rates(precision=1.0, recall=0.3))
    assert width(graded(blind, passes=4)) < width(graded(blind))


def test_the_seed_decides_and_more_draws_change_little() -> None:
    town = made_town(200, SHIPPED, share=0.6, looks=2, seed=3, params=ConditionParams())
    area = np.full(200, AREA_M2)

    def drawn(params: ConditionParams) -> np.ndarray:
        return np.array(index_intervals(town.found, town.looked, area, area, index_of, params))

    first = drawn(ConditionParams())
    assert (first == drawn(ConditionParams())).all()
    assert (first != drawn(ConditionParams(interval_seed=2))).any()
    many = drawn(ConditionParams(interval_draws=800))
    assert np.abs(first.mean(axis=1) - many.mean(axis=1)).max() < 1.5


def test_a_town_that_shows_nothing_is_not_sure_to_have_nothing() -> None:
    looked = [("r", look("f", 10.0, half_m=10.0))]
    done = derive_conditions((), looked, network_of(street()), ConditionParams(), CURVES)
    assert done[0].index == 100.0
    assert done[0].index_interval is not None
    assert done[0].index_interval[0] < 95.0
    assert done[0].index_interval[1] == 100.0
