"""The deduct method: published points, the worked example, and that more damage is never better."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_curves import CURVES

from gatusyn.condition.curves import Curve, DeductCurves, Units
from gatusyn.condition.deduct import (
    Deducts,
    combine,
    deduct_values,
    distress_columns,
    quantity,
    split_total,
    total_deducts,
)
from gatusyn.model import DamageKind

KINDS = tuple(DamageKind)
FOOT_M = 0.3048
deducts = st.lists(st.floats(0.0, 100.0), min_size=15, max_size=15)
amounts = st.lists(st.sampled_from([0.0, 0.2, 1.0, 2.5, 7.0, 30.0]), min_size=18, max_size=18)


def table(*values: float) -> np.ndarray:
    """Return deduct values as one section's row."""
    return np.array([[*values, *[0.0] * (15 - len(values))]])


def amount(kind: DamageKind, severity: int, much: float) -> np.ndarray:
    """Return one section with one damage."""
    result = np.zeros((1, 6, 3))
    result[0, KINDS.index(kind), severity - 1] = much
    return result


def index_of(quantities: np.ndarray, area_m2: float = 140.0) -> float:
    values = deduct_values(quantities, np.array([area_m2]), CURVES)
    return 100.0 - float(combine(values, CURVES).total[0])


@pytest.mark.parametrize(
    ("distress", "severity", "density", "published"),
    [
        (1, "L", 0.52, 7.9),
        (1, "M", 0.64, 17.0),
        (1, "M", 10.0, 47.0),
        (1, "H", 0.56, 23.4),
        (11, "H", 0.88, 17.9),
        (19, "L", 10.0, 5.3),
        # Published in feet: one hole in 2,500 square feet.
        (13, "L", 0.04 / FOOT_M**2, 11.2),
        # Edge cracking 7L and joint reflection cracking 8M, which our cracks (10) borrow.
        (10, "L", 5.20 / FOOT_M, 7.5),
        (10, "M", 5.72 / FOOT_M, 25.1),
    ],
)
def test_our_curves_pass_the_published_points(
    distress: int, severity: str, density: float, published: float
) -> None:
    ours = CURVES.deduct_value(distress, severity, np.array([density]))
    assert ours[0] == pytest.approx(published, abs=0.1)


@pytest.mark.parametrize(
    ("q", "total", "published", "within"),
    [
        (2, 45.0, 33.0, 0.2),  # TM 5-623's text
        # Points in public code, which do not agree with that one and are no standard's.
        (2, 50.0, 40.0, 4.0),
        (2, 100.0, 73.0, 2.0),
        (3, 50.0, 35.0, 2.0),
        (3, 100.0, 65.0, 2.0),
        (4, 50.0, 32.0, 2.0),
        (4, 100.0, 60.0, 2.0),
        (5, 50.0, 30.0, 2.0),
        (5, 100.0, 56.0, 2.0),
        (7, 100.0, 50.0, 2.0),
    ],
)
def test_our_corrected_values_are_near_the_published_points(
    q: int, total: float, published: float, within: float
) -> None:
    assert CURVES.corrected_value(q, np.array([total]))[0] == pytest.approx(published, abs=within)


def test_the_worked_example_of_the_standard() -> None:
    values = table(48.0, 23.0, 18.0, 6.0, 5.0)
    done = combine(values, CURVES)
    assert done.counted[0, :5].tolist() == [48.0, 23.0, 18.0, 6.0, 5.0]
    with_a_sixth = combine(table(48.0, 23.0, 18.0, 6.0, 5.0, 4.0), CURVES).counted[0]
    assert with_a_sixth[5] / 4.0 == pytest.approx(0.77, abs=0.01), "m = 5.77"
    assert done.total[0] == pytest.approx(60.0, abs=0.5)
    # By hand, over our corrected curves: the sums that the iteration goes through.
    sums = {5: 100.0, 4: 97.0, 3: 93.0, 2: 77.0, 1: 56.0}
    by_hand = [CURVES.corrected_value(q, np.array([total]))[0] for q, total in sums.items()]
    assert done.total[0] == pytest.approx(max(by_hand))


def test_no_more_than_m_values_are_kept_and_of_the_next_a_fraction() -> None:
    values = table(90.2, 40.0, 30.0, 20.0)
    kept = combine(values, CURVES).counted[0]
    m = 1 + 9 / 98 * 9.8
    assert kept[:4] == pytest.approx([90.2, 40.0 * (m - 1.0), 0.0, 0.0])
    slight = combine(table(*[1.9 - step / 10 for step in range(15)]), CURVES).counted[0]
    assert np.count_nonzero(slight) == 15, "the limit is for several above two"
    many = combine(table(*[4.4 - step / 10 for step in range(15)]), CURVES).counted[0]
    m = 1 + 9 / 98 * (100 - 4.4)
    assert many[9:11] == pytest.approx([3.5 * (m - 9.0), 0.0])


