"""Write the masks that a shipped network makes of a road folder's frames, for an outside scorer.

``python -m training.predict_masks --weights src/gatusyn/detect/weights --road ROAD --part report
--out MASKS --list frames.txt`` writes one 8-bit PNG a frame: 1 road, 2 crack, 4 pothole, added.
"""

from __future__ import annotations

import argparse
import logging
import tomllib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime

from training.data import (
    CRACK,
    POTHOLE,
    REPORT_LINES,
    ROAD,
    VALIDATION_LINES,
    Picture,
    read_pair,
    road_rows,
)
from training.network import SIDE_MULTIPLE

LOG = logging.getLogger(__name__)
BITS = {"crack": CRACK, "pothole": POTHOLE, "road": ROAD}
PARTS = {"report": REPORT_LINES, "validation": VALIDATION_LINES}


def open_weights(folder: Path) -> tuple[onnxruntime.InferenceSession, dict[str, Any]]:
    """Return a session and the settings of a weights folder."""
    settings = tomllib.loads((folder / "damage.toml").read_text(encoding="utf-8"))
    path = str(folder / "damage.onnx")
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]), settings


def predicted(
    session: onnxruntime.InferenceSession, settings: dict[str, Any], image: Picture
) -> Picture:
    """Return the mask of an image: resized, padded, run, enlarged and cut at the thresholds.

    Parameters
    ----------
    session
        The network.
    settings
        Content of ``damage.toml``.
    image
        RGB of any size.

    Returns
    -------
    numpy.ndarray
        Mask of the image's size.
    """
    height, width = image.shape[:2]
    inner_width = int(settings["input"]["width_px"])
    inner_height = round(height * inner_width / width)
    if width != inner_width:
        size = (inner_width, inner_height)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    padded = np.pad(image, ((0, -inner_height % SIDE_MULTIPLE), (0, 0), (0, 0)))
    tensor = padded.transpose(2, 0, 1)[None].astype(np.float32) / 255.0
    output = session.run(["probability"], {"image": tensor})[0][0]
    mask = np.zeros((height, width), np.uint8)
    for layer, name in zip(output, settings["classes"], strict=True):
        full = cv2.resize(layer, (inner_width, padded.shape[0]), interpolation=cv2.INTER_LINEAR)
        full = cv2.resize(full[:inner_height], (width, height), interpolation=cv2.INTER_LINEAR)
        mask[np.asarray(full) >= settings["thresholds"][name]] |= BITS[name]
    return mask


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True, help="damage.onnx, damage.toml")
    parser.add_argument("--road", type=Path, required=True)
    parser.add_argument("--part", choices=sorted(PARTS), required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for the masks")
    parser.add_argument("--list", type=Path, help="file for the names of the frames")
    arguments = parser.parse_args()
    session, settings = open_weights(arguments.weights)
    arguments.out.mkdir(parents=True, exist_ok=True)
    lines = PARTS[arguments.part]
    names = [r["frame"] for r in road_rows(arguments.road) if r["survey_line"] in lines]
    for name in names:
        image, _ = read_pair(arguments.road, name)
        cv2.imwrite(str(arguments.out / f"{name}.png"), predicted(session, settings, image))
    if arguments.list is not None:
        arguments.list.write_text("\n".join(names) + "\n", encoding="utf-8")
    LOG.info("%d masks", len(names))


if __name__ == "__main__":
    main()
