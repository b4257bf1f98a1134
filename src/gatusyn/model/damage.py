"""Damage as the camera sees it, before it has a place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gatusyn.model.frames import Image


class DamageKind(StrEnum):
    """The damage that the first model finds."""

    CRACK = "crack"
    POTHOLE = "pothole"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detection:
    """One damaged region of one frame.

    Parameters
    ----------
    kind
        What it is taken for.
    outline_px
        Outer ring, x right and y down in pixels of the frame, float64 [n, 2], not closed.
    confidence
        Mean probability inside the region, 0..1.
    """

    kind: DamageKind
    outline_px: NDArray[np.float64]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DamageMap:
    """What a detector says of one frame.

    Parameters
    ----------
    probability
        float32 [kinds + 1, height, width] at the frame's size: one layer per ``DamageKind`` in the
        enum's order, then the drivable road.
    detections
        Connected regions above each kind's threshold.
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
