"""Small ONNX models made on the spot, with their model files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Axis = int | str
OPSET = 17


def write_model(
    folder: Path,
    nodes: list[onnx.NodeProto],
    *,
    constants: dict[str, NDArray[Any]],
    outputs: dict[str, list[Axis]],
    shape: list[Axis] | None = None,
    element: int = TensorProto.FLOAT,
    output_element: int = TensorProto.FLOAT,
) -> Path:
    """Write ``made.onnx`` with the input ``image``; return its path."""
    graph = helper.make_graph(
        nodes,
        "made",
        [helper.make_tensor_value_info("image", element, shape or [1, 3, "h", "w"])],
        [
            helper.make_tensor_value_info(name, output_element, axes)
            for name, axes in outputs.items()
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model)
    path = folder / "made.onnx"
    onnx.save(model, str(path))
    return path


def write_segmenter(
    folder: Path,
    *,
    weights: list[list[float]],
    bias: list[float],
    stride: int = 8,
    shape: list[Axis] | None = None,
    last: str = "Sigmoid",
) -> Path:
    """Write a segmenter: the mean colour of each cell, weighted, through a last function.

    Parameters
    ----------
    weights, bias
        For each class, the weights of red, green and blue 0..1, and what is added.
    """
    nodes = [
        helper.make_node(
            "AveragePool",
            ["image"],
            ["mean"],
            kernel_shape=[stride, stride],
            strides=[stride, stride],
        ),
        helper.make_node("Conv", ["mean", "weights", "bias"], ["linear"], kernel_shape=[1, 1]),
    ]
    if last:
        attributes: dict[str, Any] = {"axis": 1} if last == "Softmax" else {}
        nodes.append(helper.make_node(last, ["linear"], ["probability"], **attributes))
    else:
        nodes.append(helper.make_node("Identity", ["linear"], ["probability"]))
    return write_model(
        folder,
        nodes,
        constants={
            "weights": np.array(weights, np.float32)[:, :, None, None],
            "bias": np.array(bias, np.float32),
        },
        outputs={"probability": [1, len(bias), "rows", "columns"]},
        shape=shape,
    )


def write_constant(
    folder: Path, answers: dict[str, NDArray[Any]], *, shape: list[Axis] | None = None
) -> Path:
    """Write a model that gives the same answers whatever it is shown (boxes, for example)."""
    nodes = [
        # The picture is used, so that the graph is one of a picture: its sum times nothing.
        helper.make_node("ReduceSum", ["image"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "nothing"], ["zero"]),
    ]
    nodes += [helper.make_node("Add", [f"{name}_made", "zero"], [name]) for name in answers]
    constants: dict[str, NDArray[Any]] = {"nothing": np.array(0, np.float32)}
    constants |= {f"{name}_made": value.astype(np.float32) for name, value in answers.items()}
    return write_model(
        folder,
        nodes,
        constants=constants,
        outputs={name: list(value.shape) for name, value in answers.items()},
        shape=shape,
    )


HEAD = """\
name = "made"
version = "1"
licence = "CC0-1.0"
card = "made for a test"
weights = "made.onnx"
"""

SEGMENTER = (
    HEAD
    + """\
classes = ["crack", "pothole", "road"]

[input]
width_px = 256

[output]
kind = "segmentation"

[thresholds]
crack = 0.5
pothole = 0.5
road = 0.5
"""
)

RDD2022 = (
    HEAD
    + """\
classes = ["D00", "D10", "D20", "D40"]

[input]
width_px = 640
height_px = 640
padding = 114

[output]
{output}

[mapping]
D00 = "crack"
D10 = "crack"
D20 = "crack"
D40 = "pothole"

[thresholds]
crack = 0.3
pothole = 0.3
"""
)


def write_toml(folder: Path, text: str) -> Path:
    """Write ``made.toml`` beside the model; return its path."""
    path = folder / "made.toml"
    path.write_text(text, "utf-8")
    return path
