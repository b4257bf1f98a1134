"""Writes a mask a photo: 2 for crack, 4 for pothole, 8 for patch, added where they overlap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from gatusyn.detect.onnx_detector import OnnxDetector
from gatusyn.detect.upsample import upsample, window_of
from gatusyn.model import DamageMap, FootageError, Image, PixelClass, Rejected

MASK_VALUES: Mapping[PixelClass, int] = {
    PixelClass.CRACK: 2,
    PixelClass.POTHOLE: 4,
    PixelClass.PATCH: 8,
}
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"})


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


def write_masks(
    images: Path,
    masks: Path,
    *,
    detector: OnnxDetector,
    read: Callable[[Path], Image | Rejected],
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[int, tuple[Rejected, ...]]:
    """Write ``masks/STEM.png`` for every photo in a folder, of the photo's size when upright.

    Parameters
    ----------
    read
        Reads a photo upright: RGB, uint8 [height, width, 3].
    on_progress
        Called with (done, total).

    Returns
    -------
    tuple
        Number of masks written, and the photos that could not be read.

    Raises
    ------
    FootageError
        If the folder has no photo.
    """
    if not images.is_dir():
        raise FootageError(images, "is not a folder", "Name the folder that holds the photos.")
    photos = sorted(path for path in images.iterdir() if path.suffix.lower() in _SUFFIXES)
    if not photos:
        raise FootageError(images, "holds no photos", "Name the folder that holds the photos.")
    masks.mkdir(parents=True, exist_ok=True)
    rejected = []
    for number, photo in enumerate(photos, start=1):
        image = read(photo)
        if isinstance(image, Rejected):
            rejected.append(image)
        else:
            height, width = image.shape[:2]
            damage = detector.detect(image)
            mask = mask_of(damage, detector.thresholds, width_px=width, height_px=height)
            Pictures.fromarray(mask).save(masks / f"{photo.stem}.png", optimize=True)
        if on_progress:
            on_progress(number, len(photos))
    return len(photos) - len(rejected), tuple(rejected)
