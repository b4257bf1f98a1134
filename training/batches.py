"""Batches of crops drawn from several caches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training import augment, data

POTHOLE_PREFERENCE = 4.0


class Share(NamedTuple):
    """A cache, the chance of each of its frames, and its share of a batch."""

    cache: data.Cache
    chances: np.ndarray
    share: float


class Batch(NamedTuple):
    """Crops, their labels and what is known of their frames.

    ``guesses`` is uint8 ``[n, channels, h / 8, w / 8]``; ``guessed`` tells which crops have any.
    """

    images: Tensor
    labels: Tensor
    sources: list[str]
    marked: Tensor
    guesses: Tensor
    guessed: Tensor


def frame_chances(cache: data.Cache) -> np.ndarray:
    """Return the chance of each frame: less for frames of long lines, more for potholes.

    Parameters
    ----------
    cache
        Frames of one source.

    Returns
    -------
    numpy.ndarray
        Sums to one.
    """
    counts: dict[str, int] = {}
    for entry in cache.entries:
        counts[entry.line] = counts.get(entry.line, 0) + 1
    weights = np.array(
        [
            counts[e.line] ** -0.4 * (POTHOLE_PREFERENCE if e.has_pothole else 1.0)
            for e in cache.entries
        ]
    )
    return weights / weights.sum()


def make_batch(generator: np.random.Generator, shares: list[Share], size: int) -> Batch:
    """Draw and alter one batch of crops.

    Parameters
    ----------
    generator
        Source of chance.
    shares
        Where crops come from.
    size
        Crops.

    Returns
    -------
    Batch
        Images uint8 ``[n, 3, h, w]``, labels uint8 ``[n, h, w]``.
    """
    weights = np.array([s.share for s in shares])
    crops, labels, guesses, sources, marked, guessed = [], [], [], [], [], []
    for _ in range(size):
        chosen = shares[generator.choice(len(shares), p=weights / weights.sum())]
        index = int(generator.choice(len(chosen.chances), p=chosen.chances))
        crop, label, guess = augment.sample(generator, chosen.cache, index)
        entry = chosen.cache.entries[index]
        crops.append(crop.transpose(2, 0, 1))
        labels.append(label)
        guesses.append(guess.transpose(2, 0, 1))
        guessed.append(chosen.cache.guesses is not None)
        sources.append(entry.source)
        marked.append([entry.has_crack, entry.has_pothole])
    images = torch.from_numpy(np.stack(crops))
    return Batch(
        images,
        torch.from_numpy(np.stack(labels)),
        sources,
        torch.tensor(marked),
        torch.from_numpy(np.stack(guesses)),
        torch.tensor(guessed),
    )
