"""The stages that carry a model: loaded once, used for every drive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gatusyn.detect import load_detector
from gatusyn.locate import Camera
from gatusyn.model import CitySettings, Detector, DetectParams
from gatusyn.privacy import Redactor, load_redactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The privacy and detection stages.

    Parameters
    ----------
    horizon_share
        The row of the horizon, as a share of the height, that they were loaded for.
    reload
        Loads them for another; None where they do not depend on it.
    """

    redactor: Redactor
    detector: Detector
    horizon_share: float = 0.0
    reload: Callable[[float], Stages] | None = None

    def for_horizon(self, horizon_share: float) -> Stages:
        """Return stages that look for a horizon there; these, if they are about right.

        Far heads and plates are looked for around the horizon, and damage below it only.
        """
        if self.reload is None or abs(horizon_share - self.horizon_share) < _ABOUT:
            return self
        return self.reload(horizon_share)


_ABOUT = 0.04
_BELOW_HORIZON = 0.9
"""Bumps tilt the view: a tenth of what lies above the horizon is looked at all the same."""


def load_stages(settings: CitySettings, *, folder: Path) -> Stages:
    """Load the models that a city's settings ask for.

    Parameters
    ----------
    folder
        The city's, where the path of a model of its own starts.

    Raises
    ------
    ModelWeightsError
        If weights are missing or are not what they claim to be.
    """
    camera = Camera(params=settings.camera, width_px=1280, height_px=720)
    return _load(settings, folder, camera.horizon_px / camera.height_px)


def _load(settings: CitySettings, folder: Path, horizon_share: float) -> Stages:
    return Stages(
        redactor=load_redactor(settings.privacy, horizon_share=horizon_share),
        detector=load_detector(_looking_down(settings.detect, horizon_share), folder=folder),
        horizon_share=horizon_share,
        reload=partial(_load, settings, folder),
    )


def _looking_down(params: DetectParams, horizon_share: float) -> DetectParams:
    """Leave out what lies above the horizon, unless the settings say how much."""
    if params.top_share is not None:
        return params
    return replace(params, top_share=min(max(_BELOW_HORIZON * horizon_share, 0.0), 0.7))
