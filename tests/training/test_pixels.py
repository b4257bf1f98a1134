"""The first convolution reads four pixels at once, and sums up the same."""

from __future__ import annotations

import numpy as np
from training.privacy.pixels import pair


def test_taps_on_four_pixels_at_once_sum_up_the_same() -> None:
    random = np.random.default_rng(4)
    taps = random.integers(-9, 10, (5, 3, 3, 3))
    picture = random.integers(-127, 129, (3, 12, 16))
    around = np.pad(picture, ((0, 0), (1, 0), (1, 0)))
    rows, columns = 6, 8
    plain = np.array(
        [
            [(taps * around[:, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3]).sum((1, 2, 3))
             for x in range(columns)]
            for y in range(rows)
        ]
    )  # fmt: skip
    fours = picture.reshape(3, rows, 2, columns, 2).transpose(2, 4, 0, 1, 3)
    around = np.pad(fours.reshape(12, rows, columns), ((0, 0), (1, 0), (1, 0)))
    new = pair(taps)
    assert new.shape == (5, 12, 2, 2)
    paired = np.array(
        [
            [(new * around[:, y : y + 2, x : x + 2]).sum((1, 2, 3)) for x in range(columns)]
            for y in range(rows)
        ]
    )
    np.testing.assert_array_equal(paired, plain)
    assert np.count_nonzero(new) == np.count_nonzero(taps)
