"""Whether what is called with probability p is damaged in a share p of the cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from gatusyn.detect import Calibration, logit
from gatusyn.evaluate.cells import Bools, FrameCells, Reals
from gatusyn.evaluate.read_frames import Scored
from gatusyn.model import PixelClass

_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The cells (or regions) of one tenth: their mean probability and what is true of them."""

    probability: float
    true_share: float
    count: int


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
    count: int


def cells_of(
    frames: Sequence[FrameCells], damage: PixelClass, *, complete: bool = False
) -> tuple[Reals, Bools]:
    """Return the level and the truth of every counting cell of the frames that count."""
    own = [frame for frame in frames if complete or frame.marked[damage]]
    levels = [frame.level[damage][frame.lane] for frame in own]
    truth = [frame.truth[damage][frame.lane] for frame in own]
    return np.concatenate([np.empty(0), *levels]), np.concatenate([np.empty(0, bool), *truth])


def regions_of(
    frames: Sequence[Scored], damage: PixelClass, *, complete: bool = False
) -> tuple[Reals, Reals]:
    """Return the confidence of every judged region and the share of it that is damaged."""
    own = [
        region
        for frame in frames
        if complete or frame.cells.marked[damage]
        for region in frame.regions
        if region.damage is damage
    ]
    return np.array([r.confidence for r in own]), np.array([r.true_share for r in own])


def reliability(probability: Reals, truth: Bools | Reals) -> Reliability:
    """Compare probabilities with what is true, or the share that is, in ten equal bins."""
    place = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    bins = tuple(
        Bin(
            probability=float(probability[place == k].mean()),
            true_share=float(truth[place == k].mean()),
            count=int((place == k).sum()),
        )
        for k in range(_BINS)
        if (place == k).any()
    )
    off = sum(one.count * abs(one.probability - one.true_share) for one in bins)
    return Reliability(bins=bins, error=off / max(truth.size, 1), count=int(truth.size))


def fit_calibration(output: NDArray[np.floating], truth: Bools | Reals) -> Calibration:
    """Fit the two numbers of a calibration by maximum likelihood.

    What is true is drawn a little towards the middle, as Platt (1999) proposes, so that few
    examples do not make certain.

    Parameters
    ----------
    truth
        For each output whether it is right, or the share of it that is.

    Raises
    ------
    ValueError
        If all is true or nothing is, or what is true is not called surer.
    """
    right, wrong = float(np.sum(truth)), float(np.sum(1.0 - np.asarray(truth, np.float64)))
    if not right or not wrong:
        raise ValueError("examples of both right and wrong are needed")
    low, high = 1 / (wrong + 2), (right + 1) / (right + 2)
    target = low + (high - low) * np.asarray(truth, np.float64)
    x = logit(output)

    def loss(ab: Reals) -> tuple[float, Reals]:
        z = ab[0] * x + ab[1]
        off = 1 / (1 + np.exp(-z)) - target
        value = float(np.mean(np.logaddexp(0, z) - target * z))
        return value, np.array([np.mean(off * x), np.mean(off)])

    a, b = (float(v) for v in minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS").x)
    if a <= 0:
        raise ValueError("what is right is not called surer than what is wrong")
    return Calibration(a=a, b=b)
