"""What changed on each street between two months, where it was looked at in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.serve.index import CityIndex
from gatusyn.serve.layout import Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetChange:
    """A street at two months' ends.

    Parameters
    ----------
    compared_m
        Metres that had a grade at the first month's end and were looked at and graded again after
        it: all that follows but ``new_m`` and ``unseen_m`` is of these.
    before, after
        Mean condition index, weighted by length; None where nothing can be compared.
    better_m, worse_m
        Metres of which the grade is better or worse than it was.
    new_m
        Metres graded after the first month's end for the first time.
    unseen_m
        Metres graded before, and not looked at since.
    """

    street: str
    compared_m: float
    before: float | None
    after: float | None
    better_m: float
    worse_m: float
    new_m: float
    unseen_m: float

    @property
    def difference(self) -> float | None:
        """How much the index rose; a street that got worse has less than 0."""
        return None if self.before is None or self.after is None else self.after - self.before


def street_changes(before: CityIndex, after: CityIndex, since_s: float) -> list[StreetChange]:
    """Compare every street of a town at two moments, in order of the alphabet.

    Parameters
    ----------
    before, after
        The town as it was known at two moments (``CityReader.index`` at a month), of one network.
    since_s
        The first of the moments: what was looked at after it counts as seen again, seconds since
        1970-01-01 UTC.
    """
    layout = after.layout
    old, new = before.columns, after.columns
    names = layout.street_names
    again = new.last_looks_s >= since_s
    had, has = old.grades > 0, new.grades > 0
    both = had & has & again

    def metres(own: NDArray[np.bool_]) -> Floats:
        weights = np.where(own & layout.counted, layout.lengths_m, 0.0)
        return _sums(layout.street_of, weights, len(names))

    def mean(indices: Floats) -> Floats:
        known = both & layout.counted
        weights = np.where(known, layout.lengths_m * np.nan_to_num(indices), 0.0)
        sums = _sums(layout.street_of, weights, len(names))
        with np.errstate(invalid="ignore", divide="ignore"):
            return sums / metres(both)

    columns: Sequence[Floats] = (
        metres(both),
        mean(old.indices),
        mean(new.indices),
        metres(both & (new.grades < old.grades)),
        metres(both & (new.grades > old.grades)),
        metres(has & ~had),
        metres(had & ~again),
    )
    return [
        StreetChange(
            street=names[place],
            compared_m=row[0],
            before=row[1] if row[0] > 0 else None,
            after=row[2] if row[0] > 0 else None,
            better_m=row[3],
            worse_m=row[4],
            new_m=row[5],
            unseen_m=row[6],
        )
        for place, row in enumerate(zip(*(own.tolist() for own in columns), strict=True))
    ]


def _sums(groups: Ints, weights: Floats, count: int) -> Floats:
    return np.bincount(groups, weights=weights, minlength=count).astype(np.float64)
