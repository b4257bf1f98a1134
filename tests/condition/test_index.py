"""The index: sound is 100, more damage is never better, and grades follow the limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.condition import combine, deduct, grade_of
from gatusyn.model import ConditionParams, DamageKind, Grade, SettingsError

PARAMS = ConditionParams()
shares = st.floats(0.0, 1.0)


@given(st.sampled_from(list(DamageKind)), shares, shares)
def test_more_damage_never_takes_less(kind: DamageKind, first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert 0.0 <= deduct(kind, low, PARAMS) <= deduct(kind, high, PARAMS) <= 100.0


@given(st.lists(st.floats(0.0, 100.0), max_size=6))
def test_combined_deducts_stay_within_100_and_keep_the_largest(deducts: list[float]) -> None:
    combined = combine(deducts)
    assert sum(combined) <= 100.0 + 1e-9
    assert all(0.0 <= part <= whole for part, whole in zip(combined, deducts, strict=True))
    if deducts:
        assert max(combined) == pytest.approx(max(deducts))


def test_a_worked_example() -> None:
    # A quarter of the full share takes half of the weight; the second damage counts half.
    cracked = deduct(DamageKind.CRAZING, PARAMS.crazing_full_share / 4, PARAMS)
    holed = deduct(DamageKind.POTHOLE, PARAMS.pothole_full_share / 4, PARAMS)
    assert [cracked, holed] == pytest.approx([40.0, 50.0])
    assert combine([cracked, holed]) == pytest.approx([20.0, 50.0])


@pytest.mark.parametrize(
    ("index", "grade"),
    [
        (100.0, Grade.VERY_GOOD),
        (85.0, Grade.VERY_GOOD),
        (84.9, Grade.GOOD),
        (50.0, Grade.FAIR),
        (30.0, Grade.POOR),
        (29.9, Grade.VERY_POOR),
        (0.0, Grade.VERY_POOR),
    ],
)
def test_grades_follow_the_limits(index: float, grade: Grade) -> None:
    assert grade_of(index, PARAMS) is grade


def test_limits_out_of_order_are_refused() -> None:
    with pytest.raises(SettingsError, match="grade_limits"):
        ConditionParams(grade_limits=(85.0, 70.0, 75.0, 30.0))
