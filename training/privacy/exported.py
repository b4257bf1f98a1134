"""Reads weights out of an exported finder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn

from training.privacy.network import FinderNetwork
from training.privacy.pixels import unpaired


def node_of(graph: onnx.GraphProto, name: str) -> onnx.NodeProto:
    """Return a convolution, by its place in the network."""
    return next(one for one in graph.node if one.name == f"/network/{name}/Conv")


def tensor_of(graph: onnx.GraphProto, name: str) -> onnx.TensorProto:
    """Return a stored weight, by its name, whether it is kept in half precision or not."""
    return next(one for one in graph.initializer if one.name in (name, f"{name}.half"))


def stored(graph: onnx.GraphProto, name: str) -> NDArray[Any]:
    """Return a weight of a network, by its name."""
    return numpy_helper.to_array(tensor_of(graph, name))


def from_exported(path: Path) -> FinderNetwork:
    """Return an exported float32 finder, pixels in pairs, as a network in evaluation mode.

    Batch normalisation is a part of the exported convolutions, and changes nothing any more.
    """
    graph = onnx.load(str(path)).graph
    network = FinderNetwork()
    for name, module in network.named_modules():
        if not isinstance(module, nn.Conv2d):
            continue
        node = node_of(graph, _place(network, name))
        weight, bias = (stored(graph, one) for one in node.input[1:3])
        if name == "encoder.stem":
            weight = unpaired(weight)
        module.weight.data = torch.from_numpy(weight.astype(np.float32))
        shift = torch.from_numpy(bias.astype(np.float32))
        if module.bias is not None:
            module.bias.data = shift
            continue
        norm = network.get_submodule(f"{name.rpartition('.')[0]}.1")
        assert isinstance(norm, nn.BatchNorm2d)
        norm.weight.data = torch.full_like(shift, (1.0 + norm.eps) ** 0.5)
        norm.bias.data = shift
    return network.eval()


def _place(network: nn.Module, name: str) -> str:
    """Return where an export puts a module: lists of modules are no place of their own."""
    parts: list[str] = []
    above = network
    for part in name.split("."):
        if not part.isdigit():
            parts.append(part)
        elif isinstance(above, nn.ModuleList):
            parts[-1] += f".{part}"
        else:
            parts.append(f"{parts[-1]}.{part}")
        above = above.get_submodule(part)
    return "/".join(parts)
