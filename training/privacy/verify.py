"""Train the verifier: a small network that says which candidates are certainly nothing.

``python -m training.privacy.verify --candidates WORK/NAME.npz --finder FINDER.onnx --out FILE``:
its first blocks are those of the finder in float32, as they are. What they say of each candidate is
counted a few times, altered by chance, so that a thousand steps take minutes on one core.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import logging
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from gatusyn.privacy.load_redactor import open_session
from gatusyn.privacy.pairs import in_pairs
from gatusyn.privacy.verifier import HEIGHT, WIDTH
from training.encoder import STAGES, Block
from training.export import store_halved
from training.privacy.export import OPSET
from training.privacy.harden import stored
from training.privacy.pictures import Image
from training.privacy.pixels import IMAGE
from training.privacy.scenes import alter
from training.privacy.targets import KINDS

LOG = logging.getLogger(__name__)
TAP = "/network/encoder/blocks.2/Add_output_0"
"""What the finder's first blocks say at a quarter of the view: where the verifier's own begin."""
_OWN_BLOCKS = (3, 4)
_ANSWER = "verified"
_QUARTER = 4
_STRIDE = 16
_RATE, _AVERAGE = 2e-3, 0.99
#: Of a batch: heads, what is no head, plates, what is no plate.
_SHARES = (36, 52, 20, 36)
#: Of the things in a batch so many are as photos show them.
_REAL = 0.5
#: Each candidate is altered so many times; real things more often.
_VARIANTS, _REAL_VARIANTS = 2, 10
_MOST_OF_A_GROUP = 12_000


class Tail(nn.Module):
    """Says whether what is in the middle of a view is a head, and whether it is a plate.

    Input: the finder's features at a quarter of the view, ``[n, 24, h, w]``; output logits
    ``[n, 2]``.

    Parameters
    ----------
    finder
        Its blocks are what the own ones begin from; None begins from nothing.
    width
        Channels after the blocks.
    """

    def __init__(self, finder: onnx.GraphProto | None = None, *, width: int = 48) -> None:
        super().__init__()
        stage = STAGES[2]
        self.blocks = nn.ModuleList([Block(stage, first=True), Block(stage, first=False)])
        if finder is not None:
            for number, block in zip(_OWN_BLOCKS, self.blocks, strict=True):
                for name, value in block.state_dict().items():
                    kept = stored(finder, f"network.encoder.blocks.{number}.{name}")
                    value.copy_(torch.from_numpy(kept.astype(np.float32)))
        self.join = nn.Conv2d(stage.outputs, width, 3, 2, 1)
        self.out = nn.Linear(width * (HEIGHT // _STRIDE) * (WIDTH // _STRIDE), len(KINDS))

    def forward(self, features: Tensor) -> Tensor:
        """Return logits ``[n, 2]``."""
        x = features
        for block in self.blocks:
            x = block(x)
        x = functional.relu(self.join(x)).flatten(1)
        result: Tensor = self.out(functional.dropout(x, 0.3, self.training))
        return result


def front(finder: onnx.ModelProto, taps: Sequence[str] = (TAP,)) -> onnx.ModelProto:
    """Return the part of a finder, pixels in pairs, that ends with some of its values."""
    with tempfile.TemporaryDirectory() as folder:
        whole, part = (Path(folder) / name for name in ("whole.onnx", "part.onnx"))
        tapped = onnx.ModelProto()
        tapped.CopyFrom(finder)
        onnx.save(tapped, str(whole))
        onnx.utils.extract_model(str(whole), str(part), [IMAGE], [*taps], check_model=False)
        return onnx.load(str(part))


class Encoded:
    """Candidates as the finder's first blocks see them, each a few times in another light."""

    def __init__(self, finder: onnx.ModelProto, candidates: Path, *, seed: int) -> None:
        self._session = open_session(front(finder).SerializeToString(), threads=1)
        self._random = np.random.default_rng(seed)
        packed = dict(np.load(candidates))
        kept = _few(packed, self._random)
        views, kinds, wanted, is_photo, all_sure = (
            packed[name][kept] for name in ("views", "kinds", "wanted", "is_photo", "sure")
        )
        real = (wanted == 1) & (is_photo == 1)
        of = np.repeat(np.arange(len(kinds)), np.where(real, _REAL_VARIANTS, _VARIANTS))
        self.said = np.vstack([self._say(views, of[at : at + 64]) for at in range(0, len(of), 64)])
        self._groups, self._chances = [], []
        for kind in range(len(KINDS)):
            for is_wanted in (1, 0):
                group = np.flatnonzero((kinds[of] == kind) & (wanted[of] == is_wanted))
                if is_wanted:
                    count = max(int(real[of][group].sum()), 1)
                    rest = max(len(group) - count, 1)
                    chance = np.where(real[of][group], _REAL / count, (1 - _REAL) / rest)
                else:
                    chance = 0.2 + all_sure[of][group].astype(np.float64)
                self._groups.append(group)
                self._chances.append(chance / chance.sum())

    def _say(self, views: NDArray[np.uint8], chosen: NDArray[np.intp]) -> NDArray[np.float16]:
        seen = np.stack([shown(self._random, views[i]) for i in chosen])
        (said,) = self._session.run([TAP], {IMAGE: in_pairs(seen)})
        return said.astype(np.float16)

    def batch(self, random: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Return features, the kinds asked for and what is wanted, ``[n]`` each."""
        chosen = [
            random.choice(group, count, p=chance)
            for group, count, chance in zip(self._groups, _SHARES, self._chances, strict=True)
        ]
        kinds = np.repeat([0, 0, 1, 1], _SHARES)
        wanted = np.repeat([1.0, 0.0, 1.0, 0.0], _SHARES).astype(np.float32)
        said = self.said[np.concatenate(chosen)].astype(np.float32)
        return torch.from_numpy(said), torch.from_numpy(kinds), torch.from_numpy(wanted)


def _few(packed: Mapping[str, NDArray[Any]], random: np.random.Generator) -> NDArray[np.intp]:
    """Return which candidates are kept: of each group the surest and those of photos rather."""
    kept = []
    for kind in range(len(KINDS)):
        for is_wanted in (1, 0):
            group = np.flatnonzero((packed["kinds"] == kind) & (packed["wanted"] == is_wanted))
            chance = packed["is_photo"][group] + packed["sure"][group] + random.random(len(group))
            kept.append(group[np.argsort(-chance)[:_MOST_OF_A_GROUP]])
    return np.concatenate(kept)


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


def train(tail: Tail, encoded: Encoded, *, steps: int, seed: int) -> Tail:
    """Train a tail; return the running average of its weights."""
    random = np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(tail.parameters(), lr=_RATE, weight_decay=0.02)
    average, shown_loss, began = copy.deepcopy(tail), 0.0, time.monotonic()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1.0, (step + 1) / 100) * (1 - step / steps) ** 0.9
        features, kinds, wanted = encoded.batch(random)
        logit = tail(features).gather(1, kinds[:, None])[:, 0]
        value = functional.binary_cross_entropy_with_logits(logit, wanted)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(tail.parameters(), 5.0)
        optimiser.step()
        with torch.no_grad():
            for mean, new in zip(average.parameters(), tail.parameters(), strict=True):
                mean.lerp_(new, 1 - min(_AVERAGE, step / (step + 10)))
        shown_loss = value.item() if not step else 0.98 * shown_loss + 0.02 * value.item()
        if (step + 1) % 100 == 0:
            LOG.info("%5.0f s, step %d, loss %.3f", time.monotonic() - began, step + 1, shown_loss)
    return average.eval()


class _Answering(nn.Module):
    """A tail as it is shipped: probabilities out."""

    def __init__(self, tail: Tail) -> None:
        super().__init__()
        self.tail = tail

    def forward(self, features: Tensor) -> Tensor:
        """Return probabilities ``[n, 2]``."""
        return torch.sigmoid(self.tail(features))


def write_onnx(finder: onnx.ModelProto, tail: Tail, path: Path) -> None:
    """Write the finder's first blocks and a tail as one network, for any number of views."""
    example = torch.zeros((2, STAGES[1].outputs, HEIGHT // _QUARTER, WIDTH // _QUARTER))
    write_joined(finder, _Answering(tail), path, inputs={TAP: example}, answer=_ANSWER)


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


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--finder", type=Path, required=True, help="in float32, pixels in pairs")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    cv2.setNumThreads(1)
    finder = onnx.load(str(arguments.finder))
    began = time.monotonic()
    encoded = Encoded(finder, arguments.candidates, seed=arguments.seed)
    LOG.info("%5.0f s, %d views", time.monotonic() - began, len(encoded.said))
    tail = train(Tail(finder.graph), encoded, steps=arguments.steps, seed=arguments.seed)
    write_onnx(finder, tail, arguments.out)
    content = arguments.out.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    LOG.info("%s: %.3f MB, sha256 %s", arguments.out.name, len(content) / 1e6, digest)


if __name__ == "__main__":
    main()
