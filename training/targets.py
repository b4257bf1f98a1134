"""What the network is asked for: soft areas, and the cells a section grade is made of."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from training.data import CRACK, POTHOLE, ROAD, ROAD_UNKNOWN
from training.network import STRIDE

#: Side of a scored cell, in blocks of the output.
CELL = 32 // STRIDE
#: Share of a cell's pixels from which it counts as damaged.
CRACK_SHARE, POTHOLE_SHARE = 0.008, 0.08
#: A crack density from which the soft target is one: labels are speckles inside an area.
DENSE = 0.05
#: A block that a pothole fills to this share is wanted as fully as one inside it: a small or far
#: hole fills no block.
FILLED = 0.4
#: Weight of a frame in which a damage is not marked, by damage: no mark is not "undamaged". What
#: no pothole looks like is learnt beside the marked ones and from simulated frames.
UNMARKED_CRACK, UNMARKED_POTHOLE = 0.03, 0.1
#: Off the road no damage is wanted; a street scene without labels is mostly undamaged.
OFF_ROAD, SCENE = 0.2, 0.15
#: Weights of marked and of unmarked ground, by source and damage. Real crack labels are generous
#: areas; simulated labels are exact, and simulated manholes
#: look like holes. Left alone, the two sources would want thresholds far apart.
LEAN = {
    "real": {"marked": (1.0, 1.0), "unmarked": (1.5, 1.0)},
    "simulated": {"marked": (2.0, 3.0), "unmarked": (1.8, 1.4)},
    "scene": {"marked": (1.0, 1.0), "unmarked": (1.0, 1.0)},
}


class Target(NamedTuple):
    """Targets and weights at the output's blocks and at the cells, channel by channel."""

    blocks: Tensor
    block_weights: Tensor
    cells: Tensor
    cell_weights: Tensor


def shares(labels: Tensor, bit: int, side: int) -> Tensor:
    """Return the share of pixels with a bit, in squares of a side, as ``[n, 1, h, w]``."""
    return functional.avg_pool2d(((labels & bit) > 0).float()[:, None], side)


def damage_weights(frames: Tensor, road: Tensor, unknown: Tensor, full: Tensor) -> Tensor:
    """Return the weight of damage at each block.

    Parameters
    ----------
    frames
        Weight of each frame for this damage, ``[n, 1, 1, 1]``.
    road, unknown
        Shares of marked road and of unknown ground.
    full
        One for frames labelled all over (simulated), else zero, ``[n, 1, 1, 1]``.

    Returns
    -------
    torch.Tensor
        ``[n, 1, h, w]``.
    """
    off_road = OFF_ROAD * (1.0 - road - unknown).clamp(min=0.0)
    partial = frames * (road >= 0.5).float() + off_road * (road < 0.5).float()
    return full + (1.0 - full) * partial


def build(labels: Tensor, sources: list[str], marked: Tensor) -> Target:
    """Return what the loss compares with.

    Parameters
    ----------
    labels
        ``[n, h, w]`` uint8.
    sources
        ``real``, ``simulated`` or ``scene`` of each crop.
    marked
        ``[n, 2]`` bool: whether the crop's frame has cracks and potholes marked.

    Returns
    -------
    Target
        Channels in the order crack, pothole, road; cells have no road.
    """
    road, unknown = shares(labels, ROAD, STRIDE), shares(labels, ROAD_UNKNOWN, STRIDE)
    crack, pothole = shares(labels, CRACK, STRIDE), shares(labels, POTHOLE, STRIDE)
    area = functional.avg_pool2d(crack, 3, 1, 1, count_include_pad=False)
    hole = (pothole / FILLED).clamp(max=1.0)
    blocks = torch.cat([(area / DENSE).clamp(max=1.0), hole, road], dim=1)
    full = torch.tensor([float(s == "simulated") for s in sources])[:, None, None, None]
    scene = torch.tensor([s == "scene" for s in sources])[:, None, None, None]
    floors = torch.tensor([UNMARKED_CRACK, UNMARKED_POTHOLE])
    frames = torch.where(marked, torch.ones(()), floors)[:, :, None, None]
    weights = [damage_weights(frames[:, k : k + 1], road, unknown, full) for k in (0, 1)]
    # A scene's ground is unknown as road, yet it may teach what undamaged looks like.
    weights = [torch.where(scene, torch.full((), SCENE), w) for w in weights]
    block_weights = torch.cat([*weights, (unknown < 0.5).float()], dim=1)
    cells = torch.cat(
        [
            (shares(labels, CRACK, 32) >= CRACK_SHARE).float(),
            (shares(labels, POTHOLE, 32) >= POTHOLE_SHARE).float(),
        ],
        dim=1,
    )
    at_cells = functional.avg_pool2d(block_weights[:, :2], CELL) * lean(sources, cells)
    damage = block_weights[:, :2] * lean(sources, blocks[:, :2])
    return Target(blocks, torch.cat([damage, block_weights[:, 2:]], dim=1), cells, at_cells)


def lean(sources: list[str], wanted: Tensor) -> Tensor:
    """Return factors for crack and pothole that bring the thresholds of the sources together.

    Parameters
    ----------
    sources
        Source of each crop.
    wanted
        Targets 0 to 1, ``[n, 2, h, w]``.

    Returns
    -------
    torch.Tensor
        Of the shape of ``wanted``.
    """
    marked = torch.tensor([LEAN[s]["marked"] for s in sources])[:, :, None, None]
    unmarked = torch.tensor([LEAN[s]["unmarked"] for s in sources])[:, :, None, None]
    return marked * wanted + unmarked * (1.0 - wanted)


def cell_logits(logits: Tensor) -> Tensor:
    """Return the logit of each cell for crack and pothole.

    A cell is called where a block or two of it pass the threshold, so the loss looks at these:
    the highest for cracks, the mean of the two highest for potholes.
    """
    count, _, rows, columns = logits.shape
    split = logits[:, :2].reshape(count, 2, rows // CELL, CELL, columns // CELL, CELL)
    flat = split.permute(0, 1, 2, 4, 3, 5).flatten(4)
    top = flat.topk(2, dim=-1).values
    return torch.stack([top[:, 0, ..., 0], top[:, 1].mean(dim=-1)], dim=1)


def loss(logits: Tensor, target: Target) -> Tensor:
    """Return the loss: cross-entropy at blocks and cells, and overlap at cells.

    Parameters
    ----------
    logits
        ``[n, 3, h, w]``.
    target
        From `build`.

    Returns
    -------
    torch.Tensor
        A scalar.
    """
    at_blocks = functional.binary_cross_entropy_with_logits(
        logits, target.blocks, weight=target.block_weights, reduction="none"
    ).mean(dim=(0, 2, 3))
    cells = cell_logits(logits)
    at_cells = functional.binary_cross_entropy_with_logits(
        cells, target.cells, weight=target.cell_weights, reduction="none"
    ).mean(dim=(0, 2, 3))
    called = torch.sigmoid(cells) * target.cell_weights
    true = target.cells * target.cell_weights
    both = (called * target.cells).sum(dim=(0, 2, 3))
    sums = called.sum(dim=(0, 2, 3)) + true.sum(dim=(0, 2, 3))
    overlap = 1.0 - (2.0 * both + 5.0) / (sums + 5.0)
    crack, pothole, road = at_blocks
    # Potholes are rare: their entropy is small beside that of cracks, not their worth.
    total: Tensor = crack + 2.0 * pothole + 0.5 * road
    return total + at_cells[0] + 2.0 * at_cells[1] + 0.3 * overlap[0] + 0.3 * overlap[1]
