"""What cameras, light, paint and compression do to a crop."""

from __future__ import annotations

import math

import cv2
import numpy as np

from training.data import CRACK, PATCH, POTHOLE, Picture

#: Brightness below which damage can no longer be told from the noise.
UNSEEN = 0.07


def shadowed(generator: np.random.Generator, crop: Picture) -> Picture:
    """Darken the part of a crop on one side of a soft random edge, or under random blobs."""
    if generator.random() < 0.5:
        angle = generator.uniform(0, 2 * math.pi)
        rows, columns = (np.arange(side, dtype=np.float32) for side in crop.shape[:2])
        ahead = columns[None] * math.cos(angle) + rows[:, None] * math.sin(angle)
        field: np.ndarray = ahead - float(generator.uniform(ahead.min(), ahead.max()))
    else:
        noise = generator.normal(size=(9, 9)).astype(np.float32)
        field = 40.0 * cv2.resize(noise, crop.shape[1::-1], interpolation=cv2.INTER_CUBIC)
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


def moved(generator: np.random.Generator, crop: Picture) -> Picture:
    """Blur along a line, as a camera does that shakes or drives past while the shutter is open."""
    length = generator.uniform(2.0, 13.0)
    angle = generator.uniform(0.0, math.pi)
    side = 2 * math.ceil(length / 2.0) + 1
    kernel = np.zeros((side, side), np.float32)
    half = length / 2.0 * np.array([math.cos(angle), math.sin(angle)])
    ends = [tuple(int(v) for v in np.rint((side // 2 + sign * half) * 16)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return np.asarray(cv2.filter2D(crop, -1, kernel / kernel.sum()), np.uint8)


def overexposed(generator: np.random.Generator, crop: Picture) -> Picture:
    """Brighten until light parts lose their detail, as against a low sun."""
    gain, veil = generator.uniform(1.15, 1.9), generator.uniform(0.0, 40.0)
    return np.asarray(cv2.convertScaleAbs(crop, alpha=gain, beta=veil), np.uint8)


def darkened(
    generator: np.random.Generator, crop: Picture, label: Picture
) -> tuple[Picture, Picture]:
    """Turn day to night; what can no longer be seen is not asked for.

    Returns
    -------
    tuple of numpy.ndarray
        The crop with the noise of a dark picture, and its label.
    """
    factor = math.exp(generator.uniform(math.log(0.02), math.log(0.4)))
    if factor < UNSEEN:
        label = label & ~np.uint8(CRACK | POTHOLE | PATCH)
    veil, spread = generator.uniform(0.0, 4.0), generator.uniform(0.5, 4.0)
    return grainy(generator, crop * factor + veil, spread), label


def grainy(generator: np.random.Generator, crop: np.ndarray, spread: float) -> Picture:
    """Add noise to each channel of each pixel; it spreads that far (standard deviation)."""
    noise: np.ndarray = np.empty(crop.shape, np.int16)
    cv2.setRNGSeed(int(generator.integers(2**31 - 1)))
    cv2.randn(noise, 0.0, spread)  # type: ignore[call-overload]  # it takes numbers, too
    return np.asarray(np.clip(crop + noise, 0, 255), np.uint8)


def degraded(generator: np.random.Generator, crop: Picture) -> Picture:
    """Blur, sharpen, compress or add noise."""
    chance = generator.random()
    if chance < 0.15:
        crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), generator.uniform(0.4, 2.0)), np.uint8)
    elif chance < 0.35:
        crop = moved(generator, crop)
    elif chance < 0.47:
        soft = cv2.GaussianBlur(crop, (0, 0), 1.0)
        crop = np.asarray(cv2.addWeighted(crop, 1.6, soft, -0.6, 0), np.uint8)
    if generator.random() < 0.25:
        quality = int(generator.integers(18, 90))
        packed = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        crop = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    if generator.random() < 0.2:
        crop = grainy(generator, crop, float(generator.uniform(2.0, 9.0)))
    return crop
