"""What the map can be coloured by: five classes, the first the best, and 0 for not known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from gatusyn.serve.index import CityIndex
from gatusyn.serve.layout import Floats, Ints, SectionColumns
from gatusyn.serve.map_layers import far_sections, near_sections
from gatusyn.serve.tiles import TileLayer

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


SEEN_AT_LEAST = (0.95, 0.75, 0.5, 0.25)
DAYS_AT_MOST = (30.0, 90.0, 180.0, 365.0)
WIDTH_AT_MOST = (10.0, 20.0, 30.0, 40.0)
BETTER_BY_AT_LEAST = (10.0, 3.0, -3.0, -10.0)
"""Points of the index; within 3 nothing is said to have changed."""


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
        return _rising(-seen, tuple(-one for one in SEEN_AT_LEAST))
    if theme is Theme.AGE:
        return _rising((now_s - columns.last_looks_s) / DAY_S, DAYS_AT_MOST)
    if theme is Theme.CERTAINTY:
        return _rising(columns.highs - columns.lows, WIDTH_AT_MOST)
    if before is None:
        return np.zeros(len(columns.grades), dtype=np.int64)
    return _rising(before.indices - columns.indices, tuple(-one for one in BETTER_BY_AT_LEAST))


def _rising(values: Floats, at_most: tuple[float, ...]) -> Ints:
    """Return 1 up to the first limit, included, 2 up to the second and so on; 0 for NaN."""
    classes = 1 + np.searchsorted(np.array(at_most), values, side="left")
    return np.where(np.isnan(values), 0, classes).astype(np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Painted:
    """A city's sections in the classes of a theme.

    Parameters
    ----------
    stamp
        Changes when what is shown does.
    classes
        Of every section, [sections].
    """

    stamp: str
    index: CityIndex
    classes: Ints

    @cached_property
    def by_class(self) -> tuple[tuple[int, float], ...]:
        """Counted sections of classes 0 to 5, and their metres."""
        layout = self.index.layout
        masks = [layout.counted & (self.classes == number) for number in range(6)]
        return tuple((int(own.sum()), float(layout.lengths_m[own].sum())) for own in masks)

    @cached_property
    def far_sections(self) -> TileLayer:
        """Sections for a whole town."""
        return far_sections(self.index.layout, self.classes, self._order, are_grades=False)

    @cached_property
    def near_sections(self) -> TileLayer:
        """Sections one by one."""
        index = self.index
        return near_sections(
            index.layout,
            index.columns,
            self._order,
            method=index.method_word,
            classes=self.classes,
        )

    @property
    def _order(self) -> Ints:
        return np.argsort(-self.classes, kind="stable")
