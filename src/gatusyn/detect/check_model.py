"""Tries a model: can it be used, and how fast is it here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gatusyn.detect.load_detector import load_detector
from gatusyn.detect.model_file import ModelFile
from gatusyn.model import DetectParams

_FRAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCheck:
    """A model that can be used.

    Parameters
    ----------
    path
        Its model file.
    model
        What the file says.
    weights_bytes
        Size of the weights.
    frame_s
        Seconds for a frame of 1280 x 720 px on all cores of this machine, the best of three.
    """

    path: Path
    model: ModelFile
    weights_bytes: int
    frame_s: float


def check_model(path: Path) -> ModelCheck:
    """Load a model, try it and time it.

    Raises
    ------
    ModelWeightsError
        If it cannot be used.
    """
    detector = load_detector(DetectParams(model=str(path.absolute())))
    frame = np.random.default_rng(1).integers(0, 256, (720, 1280, 3), dtype=np.uint8)
    seconds = []
    for _ in range(_FRAMES):
        start = time.perf_counter()
        detector.detect(frame)
        seconds.append(time.perf_counter() - start)
    return ModelCheck(
        path=path,
        model=detector.model,
        weights_bytes=(path.parent / detector.model.weights).stat().st_size,
        frame_s=min(seconds),
    )
