"""A chain's solution and covariances are those of the whole matrix, whatever its length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatusyn.locate.chain import solve_chain


def chain_of(count: int, size: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    whole = np.zeros((count * size, count * size))
    for i in range(count):
        span = min(2, count - i) * size
        part = rng.normal(size=(span, span))
        whole[i * size : i * size + span, i * size : i * size + span] += part @ part.T
    whole += 0.1 * np.eye(count * size)
    blocks = whole.reshape(count, size, count, size).swapaxes(1, 2)
    diagonal = np.array([blocks[i, i] for i in range(count)])
    below = np.array([blocks[i + 1, i] for i in range(count - 1)]).reshape(-1, size, size)
    return whole, diagonal, below


@given(count=st.integers(1, 40), size=st.integers(1, 4), seed=st.integers(0, 10_000))
def test_it_is_that_of_the_whole_matrix(count: int, size: int, seed: int) -> None:
    whole, diagonal, below = chain_of(count, size, seed)
    right = np.random.default_rng(seed + 1).normal(size=(count, size))
    solution, blocks = solve_chain(diagonal, below, right)
    inverse = np.linalg.inv(whole)
    assert solution.ravel() == pytest.approx(inverse @ right.ravel(), rel=1e-6, abs=1e-8)
    for i in range(count):
        own = inverse[i * size : (i + 1) * size, i * size : (i + 1) * size]
        assert blocks[i] == pytest.approx(own, rel=1e-6, abs=1e-8)


def test_what_is_given_stays_as_it_was() -> None:
    _, diagonal, below = chain_of(9, 3, 1)
    right = np.ones((9, 3))
    kept = [part.copy() for part in (diagonal, below, right)]
    solve_chain(diagonal, below, right)
    for before, after in zip(kept, (diagonal, below, right), strict=True):
        assert np.array_equal(before, after)
