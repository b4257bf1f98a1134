"""Let an exported finder take pictures as they are, and count its first convolution faster.

``python -m training.privacy.pixels FOLDER``: both ONNX files of a folder of weights are changed. No
weight changes and, where the first input was quantised to pixels, no bit of any answer.
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


def take_pixels(path: Path) -> None:
    """Change an ONNX file so that ``image`` is uint8 ``[n, h, w, 3]``, not ``[n, 3, h, w]``, 0..1.

    Raises
    ------
    ValueError
        If int8's first scale is not that of pixels.
    """
    network = onnx.load(str(path))
    graph = network.graph
    if graph.input[0].type.tensor_type.elem_type == TensorProto.UINT8:
        return
    stem = next(node for node in graph.node if node.op_type == "Conv")
    before = _back_to_image(graph, stem.input[0])
    quantise = next((node for node in before if node.op_type == "QuantizeLinear"), None)
    first = [] if quantise is None else _paired(graph, stem, quantise)
    if quantise is None:
        first = _scaled(graph, stem.input[0])
    for node in before:
        if node.op_type != "DequantizeLinear":
            graph.node.remove(node)
    for node in reversed(first):
        graph.node.insert(0, node)
    sides: list[str | int | None] = ["pictures", "height", "width", len("RGB")]
    graph.input[0].CopyFrom(helper.make_tensor_value_info(IMAGE, TensorProto.UINT8, sides))
    _sweep(graph)
    onnx.checker.check_model(network)
    onnx.save(network, str(path))


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
        graph.initializer.append(numpy_helper.from_array(np.array(value, np.float32), name))
    return [
        helper.make_node("Transpose", [IMAGE], ["pixels_planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["pixels_planes"], ["pixels_float"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["pixels_float", "pixels_zero"], ["pixels_centred"]),
        helper.make_node("Mul", ["pixels_centred", "pixels_share"], [output]),
    ]


def _paired(
    graph: onnx.GraphProto, stem: onnx.NodeProto, quantise: onnx.NodeProto
) -> list[onnx.NodeProto]:
    """Return nodes that lay each 2 x 2 pixels beside each other, and change the first convolution.

    3 x 3 taps on 3 channels at every second pixel are 2 x 2 taps on 12 at every one: the same sums,
    read in longer pieces, in two thirds of the time of three channels.
    """
    stored = {one.name: one for one in graph.initializer}
    scale, zero = (numpy_helper.to_array(stored[name]) for name in quantise.input[1:3])
    if float(scale) != 1 / RANGE or int(zero) != ZERO:
        raise ValueError(f"first scale {scale} and zero {zero}, not 1/{RANGE} and {ZERO}")
    weights = next(node for node in graph.node if stem.input[1] in node.output).input[0]
    paired = numpy_helper.from_array(pair(numpy_helper.to_array(stored[weights])), weights)
    stored[weights].CopyFrom(paired)
    del stem.attribute[:]
    taps = {"kernel_shape": [2, 2], "pads": [1, 1, 0, 0], "strides": [1, 1]}
    for key, value in {**taps, "dilations": [1, 1], "group": 1}.items():
        stem.attribute.append(helper.make_attribute(key, value))
    for name, value in (("two", [2]), ("six", [6]), ("flat", [0, 0, 0, 12])):
        array = np.array(value, np.int64)
        graph.initializer.append(numpy_helper.from_array(array, f"pixels_{name}"))
    parts = ["pixels_n", "pixels_rows", "pixels_two", "pixels_columns", "pixels_six"]
    return [
        helper.make_node("Shape", [IMAGE], ["pixels_n"], start=0, end=1),
        helper.make_node("Shape", [IMAGE], ["pixels_h"], start=1, end=2),
        helper.make_node("Shape", [IMAGE], ["pixels_w"], start=2, end=3),
        helper.make_node("Div", ["pixels_h", "pixels_two"], ["pixels_rows"]),
        helper.make_node("Div", ["pixels_w", "pixels_two"], ["pixels_columns"]),
        helper.make_node("Concat", parts, ["pixels_shape"], axis=0),
        helper.make_node("Reshape", [IMAGE, "pixels_shape"], ["pixels_split"]),
        helper.make_node("Transpose", ["pixels_split"], ["pixels_fours"], perm=[0, 1, 3, 2, 4]),
        helper.make_node("Reshape", ["pixels_fours", "pixels_flat"], ["pixels_twelve"]),
        helper.make_node("Transpose", ["pixels_twelve"], [quantise.output[0]], perm=[0, 3, 1, 2]),
    ]


def pair(taps: NDArray[Any]) -> NDArray[Any]:
    """Turn taps ``[outputs, 3, 3, 3]`` at every second pixel into ``[outputs, 12, 2, 2]``.

    Of the four squares that the new taps see, only the last shows all its pixels to the old ones.
    """
    result = np.zeros((len(taps), 12, 2, 2), taps.dtype)
    for row in range(3):
        for column in range(3):
            # The old taps begin at the second row and column of the first square.
            (square_y, y), (square_x, x) = divmod(row + 1, 2), divmod(column + 1, 2)
            channel = 3 * (2 * y + x)
            result[:, channel : channel + 3, square_y, square_x] = taps[:, :, row, column]
    return result


def _sweep(graph: onnx.GraphProto) -> None:
    """Drop values that nothing takes any more."""
    taken = {name for node in graph.node for name in node.input}
    for one in [one for one in graph.initializer if one.name not in taken]:
        graph.initializer.remove(one)
    for node in [node for node in graph.node if node.op_type == "Constant"]:
        if node.output[0] not in taken:
            graph.node.remove(node)
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
