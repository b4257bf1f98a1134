"""Writes a mask a photo: 2 for crack, 4 for pothole, 8 for patch, added where they overlap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import UnidentifiedImageError

from gatusyn.model import FootageError, PixelClass, Rejected, RejectReason

MASK_VALUES: Mapping[PixelClass, int] = {
    PixelClass.CRACK: 2,
    PixelClass.POTHOLE: 4,
    PixelClass.PATCH: 8,
}
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"})

Probability = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


def mask_of(
    probability: NDArray[np.float32], thresholds: Mapping[PixelClass, float]
) -> NDArray[np.uint8]:
    """Return uint8 [height, width]: the values of the classes that reach their threshold, added."""
    mask = np.zeros(probability.shape[1:], np.uint8)
    for layer, pixel_class in zip(probability, PixelClass, strict=False):
        mask[layer >= thresholds[pixel_class]] += MASK_VALUES[pixel_class]
    return mask


def write_masks(
    images: Path,
    masks: Path,
    *,
    probability: Probability,
    thresholds: Mapping[PixelClass, float],
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[int, tuple[Rejected, ...]]:
    """Write ``masks/STEM.png`` for every photo in a folder.

    Parameters
    ----------
    probability
        From an RGB image uint8 [h, w, 3] to float32 [classes + 1, h, w], as in
        ``DamageMap.probability``.
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
        try:
            with Pictures.open(photo) as picture:
                image = np.asarray(picture.convert("RGB"))
        except (OSError, UnidentifiedImageError, Pictures.DecompressionBombError) as error:
            rejected.append(
                Rejected(frame_id=photo.name, reason=RejectReason.UNREADABLE, detail=str(error))
            )
        else:
            mask = mask_of(probability(image), thresholds)
            Pictures.fromarray(mask).save(masks / f"{photo.stem}.png", optimize=True)
        if on_progress:
            on_progress(number, len(photos))
    return len(photos) - len(rejected), tuple(rejected)
