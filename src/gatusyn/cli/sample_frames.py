"""Frames to measure with, and to find int8's ranges by."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from gatusyn.capture import read_photo
from gatusyn.evaluate import photos_in
from gatusyn.model import FootageError, Image, Rejected
from gatusyn.simulate import training_frames


def sample_frames(photos: Path | None, count: int) -> list[Image]:
    """Return some of a folder's photos, spread over it, or simulated frames without a folder.

    Raises
    ------
    FootageError
        If fewer than two photos can be read.
    """
    if photos is None:
        # Nine frames a seed: several give several lights and surfaces.
        made = (frame for seed in range(-(-count // 9)) for frame, _ in training_frames(seed, 9))
        return list(islice(made, count))
    files = list(photos_in(photos).values())
    read = (read_photo(path) for path in files[:: max(len(files) // count, 1)])
    found = list(islice((one for one in read if not isinstance(one, Rejected)), count))
    if len(found) < 2:
        raise FootageError(photos, "holds fewer than two photos that can be read")
    return found
