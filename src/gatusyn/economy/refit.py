"""Fits how long streets live to the town's own surveys: each street borrows from its family.

The model: a street's life is lognormal around its family's, a section's around its street's. A
family's is lognormal around the settings', half of the variance common to all families. In the
scale of ``wear_of`` an untreated section ages by ``years / scale``; a street may stray from that by
``course_sigma`` at one part of its course. The index measured is off by its own standard deviation,
by uneven years and, a whole survey alike, by ``survey_sigma``. All is reckoned on grids: no random
numbers, no starting values, the same result for any order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from gatusyn.economy.episodes import cut_episodes
from gatusyn.economy.family_fit import FamilyFit, LifePrior, node_logs, survey_shift
from gatusyn.economy.likelihood import street_likelihoods
from gatusyn.model import EconomyParams, Stock, SurveyHistory

Reals = NDArray[np.float64]


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
    episodes
        How many times of two surveys or more without treatment it rests on, by family, shape [F];
        where there are none, all is the settings'.
    """

    log_life: Reals
    log_sigma: Reals
    family_log_life: Reals
    family_log_sigma: Reals
    family_spread: Reals
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
    street_family = np.zeros(int(stock.chain.max(initial=-1)) + 1, np.intp)
    street_family[stock.chain] = stock.family
    has_data = np.zeros(len(street_family), np.bool_)
    has_data[stock.chain[episodes.row]] = True
    likelihood = street_likelihoods(episodes, stock.chain, len(street_family), params)
    fits = [
        FamilyFit.of(
            likelihood[(street_family == f) & has_data],
            LifePrior.of(name, params),
            survey_shift(episodes, stock, f, params),
        )
        for f, name in enumerate(stock.families)
    ]
    logs = node_logs(fits)
    weights = np.exp(logs - logsumexp(logs))
    mean, variance = np.empty(len(street_family)), np.empty(len(street_family))
    families = np.empty((len(fits), 3))
    for f, fit in enumerate(fits):
        mine = street_family == f
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
        episodes=np.zeros(len(families), np.int64),
    )


def with_lives(params: EconomyParams, lives: Lives) -> EconomyParams:
    """Return the settings with each family's fitted life in place of its own.

    What is reckoned from families (states, the programme) then goes by the town's own surveys.
    """
    families = {
        name: replace(family, life_years=float(np.exp(log_life)))
        for (name, family), log_life in zip(
            params.families.items(), lives.family_log_life.tolist(), strict=True
        )
    }
    return replace(params, families=families)
