"""A pinhole camera above a flat road."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gatusyn.model import CameraParams

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where a pixel lies on the road, and where a place on the road is in the picture.

    The lens is ``params.height_m`` above a plane road and free of distortion; pixel (0, 0) is the
    centre of the upper left pixel. Ground coordinates are metres forward and right of the point
    under the lens (Hartley and Zisserman 2004, chapter 6, for the projection).
    """

    params: CameraParams
    width_px: int
    height_px: int

    @property
    def focal_px(self) -> float:
        """Focal length in pixels, from the horizontal field of view."""
        return self.width_px / 2.0 / math.tan(math.radians(self.params.horizontal_fov_deg) / 2.0)

    @property
    def horizon_px(self) -> float:
        """Row of the horizon in the middle of the picture; may lie outside it."""
        centre = (self.height_px - 1) / 2.0
        return centre - self.focal_px * math.tan(math.radians(self.params.pitch_deg))

    def to_ground(self, pixels: Floats) -> Floats:
        """Return metres (forward, right) [n, 2] of pixels (x, y) [n, 2]; NaN above the horizon."""
        x = (pixels[:, 0] - (self.width_px - 1) / 2.0) / self.focal_px
        y = (pixels[:, 1] - (self.height_px - 1) / 2.0) / self.focal_px
        pitch = math.radians(self.params.pitch_deg)
        down = math.sin(pitch) + math.cos(pitch) * y
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(down > 1e-6, self.params.height_m / down, np.nan)
        ahead = reach * (math.cos(pitch) - math.sin(pitch) * y)
        aside = reach * x
        yaw = math.radians(self.params.yaw_deg)
        return np.column_stack(
            (
                ahead * math.cos(yaw) - aside * math.sin(yaw),
                ahead * math.sin(yaw) + aside * math.cos(yaw),
            )
        )

    def to_pixels(self, ground: Floats) -> Floats:
        """Return pixels (x, y) [n, 2] of metres (forward, right) [n, 2]; NaN behind the lens."""
        yaw = math.radians(self.params.yaw_deg)
        ahead = ground[:, 0] * math.cos(yaw) + ground[:, 1] * math.sin(yaw)
        aside = -ground[:, 0] * math.sin(yaw) + ground[:, 1] * math.cos(yaw)
        pitch = math.radians(self.params.pitch_deg)
        depth = ahead * math.cos(pitch) + self.params.height_m * math.sin(pitch)
        below = -ahead * math.sin(pitch) + self.params.height_m * math.cos(pitch)
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = np.where(depth > 1e-6, depth, np.nan)
        return np.column_stack(
            (
                self.focal_px * aside / depth + (self.width_px - 1) / 2.0,
                self.focal_px * below / depth + (self.height_px - 1) / 2.0,
            )
        )
