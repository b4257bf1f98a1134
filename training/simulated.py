"""Pack simulated street frames, which are labelled all over, into the training cache.

``PYTHONPATH=src python -m training.simulated --cache CACHE --train 400 --validation 100``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from gatusyn.simulate import training_frames
from training.data import CRACK, PATCH, POTHOLE, ROAD, Frame, pack

#: Seeds below 1000 belong to demonstrations and benchmarks, which must stay unseen.
TRAINING_SEEDS = range(1000, 2000)
VALIDATION_SEEDS = range(2000, 2100)


def simulated(seeds: range, *, count: int, each: int) -> Iterator[Frame]:
    """Yield simulated frames, a few from each seed.

    Parameters
    ----------
    seeds
        Seeds to take from, spread over the range.
    count
        Frames.
    each
        Frames from one seed, that is from one made-up street.

    Yields
    ------
    Frame
        Its line is its seed.
    """
    needed = -(-count // each)
    if needed > len(seeds):
        raise ValueError(f"{count} frames need {needed} seeds, there are {len(seeds)}")
    made = 0
    for seed in seeds[:: len(seeds) // needed][:needed]:
        for number, (image, mask) in enumerate(training_frames(seed, min(each, count - made))):
            made += 1
            name = f"simulated_{seed}_{number:03d}"
            yield Frame(
                name, f"seed {seed}", "simulated", image, mask & (ROAD | CRACK | POTHOLE | PATCH)
            )


def pack_simulated(cache: Path, *, train: int, validation: int, each: int) -> None:
    """Pack frames for training and for validation into their two folders.

    Parameters
    ----------
    cache
        Cache folder of the training.
    train, validation
        Frames for either.
    each
        Frames from one seed.
    """
    parts = (
        ("simulated", TRAINING_SEEDS, train),
        ("simulated_validation", VALIDATION_SEEDS, validation),
    )
    for name, seeds, count in parts:
        pack(simulated(seeds, count=count, each=each), cache / name, count=count)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--train", type=int, default=400)
    parser.add_argument("--validation", type=int, default=60)
    parser.add_argument("--each", type=int, default=10)
    arguments = parser.parse_args()
    pack_simulated(
        arguments.cache,
        train=arguments.train,
        validation=arguments.validation,
        each=arguments.each,
    )


if __name__ == "__main__":
    main()
