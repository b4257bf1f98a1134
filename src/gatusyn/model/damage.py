"""Damage as the camera sees it, before it has a place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gatusyn.model.frames import Image


class PixelClass(StrEnum):
    """What a model says of a pixel; a model that has no layer of a class never says it."""

    CRACK = "crack"
    POTHOLE = "pothole"
    PATCH = "patch"


class DamageKind(StrEnum):
    """What an engineer records."""

    LONGITUDINAL_CRACK = "longitudinal_crack"
    TRANSVERSE_CRACK = "transverse_crack"
    CRAZING = "crazing"
    POTHOLE = "pothole"
    SURFACE_LOSS = "surface_loss"
    PATCH = "patch"

    @property
    def pixel_class(self) -> PixelClass:
        """The class of the pixels that it is recognised from."""
        if self in (DamageKind.POTHOLE, DamageKind.SURFACE_LOSS):
            return PixelClass.POTHOLE
        return PixelClass.PATCH if self is DamageKind.PATCH else PixelClass.CRACK

    @property
    def words(self) -> str:
        """The kind in words."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detection:
    """One damaged region of one frame.

    Parameters
    ----------
    pixel_class
        What its pixels are taken for.
    outline_px
        Outer ring, x right and y down in pixels of the frame, float64 [n, 2], not closed.
    confidence
        Mean probability inside the region, 0..1.
    """

    pixel_class: PixelClass
    outline_px: NDArray[np.float64]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DamageMap:
    """What a detector says of one frame.

    Parameters
    ----------
    probability
        float32 [classes + 1, height, width] at the frame's size: one layer per ``PixelClass`` in
        the enum's order (zeros where the model has none), then the drivable road.
    detections
        Connected regions above each class's threshold.
    """

    probability: NDArray[np.float32]
    detections: tuple[Detection, ...]

    @property
    def road(self) -> NDArray[np.float32]:
        """Probability of drivable road, float32 [height, width]."""
        road: NDArray[np.float32] = self.probability[-1]
        return road


class Detector(Protocol):
    """Finds damage in a frame."""

    @property
    def version(self) -> str:
        """Name, version and weights hash: part of a run's identity."""

    def detect(self, image: Image) -> DamageMap:
        """Find damage in an RGB image, uint8 [height, width, 3]."""
