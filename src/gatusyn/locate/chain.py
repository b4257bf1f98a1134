"""A chain of normal variables, each tied to the next: their means and covariances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def solve_chain(diagonal: Floats, below: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Solve a symmetric block tridiagonal system, with the diagonal blocks of its inverse.

    Every second block is eliminated, then every second of those left, and so on (cyclic reduction:
    Golub and Van Loan, Matrix Computations, section 4.5.4), so that each of the few rounds is one
    call for many blocks. On the way back the blocks of the inverse follow from those of the rest
    (Takahashi's relations). For a Markov chain in information form these are the means and the
    covariances that a Kalman filter with a Rauch-Tung-Striebel smoother would give.

    Parameters
    ----------
    diagonal
        Blocks on the diagonal, shape [n, k, k], positive definite with the rest.
    below
        Block ``i`` is row ``i + 1``, column ``i``, shape [n - 1, k, k].
    right
        Right side, shape [n, k].

    Returns
    -------
    tuple of ndarray
        The solution [n, k], and the diagonal blocks of the inverse [n, k, k].
    """
    solution, blocks, _ = _reduced(diagonal, below, right[..., None])
    return solution[..., 0], blocks


def _reduced(diagonal: Floats, below: Floats, right: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the solution, and the blocks of the inverse on the diagonal and below it."""
    count = len(diagonal)
    inverse = np.asarray(np.linalg.inv(diagonal[::2]), dtype=np.float64)
    if count == 1:
        return inverse @ right, inverse, below
    # Odd rows are kept: `before` ties each to the even row before it, `after` to the one after it.
    before, after = below[::2], _turned(below[1::2])
    ties = len(after)
    by_before = inverse[: len(before)] @ _turned(before)
    by_after = inverse[1 : ties + 1] @ _turned(after)
    kept, kept_right = diagonal[1::2] - before @ by_before, right[1::2].copy()
    kept_right -= _turned(by_before) @ right[::2][: len(before)]
    kept[:ties] -= after @ by_after
    kept_right[:ties] -= _turned(by_after) @ right[::2][1 : ties + 1]
    # Of the next odd row's tie to this one, through the even row in between.
    kept_below = -before[1:] @ by_after[: len(before) - 1]
    odd, odd_block, odd_below = _reduced(kept, kept_below, kept_right)

    solution = np.empty_like(right)
    solution[1::2] = odd
    even = inverse @ right[::2]
    even[: len(before)] -= by_before @ odd
    even[1 : ties + 1] -= by_after @ odd[:ties]
    solution[::2] = even

    low = np.zeros_like(below)
    # Row odd, column even before it; and row even, column odd before it.
    low[::2] = -odd_block @ _turned(by_before)
    low[2::2] -= odd_below @ _turned(by_after[: len(before) - 1])
    low[1::2] = -by_after @ odd_block[:ties]
    low[1::2][: len(before) - 1] -= by_before[1:] @ odd_below
    blocks = np.empty_like(diagonal)
    blocks[1::2] = odd_block
    own = inverse.copy()
    own[: len(before)] -= by_before @ low[::2]
    own[1 : ties + 1] -= by_after @ _turned(low[1::2])
    blocks[::2] = own
    return solution, blocks, low


def _turned(blocks: Floats) -> Floats:
    return np.swapaxes(blocks, 1, 2)
