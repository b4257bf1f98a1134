"""Channels are left out whose loss the others make good."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from training.privacy.columns import best_columns, root_of

Floats = NDArray[np.float64]


def _sums(columns: Floats, wanted: Floats) -> tuple[Floats, Floats]:
    with_one = np.column_stack([columns, np.ones(len(columns))])
    return with_one.T @ with_one, with_one.T @ wanted


def _error(columns: Floats, wanted: Floats) -> float:
    with_one = np.column_stack([columns, np.ones(len(columns))])
    mix = np.linalg.lstsq(with_one, wanted, rcond=None)[0]
    return float(((with_one @ mix - wanted) ** 2).sum())


def test_what_others_can_say_is_left_out_first() -> None:
    random = np.random.default_rng(3)
    own = random.normal(0, 1, (500, 3))
    # Columns 1 and 3 say nothing that the others together do not.
    columns = np.column_stack(
        [own[:, 0], own[:, 0] - own[:, 1] + 0.3, own[:, 1], 2 * own[:, 2] + own[:, 1], own[:, 2]]
    )
    wanted = columns @ random.normal(0, 1, (5, 2)) + 4.0
    kept, weights = best_columns(*_sums(columns, wanted), 3)
    assert len(kept) == 3
    assert list(kept) == sorted(kept)
    said = columns[:, kept] @ weights[:-1] + weights[-1]
    np.testing.assert_allclose(said, wanted, atol=0.01)


def test_those_kept_are_nearly_the_best_there_are() -> None:
    random = np.random.default_rng(5)
    mixed = random.normal(0, 1, (300, 8)) @ random.normal(0, 1, (8, 8))
    columns = np.clip(mixed, 0.0, 6.0)
    wanted = columns @ random.normal(0, 1, (8, 3)) + random.normal(0, 0.1, (300, 3))
    kept, weights = best_columns(*_sums(columns, wanted), 5)
    errors = sorted(_error(columns[:, list(some)], wanted) for some in combinations(range(8), 5))
    ours = _error(columns[:, kept], wanted)
    assert ours <= errors[2]
    assert ours < 0.5 * errors[len(errors) // 2]
    said = columns[:, kept] @ weights[:-1] + weights[-1]
    assert ((said - wanted) ** 2).sum() <= 1.01 * ours


def test_a_channel_that_never_answers_is_left_out() -> None:
    random = np.random.default_rng(7)
    columns = random.normal(0, 1, (200, 4))
    columns[:, 1] = 0.0
    wanted = columns.sum(axis=1, keepdims=True)
    kept, weights = best_columns(*_sums(columns, wanted), 3)
    assert list(kept) == [0, 2, 3]
    assert np.isfinite(weights).all()


def test_what_no_answer_feels_is_left_out_first() -> None:
    random = np.random.default_rng(5)
    columns = random.normal(0, 1, (500, 4)) * (3.0, 1.0, 3.0, 1.0)
    # Columns 0 and 2, the large ones, only move what is hardly felt.
    wanted = np.column_stack([columns[:, 0] + columns[:, 2], columns[:, 1] - columns[:, 3]])
    sums = _sums(columns, wanted)
    assert list(best_columns(*sums, 2)[0]) == [0, 2]
    kept, weights = best_columns(*sums, 2, feeling=np.diag([0.1, 1.0]))
    assert list(kept) == [1, 3]
    # Those that stay say what is wanted as well as they can, however little of it is felt.
    np.testing.assert_allclose(weights[:-1, 1], [1.0, -1.0], atol=0.01)
    np.testing.assert_allclose(weights, best_columns(*sums, 2, feeling=np.diag([1e-3, 1.0]))[1])


def test_a_root_gives_the_squares_back() -> None:
    slopes = np.random.default_rng(6).normal(0, 1, (200, 3)) * (5.0, 1.0, 0.0)
    squares = slopes.T @ slopes
    root = root_of(squares)
    np.testing.assert_allclose(root, root.T)
    least = 0.05 * np.eye(3)
    np.testing.assert_allclose(root @ root - least, squares / np.trace(squares) * 3, atol=1e-9)
    assert np.isfinite(root_of(np.zeros((2, 2)))).all()
