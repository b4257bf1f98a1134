"""What former surveys said of the sections, and where something was done between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model.errors import NetworkError

Reals = NDArray[np.float64]
Whole = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurveyHistory:
    """Every survey's values, M of them, and the treatments that are recorded, T of them.

    Parameters
    ----------
    row
        The section, as its row in the stock, shape [M].
    time_years
        When it was looked at, as a year with its fraction (2024.5), shape [M].
    index, sigma
        Condition index 0..100 and its standard deviation, shape [M]; unknown ones are left out.
    treated_row, treated_years
        Which section was treated and when, shape [T]; one treated at the time of a survey was
        treated before it.

    Raises
    ------
    NetworkError
        Names the first row that is wrong.
    """

    row: Whole
    time_years: Reals
    index: Reals
    sigma: Reals
    treated_row: Whole
    treated_years: Reals

    def __post_init__(self) -> None:
        sizes = {len(self.row), len(self.time_years), len(self.index), len(self.sigma)}
        if len(sizes) > 1 or len(self.treated_row) != len(self.treated_years):
            raise NetworkError("surveys", "the columns are not of one length")
        wrong = (
            ("has no section", self.row < 0),
            ("has no time", ~np.isfinite(self.time_years)),
            ("has an index that is not 0 to 100", ~((self.index >= 0.0) & (self.index <= 100.0))),
            ("has a standard deviation that is not above 0", ~(self.sigma > 0.0)),
        )
        for words, rows in wrong:
            if rows.any():
                raise NetworkError(
                    f"surveys, row {int(np.argmax(rows))}", words, "Correct or remove it."
                )

    @classmethod
    def none(cls) -> SurveyHistory:
        """Return the history of a town that was never surveyed before."""
        whole, reals = np.empty(0, np.int32), np.empty(0)
        return cls(
            row=whole,
            time_years=reals,
            index=reals,
            sigma=reals,
            treated_row=whole,
            treated_years=reals,
        )
