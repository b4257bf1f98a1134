"""The stages that carry a model: loaded once, used for every drive."""

from __future__ import annotations

from dataclasses import dataclass

from gatusyn.detect import load_detector
from gatusyn.locate import Camera
from gatusyn.model import CitySettings, Detector
from gatusyn.privacy import Redactor, load_redactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The privacy and detection stages."""

    redactor: Redactor
    detector: Detector


def load_stages(settings: CitySettings) -> Stages:
    """Load the models that a city's settings ask for.

    Raises
    ------
    ModelWeightsError
        If weights are missing or are not what they claim to be.
    """
    camera = Camera(params=settings.camera, width_px=1280, height_px=720)
    horizon_share = camera.horizon_px / camera.height_px
    return Stages(
        redactor=load_redactor(settings.privacy, horizon_share=horizon_share),
        detector=load_detector(settings.detect),
    )
