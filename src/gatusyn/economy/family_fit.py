"""What a family's surveys say of its typical life, of how streets differ, and of each street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from gatusyn.economy.episodes import Episodes
from gatusyn.economy.likelihood import LOG_LIVES
from gatusyn.model import EconomyParams, Stock, wear_of

Reals = NDArray[np.float64]
_LOG_MEDIANS = np.linspace(np.log(2.0), np.log(150.0), 216)
_SPREADS = np.array([0.4, 0.63, 1.0, 1.59, 2.5])
_SPREAD_PRIOR = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
_NORMALS = np.linspace(-3.5, 3.5, 21)
NODES = np.stack(np.meshgrid(_NORMALS, _NORMALS), axis=-1).reshape(-1, 2)
"""What all families have in common, in standard deviations: how far surveys are off, and lives."""
_MOST_SHIFT = 1.0
_LEAST_SIGMA, _LEAST_SPREAD = 0.03, 0.04
"""Narrower distributions fall between the grids' points."""
_UNLIKELY = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class LifePrior:
    """A family's life before any survey: lognormal.

    Half of the variance is common to all families: who told lives that are too long for one kind of
    street told them so for the others.

    Parameters
    ----------
    log_life, sigma
        Mean and standard deviation of the natural logarithm of the typical street's life.
    spread
        Standard deviation between streets.
    """

    log_life: float
    sigma: float
    spread: float

    @classmethod
    def of(cls, name: str, params: EconomyParams) -> LifePrior:
        """Return what the settings say of a family."""
        family = params.families[name]
        return cls(
            log_life=float(np.log(family.life_years)),
            sigma=max(params.life_sigma(family.life_trust), _LEAST_SIGMA),
            spread=max(family.life_spread, _LEAST_SPREAD),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FamilyFit:
    """What a family's streets say, for every spread and median of lives.

    Parameters
    ----------
    prior
        What was thought before.
    shift
        By how much a survey that is off by one standard deviation moves the log lives seen.
    evidence
        Logarithm of the probability of all its surveys, shape [spreads, medians].
    street_mean, street_square
        Mean of each street's log life and of its square, given these, shape [spreads x medians,
        streets].
    """

    prior: LifePrior
    shift: float
    evidence: Reals
    street_mean: Reals
    street_square: Reals

    @classmethod
    def of(cls, likelihood: Reals, prior: LifePrior, shift: float) -> FamilyFit:
        """Weigh the streets' log likelihoods [streets, lives] for every spread and median."""
        top = likelihood.max(axis=1, keepdims=True)
        share = np.exp(np.maximum(likelihood - top, -200.0))
        evidence, means, squares = [], [], []
        for spread in np.maximum(prior.spread * _SPREADS, _LEAST_SPREAD):
            kernel = np.exp(-0.5 * ((LOG_LIVES - _LOG_MEDIANS[:, None]) / spread) ** 2)
            kernel /= kernel.sum(axis=1, keepdims=True)
            whole = kernel @ share.T
            evidence.append(np.log(whole).sum(axis=1) + float(top.sum()))
            means.append(kernel @ (share * LOG_LIVES).T / whole)
            squares.append(kernel @ (share * LOG_LIVES**2).T / whole)
        return cls(
            prior=prior,
            shift=shift,
            evidence=np.stack(evidence) + np.log(_SPREAD_PRIOR)[:, None],
            street_mean=np.concatenate(means),
            street_square=np.concatenate(squares),
        )

    @property
    def has_streets(self) -> bool:
        """Whether any of its streets was surveyed before."""
        return bool(self.street_mean.shape[1] > 0)

    def joint(self) -> Reals:
        """Return the log probability of the surveys, [nodes, spreads x medians]."""
        own = self.prior.sigma / 2.0**0.5
        middle = self.prior.log_life + NODES @ np.array([self.shift, own])
        off = (_LOG_MEDIANS - middle[:, None]) / own
        # The medians' weights add up to 1 at every node, also where the grid cuts them.
        weight = -0.5 * off**2
        weight -= logsumexp(weight, axis=1, keepdims=True)
        return np.asarray((weight[:, None, :] + self.evidence).reshape(len(NODES), -1))

    def moments(self, weights: Reals) -> tuple[tuple[float, float, float], tuple[Reals, Reals]]:
        """Return mean, sigma and spread of the family, then each street's mean and variance.

        Parameters
        ----------
        weights
            How probable each of ``NODES`` is.
        """
        kept = weights > _UNLIKELY
        joint = self.joint()[kept]
        share = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
        share *= (weights[kept] / weights[kept].sum())[:, None]
        off = self.shift * NODES[kept, :1]
        true = np.tile(_LOG_MEDIANS, len(_SPREADS)) - off
        first = float((share * true).sum())
        sigma = max(float((share * true**2).sum()) - first**2, 0.0) ** 0.5
        spread = self.prior.spread * float(
            share.sum(axis=0) @ np.repeat(_SPREADS, len(_LOG_MEDIANS))
        )
        seen = share @ self.street_mean
        own = share.sum(axis=1)[:, None]
        mean = (seen - off * own).sum(axis=0)
        square = (share @ self.street_square - 2.0 * off * seen + off**2 * own).sum(axis=0)
        return (first, sigma, spread), (mean, np.maximum(square - mean**2, 0.0))


def node_logs(fits: list[FamilyFit]) -> Reals:
    """Return the log probability of all families' surveys at each of ``NODES``, and of the node."""
    logs: Reals = -0.5 * (NODES**2).sum(axis=1)
    logs -= logsumexp(logs)
    for fit in fits:
        if fit.has_streets:
            logs += logsumexp(fit.joint(), axis=1)
    return logs


def survey_shift(episodes: Episodes, stock: Stock, family: int, params: EconomyParams) -> float:
    """Return by how much surveys that are off change a family's log life, as a standard deviation.

    A line through surveys at times t that are each off by ``survey_sigma`` has a slope that is off
    by ``survey_sigma / sqrt(sum (t - mean t)^2)``; against the slope that is there, that is the
    share by which lives seem longer or shorter.
    """
    mine = stock.family[episodes.row] == family
    if not mine.any():
        return 0.0
    number = episodes.number
    ours = mine[number]
    sizes = np.bincount(number)
    sums = np.bincount(number, weights=episodes.since_years)
    squares = np.bincount(number, weights=episodes.since_years**2)
    base = float(np.median((squares - sums**2 / sizes)[mine]))
    shape = params.course_shape
    pace = float(wear_of(params.life_end_index, shape))
    pace /= params.families[stock.families[family]].life_years
    index = np.clip(episodes.index[ours], 1.0, 99.0)
    slope = shape * wear_of(index, shape) ** (shape - 1.0) * index * pace
    typical = float((slope**2).sum() / slope.sum())
    return float(min(params.survey_sigma / (typical * max(base, 1e-6) ** 0.5), _MOST_SHIFT))
