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
        pitch, roll = math.radians(self.params.pitch_deg), math.radians(self.params.roll_deg)
        return centre - self.focal_px * math.tan(pitch) / math.cos(roll)

    def to_ground(self, pixels: Floats) -> Floats:
        """Return metres (forward, right) [n, 2] of pixels (x, y) [n, 2]; NaN above the horizon."""
        rays = np.column_stack(
            (
                (pixels[:, 0] - (self.width_px - 1) / 2.0) / self.focal_px,
                (pixels[:, 1] - (self.height_px - 1) / 2.0) / self.focal_px,
                np.ones(len(pixels)),
            )
        )
        level = rays @ self._rows()
        down = level[:, 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.where(down > 1e-6, self.params.height_m / down, np.nan)
        return np.asarray(level[:, :2] * reach[:, None])

    def to_pixels(self, ground: Floats) -> Floats:
        """Return pixels (x, y) [n, 2] of metres (forward, right) [n, 2]; NaN behind the lens."""
        below = np.full(len(ground), self.params.height_m)
        seen = np.column_stack((ground, below)) @ self._rows().T
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = np.where(seen[:, 2] > 1e-6, seen[:, 2], np.nan)
        return np.column_stack(
            (
                self.focal_px * seen[:, 0] / depth + (self.width_px - 1) / 2.0,
                self.focal_px * seen[:, 1] / depth + (self.height_px - 1) / 2.0,
            )
        )

    def _rows(self) -> Floats:
        params = self.params
        angles = np.radians([[params.yaw_deg], [params.pitch_deg], [params.roll_deg]])
        return np.asarray(view_rows(*angles)[0])


def view_rows(yaw: Floats, pitch: Floats, roll: Floats) -> Floats:
    """Return a camera's axes in the vehicle's: rows right, down and along the axis, [n, 3, 3].

    The columns are the vehicle's forward, right and down. The view is turned to the right by the
    yaw, then tilted down by the pitch, then rolled clockwise, as the driver sees it, by the roll.

    Parameters
    ----------
    yaw, pitch, roll
        Radians, [n].
    """
    cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    cr, sr = np.cos(roll)[:, None], np.sin(roll)[:, None]
    right = np.stack([-sy, cy, np.zeros_like(yaw)], axis=-1)
    down = np.stack([-sp * cy, -sp * sy, cp], axis=-1)
    axis = np.stack([cp * cy, cp * sy, sp], axis=-1)
    return np.stack([cr * right + sr * down, cr * down - sr * right, axis], axis=-2)
