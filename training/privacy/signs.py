"""Train the sign teller: a small network that says which heads are certainly a part of a sign.

``python -m training.privacy.signs --candidates WORK/NAME.npz --finder FINDER.onnx --out FILE``: it
learns from what ``training.privacy.mine`` collected, from what finders take for heads in pictures
of signs, and from real, pasted and drawn heads; what else they take for heads is left out. What the
finder's blocks say of each is counted a few times, altered by chance: two layers follow them.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from gatusyn.privacy.load_redactor import open_session
from gatusyn.privacy.pairs import in_pairs
from gatusyn.privacy.sign_teller import NEAR_PX
from gatusyn.privacy.verifier import CANDIDATE_PX
from training.privacy.harden import TAPS
from training.privacy.pixels import IMAGE
from training.privacy.verify import front, shown, write_joined

LOG = logging.getLogger(__name__)
_TAPS = TAPS[1:]
"""What the finder's blocks say at an eighth and a sixteenth of the view."""

_SHARES = (32, 32, 64)
"""Of a batch: heads of photos, heads that were put in, signs."""

_RATE, _AVERAGE = 1e-3, 0.99
_HEAD_VARIANTS = 8
"""Each head of a photo is seen so many times in another light."""

_MOST = 2_500
"""Of the heads that were put in, and of the signs, of each file."""


class Teller(nn.Module):
    """Says whether what is in the middle of a view is a part of a sign: two layers.

    Parameters
    ----------
    spread
        By how much each feature varies, float32 ``[features]``.
    """

    def __init__(self, spread: NDArray[np.float32], *, width: int = 64) -> None:
        super().__init__()
        self.register_buffer("scale", torch.from_numpy(1.0 / spread))
        self.first, self.second = nn.Linear(len(spread), width), nn.Linear(width, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Return logits ``[n, 1]``."""
        x = functional.dropout(features * self.scale, 0.2, self.training)
        x = functional.dropout(functional.relu(self.first(x)), 0.4, self.training)
        result: Tensor = self.second(x)
        return result


class _Answering(nn.Module):
    """A teller as it is shipped: maps in, probabilities out."""

    def __init__(self, teller: Teller) -> None:
        super().__init__()
        self.first, self.second = copy.deepcopy(teller.first), teller.second
        with torch.no_grad():
            self.first.weight.mul_(teller.scale)

    def forward(self, eighth: Tensor, sixteenth: Tensor) -> Tensor:
        """Return probabilities ``[n, 1]``."""
        features = torch.cat([eighth.flatten(1), sixteenth.flatten(1)], 1)
        return torch.sigmoid(self.second(functional.relu(self.first(features))))


class Encoded:
    """Heads of photos, heads put into pictures, and signs as the finder's blocks see them."""

    def __init__(self, finder: onnx.ModelProto, candidates: Sequence[Path], *, seed: int) -> None:
        self._session = open_session(front(finder, _TAPS).SerializeToString(), threads=1)
        self._random = np.random.default_rng(seed)
        self.examples: list[Tensor] = []
        parts = [self._groups(path) for path in candidates]
        self.groups = [np.vstack(group).astype(np.float32) for group in zip(*parts, strict=True)]

    def _groups(self, path: Path) -> list[NDArray[np.float16]]:
        packed = np.load(path)
        head, wanted, is_photo, is_sign = (
            packed[name] == value
            for name, value in (("kinds", 0), ("wanted", 1), ("is_photo", 1), ("is_sign", 1))
        )
        views = packed["views"]
        real = np.flatnonzero(head & wanted & is_photo)
        said = [self._say(views, np.repeat(real, _HEAD_VARIANTS))]
        for group in (head & wanted & ~is_photo, head & ~wanted & is_sign):
            few = self._random.permutation(np.flatnonzero(group))[:_MOST]
            said.append(self._say(views, few))
        return said

    def _say(self, views: NDArray[np.uint8], chosen: NDArray[np.intp]) -> NDArray[np.float16]:
        zoom, said = NEAR_PX / CANDIDATE_PX, []
        for at in range(0, len(chosen), 32):
            seen = [shown(self._random, views[i], zoom=zoom) for i in chosen[at : at + 32]]
            maps = self._session.run([*_TAPS], {IMAGE: in_pairs(np.stack(seen))})
            self.examples = [torch.from_numpy(one[:2]) for one in maps]
            flat = np.hstack([one.reshape(len(one), -1) for one in maps])
            said.append(flat.astype(np.float16))
        return np.vstack(said)

    def batch(self, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Return features and what is wanted, ``[n]``."""
        said = [
            group[random.integers(len(group), size=count)]
            for group, count in zip(self.groups, _SHARES, strict=True)
        ]
        wanted = np.repeat([0.0, 0.0, 1.0], _SHARES).astype(np.float32)
        return torch.from_numpy(np.vstack(said)), torch.from_numpy(wanted)


def train(encoded: Encoded, *, steps: int, seed: int) -> Teller:
    """Train a teller; return the running average of its weights."""
    random = np.random.default_rng(seed)
    spread = np.vstack([group[:2000] for group in encoded.groups]).std(axis=0) + np.float32(0.05)
    teller = Teller(spread.astype(np.float32))
    optimiser = torch.optim.AdamW(teller.parameters(), lr=_RATE, weight_decay=0.05)
    average, began, told = copy.deepcopy(teller), time.monotonic(), 0.0
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1.0, (step + 1) / 50) * (1 - step / steps) ** 0.9
        features, wanted = encoded.batch(random)
        value = functional.binary_cross_entropy_with_logits(teller(features)[:, 0], wanted)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        optimiser.step()
        with torch.no_grad():
            for mean, new in zip(average.parameters(), teller.parameters(), strict=True):
                mean.lerp_(new, 1 - min(_AVERAGE, step / (step + 10)))
        told = value.item() if not step else 0.98 * told + 0.02 * value.item()
        if (step + 1) % 100 == 0:
            LOG.info("%5.0f s, step %d, loss %.3f", time.monotonic() - began, step + 1, told)
    return average.eval()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=Path, nargs="+", required=True)
    parser.add_argument("--finder", type=Path, required=True, help="in float32, pixels in pairs")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    cv2.setNumThreads(1)
    finder, began = onnx.load(str(arguments.finder)), time.monotonic()
    encoded = Encoded(finder, arguments.candidates, seed=arguments.seed)
    counts = [len(group) for group in encoded.groups]
    LOG.info("%5.0f s, heads of photos, put in, signs: %s", time.monotonic() - began, counts)
    teller = train(encoded, steps=arguments.steps, seed=arguments.seed)
    inputs = dict(zip(_TAPS, encoded.examples, strict=True))
    write_joined(finder, _Answering(teller), arguments.out, inputs=inputs, answer="sign")
    content = arguments.out.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    LOG.info("%s: %.3f MB, sha256 %s", arguments.out.name, len(content) / 1e6, digest)


if __name__ == "__main__":
    main()
