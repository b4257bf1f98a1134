"""Stages for tests: the real privacy stage, and a detector that sees one square in every frame."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gatusyn.model import (
    DamageMap,
    Detection,
    PixelClass,
    PrivacyParams,
    Rates,
)
from gatusyn.model.frames import Image
from gatusyn.pipeline import Stages
from gatusyn.privacy import load_redactor


class SquareDetector:
    """Sees a pothole low in the middle of every picture, and road everywhere."""

    version = "square 1"
    rates: Mapping[PixelClass, Rates] = {}

    def detect(self, image: Image) -> DamageMap:
        """Return one detection whatever the picture shows."""
        height, width = image.shape[:2]
        left, right = 0.48 * width, 0.52 * width
        top, bottom = 0.70 * height, 0.74 * height
        probability = np.zeros((len(PixelClass) + 1, height, width), np.float32)
        probability[-1] = 1.0
        outline = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        return DamageMap(
            probability=probability,
            detections=(
                Detection(pixel_class=PixelClass.POTHOLE, outline_px=outline, confidence=0.9),
            ),
        )


def made_stages() -> Stages:
    """Return stages that need no damage weights."""
    return Stages(redactor=load_redactor(PrivacyParams()), detector=SquareDetector())
