"""Loads the damage model that the package carries, or another of the same shape."""

from __future__ import annotations

import hashlib
import tomllib
from importlib.resources import as_file, files
from pathlib import Path

import onnxruntime
from pydantic import BaseModel, ConfigDict, ValidationError

from gatusyn.detect.onnx_detector import OnnxDetector
from gatusyn.model import DetectParams, ModelWeightsError, PixelClass


class ModelDescription(BaseModel):
    """What ``damage.toml`` says of the weights beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    licence: str
    sha256: str
    input_width_px: int
    stride: int
    classes: list[str]
    thresholds: dict[str, float]
    card: str


def read_description(path: Path) -> ModelDescription:
    """Read a model's description.

    Raises
    ------
    ModelWeightsError
        If the file is missing, is not TOML or lacks a key.
    """
    try:
        return ModelDescription.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ModelWeightsError(path, f"cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ModelWeightsError(path, f"does not describe a damage model ({error})") from error


def load_detector(params: DetectParams, *, description: Path | None = None) -> OnnxDetector:
    """Load the model that a description names, by default the package's own.

    Parameters
    ----------
    description
        A ``.toml`` file with the weights beside it under the same stem.

    Raises
    ------
    ModelWeightsError
        If the weights are missing, are not those described, or have other classes.
    """
    if description is None:
        with as_file(files("gatusyn.detect") / "weights") as folder:
            return load_detector(params, description=folder / "damage.toml")
    model = read_description(description)
    known = {*PixelClass, "road"}
    if not {PixelClass.CRACK, PixelClass.POTHOLE, "road"} <= set(model.classes) <= known:
        expected = "crack, pothole and road, and may have patch"
        raise ModelWeightsError(description, f"has classes {model.classes}; it needs {expected}")
    weights = description.with_suffix(".onnx")
    try:
        content = weights.read_bytes()
    except OSError as error:
        raise ModelWeightsError(weights, f"cannot be read ({error.strerror})") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != model.sha256:
        raise ModelWeightsError(
            weights, "is not the file that its description names", "Install the package anew."
        )
    own = {
        PixelClass.CRACK: params.crack_threshold,
        PixelClass.POTHOLE: params.pothole_threshold,
        PixelClass.PATCH: params.patch_threshold,
    }
    # What the model has no layer for is not damaged anywhere: its threshold is out of reach.
    thresholds = {
        name: own[name] or model.thresholds[name] if name in model.classes else 1.0
        for name in PixelClass
    }
    chosen = ", ".join(
        f"{name} {value:g}" for name, value in thresholds.items() if name in model.classes
    )
    return OnnxDetector(
        onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"]),
        layers=model.classes,
        version=f"{model.name} {model.version} {digest[:12]} ({chosen})",
        input_width_px=model.input_width_px,
        thresholds=thresholds,
        min_region_px=params.min_region_px,
    )
