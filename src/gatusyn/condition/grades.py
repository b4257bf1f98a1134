"""From an index to a grade."""

from __future__ import annotations

from collections.abc import Sequence

from gatusyn.model import Grade


def grade_of(index: float, limits: Sequence[float]) -> Grade:
    """Return the grade, 1 (very good) to 5 (very poor), of an index 0..100.

    Parameters
    ----------
    limits
        Lowest index of grades 1 to 4.
    """
    for number, limit in enumerate(limits, start=1):
        if index >= limit:
            return Grade.of_number(number)
    return Grade.VERY_POOR
