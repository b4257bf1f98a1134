"""Agreement of two gradings: known kappas, and that intervals are over streets."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from gatusyn.evaluate.agreement import (
    Agreement,
    Estimate,
    agreement,
    rank_correlation,
    weighted_kappa,
)

RANDOM = np.random.default_rng(5)


def of(survey: np.ndarray, ours: np.ndarray, street: np.ndarray | None = None) -> Agreement:
    streets = np.arange(len(survey)) if street is None else street
    return agreement(survey, ours, -survey.astype(float), -ours.astype(float), streets)


def ends(figure: Estimate) -> tuple[float, float]:
    assert figure.low is not None
    assert figure.high is not None
    return figure.low, figure.high


def test_kappa_of_a_table_counted_by_hand() -> None:
    # Two raters, classes 1 and 3 only: 20 and 15 agree, 5 and 10 are two classes apart.
    table = np.zeros((5, 5))
    table[0, 0], table[0, 2], table[2, 0], table[2, 2] = 20, 5, 10, 15
    # Observed agreement 0.7, by chance 0.5: Cohen's kappa 0.4, whatever the weights of one gap.
    assert float(weighted_kappa(table, power=1)) == pytest.approx(0.4)
    assert float(weighted_kappa(table, power=2)) == pytest.approx(0.4)


def test_a_far_miss_counts_more_with_squares() -> None:
    near, far = np.diag([10.0] * 5), np.diag([10.0] * 5)
    near[0, 1] = near[1, 2] = near[2, 3] = near[3, 4] = 1.0
    far[0, 4] = 1.0
    assert weighted_kappa(near, power=1) == pytest.approx(weighted_kappa(far, power=1), abs=0.02)
    assert weighted_kappa(near, power=2) > weighted_kappa(far, power=2) + 0.02


def test_the_same_grades_agree_wholly_and_random_ones_by_chance() -> None:
    survey = RANDOM.integers(1, 6, 3000)
    same = of(survey, survey)
    assert (same.same, same.quadratic_kappa.value, same.bias.value) == (1.0, 1.0, 0.0)
    assert same.rank_correlation.value == pytest.approx(1.0)
    mixed = of(survey, RANDOM.permutation(survey))
    for figure in (mixed.linear_kappa, mixed.quadratic_kappa, mixed.rank_correlation):
        assert figure.value == pytest.approx(0.0, abs=0.06)
        assert ends(figure)[0] < 0.0 < ends(figure)[1]


def test_stricter_is_a_bias_above_nothing() -> None:
    survey = RANDOM.integers(1, 5, 500)
    done = of(survey, survey + 1)
    assert done.bias.value == 1.0
    assert done.within_one == 1.0
    assert done.same == 0.0
    assert done.rank_correlation.value == pytest.approx(1.0)


def test_what_is_all_alike_has_no_kappa() -> None:
    ones = np.ones(50, dtype=np.int64)
    done = of(ones, ones)
    assert done.quadratic_kappa.value is None
    assert done.rank_correlation.value is None
    assert done.same == 1.0


def test_many_sections_of_few_streets_are_less_sure() -> None:
    survey = RANDOM.integers(1, 6, 40).repeat(20)
    ours = np.clip(survey + RANDOM.integers(-1, 2, 40).repeat(20), 1, 5)
    apart = of(survey, ours)
    by_street = of(survey, ours, np.arange(40).repeat(20))
    (low, high), (lower, higher) = ends(apart.linear_kappa), ends(by_street.linear_kappa)
    assert higher - lower > 2 * (high - low)
    two = of(survey, ours, np.arange(2).repeat(400))
    assert (two.linear_kappa.low, two.rank_correlation.low) == (None, None)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=40))
def test_every_section_is_in_the_table_once(pairs: list[tuple[int, int]]) -> None:
    survey, ours = (np.array(column) for column in zip(*pairs, strict=True))
    done = of(survey, ours)
    assert sum(sum(row) for row in done.confusion) == len(pairs)
    assert sum(done.confusion[n][n] for n in range(5)) == round(done.same * len(pairs))
    kappa = done.linear_kappa.value
    assert kappa is None or -1.0 - 1e-9 <= kappa <= 1.0 + 1e-9
    assert kappa is None or not math.isnan(kappa)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=30
    )
)
def test_the_rank_correlation_is_spearman_s_of_the_repeated_sections(
    rows: list[tuple[int, int, int]],
) -> None:
    one, two, times = (np.array(column) for column in zip(*rows, strict=True))
    ours = rank_correlation(one, two, times.astype(float)) if times.sum() else math.nan
    first, second = np.repeat(one, times), np.repeat(two, times)
    if np.unique(first).size < 2 or np.unique(second).size < 2:
        assert math.isnan(ours)
    else:
        assert ours == pytest.approx(float(spearmanr(first, second).statistic), abs=1e-9)
