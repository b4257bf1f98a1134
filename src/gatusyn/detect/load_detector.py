"""Loads a damage model, the package's own or a stranger's, and tries it on a frame."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from gatusyn.detect.model_file import BoxTable, ModelFile
from gatusyn.detect.onnx_detector import OnnxDetector
from gatusyn.detect.read_model_file import own_model_path, read_model_file
from gatusyn.model import (
    DetectParams,
    Image,
    ModelWeightsError,
    PixelClass,
    counts_int8_exactly,
)

_REMEDY = "See docs/guides/models.md."
_TYPES = ("tensor(float)", "tensor(uint8)")


def load_detector(params: DetectParams, *, folder: Path = Path(), threads: int = 0) -> OnnxDetector:
    """Load the model that the settings name, by default the package's own.

    The model is tried on made-up frames first: one that cannot be used is told of here and not
    after a thousand frames.

    Parameters
    ----------
    folder
        Where a relative path in the settings starts.
    threads
        Of ONNX Runtime; 0 takes all cores.

    Raises
    ------
    ModelWeightsError
        If the model file or the weights are missing or wrong, or do not fit each other.
    """
    path = own_model_path() if params.model is None else folder / params.model
    model = _variant(read_model_file(path), path, params.precision)
    return open_detector(
        model, path.parent / model.weights, source=path, params=params, threads=threads
    )


def _variant(model: ModelFile, path: Path, precision: str) -> ModelFile:
    """Return the model as it is to be run on this processor."""
    if precision == "int8" and model.int8 is None:
        raise ModelWeightsError(
            path, "has no int8 variant", "gatusyn bench detect --write makes one."
        )
    chosen = precision == "int8" or (precision == "auto" and counts_int8_exactly())
    return model.as_int8() if chosen and model.int8 is not None else model


def open_detector(
    model: ModelFile, weights: Path, *, source: Path, params: DetectParams, threads: int = 0
) -> OnnxDetector:
    """Open and try the weights that belong to the content of a model file.

    Parameters
    ----------
    source
        The model file, for messages.

    Raises
    ------
    ModelWeightsError
        As in ``load_detector``.
    """
    digest = _digest(weights, model)
    session = open_session(weights, threads=threads)
    _check_graph(session, model, source)
    own = {
        PixelClass.CRACK: params.crack_threshold,
        PixelClass.POTHOLE: params.pothole_threshold,
        PixelClass.PATCH: params.patch_threshold,
    }
    # What the model has no class for is not damaged anywhere: its threshold is out of reach.
    thresholds = {
        one: own[one] or model.thresholds[one.value] if one in model.finds else 1.0
        for one in PixelClass
    }
    chosen = ", ".join(f"{one} {thresholds[one]:g}" for one in model.finds)
    # Another calibration says other confidences of the same drive.
    chosen += "".join(f", {one} a {c.a:g} b {c.b:g}" for one, c in model.calibration.items())
    if model.spread_cells:
        drawn_in = (f"{one} {cells:g}" for one, cells in model.spread_cells.items())
        chosen += f"; drawn in by {', '.join(drawn_in)} cells"
    detector = OnnxDetector(
        session,
        model=model,
        source=source,
        version=f"{model.name} {model.version} {digest[:12]} ({chosen})",
        thresholds=thresholds,
        params=params,
    )
    _try(detector, source)
    return detector


def open_session(weights: Path, *, threads: int = 0) -> Any:
    """Open an ONNX file.

    Raises
    ------
    ModelWeightsError
        If it is no ONNX model, or one that this ONNX Runtime does not run.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # what goes wrong is raised
    try:
        return onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # ONNX Runtime's errors have no base of their own
        raise ModelWeightsError(
            weights, f"is not an ONNX model that can be run ({_first_line(error)})"
        ) from error


def _digest(weights: Path, model: ModelFile) -> str:
    try:
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelWeightsError(weights, f"cannot be read ({error.strerror})") from error
    if model.sha256 is not None and digest != model.sha256:
        raise ModelWeightsError(
            weights,
            f"is not the file that its model file names (sha256 {digest})",
            "Copy or install it again; if you changed it, write the new sha256.",
        )
    return digest


def _check_graph(session: Any, model: ModelFile, path: Path) -> None:
    """Raise unless the graph has the input and the outputs that the model file says."""
    inputs = {one.name: one for one in session.get_inputs()}
    outputs = [one.name for one in session.get_outputs()]
    name = model.input.name or next(iter(inputs), "")
    if len(inputs) != 1 or name not in inputs:
        asked = f"input {name!r}" if model.input.name else "one input"
        raise ModelWeightsError(
            path, f"asks for {asked}, but the network's inputs are {_names(inputs)}", _REMEDY
        )
    scores = model.output.scores_name if isinstance(model.output, BoxTable) else None
    for wanted in filter(None, (model.output.name, scores)):
        if wanted not in outputs:
            raise ModelWeightsError(
                path,
                f"asks for output {wanted!r}, but the network's outputs are {_names(outputs)}",
                _REMEDY,
            )
    if model.output.name is None and len(outputs) != 1:
        raise ModelWeightsError(
            path, f"does not say which of the outputs {_names(outputs)} to take", _REMEDY
        )
    fault = _input_fault(inputs[name], model)
    if fault:
        raise ModelWeightsError(path, fault, _REMEDY)


def _input_fault(graph_input: Any, model: ModelFile) -> str:
    """Return what is wrong with the graph's input, or nothing."""
    table, shape = model.input, graph_input.shape
    if graph_input.type not in _TYPES:
        return f"the network takes {graph_input.type}, not float32 or uint8: export it so"
    if len(shape) != 4:
        return f"the network's input has {len(shape)} axes {shape}, not 4"
    batch, *rest = shape
    order = ("channels", "height", "width")
    found = dict(
        zip(order if table.layout == "nchw" else (*order[1:], order[0]), rest, strict=True)
    )
    fixed = {name: size for name, size in found.items() if isinstance(size, int)}
    many = isinstance(batch, int) and batch != 1
    elsewhere = "channels" not in fixed and 3 in fixed.values()
    if many or elsewhere or fixed.get("channels", 3) != 3:
        return f"the network's input is {shape}, not one picture of 3 channels ({table.layout})"
    if fixed.get("width", table.width_px) != table.width_px:
        return f"input.width_px is {table.width_px}, but the network's width is {fixed['width']}"
    if "height" in fixed and fixed["height"] != table.height_px:
        said = "not set" if table.height_px is None else table.height_px
        return f"input.height_px is {said}, but the network's height is {fixed['height']}"
    return ""


def _try(detector: OnnxDetector, path: Path) -> None:
    """Raise unless the network answers as its model file says, on noise, on black and on white."""
    for frame in _frames():
        try:
            detector.detect(frame)
        except ModelWeightsError:
            raise
        except Exception as error:  # ONNX Runtime's errors have no base of their own
            raise ModelWeightsError(
                path, f"the network fails on a frame ({_first_line(error)})", _REMEDY
            ) from error


def _frames() -> list[Image]:
    noise = np.random.default_rng(1).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    return [noise, np.zeros_like(noise), np.full_like(noise, 255)]


def _names(names: object) -> str:
    return ", ".join(repr(name) for name in names) if names else "none"  # type: ignore[attr-defined]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
