"""How probable a street's surveys are for each life that its surface may have."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp

from gatusyn.economy.episodes import Episodes
from gatusyn.model import EconomyParams, wear_of

Reals = NDArray[np.float64]
Floats = NDArray[np.float32]
LOG_LIVES = np.linspace(np.log(2.5), np.log(120.0), 65)
"""Natural logarithms of the lives, in years, that are tried."""
_FIRST_WEARS = 85
"""How many wears at an episode's first survey are tried, from new to index 1."""
_EPISODES_AT_ONCE = 400
_EDGE = 0.5
"""An index so near to 0 or 100 was cut there: it may have been beyond."""


def street_likelihoods(
    episodes: Episodes,
    street: NDArray[np.integer],
    streets: int,
    params: EconomyParams,
) -> Reals:
    """Return the log likelihood of each street's life, shape [streets, lives].

    It is that of an episode's later surveys, given its first: how sections came to be as they were
    then is not asked.

    Parameters
    ----------
    street
        Of each section.
    streets
        How many there are; one without surveys has 0 everywhere.
    """
    logs: Reals = np.zeros((streets, len(LOG_LIVES)))
    within = _kernel(params.section_spread)
    for start in range(0, len(episodes), _EPISODES_AT_ONCE):
        chosen = slice(start, start + _EPISODES_AT_ONCE)
        section = _of_episodes(episodes, chosen, params)
        top = section.max(axis=1, keepdims=True)
        spread = np.log(np.maximum(np.exp(section - top) @ within.T, 1e-30)) + top
        np.add.at(logs, street[episodes.row[chosen]], spread)
    # A street's sections are at one part of the course, which may be off there for all of them.
    top = logs.max(axis=1, keepdims=True)
    off = np.exp(np.maximum(logs - top, -200.0)) @ _kernel(params.course_sigma).T
    logs = np.log(np.maximum(off, 1e-80)) + top
    logs[~_has_any(episodes, street, streets)] = 0.0
    return logs


def _has_any(episodes: Episodes, street: NDArray[np.integer], streets: int) -> NDArray[np.bool_]:
    has = np.zeros(streets, np.bool_)
    has[street[episodes.row]] = True
    return has


def _of_episodes(episodes: Episodes, chosen: slice, params: EconomyParams) -> Reals:
    """Return the log likelihood of each section's life [episodes, lives].

    It is averaged over the wear at the first survey, each as probable as any other.
    """
    ends = np.append(episodes.begins, len(episodes.index))
    begins = episodes.begins[chosen]
    first, last = int(begins[0]), int(ends[chosen.start + len(begins)])
    surveys = slice(first, last)
    shape, end = params.course_shape, float(wear_of(params.life_end_index, params.course_shape))
    pace: Floats = (end / np.exp(LOG_LIVES)).astype(np.float32)
    since = episodes.since_years[surveys].astype(np.float32)[:, None, None]
    sigma = episodes.sigma[surveys].astype(np.float32)[:, None, None]
    first_wears = np.linspace(0.0, float(wear_of(1.0, shape)), _FIRST_WEARS, dtype=np.float32)
    wear = first_wears + since * pace[:, None]
    index = 100.0 * np.exp(-(wear**shape))
    steepness = shape * wear ** (shape - 1.0) * index
    uneven = steepness * pace[:, None] * (params.yearly_noise * np.sqrt(since))
    width = np.sqrt(sigma**2 + uneven**2)
    fits = _log_density(episodes.index[surveys], index.astype(np.float32), width.astype(np.float32))
    whole = logsumexp(np.add.reduceat(fits, begins - first, axis=0), axis=2)
    # The first survey alone is as probable for one life as for another.
    alone = logsumexp(fits[begins - first][:, :1], axis=2)
    return np.asarray(whole - alone, np.float64)


def _log_density(measured: Reals, index: NDArray[np.float32], width: Floats) -> Floats:
    """Return the log density of measured indices [M] around true ones [M, lives, wears].

    One that was cut at 0 or 100 counts as all that lies beyond.
    """
    value = measured.astype(np.float32)[:, None, None]
    off = (value - index) / width
    logs = -0.5 * off**2 - np.log(width)
    for cut, side in ((measured >= 100.0 - _EDGE, -1.0), (measured <= _EDGE, 1.0)):
        if cut.any():
            logs[cut] = log_ndtr(side * off[cut])
    return logs


def _kernel(spread: float) -> Reals:
    """Return how lives that are seen are spread around a true one, [true lives, seen lives]."""
    if spread <= 0.0:
        return np.eye(len(LOG_LIVES))
    kernel = np.exp(-0.5 * ((LOG_LIVES - LOG_LIVES[:, None]) / spread) ** 2)
    whole: Reals = kernel.sum(axis=1, keepdims=True)
    return kernel / whole
