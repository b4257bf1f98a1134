"""Let an exported finder take pictures as they are, and have it counted faster.

``python -m training.privacy.pixels FOLDER``: both ONNX files of a folder of weights are changed. No
weight changes and, in int8, no bit of any answer.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LOG = logging.getLogger(__name__)
IMAGE = "image"
FILES = ("finder.onnx", "finder-int8.onnx")
#: What the published encoder takes off a pixel and divides it by.
ZERO, RANGE = 127, 128
#: Bytes of two pixels as ``gatusyn.privacy.pairs`` lays them, four each.
PAIR = 8
#: Cells of the finder's answer are so many pixels wide.
CELL = 4
_KINDS, _SIDES = 2, 4
_TO_CELLS, _TO_PLANES = [0, 2, 3, 1], [0, 3, 1, 2]


def take_pixels(path: Path) -> None:
    """Change an ONNX file so that ``image`` is uint8 ``[n, h, w/2, 8]``, not ``[n, 3, h, w]``.

    3 x 3 taps on 3 channels at every second pixel become 3 x 2 taps on 8 at every pair of every
    second row: the same sums, read in longer pieces. In int8, maps are doubled by copying whole
    cells, and the last convolution is a product of matrices: what ONNX Runtime does otherwise takes
    several times as long.

    Raises
    ------
    ValueError
        If int8's first scale is not that of pixels.
    """
    network = onnx.load(str(path))
    graph = network.graph
    stem = next(node for node in graph.node if node.op_type == "Conv")
    is_paired = takes_pairs(graph)
    before = _back_to_image(graph, stem.input[0])
    quantise = next((node for node in before if node.op_type == "QuantizeLinear"), None)
    if is_paired and quantise is None:
        return
    if quantise is None:
        first = _scaled(graph, stem.input[0])
    else:
        _require_pixels(graph, quantise)
        first = [helper.make_node("Transpose", [IMAGE], [quantise.output[0]], perm=_TO_PLANES)]
        double_cells(graph)
        _answer_by_product(graph)
    if not is_paired:
        _read_pairs(graph, stem)
    for node in before:
        if node.op_type != "DequantizeLinear":
            graph.node.remove(node)
    for node in reversed(first):
        graph.node.insert(0, node)
    sides: list[str | int | None] = ["pictures", "height", "half_width", PAIR]
    graph.input[0].CopyFrom(helper.make_tensor_value_info(IMAGE, TensorProto.UINT8, sides))
    _sweep(graph)
    onnx.checker.check_model(network)
    onnx.save(network, str(path))


def takes_pairs(graph: onnx.GraphProto) -> bool:
    """Say whether a network takes pixels in pairs already."""
    return bool(graph.input[0].type.tensor_type.elem_type == TensorProto.UINT8)


def _back_to_image(graph: onnx.GraphProto, name: str) -> list[onnx.NodeProto]:
    """Return the nodes between the image and a value, last first."""
    made = {output: node for node in graph.node for output in node.output}
    nodes = []
    while name != IMAGE:
        nodes.append(made[name])
        name = nodes[-1].input[0]
    return nodes


def _scaled(graph: onnx.GraphProto, output: str) -> list[onnx.NodeProto]:
    """Return nodes that turn pixels into what the first convolution takes, in float32."""
    for name, value in (("pixels_zero", ZERO), ("pixels_share", 1 / RANGE)):
        _store(graph, name, np.array(value, np.float32))
    return [
        helper.make_node("Transpose", [IMAGE], ["pixels_planes"], perm=_TO_PLANES),
        helper.make_node("Cast", ["pixels_planes"], ["pixels_float"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["pixels_float", "pixels_zero"], ["pixels_centred"]),
        helper.make_node("Mul", ["pixels_centred", "pixels_share"], [output]),
    ]


def _require_pixels(graph: onnx.GraphProto, quantise: onnx.NodeProto) -> None:
    scale, zero = (_stored(graph, name) for name in quantise.input[1:3])
    if float(scale) != 1 / RANGE or int(zero) != ZERO:
        raise ValueError(f"first scale {scale} and zero {zero}, not 1/{RANGE} and {ZERO}")


def _read_pairs(graph: onnx.GraphProto, stem: onnx.NodeProto) -> None:
    """Change the first convolution to one on two pixels at once."""
    made = {output: node for node in graph.node for output in node.output}
    weights = stem.input[1]
    while weights in made:
        weights = made[weights].input[0]
    stored = next(one for one in graph.initializer if one.name == weights)
    stored.CopyFrom(numpy_helper.from_array(pair(numpy_helper.to_array(stored)), weights))
    del stem.attribute[:]
    taps = {"kernel_shape": [3, 2], "pads": [1, 1, 0, 0], "strides": [2, 1]}
    for key, value in {**taps, "dilations": [1, 1], "group": 1}.items():
        stem.attribute.append(helper.make_attribute(key, value))


def double_cells(graph: onnx.GraphProto) -> None:
    """Double maps by laying each cell, all its channels, beside and below itself."""
    doubling = [node for node in graph.node if node.op_type == "Resize"]
    for name, value in (
        ("double_axes", [2, 4]),
        ("double_times", [1, 1, 2, 1, 2, 1]),
        ("double_sides", [1, 2, 2, 1]),
    ):
        _store(graph, name, np.array(value, np.int64))
    for number, node in enumerate(doubling):
        cells, apart, twice, size, sides, wide = (
            f"double_{number}_{part}" for part in ("cells", "apart", "twice", "size", "to", "wide")
        )
        made = [
            helper.make_node("Transpose", [node.input[0]], [cells], perm=_TO_CELLS),
            helper.make_node("Unsqueeze", [cells, "double_axes"], [apart]),
            helper.make_node("Expand", [apart, "double_times"], [twice]),
            helper.make_node("Shape", [cells], [size]),
            helper.make_node("Mul", [size, "double_sides"], [sides]),
            helper.make_node("Reshape", [twice, sides], [wide]),
            helper.make_node("Transpose", [wide], [node.output[0]], perm=_TO_PLANES),
        ]
        at = list(graph.node).index(node)
        graph.node.remove(node)
        for place, one in enumerate(made):
            graph.node.insert(at + place, one)


def _answer_by_product(graph: onnx.GraphProto) -> None:
    """Put a product of matrices for the last convolution, 1 x 1, and what follows it."""
    last = [node for node in graph.node if node.op_type == "Conv"][-1]
    for node in list(graph.node)[list(graph.node).index(last) :]:
        graph.node.remove(node)
    weights, bias = (_stored(graph, name) for name in last.input[1:3])
    logits = [kind * (1 + _SIDES) for kind in range(_KINDS)]
    order = [*logits, *(row for row in range(len(bias)) if row not in logits)]
    for name, value in {
        "answer_weights": np.ascontiguousarray(weights[order, :, 0, 0].T, np.float32),
        "answer_bias": bias[order].reshape(-1, 1, 1).astype(np.float32),
        "answer_parts": np.array([_KINDS, _KINDS * _SIDES], np.int64),
        "answer_least": np.float32(-3),
        "answer_most": np.float32(5),
        "answer_cell": np.float32(CELL),
        "answer_sides": np.array([_SIDES], np.int64),
    }.items():
        _store(graph, name, np.asarray(value))
    for kind, inputs, outputs, more in (
        ("Transpose", [last.input[0]], ["answer_cells"], {"perm": _TO_CELLS}),
        ("MatMul", ["answer_cells", "answer_weights"], ["answer_product"], {}),
        ("Transpose", ["answer_product"], ["answer_planes"], {"perm": _TO_PLANES}),
        ("Add", ["answer_planes", "answer_bias"], ["answer"], {}),
        ("Split", ["answer", "answer_parts"], ["answer_logits", "answer_far"], {"axis": 1}),
        ("Sigmoid", ["answer_logits"], ["probability"], {}),
        ("Clip", ["answer_far", "answer_least", "answer_most"], ["answer_near"], {}),
        ("Exp", ["answer_near"], ["answer_times"], {}),
        ("Mul", ["answer_times", "answer_cell"], ["answer_px"], {}),
        ("Shape", ["answer_logits"], ["answer_kinds"], {"start": 0, "end": 2}),
        ("Shape", ["answer_logits"], ["answer_size"], {"start": 2, "end": 4}),
        ("Concat", ["answer_kinds", "answer_sides", "answer_size"], ["answer_to"], {"axis": 0}),
        ("Reshape", ["answer_px", "answer_to"], ["distances"], {}),
    ):
        graph.node.append(helper.make_node(kind, inputs, outputs, **more))


def _store(graph: onnx.GraphProto, name: str, value: NDArray[Any]) -> None:
    graph.initializer.append(numpy_helper.from_array(value, name))


def _stored(graph: onnx.GraphProto, name: str) -> NDArray[Any]:
    return numpy_helper.to_array(next(one for one in graph.initializer if one.name == name))


def pair(taps: NDArray[Any]) -> NDArray[Any]:
    """Turn taps ``[outputs, 3, 3, 3]`` at every second pixel into ``[outputs, 8, 3, 2]``.

    Of the two pairs that the new taps see in a row, the old ones see all but the first pixel.
    """
    result = np.zeros((len(taps), PAIR, 3, 2), taps.dtype)
    for column in range(3):
        pair_x, x = divmod(column + 1, 2)
        channel = PAIR // 2 * x
        result[:, channel : channel + 3, :, pair_x] = taps[:, :, :, column]
    return result


def unpaired(taps: NDArray[Any]) -> NDArray[Any]:
    """Turn taps ``[outputs, 8, 3, 2]`` back into ``[outputs, 3, 3, 3]``."""
    result = np.zeros((len(taps), 3, 3, 3), taps.dtype)
    for column in range(3):
        pair_x, x = divmod(column + 1, 2)
        channel = PAIR // 2 * x
        result[:, :, :, column] = taps[:, channel : channel + 3, :, pair_x]
    return result


def _sweep(graph: onnx.GraphProto) -> None:
    """Drop values that nothing takes any more."""
    while True:
        taken = {name for node in graph.node for name in node.input}
        taken |= {one.name for one in graph.output}
        idle = [node for node in graph.node if taken.isdisjoint(node.output)]
        if not idle:
            break
        for node in idle:
            graph.node.remove(node)
    for one in [one for one in graph.initializer if one.name not in taken]:
        graph.initializer.remove(one)
    del graph.value_info[:]


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, help="folder with the two ONNX files")
    arguments = parser.parse_args()
    for path in (arguments.weights / name for name in FILES):
        take_pixels(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        LOG.info("%s: %.2f MB, sha256 %s", path.name, path.stat().st_size / 1e6, digest)


if __name__ == "__main__":
    main()
