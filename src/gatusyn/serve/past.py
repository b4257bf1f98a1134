"""The town as it was known at the end of a month: grades that had been made of looks by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from gatusyn.serve.layout import Ints, SectionColumns

MONTH_PATTERN = r"^(19|20)\d\d-(0[1-9]|1[0-2])$"


def month_end_s(month: str) -> float:
    """Return the end of a month (UTC), as ``2026-05``, in seconds since 1970-01-01 UTC."""
    year, number = int(month[:4]), int(month[5:7])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(*following, 1, tzinfo=UTC).timestamp()


def month_of(time_s: float) -> str:
    """Return the month (UTC) of a moment, as ``2026-05``."""
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """What was known of every section at a moment.

    Parameters
    ----------
    period_of
        Place in the periods of the grade (or of the looks, where it was not graded); -1 where
        nobody had looked, int64 [sections].
    """

    columns: SectionColumns
    period_of: Ints


def known_by(periods: Sequence[SectionColumns], at_s: float) -> Past:
    """Return the newest grade of each section that was made of looks before a moment only.

    The store keeps one grade a period: one that later looks have a part in was not known yet, and
    the section has that of an earlier period, or none.

    Parameters
    ----------
    periods
        The columns of each period, oldest first; at least one.
    """
    count = len(periods[0].grades)
    grades, shares = np.zeros(count, dtype=np.int64), np.zeros(count)
    indices, lows, highs, looks = (np.full(count, np.nan) for _ in range(4))
    period_of = np.full(count, -1, dtype=np.int64)
    for number, one in enumerate(periods):
        seen = one.last_looks_s < at_s
        graded = seen & (one.grades > 0)
        # Too short a look later on does not take a grade away.
        taken = graded | (seen & (grades == 0))
        for target, source in (
            (grades, one.grades),
            (shares, one.observed_shares),
            (indices, one.indices),
            (lows, one.lows),
            (highs, one.highs),
            (looks, one.last_looks_s),
        ):
            target[taken] = source[taken]
        period_of[taken] = number
    columns = SectionColumns(
        grades=grades,
        indices=indices,
        lows=lows,
        highs=highs,
        observed_shares=shares,
        last_looks_s=looks,
    )
    return Past(columns=columns, period_of=period_of)
