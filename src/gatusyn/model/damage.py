"""Damage as the camera sees it, before it has a place."""

from __future__ import annotations

from collections.abc import Mapping
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
    source_class
        The model's own name of what it found, such as ``D20``; empty where it has no other name.
    """

    pixel_class: PixelClass
    outline_px: NDArray[np.float64]
    confidence: float
    source_class: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DamageMap:
    """What a detector says of one frame.

    Parameters
    ----------
    probability
        float32 [classes + 1, rows, columns] on the model's own grid: one layer per ``PixelClass``
        in the enum's order (zeros where the model has none), then the drivable road.
    detections
        Connected regions above each class's threshold.
    step_px
        Width and height of a grid cell in pixels of the frame; the grid starts at the frame's upper
        left corner and reaches at least to its other end.
    sees_road
        Whether the model tells road from the rest; if not, its road is 1 everywhere.
    """

    probability: NDArray[np.float32]
    detections: tuple[Detection, ...]
    step_px: tuple[float, float] = (1.0, 1.0)
    sees_road: bool = True

    @property
    def road(self) -> NDArray[np.float32]:
        """Probability of drivable road, float32 [rows, columns]."""
        road: NDArray[np.float32] = self.probability[-1]
        return road


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How often a model was right about one class, in one look at roads it was not trained on.

    Parameters
    ----------
    precision
        Share of what it called that is there, 0..1.
    recall
        Share of what is there that it called, 0..1.
    """

    precision: float
    recall: float


class Detector(Protocol):
    """Finds damage in a frame."""

    @property
    def version(self) -> str:
        """Name, version and weights hash: part of a run's identity."""

    @property
    def rates(self) -> Mapping[PixelClass, Rates]:
        """How often it is right, for the classes for which that was measured."""

    def detect(self, image: Image) -> DamageMap:
        """Find damage in an RGB image, uint8 [height, width, 3]."""
