"""Batches of crops drawn from several caches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training import augment, data
from training.alter import degraded
from training.data import CRACK, PATCH, POTHOLE, Picture
from training.roadless import roadless

DAMAGE_BITS = (CRACK, POTHOLE, PATCH)
ALL_DAMAGES = CRACK | POTHOLE | PATCH
#: Share of the crops that show no road at all.
ROADLESS = 0.04
#: How much more often a frame with a pothole, or with a patch that somebody saw, is drawn.
POTHOLE_PREFERENCE, PATCH_PREFERENCE = 4.0, 3.0
#: The same for a street scene whose road somebody marked.
STREET_PREFERENCE = 3.0


class Share(NamedTuple):
    """A cache, the chance of each of its frames, and its share of a batch."""

    cache: data.Cache
    chances: np.ndarray
    share: float


class Crop(NamedTuple):
    """A crop with its label and guesses as of `augment.sample`, and what is known of its frame."""

    image: Picture
    label: Picture
    guess: Picture
    source: str
    looked_for: int
    guessed: bool


class Batch(NamedTuple):
    """Crops, their labels and what is known of their frames.

    ``looked_for`` is bool ``[n, 3]``, damages in the order of the output. ``guesses`` is uint8
    ``[n, channels, h / 8, w / 8]``; ``guessed`` tells which crops have any.
    """

    images: Tensor
    labels: Tensor
    sources: list[str]
    looked_for: Tensor
    guesses: Tensor
    guessed: Tensor


def preference(entry: data.Entry) -> float:
    """Return how much more often a frame is drawn for what is marked on it."""
    if entry.holds & POTHOLE:
        return POTHOLE_PREFERENCE
    if entry.line == "scenes" and entry.source == "real":
        return STREET_PREFERENCE
    return PATCH_PREFERENCE if entry.holds & PATCH else 1.0


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
    weights = np.array([counts[e.line] ** -0.4 * preference(e) for e in cache.entries])
    return weights / weights.sum()


def draw_crop(generator: np.random.Generator, shares: list[Share]) -> Crop:
    """Draw and alter one crop; now and then one that shows no road.

    Parameters
    ----------
    generator
        Source of chance.
    shares
        Where crops come from.

    Returns
    -------
    Crop
        One without road counts as simulated: it is labelled all over.
    """
    if generator.random() < ROADLESS:
        image = degraded(generator, roadless(generator, augment.CROP))
        label = np.zeros(image.shape[:2], np.uint8)
        return Crop(image, label, augment.no_guess(), "simulated", ALL_DAMAGES, guessed=False)
    weights = np.array([s.share for s in shares])
    cache, chances, _ = shares[generator.choice(len(shares), p=weights / weights.sum())]
    index = int(generator.choice(len(chances), p=chances))
    entry = cache.entries[index]
    image, label, guess = augment.sample(generator, cache, index)
    guessed = cache.guesses is not None
    return Crop(image, label, guess, entry.source, entry.looked_for, guessed=guessed)


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
    crops = [draw_crop(generator, shares) for _ in range(size)]
    return Batch(
        torch.from_numpy(np.stack([c.image.transpose(2, 0, 1) for c in crops])),
        torch.from_numpy(np.stack([c.label for c in crops])),
        [c.source for c in crops],
        torch.tensor([[bool(c.looked_for & bit) for bit in DAMAGE_BITS] for c in crops]),
        torch.from_numpy(np.stack([c.guess.transpose(2, 0, 1) for c in crops])),
        torch.tensor([c.guessed for c in crops]),
    )
