"""Writes a model for a browser: one small size, int8, with a JSON file that says how to use it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gatusyn.detect.load_detector import open_detector, open_session
from gatusyn.detect.model_file import ModelFile
from gatusyn.detect.read_model_file import own_model_path, read_model_file
from gatusyn.detect.write_int8 import write_int8
from gatusyn.model import DetectParams, Image, ModelWeightsError


def write_browser_model(
    path: Path | None,
    target: Path,
    *,
    width_px: int,
    height_px: int | None = None,
    frames: Sequence[Image],
) -> ModelFile:
    """Write a model for ONNX Runtime Web, and ``.json`` beside it.

    Parameters
    ----------
    path
        The model file; None takes the package's own.
    target
        The ``.onnx`` file to write.
    width_px, height_px
        The picture's size, made a multiple of what the network asks for; not given, the height is
        9/16 of the width.
    frames
        To find int8's ranges by.

    Returns
    -------
    ModelFile
        What the written model's file would say.

    Raises
    ------
    ModelWeightsError
        If the model cannot be used, has one other size only, or cannot be written.
    """
    source = path or own_model_path()
    model = read_model_file(source)
    multiple = model.input.multiple_px
    width = -(-width_px // multiple) * multiple
    height = -(-(height_px or width * 9 // 16) // multiple) * multiple
    if model.input.height_px is not None:
        width, height = model.input.width_px, model.input.height_px
    small = model.at_size(width_px=width, height_px=height).model_copy(
        update={
            "weights": target.name,
            "version": f"{model.version}-int8-{width}x{height}",
            "sha256": None,
            "int8": None,
        }
    )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            fixed = Path(folder) / "fixed.onnx"
            _write_fixed(source.parent / model.weights, small, fixed)
            write_int8(small.input, fixed, target, frames)
        open_detector(small, target, source=source, params=DetectParams())
        target.with_suffix(".json").write_text(_description(small, target), "utf-8")
    except OSError as error:
        raise ModelWeightsError(target, f"cannot be written ({error.strerror})") from error
    return small


def _write_fixed(weights: Path, model: ModelFile, target: Path) -> None:
    """Write the network with a picture of one size."""
    # Read here only: it takes a while, and every command reads this file.
    import onnx

    open_session(weights)  # says so if it is none
    network = onnx.load(str(weights))
    rows, columns = model.input.height_px, model.input.width_px
    sides = [3, rows, columns] if model.input.layout == "nchw" else [rows, columns, 3]
    picture = network.graph.input[0].type.tensor_type.shape.dim
    for axis, size in zip(picture, [1, *sides], strict=True):
        axis.dim_value = size
    for output in network.graph.output:
        # Sizes that hung on the picture's are found anew.
        output.type.tensor_type.ClearField("shape")
    onnx.save(onnx.shape_inference.infer_shapes(network), str(target))


def _description(model: ModelFile, weights: Path) -> str:
    session = open_session(weights)
    table, output = model.input, model.output
    said = {
        "name": model.name,
        "version": model.version,
        "licence": model.licence,
        "card": model.card,
        "weights": weights.name,
        "input": table.model_dump(exclude={"multiple_px"}) | {"name": session.get_inputs()[0].name},
        "output": output.model_dump() | {"name": output.name or session.get_outputs()[0].name},
        "classes": [
            {"name": own, "means": ours}
            for own, ours in zip(model.classes, model.meanings, strict=True)
        ],
        "thresholds": model.thresholds,
    }
    return json.dumps(said, indent=1) + "\n"
