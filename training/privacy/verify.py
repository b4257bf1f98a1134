"""Train the verifier: a small network that says which candidates are certainly nothing.

``python -m training.privacy.verify --candidates WORK/NAME-*.npz --finder FINDER.onnx --out FILE``:
its first blocks are those of the finder in float32, as they are.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path

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
from training.privacy import tails
from training.privacy.candidates import Packed
from training.privacy.harden import stored
from training.privacy.pixels import IMAGE
from training.privacy.targets import KINDS

LOG = logging.getLogger(__name__)
TAP = "/network/encoder/blocks.2/Add_output_0"
"""What the finder's first blocks say at a quarter of the view: where the verifier's own begin."""
_OWN_BLOCKS = (3, 4)
_ANSWER = "verified"
_QUARTER = 4
_STRIDE = 16
_PACE = tails.Pace(rate=2e-3, warm_up=100, decay=0.02)
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


class Encoded:
    """Candidates as the finder's first blocks see them, each a few times in another light."""

    def __init__(self, finder: onnx.ModelProto, packed: Packed, *, seed: int) -> None:
        self._session = open_session(tails.front(finder, [TAP]).SerializeToString(), threads=1)
        self._random = np.random.default_rng(seed)
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
        seen = np.stack([tails.shown(self._random, views[i]) for i in chosen])
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


def _few(packed: Packed, random: np.random.Generator) -> NDArray[np.intp]:
    """Return which candidates are kept: of each group the surest and those of photos rather."""
    kept = []
    for kind in range(len(KINDS)):
        for is_wanted in (1, 0):
            group = np.flatnonzero((packed["kinds"] == kind) & (packed["wanted"] == is_wanted))
            chance = packed["is_photo"][group] + packed["sure"][group] + random.random(len(group))
            kept.append(group[np.argsort(-chance)[:_MOST_OF_A_GROUP]])
    return np.concatenate(kept)


def train(tail: Tail, encoded: Encoded, *, steps: int, seed: int) -> Tail:
    """Train a tail; return the running average of its weights."""

    def loss(tail: Tail, random: np.random.Generator) -> Tensor:
        features, kinds, wanted = encoded.batch(random)
        logit = tail(features).gather(1, kinds[:, None])[:, 0]
        return functional.binary_cross_entropy_with_logits(logit, wanted)

    return tails.fit(tail, loss, steps=steps, seed=seed, pace=_PACE)


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
    tails.write_joined(finder, _Answering(tail), path, inputs={TAP: example}, answer=_ANSWER)


def make(asked: tails.Asked) -> None:
    """Train the verifier that was asked for, and write it."""
    began = time.monotonic()
    encoded = Encoded(asked.finder, asked.packed, seed=asked.seed)
    LOG.info("%5.0f s, %d views", time.monotonic() - began, len(encoded.said))
    tail = train(Tail(asked.finder.graph), encoded, steps=asked.steps, seed=asked.seed)
    write_onnx(asked.finder, tail, asked.out)


if __name__ == "__main__":
    tails.run(__doc__, make, steps=400)