@pytest.mark.parametrize(
    ("values", "total"),
    [((), 0.0), ((48.0,), 48.0), ((48.0, 2.0, 1.5), 51.5), ((2.0, 2.0, 1.0), 5.0)],
)
def test_with_at_most_one_above_two_they_add_up(values: tuple[float, ...], total: float) -> None:
    assert combine(table(*values), CURVES).total[0] == pytest.approx(total)


@given(deducts)
def test_it_is_at_least_the_largest_and_at_most_the_sum(values: list[float]) -> None:
    total = combine(np.array([values]), CURVES).total[0]
    assert min(max(values), 100.0) - 1e-9 <= total <= min(sum(values), 100.0) + 1e-9
    assert total_deducts(np.array([values]), CURVES)[0] == pytest.approx(total)


@given(deducts)
def test_the_order_of_the_values_does_not_matter(values: list[float]) -> None:
    turned = combine(np.array([values[::-1]]), CURVES).total
    assert combine(np.array([values]), CURVES).total == pytest.approx(turned)


@given(amounts)
def test_what_each_took_off_sums_to_the_total(values: list[float]) -> None:
    quantities = np.array(values).reshape(1, 6, 3)
    done = combine(deduct_values(quantities, np.array([140.0]), CURVES), CURVES)
    parts = split_total(done, quantities)
    assert parts.sum() == pytest.approx(done.total[0])
    assert (parts >= 0.0).all()
    assert (parts[quantities == 0.0] == 0.0).all()


@given(st.sampled_from(KINDS), st.integers(1, 3), st.floats(0.01, 100.0), st.floats(1.0, 50.0))
def test_more_of_one_damage_or_a_worse_one_never_gives_a_better_index(
    kind: DamageKind, severity: int, much: float, times: float
) -> None:
    one = index_of(amount(kind, severity, much))
    assert 0.0 <= index_of(amount(kind, severity, much * times)) <= one + 1e-9
    if severity < 3:
        assert index_of(amount(kind, severity + 1, much)) <= one + 1e-9


def test_cracks_of_both_directions_are_one_distress() -> None:
    both = amount(DamageKind.LONGITUDINAL_CRACK, 1, 6.0) + amount(
        DamageKind.TRANSVERSE_CRACK, 1, 2.0
    )
    assert index_of(both) == pytest.approx(index_of(amount(DamageKind.TRANSVERSE_CRACK, 1, 8.0)))
    done = combine(deduct_values(both, np.array([140.0]), CURVES), CURVES)
    parts = split_total(done, both)[0]
    assert parts[0, 0] == pytest.approx(3 * parts[1, 0]), "by their metres"


def test_what_is_measured_of_each_kind() -> None:
    assert quantity(DamageKind.TRANSVERSE_CRACK, 3.0, 0.9) == 3.0
    assert quantity(DamageKind.CRAZING, 3.0, 4.5) == 4.5
    assert quantity(DamageKind.POTHOLE, 0.3, 0.07) == 1.0
    # A hole of more than 760 mm diameter is counted by its area.
    assert quantity(DamageKind.POTHOLE, 1.1, 0.94) == pytest.approx(2.0)
    assert quantity(DamageKind.POTHOLE, 0.8, 0.46) == 1.0


def test_curves_in_feet_are_asked_in_feet() -> None:
    line = Curve(x=(1.0, 100.0), y=(1.0, 50.0))
    curves = DeductCurves(
        name="made",
        standard=None,
        units=Units.US,
        deduct=dict.fromkeys(distress_columns(), line),
        corrected=(Curve(x=(100.0, 200.0), y=(70.0, 100.0)),),
    )
    # One hole in 2,500 square feet (232 m²) is 0.04 %; below the first point a curve is straight.
    hole = deduct_values(amount(DamageKind.POTHOLE, 1, 1.0), np.array([2500 * FOOT_M**2]), curves)
    assert hole.max() == pytest.approx(0.04)
    crack = deduct_values(
        amount(DamageKind.LONGITUDINAL_CRACK, 1, 50 * FOOT_M), np.array([100 * FOOT_M**2]), curves
    )
    assert crack.max() == pytest.approx(float(np.interp(np.log(50), np.log([1, 100]), [1, 50])))
    area = deduct_values(amount(DamageKind.CRAZING, 1, 0.5), np.array([100.0]), curves)
    assert area.max() == pytest.approx(0.5)


def test_a_section_without_damage_keeps_its_100() -> None:
    done = combine(deduct_values(np.zeros((2, 6, 3)), np.full(2, 140.0), CURVES), CURVES)
    assert isinstance(done, Deducts)
    assert done.total.tolist() == [0.0, 0.0]
    assert split_total(done, np.zeros((2, 6, 3))).sum() == 0.0
