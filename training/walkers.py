"""Write the frames of ``labels/walkers_by_eye.json`` out of their video, as PNG files of its names.

``python -m training.walkers VIDEO --out FOLDER``; VIDEO is ``vtest.avi``, which Debian's package
``opencv-doc`` carries in ``/usr/share/doc/opencv-doc/examples/data``. They are to test with only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

LABELS = Path(__file__).parent / "labels" / "walkers_by_eye.json"


def frame_numbers(labels: Path = LABELS) -> dict[int, str]:
    """Return the names of the labels' frames by their number in the video, counted from 0."""
    document = json.loads(labels.read_text("utf-8"))
    return {int(one["frame"].rpartition("_")[2]): one["frame"] for one in document["frames"]}


def write_frames(video: Path, folder: Path, names: Mapping[int, str]) -> list[Path]:
    """Write the named frames of a video into a folder, which is made.

    Raises
    ------
    ValueError
        If the video cannot be read as far as the last of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, image in zip(range(max(names) + 1), _frames(video), strict=False):
        if number in names:
            written.append(folder / f"{names[number]}.png")
            cv2.imwrite(str(written[-1]), image)
    if len(written) < len(names):
        raise ValueError(f"{video}: {len(written)} of {len(names)} frames could be read")
    return written


def _frames(video: Path) -> Iterator[NDArray[np.uint8]]:
    # One after the other: not every container can be sought in by number.
    capture = cv2.VideoCapture(str(video))
    for _ in count():
        there, image = capture.read()
        if not there:
            return
        yield np.asarray(image, np.uint8)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="the folder to write into")
    given = parser.parse_args()
    write_frames(given.video, given.out, frame_numbers())
