"""Make a finder that takes less time and answers alike: fewer channels, then taught by the old one.

``python -m training.privacy.slim --finder FINDER.onnx --shared SHARED --work WORK``, and
``--fold 0`` for the finder of a fold, so that its student sees no photo that it did not. Channels
are left out one by one whose loss the others can make good best, as far as answers feel it, by
least squares on what crops show; each block then learns for a moment to say what its teacher's
says, before the next is narrowed. At last the student learns to answer as its teacher does, for as
many steps as are asked for. ``WORK/NAME.pt`` is for ``export``.
"""

from __future__ import annotations

import argparse
import copy
import logging
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder import Block
from training.privacy import pictures, scenes, tails
from training.privacy.columns import Floats, best_columns
from training.privacy.export import load_network
from training.privacy.exported import from_exported
from training.privacy.felt import felt
from training.privacy.gathered import gather
from training.privacy.network import FinderNetwork

LOG = logging.getLogger(__name__)
#: So many channels of a block's are left between its convolutions: where a millisecond that is
#: spared is felt least. Multiples of what is counted at once.
NARROWED = {1: 80, 2: 112, 4: 224, 6: 400, 7: 400, 8: 416, 9: 368, 10: 320}
BATCH = 16
_FITTED_ON = 20
"""So many batches of crops show what the channels that are left can make good."""
_OF_MAPS = 0.1
"""How much maps on the way count beside answers."""
_ON_THINGS = 20.0
"""How much more a cell counts that either is sure of: false things are to be none, too. To what
channels are fitted on, cells count so much more that the teacher is sure of."""


_LEARNING, _PACE = 60, 0.003
"""So many steps a block learns for, and the share of its weights that a step changes at most."""


class _Sums:
    """Sums of products, gathered batch by batch."""

    def __init__(self) -> None:
        self.gram: Floats = np.zeros((0, 0))
        self.wanted: Floats = np.zeros((0, 0))

    def add(self, x: Tensor, y: Tensor, weight: Tensor) -> None:
        """Add what maps show, ``[n, c, h, w]``, and what is wanted, ``[n, outputs, h, w]``.

        ``weight``, ``[n, 1, h, w]``, is how much each cell counts.
        """
        rows, goals, each = (
            one.permute(0, 2, 3, 1).flatten(0, 2).double() for one in (x, y, weight)
        )
        rows = torch.cat([rows, torch.ones(len(rows), 1, dtype=rows.dtype)], dim=1)
        counted = (rows * each).T
        gram, wanted = (counted @ rows).numpy(), (counted @ goals).numpy()
        if not self.gram.size:
            self.gram, self.wanted = np.zeros_like(gram), np.zeros_like(wanted)
        self.gram, self.wanted = self.gram + gram, self.wanted + wanted


def slimmed(teacher: FinderNetwork, crops: list[Tensor]) -> FinderNetwork:
    """Return a student with fewer channels, as near its teacher as they allow.

    Parameters
    ----------
    crops
        What it is fitted on, each float32 [n, 3, h, w], RGB 0..1.
    """
    student = copy.deepcopy(teacher)
    weights = [_weights(teacher, images) for images in crops]
    wanted = [teacher.encoder.begun(images) for images in crops]
    shown = list(wanted)
    feeling = felt(teacher, crops, on_things=_ON_THINGS)
    # The first block stays: its channels are those of the picture's first convolution.
    for number, block in enumerate(student.encoder.blocks):
        wanted = [teacher.encoder.blocks[number](one) for one in wanted]
        if number:
            count = NARROWED.get(number, block.project.in_channels)
            lots = [_Lot(*one) for one in zip(shown, wanted, weights, strict=True)]
            _fit(block, lots, feeling[number], count)
            _learn(block, lots, feeling[number])
            LOG.info("block %d: %d channels left", number, block.project.in_channels)
        shown = [block(one) for one in shown]
    return student


class _Lot(NamedTuple):
    """What a batch of crops shows a block, what is wanted of it, and how much each cell counts."""

    shown: Tensor
    wanted: Tensor
    weight: Tensor

    @property
    def cells(self) -> Tensor:
        """How much each cell of what is wanted counts, ``[n, 1, h, w]``."""
        return functional.adaptive_max_pool2d(self.weight, self.wanted.shape[2:])


def _fit(block: Block, lots: list[_Lot], feeling: Floats, count: int) -> None:
    """Leave so many of a block's channels, and let them say what is wanted of the block."""
    sums = _Sums()
    for lot in lots:
        goal = lot.wanted - lot.shown if block.keeps else lot.wanted
        sums.add(_filtered(block, lot.shown), goal, lot.cells)
    columns, mix = best_columns(sums.gram, sums.wanted, count, feeling=feeling)
    block.narrow(torch.from_numpy(columns))
    _set(block.project, mix)


