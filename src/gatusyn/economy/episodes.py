"""Cuts a section's surveys where something was done: only what lies between tells of ageing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import EconomyParams, SurveyHistory

Reals = NDArray[np.float64]
_JUMP_SIGMAS = 3.0
"""An index that rises by more than so many standard deviations was lifted by a treatment."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Episodes:
    """Times in which sections were left alone, with two surveys or more each.

    Parameters
    ----------
    row
        The section of each episode, shape [E].
    begins
        The first survey of each among the surveys below, shape [E].
    since_years
        Years since the episode's first survey, of each survey, shape [M].
    index, sigma
        Of each survey, shape [M].
    """

    row: NDArray[np.int32]
    begins: NDArray[np.intp]
    since_years: Reals
    index: Reals
    sigma: Reals

    def __len__(self) -> int:
        return len(self.row)

    @property
    def number(self) -> NDArray[np.intp]:
        """The episode of each survey, shape [M]."""
        sizes = np.diff(np.append(self.begins, len(self.index)))
        return np.repeat(np.arange(len(self)), sizes)

    def of(self, chosen: NDArray[np.bool_]) -> Episodes:
        """Return some of the episodes."""
        kept = chosen[self.number]
        sizes = np.bincount(self.number[kept], minlength=len(self))[chosen]
        return Episodes(
            row=self.row[chosen],
            begins=np.cumsum(sizes) - sizes,
            since_years=self.since_years[kept],
            index=self.index[kept],
            sigma=self.sigma[kept],
        )


def cut_episodes(history: SurveyHistory, params: EconomyParams) -> Episodes:
    """Cut histories where a treatment is recorded, or the index rises by more than noise can."""
    order = np.lexsort((history.time_years, history.row))
    row, time = history.row[order], history.time_years[order]
    index, sigma = history.index[order], history.sigma[order]
    done = _treatments_before(history, row, time)
    begins = np.ones(len(row), np.bool_)
    noise = np.sqrt(sigma[1:] ** 2 + sigma[:-1] ** 2 + 2.0 * params.survey_sigma**2)
    begins[1:] = (
        (row[1:] != row[:-1])
        | (done[1:] != done[:-1])
        | (index[1:] - index[:-1] > _JUMP_SIGMAS * noise)
    )
    number = np.cumsum(begins) - 1
    sizes = np.bincount(number, minlength=int(begins.sum()))
    kept = sizes[number] >= 2 if len(row) else np.empty(0, np.bool_)
    starts = np.flatnonzero(begins[kept])
    first = starts[np.cumsum(begins[kept]) - 1] if len(starts) else starts
    return Episodes(
        row=row[kept][starts],
        begins=starts,
        since_years=time[kept] - time[kept][first],
        index=index[kept],
        sigma=sigma[kept],
    )


def _treatments_before(
    history: SurveyHistory, row: NDArray[np.int32], time: Reals
) -> NDArray[np.intp]:
    """Return how many treatments of the town lie before each survey in order of section and time.

    The number changes from one survey of a section to its next where it was treated in between.
    """
    order = np.lexsort((history.treated_years, history.treated_row))
    rows = np.concatenate([history.treated_row[order], row])
    times = np.concatenate([history.treated_years[order], time])
    is_survey = np.arange(len(rows)) >= len(order)
    merged = np.lexsort((is_survey, times, rows))
    before = np.cumsum(~is_survey[merged])
    counts = np.empty(len(rows), np.intp)
    counts[merged] = before
    return counts[len(order) :]
