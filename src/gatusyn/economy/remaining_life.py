"""How many years are left until a section meets its trigger: a distribution, not a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from gatusyn.economy.belief import Belief
from gatusyn.economy.refit import Lives
from gatusyn.model import EconomyParams, Stock, wear_of

Reals = NDArray[np.float64]
QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
_POINTS = 512
_SECTIONS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RemainingLife:
    """Years until each section's index is at its trigger, nothing done.

    Parameters
    ----------
    years
        By ``QUANTILES``, shape [N, 7]; 0 is at or below it now. NaN where no section of the town is
        known.
    is_estimated
        Where nobody looked: the family's, and not the section's.
    """

    years: Reals
    is_estimated: NDArray[np.bool_]

    def at(self, quantile: float) -> Reals:
        """Return the years of one of ``QUANTILES``, shape [N]."""
        return self.years[:, QUANTILES.index(quantile)]


def remaining_life(
    stock: Stock, belief: Belief, lives: Lives, params: EconomyParams
) -> RemainingLife:
    """Return the distribution of remaining lives.

    It holds what is unsure of the index (its own, and the survey's as a whole), of the street's and
    the section's life, and of how unevenly years wear. Every section is tried with the same points
    of a scrambled Sobol sequence, so that none depends on the others or on their order.
    """
    shares = qmc.Sobol(4, seed=np.random.default_rng(params.seed)).random(_POINTS)
    points = ndtri(shares)
    trigger = np.array([params.families[name].trigger for name in stock.families])[stock.family]
    end = float(wear_of(params.life_end_index, params.course_shape))
    years = np.empty((len(stock), len(QUANTILES)))
    for start in range(0, len(stock), _SECTIONS_AT_ONCE):
        part = slice(start, start + _SECTIONS_AT_ONCE)
        index = belief.part(part).at(shares[:, 0]) + params.survey_sigma * points[:, 3]
        index = np.clip(index, 0.0, 100.0)
        # What is ahead is another part of the course than what was seen: it may stray there, too.
        unsure = np.hypot(lives.log_sigma[part], params.course_sigma)[:, None]
        log_life = lives.log_life[part][:, None] + unsure * points[:, 1]
        due = wear_of(trigger[part], params.course_shape)[:, None]
        wear = np.minimum(wear_of(index, params.course_shape), due)
        even = (due - wear) * np.exp(log_life) / end
        years[part] = np.quantile(
            _uneven(even, params.yearly_noise * points[:, 2]), QUANTILES, axis=1
        ).T
    return RemainingLife(years=years, is_estimated=belief.is_estimated)


def _uneven(even_years: Reals, noise: Reals) -> Reals:
    """Return the years in which so much is worn, when T years wear ``T + noise sqrt(T)``."""
    root = (np.sqrt(noise**2 + 4.0 * even_years) - noise) / 2.0
    return root**2
