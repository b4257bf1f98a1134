"""A network scored on a cache by the yardstick of ``gatusyn evaluate damage``."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from gatusyn.evaluate import CellScore, FrameCells, best_threshold, frame_cells, sweep
from gatusyn.model import PixelClass
from training.data import Cache, Picture
from training.network import CHANNELS, SIDE_MULTIPLE, DamageNetwork

Reals = NDArray[np.float32]
Sweep = dict[PixelClass, dict[float, CellScore]]


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


def cells_of(network: DamageNetwork, cache: Cache, *, limit: int | None = None) -> list[FrameCells]:
    """Return the cells of a cache's frames, as the network calls them and as they are marked.

    Parameters
    ----------
    network
        In evaluation mode.
    cache
        What to score on.
    limit
        Look at no more frames than this.
    """
    frames = []
    for index, entry in list(enumerate(cache.entries))[:limit]:
        label = np.asarray(cache.labels[index, : entry.height])
        output = probabilities(network, cache.frames[index, : entry.height])
        layers = {one: output[CHANNELS.index(one.value)] for one in PixelClass}
        frames.append(frame_cells(entry.name, label, layers))
    return frames


def sweeps(frames: list[FrameCells], *, complete: bool) -> Sweep:
    """Score each damage at all thresholds; one that no frame has is left out.

    Parameters
    ----------
    frames
        From `cells_of`.
    complete
        Whether frames without a damage count for it: true where the labels are complete.
    """
    return {
        one: sweep(frames, one, complete=complete)
        for one in PixelClass
        if any(frame.marked[one] for frame in frames)
    }


def best_thresholds(results: Sweep) -> dict[str, float]:
    """Return the threshold of each damage with the highest F1.

    The extent correlation of some dozens of frames is too noisy to choose by: its best threshold
    for potholes can lie where most of what is called is not there.
    """
    return {one.value: best_threshold(rows, "f1") for one, rows in results.items()}


def figures(one: CellScore) -> dict[str, float]:
    """Return the numbers of a score, rounded."""
    values = dataclasses.asdict(one)
    return {k: round(v, 4) for k, v in values.items() if isinstance(v, int | float)}


def chosen(results: Sweep, thresholds: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return the numbers of each damage at its threshold."""
    return {one.value: figures(rows[thresholds[one.value]]) for one, rows in results.items()}


def write_json(path: Path, value: object) -> None:
    """Write a value as indented JSON."""
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
