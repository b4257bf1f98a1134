"""The handbook method: extents by length, our table, and that more damage is never better."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.condition.grades import grades_of
from gatusyn.condition.handbook import combine, extent_class, points
from gatusyn.model import ConditionMethod, ConditionParams, Grade, SettingsError

PARAMS = ConditionParams()
LIMITS = PARAMS.grade_limits(ConditionMethod.HANDBOOK)
along = st.lists(st.floats(0.0, 1.0), min_size=18, max_size=18)


def shares(values: list[float]) -> np.ndarray:
    """Return along shares: of a severity or worse, so that they fall with severity."""
    table = np.sort(np.array(values).reshape(1, 6, 3), axis=2)
    return table[:, :, ::-1]


def left(table: np.ndarray) -> float:
    return 100.0 - float(combine(points(table, PARAMS)).sum())


@pytest.mark.parametrize(
    ("share", "expected"), [(0.001, 0), (0.2, 0), (0.21, 1), (0.5, 1), (0.51, 2), (1.0, 2)]
)
def test_extent_is_local_moderate_or_general(share: float, expected: int) -> None:
    assert extent_class(np.array([share]), PARAMS)[0] == expected


@pytest.mark.parametrize(
    ("severity", "share", "grade"),
    [
        (1, 0.1, Grade.VERY_GOOD),
        (1, 0.3, Grade.GOOD),
        (1, 0.8, Grade.FAIR),
        (2, 0.1, Grade.GOOD),
        (2, 0.3, Grade.FAIR),
        (2, 0.8, Grade.POOR),
        (3, 0.1, Grade.FAIR),
        (3, 0.3, Grade.POOR),
        (3, 0.8, Grade.VERY_POOR),
    ],
)
def test_the_table_as_the_guide_prints_it(severity: int, share: float, grade: Grade) -> None:
    table = np.zeros((1, 6, 3))
    table[0, 2, :severity] = share
    assert grades_of(np.array([left(table)]), LIMITS) == [grade]


def test_of_a_kind_the_worst_severity_counts_and_of_kinds_the_largest_first() -> None:
    table = np.zeros((1, 6, 3))
    table[0, 0] = (0.3, 0.1, 0.0)  # moderate and slight 15, local and severity 2: 15
    table[0, 3] = (0.1, 0.1, 0.1)  # 30
    taken = combine(points(table, PARAMS))[0]
    assert taken[3, 2] == pytest.approx(30.0)
    assert taken[0].tolist() == pytest.approx([0.0, 7.5, 0.0]), "half, for the more severe"
    assert taken.sum() == pytest.approx(37.5)


@given(along, st.integers(0, 5), st.integers(0, 2), st.floats(0.0, 1.0))
def test_more_or_worse_damage_never_gives_a_better_index(
    values: list[float], kind: int, severity: int, more: float
) -> None:
    table = shares(values)
    worse = table.copy()
    worse[0, kind, : severity + 1] = np.maximum(worse[0, kind, : severity + 1], more)
    assert 0.0 - 1e-9 <= left(worse) <= left(table) + 1e-9 <= 100.0 + 1e-9


def test_nothing_takes_nothing_and_the_worst_of_all_no_more_than_100() -> None:
    assert left(np.zeros((1, 6, 3))) == 100.0
    assert left(np.ones((1, 6, 3))) == 0.0


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"handbook_points_2": (15.0, 10.0, 50.0)}, "handbook_points_2"),
        ({"handbook_points_3": (10.0, 50.0, 80.0)}, "handbook_points_3"),
        ({"handbook_points_1": (-1.0, 5.0, 9.0)}, "handbook_points_1"),
        ({"handbook_extent_limits": (0.5, 0.2)}, "handbook_extent_limits"),
        ({"handbook_extent_limits": (0.0, 0.2)}, "handbook_extent_limits"),
        ({"handbook_grade_limits": (90.0, 80.0, 85.0, 10.0)}, "handbook_grade_limits"),
        ({"deduct_grade_limits": (85.0, 70.0, 75.0, 30.0)}, "deduct_grade_limits"),
        ({"interval_draws": 10}, "interval_draws"),
        ({"handbook_reach_m": float("nan")}, "handbook_reach_m"),
    ],
)
def test_wrong_settings_are_named(settings: dict[str, object], name: str) -> None:
    with pytest.raises(SettingsError, match=f"condition.{name}"):
        ConditionParams(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("index", "grade"),
    [
        (100.0, Grade.VERY_GOOD),
        (85.0, Grade.VERY_GOOD),
        (84.9, Grade.GOOD),
        (55.0, Grade.FAIR),
        (40.0, Grade.POOR),
        (39.9, Grade.VERY_POOR),
        (0.0, Grade.VERY_POOR),
    ],
)
def test_grades_of_the_deduct_method_follow_its_limits(index: float, grade: Grade) -> None:
    assert grades_of(np.array([index]), PARAMS.grade_limits(ConditionMethod.DEDUCT)) == [grade]
