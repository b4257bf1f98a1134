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
import onnxruntime

from training.data import GUESSES, HEIGHT, WIDTH, open_cache
from training.export import load_network, write_onnx
from training.network import CHANNELS, STRIDE

LOG = logging.getLogger(__name__)


def guess(session: onnxruntime.InferenceSession, folder: Path) -> None:
    """Write ``guesses.npy``: uint8 ``[frames, rows, columns, channels]``, 255 is certain.

    A frame and its mirror image are asked, and their mean is taken.

    Parameters
    ----------
    session
        Of the exported network.
    folder
        Cache folder; frames are 1024 x 640 px.
    """
    cache = open_cache(folder)
    shape = (len(cache.entries), HEIGHT // STRIDE, WIDTH // STRIDE, len(CHANNELS))
    part = folder / f"{GUESSES}.part"
    guesses = np.lib.format.open_memmap(part, "w+", np.uint8, shape)
    for index in range(len(cache.entries)):
        image = cache.frames[index].transpose(2, 0, 1)[None].astype(np.float32) / 255.0
        (plain,) = session.run(None, {"image": image})
        (mirrored,) = session.run(None, {"image": np.ascontiguousarray(image[..., ::-1])})
        mean = (plain[0] + mirrored[0, ..., ::-1]) / 2.0
        guesses[index] = (mean.transpose(1, 2, 0) * 255.0).round().astype(np.uint8)
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
    # ONNX Runtime takes a fifth of torch's time.
    path = arguments.cache / "guess.onnx"
    write_onnx(load_network(arguments.checkpoint), path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for name in ("train", "scenes"):
        guess(session, arguments.cache / name)


if __name__ == "__main__":
    main()
