"""What is scored: a model that looks at the photos, or masks that were made already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gatusyn.detect import Calibration, OnnxDetector, find_regions
from gatusyn.evaluate.cells import mask_values
from gatusyn.evaluate.read_masks import read_mask
from gatusyn.model import Detection, FootageError, Image, PixelClass

Values = Mapping[PixelClass, NDArray[np.generic]]
"""What is said of each pixel, [height, width], class by class."""

_MIN_REGION_PX = 60


class Caller(Protocol):
    """Says where damage is."""

    @property
    def version(self) -> str:
        """Its name."""

    @property
    def thresholds(self) -> Mapping[PixelClass, float]:
        """The value from which a pixel is called."""

    @property
    def calibration(self) -> Mapping[PixelClass, Calibration]:
        """From value to probability; empty if the values are no probabilities."""

    def values(self, name: str, image: Image) -> Values | None:
        """Return what is said of a frame; None if nothing is."""

    def regions(self, name: str, image: Image) -> Sequence[Detection]:
        """Return the called regions of a frame."""


@dataclass(frozen=True, slots=True)
class ModelCaller:
    """A model."""

    detector: OnnxDetector

    @property
    def version(self) -> str:
        """The model's."""
        return self.detector.version

    @property
    def thresholds(self) -> Mapping[PixelClass, float]:
        """The model's."""
        return self.detector.thresholds

    @property
    def calibration(self) -> Mapping[PixelClass, Calibration]:
        """The model's; a class without one is taken at its word."""
        own = self.detector.model.calibration
        return {one: own.get(one, Calibration()) for one in self.detector.model.finds}

    def values(self, name: str, image: Image) -> Values:
        """Look at the image."""
        return dict(zip(PixelClass, self.detector.probability(image), strict=False))

    def regions(self, name: str, image: Image) -> Sequence[Detection]:
        """Look at the image."""
        return self.detector.detect(image).detections


@dataclass(frozen=True, slots=True)
class MaskCaller:
    """A folder of masks."""

    folder: Path

    @property
    def version(self) -> str:
        """The folder's name."""
        return f"masks in {self.folder.name}"

    @property
    def thresholds(self) -> Mapping[PixelClass, float]:
        """A pixel is in the mask or not."""
        return dict.fromkeys(PixelClass, 0.5)

    @property
    def calibration(self) -> Mapping[PixelClass, Calibration]:
        """Masks say nothing of probability."""
        return {}

    def values(self, name: str, image: Image) -> Values | None:
        """Read the frame's mask.

        Raises
        ------
        FootageError
            If it is no mask or has another size than the image.
        """
        path = self.folder / f"{name}.png"
        if not path.exists():
            return None
        mask = read_mask(path)
        require_size(path, mask, image.shape[:2])
        return mask_values(mask, tuple(PixelClass))

    def regions(self, name: str, image: Image) -> Sequence[Detection]:
        """Return the connected parts of the frame's mask."""
        return [
            region
            for one, layer in (self.values(name, image) or {}).items()
            for region in find_regions(
                layer.astype(np.float32),
                pixel_class=one,
                threshold=0.5,
                min_area_px=_MIN_REGION_PX,
            )
        ]


def require_size(path: Path, mask: NDArray[np.uint8], size: tuple[int, ...]) -> None:
    """Raise ``FootageError`` if a mask has another size (height, width) than its frame."""
    if mask.shape != size:
        height, width = mask.shape
        problem = f"is {width}x{height} px, and its frame {size[1]}x{size[0]} px"
        raise FootageError(path, problem)
