"""From an index to a grade."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import Grade


def grades_of(index: NDArray[np.float64], limits: Sequence[float]) -> list[Grade]:
    """Return the grades, 1 (very good) to 5 (very poor), of indices 0..100.

    Parameters
    ----------
    limits
        Lowest index of grades 1 to 4, falling.
    """
    by_number = [Grade.of_number(number) for number in range(1, len(limits) + 2)]
    below = np.searchsorted(-np.asarray(limits), -index, side="left")
    return [by_number[place] for place in below.tolist()]
