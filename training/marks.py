"""What was marked by eye to train with: repair patches on survey frames, road in street scenes.

`labels/train_by_eye.json` holds polygons in pixels of the photo, x and y from its upper left
corner. The photos themselves are not here.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

PATH = Path(__file__).parent / "labels" / "train_by_eye.json"

Points = Sequence[Sequence[float]]


class Patches(NamedTuple):
    """Repair patches of a survey frame, and what may be one or not."""

    sure: list[Points]
    unsure: list[Points]


class Street(NamedTuple):
    """A street scene: its road with what stands on it, its damage, and whether it has none."""

    road: list[Points]
    holes: list[Points]
    damage: dict[str, list[Points]]
    undamaged: bool


def draw(
    label: NDArray[np.uint8], polygons: Sequence[Points], bit: int, *, on: bool = True
) -> None:
    """Set or clear a bit of a label inside polygons, in place.

    Parameters
    ----------
    label
        uint8 ``[h, w]``.
    polygons
        Corners in pixels, x and y.
    bit
        Which bit.
    on
        Whether to set it.
    """
    inside = np.zeros(label.shape, np.uint8)
    for points in polygons:
        cv2.fillPoly(inside, [np.rint(np.array(points)).astype(np.int32)], 1)
    label[inside > 0] = (label[inside > 0] | bit) if on else (label[inside > 0] & ~np.uint8(bit))


@functools.cache
def _read() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return content


def patches() -> dict[str, Patches]:
    """Return the patches of each survey frame that was looked through for them; often none."""
    found = {}
    for frame in _read()["survey_frames"]:
        sure, unsure = (
            [p["points"] for p in frame["patches"] if p["unsure"] == doubt]
            for doubt in (False, True)
        )
        found[frame["frame"]] = Patches(sure, unsure)
    return found


def streets() -> dict[str, Street]:
    """Return the street scenes whose road was marked, by the photo's name without its ending."""
    return {
        f["frame"]: Street(f["road"], f["holes"], f["damage"], f["undamaged"])
        for f in _read()["street_scenes"]
    }
