"""The yardstick's figures over frames, with the uncertainty that comes from having few of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.evaluate.cells import FrameCells
from gatusyn.model import PixelClass

Reals = NDArray[np.float64]
Interval = tuple[float, float]

_RESAMPLES = 1000
_SEED = 20261122


@dataclass(frozen=True, slots=True, kw_only=True)
class CellScore:
    """How one damage was found over some frames.

    Parameters
    ----------
    precision, recall, f1
        Over all cells of the frames that count.
    extent_r
        Spearman's rank correlation over frames of the share of lane cells with the damage.
    extent_error, extent_bias
        Mean absolute difference of that share, called against true, and mean difference.
    called_where_unlabelled
        Share of lane cells called in frames in which none of the damage is marked: an upper bound
        of the false alarms where marks may be missing. None without such frames.
    frames
        Frames that count.
    f1_interval, precision_interval, recall_interval
        95 % bootstrap intervals; None where there is nothing to resample.
    """

    f1: float
    precision: float
    recall: float
    extent_r: float
    extent_error: float
    extent_bias: float
    called_where_unlabelled: float | None
    frames: int
    cells_true: int
    cells_called: int
    f1_interval: Interval | None = None
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None


def counts(frame: FrameCells, damage: PixelClass, threshold: float) -> tuple[int, int, int]:
    """Return how many cells are true and called, only called, and only true."""
    true, called = frame.true(damage), frame.called(damage, threshold)
    return int((true & called).sum()), int((~true & called).sum()), int((true & ~called).sum())


def score(
    frames: Sequence[FrameCells],
    damage: PixelClass,
    threshold: float,
    *,
    complete: bool = False,
    units: Sequence[str] | None = None,
) -> CellScore:
    """Score one damage.

    Parameters
    ----------
    complete
        Whether every damage is marked. If not, a frame without marks of the damage says nothing
        about it and does not count.
    units
        What to resample for the intervals, one name a frame (survey lines, say): frames of one
        line resemble each other. By default each frame is its own unit; no intervals for fewer
        than two units.
    """
    names = units if units is not None else [frame.name for frame in frames]
    counting = [complete or frame.marked[damage] for frame in frames]
    own = [frame for frame, counts_here in zip(frames, counting, strict=True) if counts_here]
    tallies = np.array([counts(frame, damage, threshold) for frame in own]).reshape(-1, 3)
    hit, false, missed = tallies.sum(axis=0)
    precision, recall, f1 = (float(value) for value in rates(tallies.sum(axis=0)))
    true, called = extents(own, damage, threshold)
    low_high = _intervals(tallies, [n for n, c in zip(names, counting, strict=True) if c])
    elsewhere = np.zeros(2)
    for frame in frames:
        if not frame.marked[damage]:
            elsewhere += frame.called(damage, threshold).sum(), frame.lane.sum()
    return CellScore(
        f1=f1,
        precision=precision,
        recall=recall,
        extent_r=rank_correlation(true, called),
        extent_error=float(np.abs(called - true).mean()) if true.size else 0.0,
        extent_bias=float((called - true).mean()) if true.size else 0.0,
        called_where_unlabelled=float(elsewhere[0] / elsewhere[1]) if elsewhere[1] else None,
        frames=true.size,
        cells_true=int(hit + missed),
        cells_called=int(hit + false),
        precision_interval=low_high[0],
        recall_interval=low_high[1],
        f1_interval=low_high[2],
    )


def extents(
    frames: Sequence[FrameCells], damage: PixelClass, threshold: float
) -> tuple[Reals, Reals]:
    """Return the share of lane cells with the damage, true and called, of frames with lane."""
    lanes = [(frame, frame.lane.sum()) for frame in frames if frame.lane.any()]
    true = [frame.true(damage).sum() / lane for frame, lane in lanes]
    called = [frame.called(damage, threshold).sum() / lane for frame, lane in lanes]
    return np.array(true, np.float64), np.array(called, np.float64)


def rates(tally: Reals) -> Reals:
    """Return precision, recall and F1 [..., 3] of counts (hit, false, missed) [..., 3]."""
    hit, false, missed = np.moveaxis(np.asarray(tally, np.float64), -1, 0)
    precision, recall = hit / np.maximum(hit + false, 1), hit / np.maximum(hit + missed, 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return np.stack([precision, recall, f1], axis=-1)


def rank_correlation(one: Reals, other: Reals) -> float:
    """Return Spearman's correlation with shared ranks for ties; 0 where one side does not vary."""
    a, b = _ranks(one), _ranks(other)
    if not a.size or not a.std() or not b.std():
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: Reals) -> Reals:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    shared: Reals = ((ends - counts + ends - 1) / 2)[inverse]
    return shared


def _intervals(tallies: Reals, units: Sequence[str]) -> list[Interval | None]:
    """Return 95 % percentile intervals (Efron 1979) of precision, recall and F1 over units."""
    names, of = np.unique(np.array(units, dtype=str), return_inverse=True)
    if len(names) < 2:
        return [None, None, None]
    sums = np.zeros((len(names), 3))
    np.add.at(sums, of, tallies)
    random = np.random.default_rng(_SEED)
    weights = random.multinomial(len(names), np.full(len(names), 1 / len(names)), _RESAMPLES)
    low, high = np.percentile(rates(weights @ sums), (2.5, 97.5), axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
