"""Draw the polygons marked by eye as masks, for a cell scorer.

``python -m training.labels.masks --road ROAD --out MASKS --list frames.txt`` writes one 8-bit PNG a
frame: the published lane (1), crack or crazing (2), pothole or loss of surface (4), added. So the
masks can stand for the truth as well as for a prediction.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from training.data import CRACK, POTHOLE, REPORT_LINES, ROAD, VALIDATION_LINES, Picture, read_pair

LOG = logging.getLogger(__name__)
MARKS = Path(__file__).with_name("by_eye.json")
#: What the published masks know; patches, covers, sealed joints and stains are no damage there.
BITS = {"crack": CRACK, "crazing": CRACK, "pothole": POTHOLE, "surface_loss": POTHOLE}
PARTS = {
    "report": REPORT_LINES,
    "validation": VALIDATION_LINES,
    "all": REPORT_LINES + VALIDATION_LINES,
}


def marked_frames(path: Path = MARKS) -> list[dict[str, Any]]:
    """Return the frames of a file of marks, as they stand in it."""
    frames: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["frames"]
    return frames


def drawn(marked: dict[str, Any], *, unsure: bool) -> Picture:
    """Return the damage of a marked frame as a mask of the frame's size.

    Parameters
    ----------
    marked
        A frame of `marked_frames`.
    unsure
        Draw also what the annotator was not sure of.

    Returns
    -------
    numpy.ndarray
        Bits 2 and 4; nothing beside the own lane.
    """
    width, height = marked["size_px"]
    mask = np.zeros((height, width), np.uint8)
    for polygon in marked["polygons"]:
        bit = BITS.get(polygon["class"])
        if bit is None or not polygon["in_lane"] or (polygon["unsure"] and not unsure):
            continue
        layer = Image.new("L", (width, height))
        points = [tuple(point) for point in polygon["points"]]
        if polygon["width_px"] is None:
            ImageDraw.Draw(layer).polygon(points, fill=bit)
        else:
            ImageDraw.Draw(layer).line(points, fill=bit, width=polygon["width_px"])
        mask |= np.asarray(layer)
    return mask


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--road", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for the masks")
    parser.add_argument("--list", type=Path, help="file for the names of the frames")
    parser.add_argument("--part", choices=sorted(PARTS), default="all")
    parser.add_argument("--annotator", choices=["a", "b"], default="a")
    parser.add_argument("--sure-only", action="store_true", help="leave out unsure polygons")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    names = []
    for marked in marked_frames():
        if marked["annotator"] != arguments.annotator:
            continue
        if marked["line"] not in PARTS[arguments.part]:
            continue
        _, published = read_pair(arguments.road, marked["frame"])
        mask = drawn(marked, unsure=not arguments.sure_only) | (published & ROAD)
        Image.fromarray(mask).save(arguments.out / f"{marked['frame']}.png")
        names.append(marked["frame"])
    if arguments.list is not None:
        arguments.list.write_text("\n".join(names) + "\n", encoding="utf-8")
    LOG.info("%d masks", len(names))


if __name__ == "__main__":
    main()
