"""Random crops of cached frames, altered."""

from __future__ import annotations

import math

import cv2
import numpy as np

from training.alter import darkened, degraded, overexposed, relit, repainted, shadowed
from training.data import CRACK, PATCH, POTHOLE, ROAD_UNKNOWN, Cache, Picture
from training.network import CHANNELS, STRIDE
from training.paste import lay_patch

CROP = 384
#: Share of the real crops on whose frame a patch is laid.
PATCHED = 0.25


def crop_matrix(
    generator: np.random.Generator,
    centre: tuple[float, float],
    extent: tuple[int, int],
    *,
    flip: bool,
) -> np.ndarray:
    """Return an affine map from a frame to a crop around a point of it.

    Parameters
    ----------
    generator
        Source of chance.
    centre
        The point, x and y, which comes to lie near the middle of the crop.
    extent
        Width and height of the frame, which the crop leaves as little as possible.
    flip
        Whether left and right change places.

    Returns
    -------
    numpy.ndarray
        2 x 3, for ``cv2.warpAffine``.
    """
    scale = math.exp(generator.uniform(math.log(0.6), math.log(2.0)))
    angle = math.radians(generator.normal(0.0, 2.0))
    # A lower or steeper camera shows the same road squeezed or stretched.
    stretch = math.exp(generator.uniform(math.log(0.7), math.log(1.4)))
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    linear = np.array([[cosine, -sine], [stretch * sine, stretch * cosine]])
    if flip:
        linear[0] *= -1
    half = min(CROP / 2 / scale, extent[0] / 2, extent[1] / 2)
    middle = np.clip(np.array(centre), half, np.array(extent) - half)
    offset = np.array([CROP / 2, CROP / 2]) - linear @ middle
    return np.hstack([linear, offset[:, None]])


def crop_centre(generator: np.random.Generator, label: Picture, height: int) -> tuple[float, float]:
    """Choose where to crop: often near damage, otherwise anywhere on the frame's lower part.

    Parameters
    ----------
    generator
        Source of chance.
    label
        The frame's label.
    height
        Rows that hold picture.

    Returns
    -------
    tuple of float
        x and y.
    """
    chance = generator.random()
    bit = POTHOLE if chance < 0.35 else CRACK if chance < 0.55 else PATCH if chance < 0.65 else 0
    if bit:
        # Every fourth row and column is enough to find a place and costs a sixteenth.
        found = np.argwhere(label[::4, ::4] & bit)
        if len(found):
            y, x = found[generator.integers(len(found))] * 4.0
            jitter = generator.uniform(-CROP / 3, CROP / 3, 2)
            return float(x + jitter[0]), float(y + jitter[1])
    x = generator.uniform(0.1, 0.9) * label.shape[1]
    return float(x), float(generator.uniform(0.25, 0.9) * height)


def no_guess() -> Picture:
    """Return the guesses of a crop of which nobody guessed anything: zeros."""
    return np.zeros((CROP // STRIDE, CROP // STRIDE, len(CHANNELS)), np.uint8)


def crop_guess(cache: Cache, index: int, matrix: np.ndarray) -> Picture:
    """Return the guesses of a frame in a crop of it, zero where there are none.

    Parameters
    ----------
    cache
        Where the frame is.
    index
        Which frame.
    matrix
        From the frame to the crop, in pixels.

    Returns
    -------
    numpy.ndarray
        uint8 ``[CROP / 8, CROP / 8, channels]``.
    """
    side = CROP // STRIDE
    if cache.guesses is None:
        return no_guess()
    # Block (i, j) has its centre at pixel 8 i + 3.5: the map in blocks has another offset.
    centre = (STRIDE - 1) / 2.0
    offset = (matrix[:, :2] @ np.full(2, centre) + matrix[:, 2] - centre) / STRIDE
    blocks = np.hstack([matrix[:, :2], offset[:, None]])
    return np.asarray(cv2.warpAffine(cache.guesses[index], blocks, (side, side)), np.uint8)


def sample(
    generator: np.random.Generator, cache: Cache, index: int
) -> tuple[Picture, Picture, Picture]:
    """Return one altered crop of a frame, its label, and what was guessed of it.

    Parameters
    ----------
    generator
        Source of chance.
    cache
        Where the frame is.
    index
        Which frame.

    Returns
    -------
    tuple of numpy.ndarray
        RGB ``[CROP, CROP, 3]``, label ``[CROP, CROP]`` and guesses as of `crop_guess`, uint8.
    """
    height = cache.entries[index].height
    frame, label = cache.frames[index, :height], cache.labels[index, :height]
    if cache.entries[index].source == "real" and generator.random() < PATCHED:
        frame, label = lay_patch(generator, frame, label)
    centre = crop_centre(generator, label, height)
    matrix = crop_matrix(
        generator, centre, (frame.shape[1], height), flip=bool(generator.random() < 0.5)
    )
    size = (CROP, CROP)
    crop = np.asarray(cv2.warpAffine(frame, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)
    label = cv2.warpAffine(
        label, matrix, size, flags=cv2.INTER_NEAREST, borderValue=float(ROAD_UNKNOWN)
    )
    if generator.random() < 0.4:
        crop = repainted(crop)
    if generator.random() < 0.2:
        crop = shadowed(generator, crop)
    chance = generator.random()
    if chance < 0.05:
        crop, label = darkened(generator, crop, label)
    elif chance < 0.13:
        crop = overexposed(generator, crop)
    elif chance < 0.87:
        crop = relit(generator, crop)
    guess = crop_guess(cache, index, matrix)
    return degraded(generator, crop), np.asarray(label, np.uint8), guess
