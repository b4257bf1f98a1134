"""Which threshold to work at: by cells (F1), or by the extent that a section's grade is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gatusyn.evaluate.cells import FrameCells
from gatusyn.evaluate.scores import CellScore, extents, rank_correlation, score
from gatusyn.model import PixelClass

THRESHOLDS = tuple(round(0.05 * k, 2) for k in range(1, 20))
#: What a threshold may be chosen by: a figure of ``CellScore``, and whether more is better.
AIMS: Mapping[str, bool] = {"f1": True, "extent_error": False, "extent_r": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """The threshold that an aim chooses, and how well such choices do on lines left out.

    Parameters
    ----------
    threshold
        Chosen on all frames.
    held_out_error, held_out_bias, held_out_r
        Over all frames, each at the threshold chosen on the other groups: mean absolute error and
        bias of the extent, and its rank correlation. None where there is one group only.
    """

    threshold: float
    held_out_error: float | None
    held_out_bias: float | None
    held_out_r: float | None


def sweep(
    frames: Sequence[FrameCells], damage: PixelClass, *, complete: bool = False
) -> dict[float, CellScore]:
    """Score one damage at all thresholds."""
    own = counting(frames, damage, complete=complete)
    return {t: score(own, damage, t, complete=True, units=[""] * len(own)) for t in THRESHOLDS}


def counting(
    frames: Sequence[FrameCells], damage: PixelClass, *, complete: bool
) -> list[FrameCells]:
    """Return the frames that say something of a damage."""
    return [frame for frame in frames if complete or frame.marked[damage]]


def best_threshold(scores: Mapping[float, CellScore], aim: str) -> float:
    """Return the threshold that an aim chooses.

    Figures are averaged over three neighbouring thresholds, so that a lucky one does not win.
    """
    values = np.array([getattr(one, aim) for one in scores.values()])
    padded = np.pad(values if AIMS[aim] else -values, 1, mode="edge")
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return list(scores)[int(smooth.argmax())]


def operating_points(
    frames: Sequence[FrameCells],
    damage: PixelClass,
    *,
    groups: Sequence[str],
    complete: bool = False,
) -> dict[str, OperatingPoint]:
    """Choose a threshold by each aim, and try the choice on groups that had no part in it.

    Parameters
    ----------
    groups
        The survey line of each frame: neighbouring frames show the same damage, so only another
        line is a fair trial.
    """
    scores = sweep(frames, damage, complete=complete)
    names = sorted(set(groups))
    by_group = {
        name: [frame for frame, g in zip(frames, groups, strict=True) if g == name]
        for name in names
    }
    others = {
        name: sweep(
            [frame for other in names if other != name for frame in by_group[other]],
            damage,
            complete=complete,
        )
        for name in names
        if len(names) > 1
    }
    points = {}
    for aim in AIMS:
        held: list[tuple[float, float]] = []
        for name, elsewhere in others.items():
            if not next(iter(elsewhere.values())).frames:
                continue
            own = counting(by_group[name], damage, complete=complete)
            held += zip(*extents(own, damage, best_threshold(elsewhere, aim)), strict=True)
        true, called = np.array(held, np.float64).reshape(-1, 2).T
        points[aim] = OperatingPoint(
            threshold=best_threshold(scores, aim),
            held_out_error=float(np.abs(called - true).mean()) if held else None,
            held_out_bias=float((called - true).mean()) if held else None,
            held_out_r=rank_correlation(true, called) if held else None,
        )
    return points
