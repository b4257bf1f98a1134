"""Multipliers at which plans that are known are best."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gatusyn.economy.choose import BARRED, Pool, fitting
from gatusyn.economy.mix import best_mix, softened_best

ONE = Pool(
    value=np.array([[10.0, 4.0, 0.0]]),
    use=np.array([[[0.0], [1.0], [3.0]]]),
    allowed=np.array([0.5]),
)
"""At prices below 6 the second or third plan is best, above it the first, which uses nothing."""


def height(pool: Pool, multipliers: NDArray[np.float64]) -> float:
    """Return what no choice comes to less than, as Lagrange has it."""
    best = (pool.value + pool.use @ multipliers).min(axis=1)
    return float(best.sum() - multipliers @ pool.allowed)


def test_the_price_is_that_at_which_two_plans_are_as_good() -> None:
    found = softened_best(ONE, np.array([5.0]), most=0.5, soft=0.001)
    assert found == pytest.approx([6.0], rel=1e-3)


def test_it_goes_no_further_than_it_may() -> None:
    found = softened_best(ONE, np.array([5.0]), most=0.05, soft=0.001)
    assert found == pytest.approx([5.0 * np.exp(0.05)])


@given(seed=st.integers(0, 10_000))
def test_it_never_ends_lower_than_it_began(seed: int) -> None:
    generator = np.random.default_rng(seed)
    use = generator.uniform(0.0, 5.0, (6, 4, 2))
    use[:, 0] = 0.0
    value = 30.0 - 4.0 * use.sum(axis=2) + generator.uniform(0.0, 5.0, (6, 4))
    pool = Pool(value=value, use=use, allowed=np.array([6.0, 6.0]))
    near, soft = np.array([2.0, 3.0]), 0.01
    found = softened_best(pool, near, most=0.5, soft=soft)
    # Softening lowers what a piece comes to by so much at most.
    slack = 6 * soft * np.log(4)
    assert height(pool, found) >= height(pool, near) - slack


def test_a_mix_of_plans_that_fit_has_no_part_of_one_that_no_budget_pays_for() -> None:
    pool = Pool(
        value=np.array([[9.0, 0.0, 5.0], [9.0, 0.0, 0.0]]),
        use=np.array([[[0.0], [3.0], [1.0]], [[4.0], [5.0], [6.0]]]),
        allowed=np.array([2.0]),
    )
    fit = fitting(pool)
    assert fit.value.tolist() == [[9.0, BARRED, 5.0], [9.0, 0.0, 0.0]]
    alone = Pool(value=pool.value[:1], use=pool.use[:1], allowed=pool.allowed)
    assert best_mix(alone, np.array([3.0]))[0][0, 1] > 0.4
    assert best_mix(fitting(alone), np.array([3.0]))[0][0].tolist() == [0.0, 0.0, 1.0]
