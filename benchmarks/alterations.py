"""What makes a look worse: blur, movement, little light, a veil."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from gatusyn.model import Image

Alter = Callable[[np.random.Generator, Image], Image]

AS_IT_COMES = "as it comes"


def blurred(sigma_px: float) -> Alter:
    """Blur as a lens out of focus or a wet windscreen does."""
    return lambda rng, image: np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.uint8)


def moved(length_px: int) -> Alter:
    """Blur downwards, as driving does while the shutter is open."""
    kernel = np.full((length_px, 1), 1.0 / length_px)
    return lambda rng, image: np.asarray(cv2.filter2D(image, -1, kernel), np.uint8)


def darkened(share: float, *, grain: float, motion_px: int = 1) -> Alter:
    """Take light away, and add the noise and the movement of a longer exposure."""
    kernel = np.full((motion_px, 1), 1.0 / motion_px)

    def alter(rng: np.random.Generator, image: Image) -> Image:
        dark = cv2.filter2D(image, -1, kernel).astype(np.float32) * share
        return np.clip(dark + rng.normal(0.0, grain, image.shape), 0, 255).astype(np.uint8)

    return alter


def misted(share: float) -> Alter:
    """Lay a grey veil over the picture, as mist, dirt or low sun on the windscreen does."""
    return lambda rng, image: np.round(image * (1 - share) + 170 * share).astype(np.uint8)


def alterations() -> dict[str, Alter]:
    """Return every alteration by its name."""
    return {
        AS_IT_COMES: lambda rng, image: image,
        "blur 1 px": blurred(1.0),
        "blur 2 px": blurred(2.0),
        "blur 4 px": blurred(4.0),
        "blur 8 px": blurred(8.0),
        "movement 9 px": moved(9),
        "movement 21 px": moved(21),
        "movement 45 px": moved(45),
        "light x 0.5": darkened(0.5, grain=3.0),
        "light x 0.25": darkened(0.25, grain=4.0, motion_px=5),
        "light x 0.12": darkened(0.12, grain=5.0, motion_px=9),
        "veil 0.5": misted(0.5),
        "veil 0.8": misted(0.8),
    }