def _learn(block: Block, lots: list[_Lot], feeling: Floats) -> None:
    """Let all of a narrowed block's weights come nearer to what is wanted of it, as it is felt."""
    root, dice = torch.from_numpy(feeling).float(), np.random.default_rng(1)
    each = list(block.parameters())
    rates = [
        _PACE * _size(getattr(block, name.split(".")[0])) for name, _ in block.named_parameters()
    ]
    adam = torch.optim.Adam(
        [{"params": [one], "lr": rate} for one, rate in zip(each, rates, strict=True)],
        betas=(0.9, 0.99),
    )
    for step in range(_LEARNING):
        share = min(1.0, (step + 1) / 10) * (0.5 + 0.5 * math.cos(math.pi * step / _LEARNING))
        for group, rate in zip(adam.param_groups, rates, strict=True):
            group["lr"] = rate * share
        lot = lots[int(dice.integers(len(lots)))]
        with torch.enable_grad():
            off = torch.einsum("nchw,cd->ndhw", block(lot.shown) - lot.wanted, root)
            loss = (lot.cells * off.pow(2)).mean()
            adam.zero_grad()
            loss.backward()
        adam.step()


def _size(convolution: nn.Conv2d) -> float:
    """Return how large a convolution's weights are: the root of their mean square."""
    return float(convolution.weight.detach().pow(2).mean().sqrt())


def _weights(teacher: FinderNetwork, images: Tensor) -> Tensor:
    """Return how much each cell of crops counts, ``[n, 1, h / 4, w / 4]``."""
    sure = torch.sigmoid(teacher(images)[:, :, 0]).amax(dim=1, keepdim=True)
    return 1.0 + _ON_THINGS * sure


def _filtered(block: Block, x: Tensor) -> Tensor:
    return functional.relu6(block.filter(functional.relu6(block.expand(x))))


def _set(convolution: nn.Conv2d, weights: Floats) -> None:
    """Give a convolution of single pixels weights, the last row its bias."""
    values = torch.from_numpy(weights).float()
    assert convolution.bias is not None
    convolution.weight.data = values[:-1].T[:, :, None, None].contiguous()
    convolution.bias.data = values[-1].contiguous()


def unlike(student: FinderNetwork, teacher: FinderNetwork, images: Tensor) -> Tensor:
    """Return how far a student's answers and its maps are from the teacher's."""
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        goals, goal = teacher.with_maps(images)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        maps, answer = student.with_maps(images)
    goal, answer = goal.float(), answer.float()
    sure = torch.sigmoid(goal[:, :, 0])
    each = functional.binary_cross_entropy_with_logits(answer[:, :, 0], sure, reduction="none")
    least = functional.binary_cross_entropy(sure, sure, reduction="none")
    weight = 1.0 + _ON_THINGS * torch.maximum(sure, torch.sigmoid(answer[:, :, 0].detach()))
    things = sure.sum().clamp(min=1.0)
    value = (weight * (each - least)).sum() / things
    apart = (answer[:, :, 1:].clamp(-3, 5) - goal[:, :, 1:].clamp(-3, 5)).abs().mean(dim=2)
    value = value + (sure * apart).sum() / things
    for own, others in zip(maps, goals, strict=True):
        spread = others.float().var()
        value = value + _OF_MAPS * (own.float() - others.float()).pow(2).mean() / spread
    return value


def batch(source: scenes.Source, random: np.random.Generator) -> Tensor:
    """Return crops, float32 [n, 3, h, w], RGB 0..1."""
    samples = np.stack([source.sample(random)[0] for _ in range(BATCH)])
    images = torch.from_numpy(samples).permute(0, 3, 1, 2).float() / 255.0
    return images.to(memory_format=torch.channels_last)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--finder", type=Path, required=True, help="the teacher, float32, exported")
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="gets notes and the checkpoint")
    parser.add_argument("--fold", type=int, choices=range(pictures.FOLDS), help="held out")
    parser.add_argument("--start", type=Path, help="a student's checkpoint to go on from")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    given.work.mkdir(parents=True, exist_ok=True)
    source = gather(given.shared, [], fold=given.fold, notes=given.work / "doubtful.json")
    teacher = from_exported(given.finder).to(memory_format=torch.channels_last)
    random = np.random.default_rng([given.seed, 1])
    with torch.no_grad():
        crops = [batch(source, random) for _ in range(_FITTED_ON)]
        student = slimmed(teacher, crops) if given.start is None else load_network(given.start)
        student = student.to(memory_format=torch.channels_last)
        held = [batch(source, random) for _ in range(4)]
        LOG.info("unlike at first: %.4f", sum(unlike(student, teacher, one) for one in held) / 4)
    for one in teacher.parameters():
        one.requires_grad = False
    student = tails.fit(
        student,
        lambda network, dice: unlike(network, teacher, batch(source, dice)),
        steps=given.steps,
        seed=given.seed,
        pace=tails.Pace(rate=given.rate, warm_up=50, decay=0.0),
    )
    with torch.no_grad():
        LOG.info("unlike at last: %.4f", sum(unlike(student, teacher, one) for one in held) / 4)
    name = "whole" if given.fold is None else f"fold-{given.fold}"
    torch.save({"average": student.state_dict()}, given.work / f"slim-{name}.pt")


if __name__ == "__main__":
    main()
