"""Positive definite matrices, in compiled loops: the same digits on every machine.

Only the upper half of a matrix is read and written. Rows go together as they lie in memory. Source:
Golub and Van Loan, Matrix Computations (2013), 3.1 and 4.2.
"""

from __future__ import annotations

import math

import numpy as np

from gatusyn.findings.placed import Floats
from gatusyn.model.compiled import compiled


@compiled
def _take_off(row: Floats, other: Floats, times: float) -> None:
    """Take a multiple of one row off another."""
    for at in range(len(row)):
        row[at] -= times * other[at]


@compiled
def factor(matrix: Floats) -> None:
    """Put the upper Cholesky factor in a matrix's place."""
    for j in range(len(matrix)):
        pivot = math.sqrt(matrix[j, j])
        for k in range(j, len(matrix)):
            matrix[j, k] /= pivot
        for i in range(j + 1, len(matrix)):
            # Damages that no pass saw together have nothing to do with each other.
            if matrix[j, i] != 0.0:
                _take_off(matrix[i, i:], matrix[j, i:], matrix[j, i])


@compiled
def solve(upper: Floats, right: Floats) -> None:
    """Put the solution in the place of the right side of equations; given the matrix's factor."""
    size = len(upper)
    for j in range(size):
        right[j] /= upper[j, j]
        _take_off(right[j + 1 :], upper[j, j + 1 :], right[j])
    for i in range(size - 1, -1, -1):
        left = right[i]
        for k in range(i + 1, size):
            left -= upper[i, k] * right[k]
        right[i] = left / upper[i, i]


@compiled
def _inverted(upper: Floats) -> Floats:
    """Return the inverse of an upper triangle."""
    size = len(upper)
    result = np.zeros((size, size))
    for i in range(size - 1, -1, -1):
        result[i, i] = 1.0
        for k in range(i + 1, size):
            if upper[i, k] != 0.0:
                _take_off(result[i, k:], result[k, k:], upper[i, k])
        for k in range(i, size):
            result[i, k] /= upper[i, i]
    return result


@compiled
def inverse(matrix: Floats) -> Floats:
    """Return the inverse of a matrix, whole; the matrix is lost."""
    factor(matrix)
    upper = _inverted(matrix)
    size = len(matrix)
    result = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            sum_ = 0.0
            for k in range(j, size):
                sum_ += upper[i, k] * upper[j, k]
            result[i, j] = result[j, i] = sum_
    return result


@compiled
def diagonal_of_inverse(upper: Floats) -> Floats:
    """Return the blocks of two on the diagonal of a matrix's inverse, given its factor.

    Returns
    -------
    ndarray
        First on the diagonal, beside it, second on the diagonal [blocks, 3].
    """
    half = _inverted(upper)
    result = np.zeros((len(upper) // 2, 3))
    for block in range(len(result)):
        first, second = half[2 * block, 2 * block :], half[2 * block + 1, 2 * block :]
        for k in range(len(first)):
            result[block, 0] += first[k] * first[k]
            result[block, 1] += first[k] * second[k]
            result[block, 2] += second[k] * second[k]
    return result
