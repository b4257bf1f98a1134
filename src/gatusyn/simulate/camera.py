"""Project local metres into a frame with a pinhole camera over flat ground."""

import math
from dataclasses import dataclass

import numpy as np

from .arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """Frame size and horizontal field of view.

    Parameters
    ----------
    width_px, height_px : int
        Frame size.
    fov_deg : float
        Horizontal field of view.
    """

    width_px: int = 1280
    height_px: int = 720
    fov_deg: float = 65.0

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return self.width_px / 2 / math.tan(math.radians(self.fov_deg) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where the camera is and where it looks.

    Parameters
    ----------
    x_m, y_m, height_m : float
        Local easting and northing, height over the road.
    heading_deg : float
        Compass bearing, clockwise from north.
    pitch_deg, roll_deg : float
        Pitch, down positive; roll, clockwise positive as the driver sees it.
    """

    x_m: float
    y_m: float
    height_m: float
    heading_deg: float
    pitch_deg: float
    roll_deg: float = 0.0


def projection(lens: Lens, pose: Pose) -> Floats:
    """Return the matrix (3, 4) from local x, y, z, 1 to homogeneous column, row.

    Pixel centres have whole coordinates; the principal point is the frame's middle.
    """
    heading, pitch, roll = (
        math.radians(angle) for angle in (pose.heading_deg, pose.pitch_deg, pose.roll_deg)
    )
    ahead = np.array([math.sin(heading), math.cos(heading), 0.0])
    right = np.array([math.cos(heading), -math.sin(heading), 0.0])
    up = np.array([0.0, 0.0, 1.0])
    optical = math.cos(pitch) * ahead - math.sin(pitch) * up
    down = -math.sin(pitch) * ahead - math.cos(pitch) * up
    column = math.cos(roll) * right + math.sin(roll) * down
    row = -math.sin(roll) * right + math.cos(roll) * down
    rotation = np.stack([column, row, optical])
    centre = np.array([pose.x_m, pose.y_m, pose.height_m])
    inner = np.array(
        [
            [lens.focal_px, 0.0, (lens.width_px - 1) / 2],
            [0.0, lens.focal_px, (lens.height_px - 1) / 2],
            [0.0, 0.0, 1.0],
        ]
    )
    outer = np.concatenate([rotation, -(rotation @ centre)[:, None]], axis=1)
    matrix: Floats = inner @ outer
    return matrix


def project(matrix: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Project points.

    Parameters
    ----------
    matrix : ndarray, shape (3, 4)
        From `projection`.
    points : ndarray, shape (n, 3)
        Local x, y, z in metres.

    Returns
    -------
    pixels : ndarray, shape (n, 2)
        Column, row.
    depth : ndarray, shape (n,)
        Metres along the optical axis; not positive behind the camera.
    """
    homogeneous = points @ matrix[:, :3].T + matrix[:, 3]
    depth = homogeneous[:, 2]
    safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
    return homogeneous[:, :2] / safe[:, None], depth


def row_of_distance(lens: Lens, pose: Pose, distance_m: float) -> float:
    """Return the row where level ground lies `distance_m` ahead, ignoring roll."""
    angle = math.atan2(pose.height_m, distance_m) - math.radians(pose.pitch_deg)
    return (lens.height_px - 1) / 2 + lens.focal_px * math.tan(angle)


def horizon_row(lens: Lens, pose: Pose) -> float:
    """Return the horizon's row, ignoring roll."""
    return (lens.height_px - 1) / 2 - lens.focal_px * math.tan(math.radians(pose.pitch_deg))
