"""Write what a trained network says of every training frame, for what nobody marked there.

``python -m training.guess --checkpoint RUN/checkpoint.pt --cache CACHE`` adds ``guesses.npy`` to
the caches of real frames and of scenes. The next run learns from it where a frame was labelled for
one damage only, beside the marked lane, and on unlabelled scenes (self-training).
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import numpy as np
import torch

from training.data import GUESSES, HEIGHT, WIDTH, open_cache
from training.export import load_network
from training.network import CHANNELS, STRIDE, DamageNetwork

LOG = logging.getLogger(__name__)


def guess(network: DamageNetwork, folder: Path) -> None:
    """Write ``guesses.npy``: uint8 ``[frames, rows, columns, channels]``, 255 is certain.

    A frame and its mirror image are asked, and their mean is taken.

    Parameters
    ----------
    network
        In evaluation mode.
    folder
        Cache folder; frames are 1024 x 640 px.
    """
    cache = open_cache(folder)
    shape = (len(cache.entries), HEIGHT // STRIDE, WIDTH // STRIDE, len(CHANNELS))
    part = folder / f"{GUESSES}.part"
    guesses = np.lib.format.open_memmap(part, "w+", np.uint8, shape)
    for index in range(len(cache.entries)):
        image = torch.from_numpy(np.array(cache.frames[index])).permute(2, 0, 1)[None] / 255.0
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            both = torch.sigmoid(network(torch.cat([image, image.flip(3)])).float())
        mean = (both[0] + both[1].flip(2)) / 2.0
        guesses[index] = (mean.permute(1, 2, 0) * 255.0).round().byte().numpy()
    guesses.flush()
    part.replace(folder / GUESSES)
    LOG.info("%s: %d frames", folder.name, len(cache.entries))


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    arguments = parser.parse_args()
    network = load_network(arguments.checkpoint)
    for name in ("train", "scenes"):
        guess(network, arguments.cache / name)


if __name__ == "__main__":
    main()
