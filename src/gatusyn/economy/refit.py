"""Fits how long streets live to the town's own surveys: each street borrows from its family.

The model: a street's life is lognormal around its family's, a section's around its street's. A
family's is lognormal around the settings'. In the scale of ``wear_of`` an untreated section ages by
``years / scale``; the index measured is off by its own standard deviation, by uneven years and, a
whole survey alike, by ``survey_sigma``. All is reckoned on grids: no random numbers, no starting
values, the same result for any order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from gatusyn.economy.episodes import Episodes, cut_episodes
from gatusyn.economy.likelihood import LOG_LIVES, street_likelihoods
from gatusyn.model import EconomyParams, Stock, SurveyHistory, wear_of

Reals = NDArray[np.float64]
_LOG_MEDIANS = np.linspace(np.log(2.0), np.log(150.0), 431)
_SPREADS = np.array([0.4, 0.63, 1.0, 1.59, 2.5])
_SPREAD_PRIOR = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
_SHIFTS = np.linspace(-3.5, 3.5, 57)
_MOST_SHIFT = 1.0


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
    priors = [_FamilyPrior.of(name, params) for name in stock.families]
    street_family = np.zeros(int(stock.chain.max(initial=-1)) + 1, np.intp)
    street_family[stock.chain] = stock.family
    likelihood = street_likelihoods(episodes, stock.chain, len(street_family), params)
    shifts = np.array([_shift(episodes, stock, f, params) for f in range(len(priors))])
    has_data = np.zeros(len(street_family), np.bool_)
    has_data[stock.chain[episodes.row]] = True
    fits = [
        _FamilyFit.of(likelihood[(street_family == f) & has_data], prior)
        for f, prior in enumerate(priors)
    ]
    weights = _shift_weights(fits, shifts)
    mean, variance = np.empty(len(street_family)), np.empty(len(street_family))
    families = np.empty((len(priors), 3))
    for f, fit in enumerate(fits):
        mine = street_family == f
        typical, seen = fit.moments(weights, shifts[f])
        families[f] = typical
        mean[mine] = typical[0]
        variance[mine] = typical[1] ** 2 + typical[2] ** 2
        mean[mine & has_data], variance[mine & has_data] = seen
    counts = np.bincount(stock.family[episodes.row], minlength=len(priors))
    return Lives(
        log_life=mean[stock.chain],
        log_sigma=np.sqrt(variance[stock.chain] + params.section_spread**2),
        family_log_life=families[:, 0],
        family_log_sigma=families[:, 1],
        family_spread=families[:, 2],
        episodes=counts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _FamilyPrior:
    log_life: float
    sigma: float
    spread: float

    @classmethod
    def of(cls, name: str, params: EconomyParams) -> _FamilyPrior:
        family = params.families[name]
        return cls(
            log_life=float(np.log(family.life_years)),
            sigma=max(params.life_sigma(family.life_trust), 1e-3),
            spread=family.life_spread,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _FamilyFit:
    """What a family's streets say, for every median life and spread [spreads, medians].

    Parameters
    ----------
    evidence
        Logarithm of the probability of all its surveys, shape [spreads, medians].
    street_mean, street_square
        Mean of each street's log life and of its square, given these, shape [spreads, medians,
        streets].
    """

    prior: _FamilyPrior
    evidence: Reals
    street_mean: Reals
    street_square: Reals

    @classmethod
    def of(cls, likelihood: Reals, prior: _FamilyPrior) -> _FamilyFit:
        evidence, means, squares = [], [], []
        for spread in prior.spread * _SPREADS:
            kernel = np.exp(-0.5 * ((LOG_LIVES - _LOG_MEDIANS[:, None]) / spread) ** 2)
            kernel /= kernel.sum(axis=1, keepdims=True)
            whole = kernel @ likelihood.T
            evidence.append(np.log(whole).sum(axis=1))
            means.append(kernel @ (likelihood * LOG_LIVES).T / whole)
            squares.append(kernel @ (likelihood * LOG_LIVES**2).T / whole)
        return cls(
            prior=prior,
            evidence=np.stack(evidence) + np.log(_SPREAD_PRIOR)[:, None],
            street_mean=np.stack(means),
            street_square=np.stack(squares),
        )

    def joint(self, shift: float) -> Reals:
        """Return the log probability of each spread and median as seen, if surveys shift it so."""
        off = (_LOG_MEDIANS - shift - self.prior.log_life) / self.prior.sigma
        return self.evidence - 0.5 * off**2

    def moments(
        self, weights: Reals, shift: float
    ) -> tuple[tuple[float, float, float], tuple[Reals, Reals]]:
        """Return mean, sigma and spread of the family, then each street's mean and variance."""
        first = second = spread = 0.0
        mean = np.zeros(self.street_mean.shape[2])
        square = np.zeros_like(mean)
        for weight, z in zip(weights, _SHIFTS, strict=True):
            if weight < 1e-9:
                continue
            joint = self.joint(z * shift)
            probability = weight * np.exp(joint - logsumexp(joint))
            true = _LOG_MEDIANS - z * shift
            first += float((probability * true).sum())
            second += float((probability * true**2).sum())
            spread += float((probability.sum(axis=1) * _SPREADS).sum()) * self.prior.spread
            seen = np.tensordot(probability, self.street_mean, 2)
            mean += seen - weight * z * shift
            square += (
                np.tensordot(probability, self.street_square, 2)
                - 2.0 * z * shift * seen
                + weight * (z * shift) ** 2
            )
        sigma = max(second - first**2, 0.0) ** 0.5
        return (first, sigma, spread), (mean, np.maximum(square - mean**2, 0.0))


def _shift_weights(fits: list[_FamilyFit], shifts: Reals) -> Reals:
    """Return how probable it is that the surveys are off by so much, for each of ``_SHIFTS``."""
    logs = -0.5 * _SHIFTS**2
    for fit, shift in zip(fits, shifts.tolist(), strict=True):
        logs = logs + [float(logsumexp(fit.joint(z * shift))) for z in _SHIFTS]
    weights: Reals = np.exp(logs - logsumexp(logs))
    return weights


def _shift(episodes: Episodes, stock: Stock, family: int, params: EconomyParams) -> float:
    """Return by how much surveys that are off change a family's log life, as a standard deviation.

    A line through surveys at times t that are each off by ``survey_sigma`` has a slope that is off
    by ``survey_sigma / sqrt(sum (t - mean t)^2)``; against the slope that is there, that is the
    share by which lives seem longer or shorter.
    """
    mine = stock.family[episodes.row] == family
    if not mine.any():
        return 0.0
    number = np.repeat(
        np.arange(len(episodes)), np.diff(np.append(episodes.begins, len(episodes.index)))
    )
    ours = mine[number]
    sizes = np.bincount(number)
    sums = np.bincount(number, weights=episodes.since_years)
    squares = np.bincount(number, weights=episodes.since_years**2)
    base = float(np.median((squares - sums**2 / sizes)[mine]))
    course = params.course_of(params.families[stock.families[family]])
    index = np.clip(episodes.index[ours], 1.0, 99.0)
    wear = wear_of(index, course.shape)
    slope = course.shape * wear ** (course.shape - 1.0) * index / course.scale_years
    typical = float((slope**2).sum() / slope.sum())
    return float(min(params.survey_sigma / (typical * max(base, 1e-6) ** 0.5), _MOST_SHIFT))
