"""Whether a cell that is called with probability p is damaged in a share p of the cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from gatusyn.detect import Calibration, logit
from gatusyn.evaluate.cells import Bools, FrameCells, Reals
from gatusyn.model import PixelClass

_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The cells whose probability lies in one tenth: their mean probability and what is true."""

    probability: float
    true_share: float
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """A reliability diagram.

    Parameters
    ----------
    error
        Expected calibration error (Naeini, Cooper and Hauskrecht 2015): the mean over cells of the
        difference between a bin's mean probability and its share of true cells.
    """

    bins: tuple[Bin, ...]
    error: float
    cells: int


def cells_of(
    frames: Sequence[FrameCells], damage: PixelClass, *, complete: bool = False
) -> tuple[Reals, Bools]:
    """Return the level and the truth of every counting cell of the frames that count."""
    own = [frame for frame in frames if complete or frame.marked[damage]]
    levels = [frame.level[damage][frame.lane] for frame in own]
    truth = [frame.truth[damage][frame.lane] for frame in own]
    return np.concatenate([np.empty(0), *levels]), np.concatenate([np.empty(0, bool), *truth])


def reliability(probability: Reals, truth: Bools) -> Reliability:
    """Compare probabilities with what is true, in ten bins of equal width."""
    place = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    bins = tuple(
        Bin(
            probability=float(probability[place == k].mean()),
            true_share=float(truth[place == k].mean()),
            cells=int((place == k).sum()),
        )
        for k in range(_BINS)
        if (place == k).any()
    )
    off = sum(one.cells * abs(one.probability - one.true_share) for one in bins)
    return Reliability(bins=bins, error=off / max(truth.size, 1), cells=int(truth.size))


def fit_calibration(levels: NDArray[np.floating], truth: Bools) -> Calibration:
    """Fit the two numbers of a calibration by maximum likelihood.

    Cells that hold the damage count as 1 - 1/(n + 2) and the others as 1/(m + 2), as Platt (1999)
    proposes, so that few cells do not make certain.

    Raises
    ------
    ValueError
        If all cells are damaged or none is, or the damaged ones are not called higher.
    """
    damaged, sound = int(truth.sum()), int((~truth).sum())
    if not damaged or not sound:
        raise ValueError("cells with and without the damage are needed")
    target = np.where(truth, (damaged + 1) / (damaged + 2), 1 / (sound + 2))
    x = logit(levels)

    def loss(ab: Reals) -> tuple[float, Reals]:
        z = ab[0] * x + ab[1]
        off = 1 / (1 + np.exp(-z)) - target
        value = float(np.mean(np.logaddexp(0, z) - target * z))
        return value, np.array([np.mean(off * x), np.mean(off)])

    a, b = (float(v) for v in minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS").x)
    if a <= 0:
        raise ValueError("damaged cells are not called higher than the others")
    return Calibration(a=a, b=b)
