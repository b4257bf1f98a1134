"""What is scored: a model that looks at the photos, or masks that were made already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gatusyn.detect import OnnxDetector, find_regions, upsample
from gatusyn.evaluate.cells import mask_values
from gatusyn.evaluate.read_masks import read_mask
from gatusyn.model import Detection, FootageError, Image, PixelClass

Values = Mapping[PixelClass, NDArray[np.generic]]
"""What is said of each pixel, [height, width], class by class."""

_MIN_REGION_PX = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """What is said of one frame, pixel by pixel and as regions."""

    values: Values
    regions: Sequence[Detection]


class Caller(Protocol):
    """Says where damage is."""

    @property
    def version(self) -> str:
        """Its name."""

    @property
    def thresholds(self) -> Mapping[PixelClass, float]:
        """The value from which a pixel is called."""

    @property
    def is_sure(self) -> bool:
        """Whether it says how sure it is; else its values and confidences are 0 or 1."""

    def look(self, name: str, image: Image) -> Look | None:
        """Return what is said of a frame; None if nothing is."""


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
        """The model's, of the classes that it can find."""
        return {one: self.detector.thresholds[one] for one in self.detector.model.finds}

    @property
    def is_sure(self) -> bool:
        """A model is."""
        return True

    def look(self, name: str, image: Image) -> Look:
        """Look at the image."""
        damage = self.detector.detect(image)
        height, width = image.shape[:2]
        return Look(
            values={
                one: upsample(layer, damage.step_px, (0, 0, width, height))
                for one, layer in zip(PixelClass, damage.probability, strict=False)
            },
            regions=damage.detections,
        )


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
    def is_sure(self) -> bool:
        """Masks say yes or no."""
        return False

    def look(self, name: str, image: Image) -> Look | None:
        """Read the frame's mask; its connected parts are the regions.

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
        values = mask_values(mask, tuple(PixelClass))
        regions = [
            region
            for one, layer in values.items()
            for region in find_regions(
                layer.astype(np.float32),
                pixel_class=one,
                threshold=0.5,
                min_area_px=_MIN_REGION_PX,
            )
        ]
        return Look(values=values, regions=tuple(regions))


def require_size(path: Path, mask: NDArray[np.uint8], size: tuple[int, ...]) -> None:
    """Raise ``FootageError`` if a mask has another size (height, width) than its frame."""
    if mask.shape != size:
        height, width = mask.shape
        problem = f"is {width}x{height} px, and its frame {size[1]}x{size[0]} px"
        raise FootageError(path, problem)
