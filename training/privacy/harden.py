"""Train the finder's decoder further on what has fooled it, its encoder left as it is.

``python -m training.privacy.harden --network FINDER.onnx --shared SHARED --work WORK``: takes an
exported float32 network and writes ``WORK/NAME.onnx`` and ``NAME-int8.onnx``. What the encoder says
of some thousand crops is counted once, so that a thousand steps take minutes on one core.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from gatusyn.privacy.pairs import in_pairs
from training.network import doubled
from training.privacy import export, hard, pictures, scenes, tails
from training.privacy.exported import node_of, stored, tensor_of
from training.privacy.gathered import gather
from training.privacy.network import KINDS
from training.privacy.pixels import take_pixels
from training.privacy.targets import OUTPUTS, targets
from training.privacy.train import BATCH, loss

LOG = logging.getLogger(__name__)
TAPS = tuple(f"/network/encoder/blocks.{block}/Add_output_0" for block in (2, 4, 10))
"""What the encoder says at a quarter, an eighth and a sixteenth of the picture."""

_RESIDUALS = ("context/context.0", "context/context.1", "middle")
_CONVOLUTIONS = (
    *("quarter", "eighth", "sixteenth"),
    *(f"{name}/{part}/{part}.0" for name in _RESIDUALS for part in ("first", "second")),
    *("join/join.0", "out"),
)


class Decoder(nn.Module):
    """The decoder of an exported network, batch normalisation folded into its convolutions."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        super().__init__()
        self.convolutions = nn.ModuleDict()
        for name in _CONVOLUTIONS:
            node = node_of(graph, name)
            weight, bias = (stored(graph, one) for one in node.input[1:3])
            dilation = next(list(a.ints) for a in node.attribute if a.name == "dilations")[0]
            side = weight.shape[2]
            convolution = nn.Conv2d(
                weight.shape[1], len(weight), side, padding=side // 2 * dilation, dilation=dilation
            )
            for own, value in ((convolution.weight, weight), (convolution.bias, bias)):
                assert own is not None
                own.data = torch.from_numpy(value.astype(np.float32))
            self.convolutions[_key(name)] = convolution

    def forward(self, quarter: Tensor, eighth: Tensor, sixteenth: Tensor) -> Tensor:
        """Return logits and log distances, float32 ``[n, 2, 5, h / 4, w / 4]``."""
        wide = functional.relu(self._of("sixteenth", sixteenth))
        for name in _RESIDUALS[:2]:
            wide = self._residual(name, wide)
        near = functional.relu(self._of("eighth", eighth) + doubled(wide))
        near = self._residual("middle", near)
        joined = functional.relu(self._of("quarter", quarter) + doubled(near))
        joined = functional.relu(self._of("join/join.0", joined))
        return self._of("out", joined).unflatten(1, (len(KINDS), OUTPUTS))

    def _of(self, name: str, x: Tensor) -> Tensor:
        result: Tensor = self.convolutions[_key(name)](x)
        return result

    def _residual(self, name: str, x: Tensor) -> Tensor:
        inner = functional.relu(self._of(f"{name}/first/first.0", x))
        return functional.relu(x + self._of(f"{name}/second/second.0", inner))

    def store(self, graph: onnx.GraphProto) -> None:
        """Write the weights back to where they came from."""
        for name in _CONVOLUTIONS:
            convolution = self.convolutions[_key(name)]
            for place, value in zip(
                node_of(graph, name).input[1:3], (convolution.weight, convolution.bias), strict=True
            ):
                kept = tensor_of(graph, place)
                dtype = numpy_helper.to_array(kept).dtype
                new = value.detach().numpy().astype(dtype)
                kept.CopyFrom(numpy_helper.from_array(new, kept.name))


def _key(name: str) -> str:
    return name.replace("/", "_").replace(".", "_")


class Encoded:
    """Crops as the encoder sees them, with what is to be found in them."""

    def __init__(self, network: onnx.ModelProto, source: hard.HardSource, *, seed: int) -> None:
        tapped = onnx.ModelProto()
        tapped.CopyFrom(network)
        for tap in TAPS:
            tapped.graph.output.append(
                onnx.helper.make_tensor_value_info(tap, TensorProto.FLOAT, None)
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            tapped.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self._takes_pixels = network.graph.input[0].type.tensor_type.elem_type == TensorProto.UINT8
        self._source, self._random = source, np.random.default_rng(seed)
        self.said: list[tuple[NDArray[np.float16], ...]] = []
        self.wanted: list[NDArray[np.float16]] = []

    def add(self, count: int) -> None:
        """Draw so many crops more."""
        for _ in range(count):
            crop, boxes = self._source.sample(self._random)
            image = in_pairs(crop[None]) if self._takes_pixels else export.tensor(crop)
            said = self._session.run(list(TAPS), {"image": image})
            self.said.append(tuple(one[0].astype(np.float16) for one in said))
            wanted = targets(boxes, height=scenes.HEIGHT, width=scenes.WIDTH)
            self.wanted.append(wanted.astype(np.float16))

    def batch(self, chosen: NDArray[np.intp]) -> tuple[list[Tensor], Tensor]:
        """Return some crops' maps and targets, float32."""
        maps = [
            torch.from_numpy(np.stack([self.said[i][level] for i in chosen]).astype(np.float32))
            for level in range(len(TAPS))
        ]
        wanted = np.stack([self.wanted[i] for i in chosen]).astype(np.float32)
        return maps, torch.from_numpy(wanted)


def train(decoder: Decoder, encoded: Encoded, *, steps: int, rate: float, seed: int) -> Decoder:
    """Train a decoder; return the running average of its weights."""

    def of_batch(decoder: Decoder, random: np.random.Generator) -> Tensor:
        maps, wanted = encoded.batch(random.integers(len(encoded.said), size=BATCH))
        return loss(decoder(*maps), wanted)

    pace = tails.Pace(rate=rate, warm_up=50, decay=0.01)
    return tails.fit(decoder, of_batch, steps=steps, seed=seed, pace=pace)


def write(network: onnx.ModelProto, decoder: Decoder, path: Path, shared: Path) -> None:
    """Write the network with another decoder, in float32 and in int8."""
    decoder.store(network.graph)
    onnx.checker.check_model(network)
    onnx.save(network, str(path))
    small = path.with_name(f"{path.stem}-int8.onnx")
    export.write_int8(path, small, export.range_photos(shared))
    for file in (path, small):
        take_pixels(file)
        tails.tell_written(file)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help="float32, exported")
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="gets the networks, and notes")
    parser.add_argument("--name", default="finder")
    parser.add_argument("--fold", type=int, choices=range(pictures.FOLDS), help="held out")
    parser.add_argument("--crops", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    arguments.work.mkdir(parents=True, exist_ok=True)
    network = onnx.load(str(arguments.network))
    usual = gather(
        arguments.shared, [], fold=arguments.fold, notes=arguments.work / "doubtful.json"
    )
    crops = hard.sign_crops(arguments.shared / "data" / "signs" / "crops")
    began = time.monotonic()
    encoded = Encoded(network, hard.HardSource(usual, crops), seed=arguments.seed)
    encoded.add(arguments.crops)
    LOG.info("%d crops in %.0f s", arguments.crops, time.monotonic() - began)
    decoder = train(
        Decoder(network.graph),
        encoded,
        steps=arguments.steps,
        rate=arguments.rate,
        seed=arguments.seed,
    )
    write(network, decoder, arguments.work / f"{arguments.name}.onnx", arguments.shared)


if __name__ == "__main__":
    main()
