"""Small networks that follow a finder's first blocks: how they see, learn and are written.

The verifier and the sign teller are such tails. What the finder says of each candidate is counted a
few times, altered by chance, so that a thousand steps of what follows take minutes on one core.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import logging
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import onnx
import torch
from torch import Tensor, nn

from gatusyn.privacy.verifier import HEIGHT, WIDTH
from training.export import store_halved
from training.privacy.candidates import Packed, unpacked
from training.privacy.export import OPSET
from training.privacy.pictures import Image
from training.privacy.pixels import IMAGE
from training.privacy.scenes import alter

LOG = logging.getLogger(__name__)
Network = TypeVar("Network", bound=nn.Module)
_AVERAGE, _CLIPPED = 0.99, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a tail learns: the highest rate, the steps until then, and how weights decay."""

    rate: float
    warm_up: int
    decay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for on the command line."""

    packed: Packed
    finder: onnx.ModelProto
    out: Path
    steps: int
    seed: int


def run(words: str | None, make: Callable[[Asked], None], *, steps: int) -> None:
    """Run a command that makes a tail, and say what it made.

    Parameters
    ----------
    words
        What the command is for.
    make
        Trains and writes what was asked for.
    steps
        How many, if nothing else is asked for.
    """
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("--candidates", type=Path, nargs="+", required=True)
    parser.add_argument("--finder", type=Path, required=True, help="in float32, pixels in pairs")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    cv2.setNumThreads(1)
    make(
        Asked(
            packed=unpacked(given.candidates),
            finder=onnx.load(str(given.finder)),
            out=given.out,
            steps=given.steps,
            seed=given.seed,
        )
    )
    tell_written(given.out)


def tell_written(path: Path) -> None:
    """Say how large a network that was written is, and its hash."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    LOG.info("%s: %.3f MB, sha256 %s", path.name, len(content) / 1e6, digest)


def fit(
    network: Network,
    loss: Callable[[Network, np.random.Generator], Tensor],
    *,
    steps: int,
    seed: int,
    pace: Pace,
) -> Network:
    """Train a network; return the running average of its weights.

    Parameters
    ----------
    loss
        Draws a batch and returns its loss.
    """
    random = np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(network.parameters(), lr=pace.rate, weight_decay=pace.decay)
    average, told, began = copy.deepcopy(network), 0.0, time.monotonic()
    for step in range(steps):
        for group in optimiser.param_groups:
            warm = min(1.0, (step + 1) / pace.warm_up)
            group["lr"] = pace.rate * warm * (1 - step / steps) ** 0.9
        value = loss(network, random)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIPPED)
        optimiser.step()
        with torch.no_grad():
            for mean, new in zip(average.parameters(), network.parameters(), strict=True):
                mean.lerp_(new, 1 - min(_AVERAGE, step / (step + 10)))
        told = value.item() if not step else 0.98 * told + 0.02 * value.item()
        if (step + 1) % 100 == 0:
            LOG.info("%5.0f s, step %d, loss %.3f", time.monotonic() - began, step + 1, told)
    return average.eval()


def front(finder: onnx.ModelProto, taps: Sequence[str]) -> onnx.ModelProto:
    """Return the part of a finder, pixels in pairs, that ends with some of its values."""
    with tempfile.TemporaryDirectory() as folder:
        whole, part = (Path(folder) / name for name in ("whole.onnx", "part.onnx"))
        tapped = onnx.ModelProto()
        tapped.CopyFrom(finder)
        onnx.save(tapped, str(whole))
        onnx.utils.extract_model(str(whole), str(part), [IMAGE], [*taps], check_model=False)
        return onnx.load(str(part))


def shown(random: np.random.Generator, cut: Image, *, zoom: float = 1.0) -> Image:
    """Return a cut as the verifier may see it: shifted, turned, mirrored, in another light.

    Parameters
    ----------
    zoom
        Size at which it is seen, as a share of the verifier's.
    """
    turn, scale = random.normal(0, 0.05), np.exp(random.normal(0, 0.08, 2))
    flip = -1.0 if random.random() < 0.5 else 1.0
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    linear = linear @ np.diag([flip * scale[0], scale[1]]) * zoom
    middle = np.array(cut.shape[1::-1]) / 2
    spot = np.array([WIDTH, HEIGHT]) / 2 + random.normal(0, 0.9, 2)
    matrix = np.column_stack([linear, spot - linear @ middle])
    seen = cv2.warpAffine(cut, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    result = np.asarray(seen, np.uint8)
    return alter(random, result) if random.random() < 0.5 else result


def write_joined(
    finder: onnx.ModelProto,
    own: nn.Module,
    path: Path,
    *,
    inputs: Mapping[str, Tensor],
    answer: str,
) -> None:
    """Write a finder's first blocks and what follows them as one network, for any number of views.

    Parameters
    ----------
    inputs
        Values of the finder that ``own`` takes, in order, by their names, each with an example.
    """
    names = [f"features{number}" for number in range(len(inputs))]
    torch.onnx.export(
        own.eval(),
        tuple(inputs.values()),
        str(path),
        input_names=names,
        output_names=[answer],
        dynamic_axes={name: {0: "pictures"} for name in (*names, answer)},
        opset_version=OPSET,
        dynamo=False,
    )
    first, second = front(finder, [*inputs]), onnx.load(str(path))
    second.ir_version = first.ir_version
    joined = onnx.compose.merge_models(
        first,
        second,
        io_map=list(zip(inputs, names, strict=True)),
        prefix1="finder/",
        prefix2="own/",
    )
    _rename(joined.graph, {f"finder/{IMAGE}": IMAGE, f"own/{answer}": answer})
    onnx.save(joined, str(path))
    store_halved(path)


def _rename(graph: onnx.GraphProto, names: Mapping[str, str]) -> None:
    """Rename values of a network."""
    for one in (*graph.input, *graph.output):
        one.name = names.get(one.name, one.name)
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
