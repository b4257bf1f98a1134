"""What the network is asked for: soft areas, and the cells a section grade is made of."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from training.batches import Batch
from training.data import CRACK, PATCH, PATCH_UNKNOWN, POTHOLE, ROAD, ROAD_UNKNOWN
from training.network import STRIDE

#: Side of a scored cell, in blocks of the output.
CELL = 32 // STRIDE
#: Share of a cell's pixels from which it counts as damaged.
CRACK_SHARE, POTHOLE_SHARE, PATCH_SHARE = 0.008, 0.08, 0.25
#: A crack density from which the soft target is one: labels are speckles inside an area.
DENSE = 0.05
#: A block that a pothole fills to this share is wanted as fully as one inside it: a small or far
#: hole fills no block.
FILLED = 0.4
#: Weight of a frame in which a damage is not marked, by damage: no mark is not "undamaged". What
#: no pothole looks like is learnt beside the marked ones and from simulated frames. Most real
#: frames were never looked through for patches.
UNMARKED_CRACK, UNMARKED_POTHOLE, UNMARKED_PATCH = 0.03, 0.1, 0.1
#: Weight of what an earlier network said where nobody marked anything.
GUESSED = 0.5
#: Off the road no damage is wanted; a street scene without labels is mostly undamaged.
OFF_ROAD, SCENE = 0.2, 0.15
#: Weights of marked and of unmarked ground, by source and damage. Real crack labels are generous
#: areas; simulated labels are exact, and simulated manholes
#: look like holes. Left alone, the two sources would want thresholds far apart.
LEAN = {
    "real": {"marked": (1.0, 3.0, 1.0), "unmarked": (1.4, 1.0, 1.0)},
    "simulated": {"marked": (1.3, 1.5, 1.0), "unmarked": (1.8, 1.6, 1.0)},
    "scene": {"marked": (1.0, 1.0, 1.0), "unmarked": (1.0, 1.0, 1.0)},
}


#: Potholes and patches are rare: their entropy is small beside that of cracks, not their worth.
BLOCK_WORTH, CELL_WORTH = (1.0, 2.0, 1.0, 0.5), (1.0, 2.0, 1.0)
#: Bit of each damage, and share of a cell from which it counts, in the order of the output.
DAMAGES = ((CRACK, CRACK_SHARE), (POTHOLE, POTHOLE_SHARE), (PATCH, PATCH_SHARE))


class Ground(NamedTuple):
    """Shares of marked road, of unknown ground and of patches at each block, ``[n, 1, h, w]``."""

    road: Tensor
    unknown: Tensor
    patch: Tensor


class Target(NamedTuple):
    """Targets and weights at the output's blocks and at the cells, channel by channel."""

    blocks: Tensor
    block_weights: Tensor
    cells: Tensor
    cell_weights: Tensor


def shares(labels: Tensor, bit: int, side: int) -> Tensor:
    """Return the share of pixels with a bit, in squares of a side, as ``[n, 1, h, w]``."""
    return functional.avg_pool2d(((labels & bit) > 0).float()[:, None], side)


def damage_weights(frames: Tensor, ground: Ground, full: Tensor) -> Tensor:
    """Return the weight of one damage at each block.

    Parameters
    ----------
    frames
        Weight of each frame for this damage, ``[n, 1, 1, 1]``.
    ground
        What is known of each block.
    full
        One for frames labelled all over (simulated), else zero, ``[n, 1, 1, 1]``.

    Returns
    -------
    torch.Tensor
        ``[n, 1, h, w]``.
    """
    off_road = OFF_ROAD * (1.0 - ground.road - ground.unknown).clamp(min=0.0)
    partial = frames * (ground.road >= 0.5).float() + off_road * (ground.road < 0.5).float()
    # A patch that was laid on a real frame covers whatever was there: all of it is known.
    partial = torch.maximum(partial, (ground.patch > 0).float())
    return full + (1.0 - full) * partial


def build(batch: Batch) -> Target:
    """Return what the loss compares with.

    Parameters
    ----------
    batch
        Crops with labels, and with guesses where there are any.

    Returns
    -------
    Target
        Channels in the order crack, pothole, patch, road; cells have no road.
    """
    labels = batch.labels
    crack, pothole = shares(labels, CRACK, STRIDE), shares(labels, POTHOLE, STRIDE)
    ground = Ground(
        road=shares(labels, ROAD, STRIDE),
        unknown=shares(labels, ROAD_UNKNOWN, STRIDE),
        patch=shares(labels, PATCH, STRIDE),
    )
    area = functional.avg_pool2d(crack, 3, 1, 1, count_include_pad=False)
    hole = (pothole / FILLED).clamp(max=1.0)
    wanted = torch.cat([(area / DENSE).clamp(max=1.0), hole, ground.patch, ground.road], dim=1)
    full, scene = (of_source(batch.sources, name) for name in ("simulated", "scene"))
    floors = torch.tensor([UNMARKED_CRACK, UNMARKED_POTHOLE, UNMARKED_PATCH])
    known = torch.where(batch.looked_for, torch.ones(()), floors)
    damage = torch.cat(
        [damage_weights(one[:, :, None, None], ground, full) for one in known.split(1, dim=1)],
        dim=1,
    )
    damage[:, 2:] *= (shares(labels, PATCH_UNKNOWN, STRIDE) == 0).float()
    # A scene's ground is unknown as road, yet it may teach what undamaged looks like.
    damage = torch.where(scene > 0, damage.clamp(min=SCENE), damage)
    weights = torch.cat([damage, (ground.unknown < 0.5).float()], dim=1)
    cells = torch.cat([(shares(labels, bit, 32) >= share).float() for bit, share in DAMAGES], dim=1)
    target = with_guesses(Target(wanted, weights, cells, cells), ground, batch)
    kinds = len(DAMAGES)
    at_blocks = target.block_weights.clone()
    at_blocks[:, :kinds] *= lean(batch.sources, target.blocks[:, :kinds])
    at_cells = functional.avg_pool2d(target.block_weights[:, :kinds], CELL)
    at_cells = at_cells * lean(batch.sources, target.cells)
    return Target(target.blocks, at_blocks, target.cells, at_cells)


