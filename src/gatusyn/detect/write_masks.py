"""Writes a mask a photo: 2 for crack, 4 for pothole, 8 for patch, added where they overlap."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from gatusyn.detect.upsample import upsample, window_of
from gatusyn.model import DamageMap, PixelClass

MASK_VALUES: Mapping[PixelClass, int] = {
    PixelClass.CRACK: 2,
    PixelClass.POTHOLE: 4,
    PixelClass.PATCH: 8,
}


def mask_of(
    damage: DamageMap, thresholds: Mapping[PixelClass, float], *, width_px: int, height_px: int
) -> NDArray[np.uint8]:
    """Return uint8 [height, width]: the values of the classes that reach their threshold, added."""
    mask = np.zeros((height_px, width_px), np.uint8)
    for layer, pixel_class in zip(damage.probability, PixelClass, strict=False):
        threshold = thresholds[pixel_class]
        size = {"width_px": width_px, "height_px": height_px}
        window = window_of(layer >= threshold, damage.step_px, **size)
        if window is not None:
            left, top, right, bottom = window
            part = upsample(layer, damage.step_px, window) >= threshold
            mask[top:bottom, left:right][part] += MASK_VALUES[pixel_class]
    return mask


def write_mask(
    path: Path,
    damage: DamageMap,
    thresholds: Mapping[PixelClass, float],
    *,
    width_px: int,
    height_px: int,
) -> None:
    """Write a photo's mask as an 8-bit PNG of the photo's size when upright.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    mask = mask_of(damage, thresholds, width_px=width_px, height_px=height_px)
    Pictures.fromarray(mask).save(path, optimize=True)
