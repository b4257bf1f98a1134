"""Reads polygons that people drew on frames, and makes masks of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from shapely import LineString

from gatusyn.detect import MASK_VALUES
from gatusyn.evaluate.cells import LANE_VALUE
from gatusyn.geo import polygons_of
from gatusyn.model import FootageError, GatusynError, PixelClass

Drawn = Literal[
    "crack", "crazing", "pothole", "surface_loss", "patch", "manhole", "sealed_joint", "other"
]
#: What each word is in a mask; the others are no damage.
PIXEL_CLASS_OF: Mapping[Drawn, PixelClass] = {
    "crack": PixelClass.CRACK,
    "crazing": PixelClass.CRACK,
    "pothole": PixelClass.POTHOLE,
    "surface_loss": PixelClass.POTHOLE,
    "patch": PixelClass.PATCH,
}


class DrawnShape(BaseModel):
    """A polygon, or with ``width_px`` a line of that width, in pixels of the frame.

    Parameters
    ----------
    unsure
        Whether the annotator doubted what it is or where it ends.
    in_lane
        Whether it lies in the lane that was judged; what is beside it is not marked in full.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    drawn: Drawn = Field(alias="class")
    points: list[tuple[float, float]] = Field(max_length=10_000)
    width_px: float | None = Field(default=None, gt=0, le=500)
    unsure: bool = False
    in_lane: bool = True
    note: str | None = None

    @model_validator(mode="after")
    def _enough_points(self) -> DrawnShape:
        needed = 3 if self.width_px is None else 2
        if len(self.points) < needed:
            raise ValueError(f"{self.drawn} has {len(self.points)} points, not {needed} or more")
        if any(abs(value) > 1e5 for point in self.points for value in point):
            raise ValueError(f"{self.drawn} has a point far outside the frame")
        return self


class LabelledFrame(BaseModel):
    """What one person drew on one frame."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frame: str = Field(pattern=r"^[^/\\]+$")
    line: str
    annotator: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    size_px: tuple[int, int] | None = None
    polygons: list[DrawnShape]
    complete: bool
    note: str | None = None


class EyeLabels(BaseModel):
    """A file of labels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: Any = None
    frames: list[LabelledFrame] = Field(min_length=1)


def read_eye_labels(path: Path) -> tuple[LabelledFrame, ...]:
    """Read a file of labels.

    Raises
    ------
    GatusynError
        If it cannot be read, does not have this shape, or labels a frame twice by one person.
    """
    try:
        labels = EyeLabels.model_validate_json(path.read_bytes())
    except OSError as error:
        raise GatusynError(path, f"cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise GatusynError(path, f"is no file of labels: {where}: {first['msg']}") from error
    keys = [(one.frame, one.annotator) for one in labels.frames]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise GatusynError(path, f"labels {twice[0]} twice by {twice[1]}")
    return tuple(labels.frames)


def mask_of_labels(
    labels: LabelledFrame, original: NDArray[np.uint8], *, sure_only: bool = False
) -> NDArray[np.uint8]:
    """Return a frame's mask: the lane of the original mask and the drawn damage.

    Parameters
    ----------
    original
        Mask uint8 [h, w] of the same frame.
    sure_only
        Whether doubtful shapes are left out.

    Raises
    ------
    FootageError
        If the labels are for a frame of another size.
    """
    height, width = original.shape
    if labels.size_px not in (None, (width, height)):
        drawn = "x".join(str(side) for side in labels.size_px or ())
        raise FootageError(labels.frame, f"is labelled at {drawn} px, its mask {width}x{height} px")
    mask = np.where(original & LANE_VALUE, np.uint8(LANE_VALUE), np.uint8(0))
    for shape in labels.polygons:
        damage = PIXEL_CLASS_OF.get(shape.drawn)
        if damage is not None and not (sure_only and shape.unsure):
            mask[_drawn(shape, original.shape) > 0] |= MASK_VALUES[damage]
    return mask


def _drawn(shape: DrawnShape, size: tuple[int, ...]) -> NDArray[np.uint8]:
    layer = np.zeros(size, np.uint8)
    rings = [np.array(shape.points, np.float64)]
    if shape.width_px is not None:
        # Filling takes in the border's pixels, which makes an area one pixel wider.
        band = LineString(shape.points).buffer(max(shape.width_px - 1, 0.5) / 2, cap_style="flat")
        rings = [
            np.array(ring.coords)
            for part in polygons_of(band)
            for ring in (part.exterior, *part.interiors)
        ]
    if rings:
        cv2.fillPoly(layer, [ring.round().astype(np.int32) for ring in rings], 1)
    return layer
