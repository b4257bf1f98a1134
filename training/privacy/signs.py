"""Train the sign teller: a small network that says which heads are certainly a part of a sign.

``python -m training.privacy.signs --candidates WORK/NAME-*.npz --finder FINDER.onnx --out FILE``:
it learns from what ``training.privacy.mine`` collected, from what finders take for heads in
pictures of signs, and from real, pasted and drawn heads; what else they take for heads is left out.
Two layers follow what the finder's blocks say of each.
"""

from __future__ import annotations

import copy
import logging
import time

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from gatusyn.privacy.load_redactor import open_session
from gatusyn.privacy.pairs import in_pairs
from gatusyn.privacy.sign_teller import FAR_PX, NEAR_PX
from gatusyn.privacy.verifier import CANDIDATE_PX
from training.privacy import tails
from training.privacy.candidates import Packed
from training.privacy.harden import TAPS
from training.privacy.pixels import IMAGE

LOG = logging.getLogger(__name__)
_TAPS = TAPS[1:]
"""What the finder's blocks say at an eighth and a sixteenth of the view."""

_SHARES = (32, 32, 64)
"""Of a batch: heads of photos, heads that were put in, signs."""

_PACE = tails.Pace(rate=1e-3, warm_up=50, decay=0.05)
_HEAD_VARIANTS = 8
"""Each head of a photo is seen so many times in another light."""

_MOST = 22_000
"""Of the heads that were put in, and of the signs."""


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

    def __init__(self, finder: onnx.ModelProto, packed: Packed, *, seed: int) -> None:
        self._session = open_session(tails.front(finder, _TAPS).SerializeToString(), threads=1)
        self._random = np.random.default_rng(seed)
        self.examples: list[Tensor] = []
        self.groups = [group.astype(np.float32) for group in self._groups(packed)]

    def _groups(self, packed: Packed) -> list[NDArray[np.float16]]:
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
        said = []
        for at in range(0, len(chosen), 32):
            seen = [self._seen(views[i]) for i in chosen[at : at + 32]]
            maps = self._session.run([*_TAPS], {IMAGE: in_pairs(np.stack(seen))})
            self.examples = [torch.from_numpy(one[:2]) for one in maps]
            flat = np.hstack([one.reshape(len(one), -1) for one in maps])
            said.append(flat.astype(np.float16))
        return np.vstack(said)

    def _seen(self, view: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a view as from near or as from far: both will be asked for."""
        high = NEAR_PX if self._random.random() < 0.5 else FAR_PX
        return tails.shown(self._random, view, zoom=high / CANDIDATE_PX)

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
    spread = np.vstack([group[:2000] for group in encoded.groups]).std(axis=0) + np.float32(0.05)

    def loss(teller: Teller, random: np.random.Generator) -> Tensor:
        features, wanted = encoded.batch(random)
        return functional.binary_cross_entropy_with_logits(teller(features)[:, 0], wanted)

    teller = Teller(spread.astype(np.float32))
    return tails.fit(teller, loss, steps=steps, seed=seed, pace=_PACE)


def make(asked: tails.Asked) -> None:
    """Train the sign teller that was asked for, and write it."""
    began = time.monotonic()
    encoded = Encoded(asked.finder, asked.packed, seed=asked.seed)
    counts = [len(group) for group in encoded.groups]
    LOG.info("%5.0f s, heads of photos, put in, signs: %s", time.monotonic() - began, counts)
    teller = train(encoded, steps=asked.steps, seed=asked.seed)
    inputs = dict(zip(_TAPS, encoded.examples, strict=True))
    tails.write_joined(asked.finder, _Answering(teller), asked.out, inputs=inputs, answer="sign")


if __name__ == "__main__":
    tails.run(__doc__, make, steps=3000)
