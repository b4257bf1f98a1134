"""Fits how long streets live to the town's own surveys: each street borrows from its family.

The model: a street's life is lognormal around its family's, a section's around its street's. A
family's is lognormal around the settings'. In the scale of ``wear_of`` an untreated section ages by
``years / scale``; the index measured is off by its own standard deviation, by uneven years and, a
whole survey alike, by ``survey_sigma``. All is reckoned on grids: no random numbers, no starting
values, the same result for any order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from gatusyn.economy.episodes import Episodes, cut_episodes
from gatusyn.economy.family_fit import FamilyFit, LifePrior, node_logs, survey_shift
from gatusyn.economy.likelihood import street_likelihoods
from gatusyn.model import EconomyParams, Stock, SurveyHistory

Reals = NDArray[np.float64]
_SHAPES = np.array([0.6, 0.8, 1.0, 1.25, 1.6])
_SHAPE_PRIOR = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
_ENOUGH_EPISODES = 1200
"""So many tell the courses' shape: more would only take time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lives:
    """How long surfaces live, as lognormal distributions.

    Parameters
    ----------
    log_life, log_sigma
        Mean and standard deviation of the natural logarithm of each section's life in years, shape
        [N]: its street's, and how sections differ within it.
    family_log_life, family_log_sigma
        The same of each family's typical street, shape [F].
    family_spread
        How much the streets' lives differ in each family, shape [F].
    shape
        Of the courses: ``course_shape``, or that of a few around it which the surveys fit best.
    episodes
        How many times of two surveys or more without treatment it rests on, by family, shape [F];
        where there are none, all is the settings'.
    """

    log_life: Reals
    log_sigma: Reals
    family_log_life: Reals
    family_log_sigma: Reals
    family_spread: Reals
    shape: float
    episodes: NDArray[np.int64]


def fit_lives(stock: Stock, params: EconomyParams, history: SurveyHistory | None = None) -> Lives:
    """Fit lives to a town's surveys; without any, return the settings' with what they leave open.

    Parameters
    ----------
    stock
        Says which sections are of one street (its chains) and of which family.
    """
    episodes = cut_episodes(history or SurveyHistory.none(), params)
    if not len(episodes):
        return _as_set(stock, params)
    town = _Town.of(stock, episodes, params)
    shape = _best_shape(town)
    fits, has_data = town.fits(shape, episodes)
    logs = node_logs(fits)
    weights = np.exp(logs - logsumexp(logs))
    mean, variance = np.empty(len(town.street_family)), np.empty(len(town.street_family))
    families = np.empty((len(fits), 3))
    for f, fit in enumerate(fits):
        mine = town.street_family == f
        typical, seen = fit.moments(weights)
        families[f] = typical
        mean[mine] = typical[0]
        variance[mine] = typical[1] ** 2 + typical[2] ** 2
        mean[mine & has_data], variance[mine & has_data] = seen
    return Lives(
        log_life=mean[stock.chain],
        log_sigma=np.sqrt(variance[stock.chain] + params.section_spread**2),
        family_log_life=families[:, 0],
        family_log_sigma=families[:, 1],
        family_spread=families[:, 2],
        shape=shape,
        episodes=np.bincount(stock.family[episodes.row], minlength=len(fits)),
    )


def _as_set(stock: Stock, params: EconomyParams) -> Lives:
    """Return the settings' lives, with what they leave open."""
    families = [params.families[name] for name in stock.families]
    log_life = np.log([one.life_years for one in families])
    sigma = np.array([params.life_sigma(one.life_trust) for one in families])
    spread = np.array([one.life_spread for one in families])
    whole = np.sqrt(sigma**2 + spread**2 + params.section_spread**2)
    return Lives(
        log_life=log_life[stock.family],
        log_sigma=whole[stock.family],
        family_log_life=log_life,
        family_log_sigma=sigma,
        family_spread=spread,
        shape=params.course_shape,
        episodes=np.zeros(len(families), np.int64),
    )


def with_lives(params: EconomyParams, lives: Lives) -> EconomyParams:
    """Return the settings with each family's fitted life and the fitted shape in place of theirs.

    What is reckoned from families (states, the programme) then goes by the town's own surveys.
    """
    families = {
        name: replace(family, life_years=float(np.exp(log_life)))
        for (name, family), log_life in zip(
            params.families.items(), lives.family_log_life.tolist(), strict=True
        )
    }
    return replace(params, families=families, course_shape=lives.shape)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Town:
    """What does not change from one shape to another."""

    stock: Stock
    params: EconomyParams
    episodes: Episodes
    priors: tuple[LifePrior, ...]
    street_family: NDArray[np.intp]

    @classmethod
    def of(cls, stock: Stock, episodes: Episodes, params: EconomyParams) -> _Town:
        street_family = np.zeros(int(stock.chain.max(initial=-1)) + 1, np.intp)
        street_family[stock.chain] = stock.family
        return cls(
            stock=stock,
            params=params,
            episodes=episodes,
            priors=tuple(LifePrior.of(name, params) for name in stock.families),
            street_family=street_family,
        )

    def fits(self, shape: float, episodes: Episodes) -> tuple[list[FamilyFit], NDArray[np.bool_]]:
        """Return each family's fit to these episodes, and which streets have any."""
        likelihood = street_likelihoods(
            episodes, self.stock.chain, len(self.street_family), shape, self.params
        )
        has_data = np.zeros(len(self.street_family), np.bool_)
        has_data[self.stock.chain[episodes.row]] = True
        fits = [
            FamilyFit.of(
                likelihood[(self.street_family == f) & has_data],
                prior,
                survey_shift(episodes, self.stock, f, shape, self.params),
            )
            for f, prior in enumerate(self.priors)
        ]
        return fits, has_data


def _best_shape(town: _Town) -> float:
    """Return the shape under which some of the streets' surveys are most probable."""
    every = -(-len(town.episodes) // _ENOUGH_EPISODES)
    some = town.episodes.of(town.stock.chain[town.episodes.row] % every == 0)
    shapes = np.clip(town.params.course_shape * _SHAPES, 0.5, 8.0)
    logs = [
        float(logsumexp(node_logs(town.fits(shape, some)[0])) + np.log(prior))
        for shape, prior in zip(shapes.tolist(), _SHAPE_PRIOR, strict=True)
    ]
    return float(shapes[int(np.argmax(logs))])
