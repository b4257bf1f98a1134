"""What is believed of the sections' true indices: measured, and like the rest of their family."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from gatusyn.model import EconomyParams, Stock

Reals = NDArray[np.float64]
_STEP = 2.0
_GRID = np.arange(0.0, 100.0 + _STEP, _STEP)
_VALUES = 64
_FEW = 8
"""With fewer known sections a family's are taken to be like the whole town's."""
_ROUNDS = 100
_SMOOTH = 2.0
"""Points by which a family's distribution is smoothed: finer it cannot be told."""
_LEAST_SIGMA = 0.25
_EDGE = 0.5
"""An index so near to 0 or 100 was cut there: what was measured may lie beyond."""
_AT_ONCE = 8192


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Belief:
    """Indices that each section may truly have.

    Parameters
    ----------
    values
        Equally probable ones, rising, shape [N, 64]; NaN where no section of the town is known.
    is_estimated
        Where nobody looked: what is believed is the family's, and not the section's.
    """

    values: NDArray[np.float32]
    is_estimated: NDArray[np.bool_]

    @property
    def mean(self) -> Reals:
        """The expected index of each section, shape [N]."""
        return np.asarray(self.values.mean(axis=1, dtype=np.float64))

    @property
    def sigma(self) -> Reals:
        """The standard deviation of each section's index, shape [N]."""
        return np.asarray(self.values.std(axis=1, dtype=np.float64))

    def part(self, rows: slice) -> Belief:
        """Return the belief of some of the sections."""
        return Belief(values=self.values[rows], is_estimated=self.is_estimated[rows])

    def at(self, share: Reals) -> Reals:
        """Return the indices below which these shares of the probability lie, shape [N, shares]."""
        place = np.clip(share * _VALUES - 0.5, 0.0, _VALUES - 1.001)
        low = place.astype(np.intp)
        between: Reals = place - low
        index: Reals = (1.0 - between) * self.values[:, low] + between * self.values[:, low + 1]
        return index


def believe(stock: Stock) -> Belief:
    """Return what a survey says of the true indices.

    Measured values are spread wider than true ones, by what they are off: taken as they are, they
    make too many sections very bad. So each family's distribution of true indices is found first,
    of any form (the one under which the measurements are most probable, by expectation
    maximisation; Kiefer and Wolfowitz 1956, Laird 1978), and each section's is that, weighed with
    its own measurement: an unsure one is drawn further to its family (empirical Bayes).
    """
    known = stock.is_known
    values = np.full((len(stock), _VALUES), np.nan, np.float32)
    for f in range(len(stock.families)):
        mine = stock.family == f
        like = mine & known
        if like.sum() < _FEW:
            like = known
        if not (mine.any() and like.any()):
            continue
        family = _distribution(stock.index[like], stock.index_sigma[like])
        values[mine & ~known] = _equally_probable(family[None, :])
        rows = np.flatnonzero(mine & known)
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            own = family * _likelihood(stock.index[part], stock.index_sigma[part])
            values[part] = _equally_probable(own / own.sum(axis=1, keepdims=True))
    return Belief(values=values, is_estimated=~known)


def drawn_indices(belief: Belief, params: EconomyParams) -> Iterator[Reals]:
    """Yield possible true indices of all sections, ``draws`` of them; the same for the same seed.

    A whole survey may be off, too: what it is off by is drawn once for all sections.
    """
    rng = np.random.default_rng(params.seed)
    rows = np.arange(len(belief.values))
    for _ in range(params.draws):
        off = params.survey_sigma * rng.standard_normal()
        chosen = belief.values[rows, rng.integers(_VALUES, size=len(rows))]
        yield np.clip(chosen.astype(np.float64) + off, 0.0, 100.0)


def _likelihood(index: Reals, sigma: Reals) -> Reals:
    """Return how probable each measurement is at each true index of the grid, [sections, grid]."""
    width = np.maximum(sigma, _LEAST_SIGMA)[:, None]
    off = (index[:, None] - _GRID) / width
    # Half a step to either side: no measurement falls between the grid's points.
    near = ndtr(off + _STEP / 2.0 / width) - ndtr(off - _STEP / 2.0 / width)
    near = np.where(index[:, None] >= 100.0 - _EDGE, ndtr(-off + _STEP / 2.0 / width), near)
    near = np.where(index[:, None] <= _EDGE, ndtr(off + _STEP / 2.0 / width), near)
    return np.asarray(np.maximum(near, 1e-12))


def _distribution(index: Reals, sigma: Reals) -> Reals:
    """Return the distribution of the true indices over the grid."""
    pairs = np.column_stack([np.rint(index), np.rint(sigma * 2.0) / 2.0])
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    likelihood = _likelihood(kinds[:, 0], kinds[:, 1])
    shares = np.full(len(_GRID), 1.0 / len(_GRID))
    for _ in range(_ROUNDS):
        whole = likelihood @ shares
        shares = shares * (likelihood.T @ (counts / whole)) / counts.sum()
    kernel = np.exp(-0.5 * ((_GRID - _GRID[:, None]) / _SMOOTH) ** 2)
    smooth: Reals = (kernel / kernel.sum(axis=0)) @ shares
    return smooth


def _equally_probable(probability: Reals) -> NDArray[np.float32]:
    """Return equally probable indices of distributions over the grid, [rows, values]."""
    rows = np.arange(len(probability))[:, None]
    upto = np.cumsum(probability, axis=1)
    upto /= upto[:, -1:]
    share = (np.arange(_VALUES) + 0.5) / _VALUES
    # One sorted search for all rows: each row's running sums are moved behind the former's.
    cell = np.searchsorted((upto + rows).ravel(), (share + rows).ravel())
    cell = np.minimum(cell.reshape(len(rows), -1) - rows * len(_GRID), len(_GRID) - 1)
    before = np.where(cell > 0, np.take_along_axis(upto, np.maximum(cell - 1, 0), 1), 0.0)
    within = (share - before) / (np.take_along_axis(upto, cell, 1) - before)
    index = _GRID[cell] + _STEP * (within - 0.5)
    return np.asarray(np.clip(index, 0.0, 100.0), np.float32)
