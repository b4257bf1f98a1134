"""The confidence of a grade: what it rests on, and what more looks add."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_curves import CURVES
from tests.made_facts import look, seen
from tests.made_network import network_of, street

from gatusyn.condition import derive_conditions
from gatusyn.condition.confidence import grade_confidences, look_rates
from gatusyn.findings import derive_findings
from gatusyn.model import (
    ConditionParams,
    DamageKind,
    FindingParams,
    PixelClass,
    Rates,
    RecordParams,
)

PARAMS = ConditionParams()
GOOD = {
    PixelClass.CRACK: Rates(precision=0.8, recall=0.8),
    PixelClass.POTHOLE: Rates(precision=0.5, recall=0.6),
}


KINDS = tuple(DamageKind)


def confidence(
    share: float,
    count: int,
    found: dict[DamageKind, float] | None = None,
    params: ConditionParams = PARAMS,
    rates: dict[PixelClass, Rates] = GOOD,
) -> float:
    """Return the confidence of one section with so many looks and square metres of damage."""
    area = np.zeros((1, 6, 3))
    for kind, much in (found or {}).items():
        area[0, KINDS.index(kind), 1] = much
    done = grade_confidences(
        np.array([share]), np.array([count]), look_rates(rates)[None], area, params
    )
    return float(done[0])


def test_one_look_is_as_good_as_the_recall_and_many_are_not_perfect() -> None:
    assert confidence(1.0, 1) == pytest.approx((0.8 + 0.6) / 2)
    assert confidence(0.5, 1) == pytest.approx((0.8 + 0.6) / 4)
    # Half of what one look misses is missed for ever: a tenth and a fifth.
    assert confidence(1.0, 200) == pytest.approx((0.9 + 0.8) / 2)
    crack = 0.9 * (1 - (1 - 0.8 / 0.9) ** 2)
    pothole = 0.8 * (1 - (1 - 0.6 / 0.8) ** 2)
    assert confidence(1.0, 2) == pytest.approx((crack + pothole) / 2)
    independent = ConditionParams(common_misses=0.0)
    assert confidence(1.0, 200, params=independent) == pytest.approx(1.0)
    assert confidence(1.0, 0) == 0.0


def test_what_was_found_is_believed_as_often_as_it_is_right() -> None:
    sound = confidence(1.0, 3)
    found = {DamageKind.CRAZING: 3.0, DamageKind.POTHOLE: 1.0}
    share = (3 * 0.8 + 1 * 0.5) / 4
    assert confidence(1.0, 3, found) == pytest.approx(sound * share)
    assert confidence(1.0, 3, {DamageKind.PATCH: 5.0}) == pytest.approx(sound)


@given(
    recall=st.floats(0.0, 1.0),
    common=st.floats(0.0, 1.0),
    count=st.integers(1, 30),
)
def test_it_lies_between_nothing_and_all_and_grows_with_looks(
    recall: float, common: float, count: int
) -> None:
    params = ConditionParams(common_misses=common)
    rates = dict.fromkeys(PixelClass, Rates(precision=1.0, recall=recall))
    one, more = (confidence(1.0, n, params=params, rates=rates) for n in (count, count + 1))
    assert 0.0 <= one <= more + 1e-12 <= 1.0 + 1e-9


def test_each_run_counts_with_the_rates_of_its_own_model() -> None:
    network = network_of(street())
    twice = [("r", look("f", 10.0, half_m=10.0)), ("s", look("g", 10.0, half_m=10.0))]
    perfect = dict.fromkeys(PixelClass, Rates(precision=1.0, recall=1.0))
    blind = dict.fromkeys(PixelClass, Rates(precision=1.0, recall=0.0))
    found = [
        derive_conditions((), twice, network, PARAMS, CURVES, rates)[0].confidence
        for rates in ({"r": perfect, "s": perfect}, {"r": perfect, "s": blind}, {"r": perfect}, {})
    ]
    assert found[0] == pytest.approx(1.0)
    # A mean recall of a half, in two looks, as if no model had been measured.
    assert found[1] == found[3] == pytest.approx(2 / 3)
    assert found[3] < found[2] < found[0]


def test_damage_that_is_often_wrongly_called_lowers_the_confidence() -> None:
    network = network_of(street())
    once = [("r", look("f", 10.0, half_m=10.0))]
    findings = derive_findings(
        [("r", seen("f", 8.0))], once, network, FindingParams(doubt=0.0), RecordParams()
    )
    graded = derive_conditions(findings, once, network, PARAMS, CURVES, {"r": GOOD})[0]
    assert graded.confidence == pytest.approx(0.7 * 0.5)
