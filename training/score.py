"""Cells called and cells true, the measure that thresholds are chosen by.

A frame is cut into 32 x 32 px cells below the top 35 % of its rows; cells that are mostly lane
count. A cell holds cracks where 0.8 % of its pixels are crack, a pothole where 8 % are pothole.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from training.data import CRACK, PATCH, POTHOLE, ROAD, Cache, Picture
from training.network import CHANNELS, SIDE_MULTIPLE, DamageNetwork

CELL = 32
TOP = 0.35
DAMAGES = {"crack": (CRACK, 0.008), "pothole": (POTHOLE, 0.08), "patch": (PATCH, 0.25)}
THRESHOLDS = tuple(round(0.05 * k, 2) for k in range(1, 20))

Reals = NDArray[np.float32]


@dataclass
class Tally:
    """Counts of cells over frames, for one damage and one threshold."""

    hit: int = 0
    false: int = 0
    missed: int = 0


def probabilities(network: DamageNetwork, image: Picture) -> Reals:
    """Return the probabilities at every pixel, as the runtime makes them.

    Parameters
    ----------
    network
        In evaluation mode.
    image
        RGB, 1024 px wide.

    Returns
    -------
    numpy.ndarray
        ``[4, h, w]``.
    """
    height, width = image.shape[:2]
    padding = (-height % SIDE_MULTIPLE, -width % SIDE_MULTIPLE)
    padded = np.pad(image, ((0, padding[0]), (0, padding[1]), (0, 0)))
    tensor = torch.from_numpy(padded).permute(2, 0, 1)[None].float() / 255.0
    with torch.no_grad():
        output = torch.sigmoid(network(tensor))[0].numpy()
    size = (padded.shape[1], padded.shape[0])
    full = [cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR) for layer in output]
    return np.stack(full)[:, :height, :width]


def cell_shares(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the share of true pixels in each cell."""
    rows, columns = mask.shape[0] // CELL, mask.shape[1] // CELL
    whole = mask[: rows * CELL, : columns * CELL]
    shares: NDArray[np.float64] = whole.reshape(rows, CELL, columns, CELL).mean(axis=(1, 3))
    return shares


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return average ranks, ties shared."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(((ends - counts + ends - 1) / 2)[inverse], np.float64)


def rank_correlation(one: list[float], other: list[float]) -> float:
    """Return Spearman's correlation, zero where one side does not vary."""
    a, b = ranks(np.array(one)), ranks(np.array(other))
    if a.size < 2 or not a.std() or not b.std():
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def summary(tally: Tally, extents: tuple[list[float], list[float]]) -> dict[str, float]:
    """Return F1, precision, recall and the correlation of extents."""
    precision = tally.hit / max(tally.hit + tally.false, 1)
    recall = tally.hit / max(tally.hit + tally.missed, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    values = {
        "f1": f1,
        "precision": precision,
        "recall": recall,
        "extent_r": rank_correlation(*extents),
        "frames": len(extents[0]),
    }
    return {name: round(value, 4) for name, value in values.items()}


def sweep(
    network: DamageNetwork, cache: Cache, *, every_frame: bool, limit: int | None = None
) -> dict[str, dict[float, dict[str, float]]]:
    """Score a network on a cache at all thresholds.

    Parameters
    ----------
    network
        In evaluation mode.
    cache
        What to score on.
    every_frame
        Whether frames without a damage count for it: true where the labels are complete.
    limit
        Score no more frames than this.

    Returns
    -------
    dict
        Summary by damage and threshold.
    """
    tallies = {k: {t: Tally() for t in THRESHOLDS} for k in DAMAGES}
    called: dict[str, dict[float, list[float]]] = {k: {t: [] for t in THRESHOLDS} for k in DAMAGES}
    true: dict[str, list[float]] = {k: [] for k in DAMAGES}
    for index, entry in list(enumerate(cache.entries))[:limit]:
        label = cache.labels[index, : entry.height]
        output = probabilities(network, cache.frames[index, : entry.height])
        lane = cell_shares((label & ROAD) > 0) >= 0.5
        lane[: math.ceil(entry.height * TOP / CELL)] = False
        for k, (bit, share) in DAMAGES.items():
            marked = (label & bit) > 0
            if not lane.any() or not (every_frame or marked.any()):
                continue
            truth = (cell_shares(marked) >= share) & lane
            true[k].append(float(truth.sum() / lane.sum()))
            layer = output[CHANNELS.index(k)]
            for t in THRESHOLDS:
                guess = (cell_shares(layer >= t) >= share) & lane
                tally = tallies[k][t]
                tally.hit += int((truth & guess).sum())
                tally.false += int((~truth & guess).sum())
                tally.missed += int((truth & ~guess).sum())
                called[k][t].append(float(guess.sum() / lane.sum()))
    return {
        k: {t: summary(tallies[k][t], (true[k], called[k][t])) for t in THRESHOLDS} for k in DAMAGES
    }


def best_thresholds(results: dict[str, dict[float, dict[str, float]]]) -> dict[str, float]:
    """Return the threshold of each damage with the highest F1.

    The extent correlation of some dozens of frames is too noisy to choose by: its best threshold
    for potholes can lie where most of what is called is not there.

    The scores are averaged over three neighbouring thresholds, so that a lucky one does not win.

    Parameters
    ----------
    results
        From `sweep`.

    Returns
    -------
    dict
        One threshold for each damage that any frame has.
    """
    best = {}
    for damage, rows in results.items():
        if not rows[THRESHOLDS[0]]["frames"]:
            continue
        scores = np.array([rows[t]["f1"] for t in THRESHOLDS])
        padded = np.pad(scores, 1, mode="edge")
        smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
        best[damage] = THRESHOLDS[int(smooth.argmax())]
    return best


def write_json(path: Path, value: object) -> None:
    """Write a value as indented JSON."""
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
