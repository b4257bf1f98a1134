"""Add what a phone behind a windscreen adds: vignette, tint, haze, smear and noise."""

from dataclasses import dataclass

import cv2
import numpy as np

from .arrays import Image, Plane
from .camera import Lens
from .light import Light


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A camera's faults under one light.

    Parameters
    ----------
    gain : ndarray, float32, shape (height, width, 3)
        Vignette, tint and exposure.
    noise : ndarray, int16, shape (height + 64, width + 64, 3)
        Noise and stray light, cut at a new place for each frame.
    """

    gain: Plane
    noise: np.ndarray[tuple[int, ...], np.dtype[np.int16]]


def make_sensor(rng: np.random.Generator, lens: Lens, light: Light) -> Sensor:
    """Make the faults of a camera under a light."""
    across = np.linspace(-1, 1, 64)[None, :]
    down = np.linspace(-1, 1, 36)[:, None]
    vignette = 1.0 - 0.2 * (across**2 + 0.6 * down**2)
    tint = np.array([1 + light.warmth, 1.0, 1 - light.warmth]) * light.exposure
    gain = (vignette[..., None] * tint * (1 - light.haze)).astype(np.float32)
    rows, columns = lens.height_px + 64, lens.width_px + 64
    grain = rng.normal(0.0, 1.0, (rows * 2 // 3, columns * 2 // 3)).astype(np.float32)
    large = cv2.resize(grain, (columns, rows), interpolation=cv2.INTER_LINEAR)
    noise = np.round(large * light.grain * 1.4 + 190.0 * light.haze).astype(np.int16)
    return Sensor(
        gain=np.asarray(cv2.resize(gain, (lens.width_px, lens.height_px)), dtype=np.float32),
        noise=np.dstack([noise, noise, noise]),
    )


def expose(rng: np.random.Generator, frame: Image, sensor: Sensor, speed_ms: float) -> Image:
    """Return the frame (height, width, 3) as the camera would record it."""
    rows, columns = frame.shape[:2]
    picture = frame
    if speed_ms > 2.0:
        # Near ground smears along the way, more toward the frame's lower edge.
        picture = frame.copy()
        for share, reach in ((0.75, 3), (0.88, 5)):
            low = int(rows * share)
            picture[low:] = cv2.blur(frame[low:], (1, reach if speed_ms > 6 else 3))
    lit = cv2.multiply(picture, sensor.gain, dtype=cv2.CV_16S)
    down, across = (int(value) for value in rng.integers(0, 64, 2))
    noise = sensor.noise[down : down + rows, across : across + columns]
    return np.asarray(cv2.add(lit, noise, dtype=cv2.CV_8U), dtype=np.uint8)
