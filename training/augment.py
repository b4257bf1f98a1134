"""Random crops of cached frames, altered as cameras, light and compression alter them."""

from __future__ import annotations

import math

import cv2
import numpy as np

from training import data
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


def shadowed(generator: np.random.Generator, crop: Picture) -> Picture:
    """Darken the part of a crop on one side of a soft random edge, or under random blobs."""
    if generator.random() < 0.5:
        angle = generator.uniform(0, 2 * math.pi)
        axis = np.arange(CROP, dtype=np.float32)
        side = axis[None] * math.cos(angle) + axis[:, None] * math.sin(angle)
        field = side - float(generator.uniform(side.min(), side.max()))
    else:
        noise = generator.normal(size=(9, 9)).astype(np.float32)
        field = 40.0 * cv2.resize(noise, (CROP, CROP), interpolation=cv2.INTER_CUBIC)
    depth = generator.uniform(0.35, 0.8)
    softness = generator.uniform(1.0, 12.0)
    weight = 1.0 / (1.0 + np.exp(-np.clip(field / softness, -30, 30)))
    factor = (depth + (1.0 - depth) * weight)[..., None]
    return np.asarray(crop * factor, np.uint8)


def relit(generator: np.random.Generator, crop: Picture) -> Picture:
    """Change exposure, contrast, gamma and the balance of colours by one table a channel."""
    values = np.linspace(0.0, 1.0, 256)
    values = values ** math.exp(generator.normal(0.0, 0.3))
    values = (values - 0.5) * math.exp(generator.normal(0.0, 0.25)) + 0.5
    values = values + generator.normal(0.0, 0.07)
    gains = np.exp(generator.normal(0.0, 0.07, 3))
    table = np.clip(values[:, None] * gains * 255.0, 0, 255).astype(np.uint8)
    changed = cv2.LUT(crop, table.reshape(256, 1, 3))
    if generator.random() < 0.2:
        grey = cv2.cvtColor(changed, cv2.COLOR_RGB2GRAY)[..., None]
        share = generator.uniform(0.3, 1.0)
        changed = changed * (1.0 - share) + grey * share
    return np.asarray(changed, np.uint8)


def repainted(crop: Picture) -> Picture:
    """Turn yellow and orange paint white, as markings are in most countries."""
    red, green, blue = (crop[..., k].astype(np.int16) for k in range(3))
    paint = (red > 90) & (red - blue > 50) & (green - blue > 15)
    soft = cv2.GaussianBlur(paint.astype(np.float32), (0, 0), 1.0)[..., None]
    bright = crop.max(axis=2, keepdims=True)
    return np.asarray(crop * (1.0 - soft) + bright * soft, np.uint8)


def degraded(generator: np.random.Generator, crop: Picture) -> Picture:
    """Blur, sharpen, compress or add noise."""
    chance = generator.random()
    if chance < 0.15:
        crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), generator.uniform(0.4, 1.2)), np.uint8)
    elif chance < 0.3:
        soft = cv2.GaussianBlur(crop, (0, 0), 1.0)
        crop = np.asarray(cv2.addWeighted(crop, 1.6, soft, -0.6, 0), np.uint8)
    if generator.random() < 0.25:
        quality = int(generator.integers(35, 90))
        packed = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        crop = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    if generator.random() < 0.2:
        noise = np.empty(crop.shape, np.int16)
        cv2.setRNGSeed(int(generator.integers(2**31 - 1)))
        cv2.randn(noise, 0, float(generator.uniform(2.0, 9.0)))
        crop = np.clip(crop + noise, 0, 255).astype(np.uint8)
    return crop


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
        return np.zeros((side, side, len(CHANNELS)), np.uint8)
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
        generator, centre, (data.WIDTH, height), flip=bool(generator.random() < 0.5)
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
    if generator.random() < 0.85:
        crop = relit(generator, crop)
    guess = crop_guess(cache, index, matrix)
    return degraded(generator, crop), np.asarray(label, np.uint8), guess