def of_source(sources: list[str], name: str) -> Tensor:
    """Return one for crops of a source, else zero, ``[n, 1, 1, 1]``."""
    return torch.tensor([float(source == name) for source in sources])[:, None, None, None]


def with_guesses(target: Target, ground: Ground, batch: Batch) -> Target:
    """Return targets in which an earlier network speaks where nobody marked anything.

    That is: of a damage that is not marked in a frame, of everything beside the marked lane, and
    of road on unknown ground. Where it sees damage on a street scene, or a patch that nobody laid,
    nothing is asked of the network: neither can be checked.

    Parameters
    ----------
    target
        From the labels alone; its cell weights are not read.
    ground
        Of the same crops.
    batch
        With the guesses.
    """
    guess = batch.guesses.float() / 255.0
    guessed = batch.guessed.float()[:, None, None, None]
    real, scene = (guessed * of_source(batch.sources, name) for name in ("real", "scene"))
    beside = (ground.unknown > 0.5) & (ground.road < 0.5)
    in_lane = (ground.road >= 0.5) & ~batch.looked_for[:, :, None, None]
    speaks = (real > 0) & (beside | in_lane) & (ground.patch == 0)
    speaks[:, 2] = False
    doubtful = (guess[:, :3] > 0.5) & ((scene > 0) | ((real > 0) & (ground.patch == 0)))
    doubtful[:, :2] &= scene > 0
    doubtful[:, 2:] &= (scene > 0) | ~batch.looked_for[:, 2:, None, None]
    damage = torch.where(speaks, torch.full((), GUESSED), target.block_weights[:, :3])
    damage = damage * (~doubtful).float()
    road_speaks = (guessed > 0) & (ground.unknown >= 0.5)
    road = torch.where(road_speaks, torch.full((), GUESSED), target.block_weights[:, 3:])
    speaks_all = torch.cat([speaks, road_speaks], dim=1)
    cells = torch.where(
        functional.avg_pool2d(speaks.float(), CELL) > 0.5, cell_values(guess), target.cells
    )
    blocks = torch.where(speaks_all, guess, target.blocks)
    return Target(blocks, torch.cat([damage, road], dim=1), cells, target.cell_weights)


def lean(sources: list[str], wanted: Tensor) -> Tensor:
    """Return factors for each damage that bring the thresholds of the sources together.

    Parameters
    ----------
    sources
        Source of each crop.
    wanted
        Targets 0 to 1, ``[n, 3, h, w]``.

    Returns
    -------
    torch.Tensor
        Of the shape of ``wanted``.
    """
    marked = torch.tensor([LEAN[s]["marked"] for s in sources])[:, :, None, None]
    unmarked = torch.tensor([LEAN[s]["unmarked"] for s in sources])[:, :, None, None]
    return marked * wanted + unmarked * (1.0 - wanted)


def cell_values(blocks: Tensor) -> Tensor:
    """Return the value of each cell for each damage, of logits or of probabilities.

    A cell is called where a block or two of it pass the threshold, so the loss looks at these:
    the highest for cracks, the mean of the two highest for the rest.
    """
    kinds = len(DAMAGES)
    count, _, rows, columns = blocks.shape
    split = blocks[:, :kinds].reshape(count, kinds, rows // CELL, CELL, columns // CELL, CELL)
    flat = split.permute(0, 1, 2, 4, 3, 5).flatten(4)
    top = flat.topk(2, dim=-1).values
    return torch.cat([top[:, :1, ..., 0], top[:, 1:].mean(dim=-1)], dim=1)


def loss(logits: Tensor, target: Target) -> Tensor:
    """Return the loss: cross-entropy at blocks and cells, and overlap at cells.

    Parameters
    ----------
    logits
        ``[n, 4, h, w]``.
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
    cells = cell_values(logits)
    at_cells = functional.binary_cross_entropy_with_logits(
        cells, target.cells, weight=target.cell_weights, reduction="none"
    ).mean(dim=(0, 2, 3))
    called = torch.sigmoid(cells) * target.cell_weights
    true = target.cells * target.cell_weights
    both = (called * target.cells).sum(dim=(0, 2, 3))
    sums = called.sum(dim=(0, 2, 3)) + true.sum(dim=(0, 2, 3))
    overlap = 1.0 - (2.0 * both + 5.0) / (sums + 5.0)
    block_worth, cell_worth = torch.tensor(BLOCK_WORTH), torch.tensor(CELL_WORTH)
    total: Tensor = (
        (at_blocks * block_worth).sum() + (at_cells * cell_worth).sum() + 0.3 * overlap.sum()
    )
    return total
