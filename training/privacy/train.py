"""Train the finder of heads and plates for a given number of steps.

``python -m training.privacy.train --shared SHARED --encoder WEIGHTS --work WORK``. A
fold of three is held out whole with ``--fold 0``: one drive of the plates, and a third of the
photos in which heads were marked. A run that was stopped goes on from its checkpoint.
"""

from __future__ import annotations

import argparse
import copy
import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.encoder import load_published
from training.privacy import pictures, scenes
from training.privacy.export import load_network
from training.privacy.gathered import gather
from training.privacy.network import KINDS, FinderNetwork
from training.privacy.targets import targets

LOG = logging.getLogger(__name__)
BATCH = 16
RATE = 2e-3
ENCODER_SLOWER = 0.3
SAVE_EVERY = 100


def loss(output: Tensor, target: Tensor) -> Tensor:
    """Return the sum over both kinds: hard negatives, all positives, and the boxes' overlap."""
    return torch.stack(
        [_loss(output[:, kind], target[:, kind]) for kind in range(len(KINDS))]
    ).sum()


def _loss(output: Tensor, target: Tensor) -> Tensor:
    wanted = target[:, 0]
    each = functional.binary_cross_entropy_with_logits(
        output[:, 0], wanted.clamp(min=0), reduction="none"
    )
    positive, negative = each[wanted == 1], each[wanted == 0]
    kept = negative.topk(min(negative.numel(), 3 * positive.numel() + 600)).values
    value = kept.mean()
    if positive.numel():
        predicted = output[:, 1:].clamp(-3.0, 5.0).exp().permute(0, 2, 3, 1)[wanted == 1]
        true = target[:, 1:].permute(0, 2, 3, 1)[wanted == 1]
        low = torch.minimum(predicted, true)
        overlap = (low[:, 0] + low[:, 2]) * (low[:, 1] + low[:, 3])
        areas = [(d[:, 0] + d[:, 2]) * (d[:, 1] + d[:, 3]) for d in (predicted, true)]
        ratio = overlap / (areas[0] + areas[1] - overlap)
        value = value + positive.mean() - ratio.clamp(min=1e-3).log().mean()
    return value


@dataclass(slots=True)
class Run:
    """What a stopped run goes on from."""

    network: FinderNetwork
    average: FinderNetwork
    optimiser: torch.optim.Optimizer
    steps: int = 0
    seconds: float = 0.0

    def save(self, path: Path) -> None:
        """Write the checkpoint; an older one stays until the new one is whole."""
        beside = path.with_suffix(".part")
        state = {name: getattr(self, name).state_dict() for name in _STATES}
        torch.save(state | {"steps": self.steps, "seconds": self.seconds}, beside)
        beside.replace(path)

    def load(self, path: Path) -> None:
        """Take over a checkpoint."""
        stored = torch.load(path, weights_only=True)
        for name in _STATES:
            getattr(self, name).load_state_dict(stored[name])
        self.steps, self.seconds = stored["steps"], stored["seconds"]


_STATES = ("network", "average", "optimiser")


def from_published(encoder: Path) -> FinderNetwork:
    """Return a network with the published encoder."""
    network = FinderNetwork()
    load_published(network.encoder, torch.load(encoder, weights_only=True))
    return network


def start(network: FinderNetwork) -> Run:
    """Return a run that begins with a network."""
    network = network.to(memory_format=torch.channels_last)
    inner = {id(one) for one in network.encoder.parameters()}
    groups = [
        {"params": list(network.encoder.parameters()), "share": ENCODER_SLOWER},
        {"params": [p for p in network.parameters() if id(p) not in inner], "share": 1.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.01)
    return Run(network, copy.deepcopy(network), optimiser)


def train(
    run: Run,
    source: scenes.Source,
    *,
    steps: int,
    top_rate: float,
    seed: int,
    checkpoint: Path,
) -> None:
    """Train until so many steps are done, counted over all stretches of a run."""
    torch.manual_seed(seed + run.steps)
    random = np.random.default_rng([seed, run.steps])
    before, began, shown = run.seconds, time.monotonic(), 0.0
    while run.steps < steps:
        rate = top_rate * min(1.0, (run.steps + 1) / 100) * (1 - run.steps / steps) ** 0.9
        for group in run.optimiser.param_groups:
            group["lr"] = rate * group["share"]
        samples = [source.sample(random) for _ in range(BATCH)]
        images = torch.from_numpy(np.stack([one for one, _ in samples])).permute(0, 3, 1, 2)
        images = (images.float() / 255.0).to(memory_format=torch.channels_last)
        target = torch.from_numpy(
            np.stack(
                [targets(boxes, height=scenes.HEIGHT, width=scenes.WIDTH) for _, boxes in samples]
            )
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = run.network(images)
        value = loss(output.float(), target)
        run.optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(run.network.parameters(), 5.0)
        run.optimiser.step()
        run.steps += 1
        run.seconds = before + time.monotonic() - began
        _follow(run.average, run.network, min(0.995, run.steps / (run.steps + 10)))
        shown = value.item() if not shown else 0.98 * shown + 0.02 * value.item()
        if run.steps % SAVE_EVERY == 0:
            LOG.info("%5.0f s, step %d, loss %.3f", run.seconds, run.steps, shown)
            run.save(checkpoint)
    run.save(checkpoint)


def _follow(average: FinderNetwork, network: FinderNetwork, decay: float) -> None:
    """Move the running average towards the network's weights."""
    with torch.no_grad():
        pairs = zip(average.state_dict().values(), network.state_dict().values(), strict=True)
        for mean, new in pairs:
            mean.lerp_(new, 1 - decay) if mean.is_floating_point() else mean.copy_(new)


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    begins = parser.add_mutually_exclusive_group(required=True)
    begins.add_argument("--encoder", type=Path, help="begin with the published .pth file")
    begins.add_argument(
        "--student", type=Path, help="begin with slim's: its batch normalisation stays as it is"
    )
    parser.add_argument("--work", type=Path, required=True, help="gets notes and the checkpoint")
    parser.add_argument(
        "--fold", type=int, choices=range(pictures.FOLDS), help="hold this third out"
    )
    parser.add_argument(
        "--holes", type=Path, action="append", default=[], help="cache of the damage training"
    )
    parser.add_argument("--start", type=Path, help="begin with a checkpoint's weights")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--steps", type=int, default=2200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(arguments.threads)
    arguments.work.mkdir(parents=True, exist_ok=True)
    source = gather(
        arguments.shared,
        arguments.holes,
        fold=arguments.fold,
        notes=arguments.work / "doubtful.json",
    )
    LOG.info("%d pictures with plates, %d with people", len(source.plates), len(source.people))
    name = "whole" if arguments.fold is None else f"fold-{arguments.fold}"
    checkpoint = arguments.work / f"{name}.pt"
    if arguments.student is None:
        run = start(from_published(arguments.encoder))
    else:
        run = start(load_network(arguments.student))
    if arguments.start is not None:
        before = torch.load(arguments.start, weights_only=True)["average"]
        run.network.load_state_dict(before)
        run.average.load_state_dict(before)
    if checkpoint.exists():
        run.load(checkpoint)
    train(
        run,
        source,
        steps=arguments.steps,
        top_rate=arguments.rate,
        seed=arguments.seed,
        checkpoint=checkpoint,
    )


if __name__ == "__main__":
    main()
