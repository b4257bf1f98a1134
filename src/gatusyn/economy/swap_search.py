"""A compiled loop that finds changes of one or two plans that gain, and are allowed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gatusyn.economy.prepared import Floats, Ints
from gatusyn.model.compiled import compiled, compiled_loop

_GAIN = 1e-6


@compiled
def find_swaps(
    piece: Ints, paid: Floats, priced: Floats, dear: float, left: Floats, taken: Ints
) -> int:
    """Take changes, the least in ``priced`` first, each alone or with the one that it is best with.

    What is left of a row is lost; what is used beyond it costs so many times more. No two changes
    taken are of the same piece. What two come to at the prices is no more than is lost where they
    gain: so few pairs need a look.

    Parameters
    ----------
    paid, priced
        How much more a change uses, at its price, [C, R], and comes to in all, rising.
    dear
        How many times its price what is used beyond what is allowed costs.
    left
        What may be used, at its price; changed by what is taken, [R].
    taken
        The changes taken, shape [2 * C].

    Returns
    -------
        How many are taken.
    """
    changes, rows = paid.shape
    free = np.ones(piece.max() + 1 if changes else 0, np.bool_)
    after = np.empty(rows)
    count, lost = 0, lost_of(left, dear)
    for a in range(changes):
        if priced[a] >= lost:
            break
        if not free[piece[a]]:
            continue
        for row in range(rows):
            after[row] = left[row] - paid[a, row]
        other = _other(a, piece, paid, priced, dear, after, free, lost - _GAIN - priced[a])
        if other < 0:
            continue
        count = _take(a, piece, paid, free, left, taken, count)
        if other != a:
            count = _take(other, piece, paid, free, left, taken, count)
        lost = lost_of(left, dear)
    return count


@compiled_loop
def _other(
    a: int,
    piece: Ints,
    paid: Floats,
    priced: Floats,
    dear: float,
    after: Floats,
    free: NDArray[np.bool_],
    best: float,
) -> int:
    """Return the later change that is best with one, or itself, or -1 where none is good enough.

    Parameters
    ----------
    after
        What is left after the first.
    best
        What both must lose less than, with what the second comes to.
    """
    other, alone = -1, lost_of(after, dear)
    if alone < best:
        best, other = alone, a
    # The row of which most is left, or lacks, rules out most.
    first = 0
    for row in range(len(after)):
        if abs(after[row]) > abs(after[first]):
            first = row
    for b in range(a + 1, len(piece)):
        most, both = best - priced[b], 0.0
        if most <= 0.0:
            break
        if abs(after[first] - paid[b, first]) >= most:
            continue
        for row in range(len(after)):
            spare = after[row] - paid[b, row]
            both += spare if spare >= 0.0 else -dear * spare
            if both >= most:
                break
        if both < most and free[piece[b]] and piece[b] != piece[a]:
            best, other = both + priced[b], b
    return other


@compiled_loop
def lost_of(left: Floats, dear: float) -> float:
    """Return what is left of rows, and so many times what is used beyond them, at their prices."""
    lost = 0.0
    for spare in left:
        lost += spare if spare >= 0.0 else -dear * spare
    return lost


@compiled_loop
def _take(
    change: int,
    piece: Ints,
    paid: Floats,
    free: NDArray[np.bool_],
    left: Floats,
    taken: Ints,
    count: int,
) -> int:
    taken[count] = change
    free[piece[change]] = False
    for row in range(len(left)):
        left[row] -= paid[change, row]
    return count + 1
