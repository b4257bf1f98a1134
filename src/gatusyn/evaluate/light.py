"""How light a frame is, to tell where a model fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gatusyn.model import Image

_NIGHT_BRIGHTNESS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Mean (brightness) and standard deviation (contrast) of the grey levels, 0..255."""

    brightness: float
    contrast: float


def light_of(image: Image) -> Light:
    """Return the light of an RGB image, without its top third: the sky says little of the road."""
    grey = cv2.cvtColor(image[image.shape[0] // 3 :], cv2.COLOR_RGB2GRAY)
    return Light(brightness=float(grey.mean()), contrast=float(grey.std()))


def terciles(values: Sequence[float]) -> list[str]:
    """Say of each value whether it is in the low, middle or high third of them all."""
    low, high = np.quantile(values, (1 / 3, 2 / 3))
    return ["low" if v <= low else "middle" if v <= high else "high" for v in values]


def is_night(light: Light) -> bool:
    """Say whether a frame is dark enough to be taken for night."""
    return light.brightness < _NIGHT_BRIGHTNESS
