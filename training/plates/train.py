"""Train the plate finder for a given number of minutes and export it.

``python -m training.plates.train --shared SHARED --minutes 9 --out plates.onnx``; hold out whole
videos with ``--without dayride_type1_001``.
"""

from __future__ import annotations

import argparse
import copy
import logging
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.data import REPORT_LINES
from training.plates import scenes
from training.plates.network import STRIDE, Exported, PlateNetwork

LOG = logging.getLogger(__name__)
BATCH = 16
INNER = 0.7


def targets(boxes: scenes.Boxes) -> np.ndarray:
    """Return float32 ``[5, h/4, w/4]``: 1 on a plate, 0 off it, -1 where not asked; distances."""
    rows, columns = scenes.HEIGHT // STRIDE, scenes.WIDTH // STRIDE
    y, x = np.mgrid[:rows, :columns] + 0.5
    result = np.zeros((5, rows, columns), np.float32)
    for x1, y1, x2, y2 in boxes / STRIDE:
        outer = (x > x1 - 0.5) & (x < x2 + 0.5) & (y > y1 - 0.5) & (y < y2 + 0.5)
        dx, dy = (1 - INNER) / 2 * (x2 - x1), (1 - INNER) / 2 * (y2 - y1)
        inner = (x > x1 + dx) & (x < x2 - dx) & (y > y1 + dy) & (y < y2 - dy)
        if not inner.any():
            # Plates of less than a cell: their middle cell stands for them.
            inner = (np.abs(x - (x1 + x2) / 2) <= max(0.5, (x2 - x1) * INNER / 2)) & (
                np.abs(y - (y1 + y2) / 2) <= 0.5
            )
        result[0][outer & (result[0] < 1)] = -1
        result[0][inner] = 1
        distances = np.stack([x - x1, y - y1, x2 - x, y2 - y])
        result[1:, inner] = np.maximum(distances[:, inner], 0.1)
    return result


def loss(output: Tensor, target: Tensor) -> Tensor:
    """Return the mean loss: hard negatives, all positives, and the boxes' overlap."""
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


def train(source: scenes.Source, *, minutes: float, seed: int) -> PlateNetwork:
    """Train for ``minutes`` of wall clock; return the averaged network."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = PlateNetwork().to(memory_format=torch.channels_last)
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-3)
    start, steps, shown = time.monotonic(), 0, 0.0
    while (share := (time.monotonic() - start) / (60 * minutes)) < 1:
        rate = 3e-3 * min(1.0, (steps + 1) / 60) * (1 - share) ** 0.9
        for group in optimiser.param_groups:
            group["lr"] = rate
        samples = [source.sample(random) for _ in range(BATCH)]
        images = torch.from_numpy(np.stack([s[0] for s in samples])[:, None]).float() / 255.0
        target = torch.from_numpy(np.stack([targets(s[1]) for s in samples]))
        value = loss(network(images.to(memory_format=torch.channels_last)), target)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        steps += 1
        shown = value.item() if steps == 1 else 0.98 * shown + 0.02 * value.item()
        decay = min(0.995, steps / (steps + 10))
        with torch.no_grad():
            pairs = zip(average.state_dict().values(), network.state_dict().values(), strict=True)
            for mean, new in pairs:
                mean.lerp_(new, 1 - decay) if mean.is_floating_point() else mean.copy_(new)
        if steps % 50 == 0:
            LOG.info("%4.0f s, step %d, loss %.3f", time.monotonic() - start, steps, shown)
    return average.eval()


def export(network: PlateNetwork, path: Path) -> None:
    """Write the network as ONNX with a free height and width."""
    size = torch.export.Dim("rows", min=4, max=200), torch.export.Dim("columns", min=4, max=400)
    torch.onnx.export(
        Exported(network).eval(),
        (torch.zeros(1, 1, 320, 640),),
        str(path),
        input_names=["grey"],
        output_names=["probability", "distances"],
        dynamic_shapes=({2: 16 * size[0], 3: 16 * size[1]},),
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def main() -> None:
    """Train and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument(
        "--holes", type=Path, action="append", default=[], help="cache of the damage training"
    )
    parser.add_argument("--minutes", type=float, default=9.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(arguments.threads)
    random = np.random.default_rng(arguments.seed)
    data = arguments.shared / "data"
    roads = [
        path
        for path in sorted((data / "road" / "images").glob("*.jpg"))
        if not path.stem.startswith(REPORT_LINES)
    ]
    signs = sorted((data / "signs" / "scenes").iterdir())
    source = scenes.Source(
        scenes.plate_pictures(data / "plates", without=arguments.without),
        scenes.empty_pictures([roads[i] for i in random.permutation(len(roads))[:150]]),
        scenes.empty_pictures(signs[:150], upper=0.5),
        [
            picture
            for cache in arguments.holes
            for picture in scenes.hole_pictures(cache, limit=200, seed=arguments.seed)
        ],
    )
    LOG.info("%d pictures with plates", len(source.plates))
    network = train(source, minutes=arguments.minutes, seed=arguments.seed)
    export(network, arguments.out)


if __name__ == "__main__":
    main()
