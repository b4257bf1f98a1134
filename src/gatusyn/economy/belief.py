"""What is believed of the sections' indices: measured, drawn towards their family's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import EconomyParams, Stock

Reals = NDArray[np.float64]
_FEW = 8
"""With fewer known sections a family's are taken to be like the whole town's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Belief:
    """A normal distribution of each section's true index, cut at 0 and 100.

    Parameters
    ----------
    mean, sigma
        In points, shape [N]; NaN where nobody looked and no section of the town is known.
    is_estimated
        Where nobody looked: what is believed is the family's, and not the section's.
    """

    mean: Reals
    sigma: Reals
    is_estimated: NDArray[np.bool_]


def believe(stock: Stock) -> Belief:
    """Return what a survey says of the true indices.

    Measured values are spread wider than true ones, by what they are off. So each is drawn towards
    its family's mean, as far as it is itself unsure (empirical Bayes with normal distributions):
    taken together, the beliefs are spread as the true values are, and an unsure survey makes
    neither more nor fewer bad sections.
    """
    known = stock.is_known
    mean, sigma = np.full(len(stock), np.nan), np.full(len(stock), np.nan)
    for f in range(len(stock.families)):
        mine = stock.family == f
        like = mine & known
        if like.sum() < _FEW:
            like = known
        if not like.any():
            continue
        middle, spread = _family(stock.index[like], stock.index_sigma[like])
        weight = spread**2 / (spread**2 + np.nan_to_num(stock.index_sigma[mine]) ** 2)
        measured = known[mine]
        mean[mine] = np.where(
            measured, middle + weight * (np.nan_to_num(stock.index[mine]) - middle), middle
        )
        sigma[mine] = np.where(
            measured, np.sqrt(weight) * np.nan_to_num(stock.index_sigma[mine]), spread
        )
    return Belief(mean=mean, sigma=sigma, is_estimated=~known)


def _family(index: Reals, sigma: Reals) -> tuple[float, float]:
    """Return mean and standard deviation of the true indices, by their moments."""
    spread = float(np.var(index)) - float(np.mean(sigma**2))
    return float(np.mean(index)), max(spread, 1.0) ** 0.5


def drawn_indices(belief: Belief, params: EconomyParams) -> Iterator[Reals]:
    """Yield possible true indices of all sections, ``draws`` of them; the same for the same seed.

    A whole survey may be off, too: what it is off by is drawn once for all sections.
    """
    rng = np.random.default_rng(params.seed)
    for _ in range(params.draws):
        off = params.survey_sigma * rng.standard_normal()
        chance = rng.standard_normal(len(belief.mean))
        yield np.clip(belief.mean + belief.sigma * chance + off, 0.0, 100.0)
