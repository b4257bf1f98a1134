"""Two copies of the network that train side by side on one core each, and meet often.

One network on two threads stands still whenever one of its threads waits for a core. Copies that
step on their own and average their weights every few seconds lose nothing on a busy machine.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training import targets
from training.batches import Batch
from training.network import DamageNetwork

Weights = dict[str, Tensor]

#: The encoder's share of the learning rate.
ENCODER_SHARE = 0.3


class Limit(NamedTuple):
    """How long a copy trains until it meets the others; no limit of steps if None."""

    seconds: float
    steps: int | None = None


class Replica(NamedTuple):
    """One copy with its own optimiser and its own source of chance."""

    network: DamageNetwork
    optimiser: torch.optim.Optimizer
    generator: np.random.Generator


def make_replicas(network: DamageNetwork, *, count: int, seed: list[int]) -> list[Replica]:
    """Return copies of a network, each ready to train.

    Parameters
    ----------
    network
        What to copy.
    count
        Copies.
    seed
        For the crops; each copy draws its own.

    Returns
    -------
    list of Replica
        With fresh optimisers.
    """
    replicas = []
    for number in range(count):
        copied = copy.deepcopy(network).train()
        optimiser = torch.optim.AdamW(parameter_groups(copied), weight_decay=0.02)
        replicas.append(Replica(copied, optimiser, np.random.default_rng([*seed, number])))
    return replicas


def parameter_groups(network: DamageNetwork) -> list[dict[str, object]]:
    """Return all parameters, with the share of the learning rate that each part gets.

    The encoder begins where its published weights left off, the decoder from nothing.
    """
    known = {id(p) for p in network.encoder.parameters()}
    decoder = [p for p in network.parameters() if id(p) not in known]
    encoder = list(network.encoder.parameters())
    return [{"params": encoder, "share": ENCODER_SHARE}, {"params": decoder, "share": 1.0}]


def step(replica: Replica, batch: Batch) -> float:
    """Take one step and return its loss."""
    images = (batch.images.float() / 255.0).to(memory_format=torch.channels_last)
    target = targets.build(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = replica.network(images)
    value = targets.loss(logits.float(), target)
    replica.optimiser.zero_grad(set_to_none=True)
    value.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(replica.network.parameters(), 2.0)
    replica.optimiser.step()
    return float(value.detach())


def train_for(
    replica: Replica,
    draw: Callable[[np.random.Generator], Batch],
    *,
    rate: float,
    limit: Limit,
) -> list[float]:
    """Train one copy up to a limit, at least one step, and return the losses."""
    end = time.monotonic() + limit.seconds
    for group in replica.optimiser.param_groups:
        group["lr"] = rate * group["share"]
    losses: list[float] = []
    while not losses or (len(losses) != limit.steps and time.monotonic() < end):
        losses.append(step(replica, draw(replica.generator)))
    return losses


def share_weights(replicas: list[Replica], steps: list[int]) -> Weights:
    """Set all copies to their mean, weighted by the steps each took, and return it.

    Parameters
    ----------
    replicas
        The copies.
    steps
        Steps each took since they last met.

    Returns
    -------
    dict
        The mean weights.
    """
    states = [r.network.state_dict() for r in replicas]
    mean: Weights = {}
    for name, first in states[0].items():
        if first.dtype.is_floating_point:
            parts = [s[name] * (n / sum(steps)) for s, n in zip(states, steps, strict=True)]
            mean[name] = torch.stack(parts).sum(dim=0)
        else:
            mean[name] = first.clone()
    for replica in replicas:
        replica.network.load_state_dict(mean)
    return mean


def train_round(
    pool: Executor,
    replicas: list[Replica],
    draw: Callable[[np.random.Generator], Batch],
    *,
    rate: float,
    limit: Limit,
) -> tuple[list[float], Weights]:
    """Train all copies at once up to a limit and bring them together.

    Parameters
    ----------
    pool
        Runs one thread a copy.
    replicas
        The copies.
    draw
        Makes a batch.
    rate
        Learning rate.
    limit
        Length of the round.

    Returns
    -------
    tuple
        All losses, and the mean weights.
    """
    running = [pool.submit(train_for, r, draw, rate=rate, limit=limit) for r in replicas]
    losses = [r.result() for r in running]
    weights = share_weights(replicas, [len(one) for one in losses])
    return [value for one in losses for value in one], weights
