"""What the map can be coloured by: five classes, the first the best, and 0 for not known.

Programmes have up to five classes of years, and one for what is not in them.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from gatusyn.model import Grade
from gatusyn.serve.layout import Floats, Ints, SectionColumns

DAY_S = 86_400.0


class Theme(StrEnum):
    """What sections are coloured by."""

    GRADE = "grade"
    SEEN = "seen"
    """The share of the surface that was looked at."""
    AGE = "age"
    """How long ago somebody looked."""
    CERTAINTY = "certainty"
    """How wide the index's interval is."""
    CHANGE = "change"
    """The index against the period before, where both are known."""
    DEBT = "debt"
    """What it costs today to bring a square metre up to its target."""
    LIFE = "life"
    """Years until the section is due, nothing done: the median."""
    PROGRAMME = "programme"
    """The year in which a saved programme treats the section first."""


ECONOMY = (Theme.DEBT, Theme.LIFE, Theme.PROGRAMME)
"""Of a whole city with its settings, and of now: not of a store alone, nor of the past."""

COLOURS = {
    Grade.VERY_GOOD: "#2c7bb6",
    Grade.GOOD: "#abd9e9",
    Grade.FAIR: "#ffffbf",
    Grade.POOR: "#fdae61",
    Grade.VERY_POOR: "#d7191c",
    Grade.UNKNOWN: "#8d969b",
}
"""RdYlBu with five classes: told apart by the colour-blind and in print; grey is unknown."""

YEAR_COLOURS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
"""Viridis, the soonest the darkest: falls evenly in brightness, so that grey print tells it too."""

NOT_PLANNED = 6
NOT_PLANNED_COLOUR = "#cfd6d8"

SEEN_AT_LEAST = (0.95, 0.75, 0.5, 0.25)
DAYS_AT_MOST = (30.0, 90.0, 180.0, 365.0)
WIDTH_AT_MOST = (10.0, 20.0, 30.0, 40.0)
BETTER_BY_AT_LEAST = (10.0, 3.0, -3.0, -10.0)
"""Points of the index; within 3 nothing is said to have changed."""
SEK_M2_AT_MOST = (0.0, 200.0, 400.0, 800.0)
"""About: nothing, an overlay, milling and an overlay, with base course, rebuilding."""
YEARS_AT_LEAST = (15.0, 10.0, 5.0, 1.0)


def classes_of(
    theme: Theme, columns: SectionColumns, *, before: SectionColumns | None, now_s: float
) -> Ints:
    """Return the class of every section, 1 to 5, or 0 where it is not known, int64 [sections].

    Parameters
    ----------
    before
        The period before; None if there is none.
    now_s
        Seconds since 1970-01-01 UTC.
    """
    if theme is Theme.GRADE:
        return columns.grades
    if theme is Theme.SEEN:
        seen = np.where(columns.observed_shares > 0, columns.observed_shares, np.nan)
        return rising(-seen, tuple(-one for one in SEEN_AT_LEAST))
    if theme is Theme.AGE:
        return rising((now_s - columns.last_looks_s) / DAY_S, DAYS_AT_MOST)
    if theme is Theme.CERTAINTY:
        return rising(columns.highs - columns.lows, WIDTH_AT_MOST)
    if theme is not Theme.CHANGE or before is None:
        return np.zeros(len(columns.grades), dtype=np.int64)
    return rising(before.indices - columns.indices, tuple(-one for one in BETTER_BY_AT_LEAST))


def rising(values: Floats, at_most: tuple[float, ...]) -> Ints:
    """Return 1 up to the first limit, included, 2 up to the second and so on; 0 for NaN."""
    classes = 1 + np.searchsorted(np.array(at_most), values, side="left")
    return np.where(np.isnan(values), 0, classes).astype(np.int64)
