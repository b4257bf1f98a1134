"""How sure a place on the road is that was found by looking at it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gatusyn.locate.camera import Camera
from gatusyn.model import LocateParams, Pose

Floats = NDArray[np.float64]


def place_covariance(
    ahead_m: float, right_m: float, camera: Camera, pose: Pose, params: LocateParams
) -> Floats:
    """Return the covariance of a place on the road, metres² ahead and to the right, shape [2, 2].

    First-order propagation (Hartley and Zisserman 2004, section 5.2; JCGM 100:2008, section 5.1)
    through the intersection of a ray with the road: at ``X`` ahead and ``Y`` to the right of a lens
    at height ``h``, more pitch by an angle moves the place by ``-(X² + h²) / h`` ahead and
    ``-X Y / h`` to the right, a roll by ``X Y / h`` and ``(Y² + h²) / h``, a turn by ``-Y`` and
    ``X``, and height by ``X / h`` and ``Y / h`` of itself. Along the ray a pixel does what pitch
    does, across it what a turn does at its slant distance. The pose adds its own, and a frame's
    time what is driven in the meantime (within the pose).

    Parameters
    ----------
    ahead_m, right_m
        From the point under the lens, in the direction of travel.
    """
    height = camera.params.height_m
    slant = math.sqrt(ahead_m**2 + right_m**2 + height**2)
    pixel = params.pixel_sigma_px / camera.focal_px
    pitch = math.hypot(math.radians(params.pitch_sigma_deg), pixel)
    turn = math.hypot(math.radians(params.yaw_sigma_deg), math.radians(pose.sigma_bearing_deg))
    moved = np.array(
        [
            (-(ahead_m**2 + height**2) / height * pitch, -ahead_m * right_m / height * pitch),
            np.array((ahead_m * right_m, right_m**2 + height**2))
            * math.radians(params.roll_sigma_deg)
            / height,
            (-right_m * turn, ahead_m * turn),
            np.array((ahead_m, right_m)) * params.height_sigma_m / height,
            (0.0, slant * pixel),
            (pose.sigma_along_m, 0.0),
            (0.0, pose.sigma_across_m),
        ]
    )
    covariance: Floats = moved.T @ moved
    return covariance


def sigmas_towards(covariance: Floats, turned_deg: float) -> tuple[float, float]:
    """Return the standard deviations along and across a direction, metres.

    Parameters
    ----------
    covariance
        Ahead and to the right, shape [2, 2].
    turned_deg
        By how much the direction is to the right of ahead.
    """
    angle = math.radians(turned_deg)
    along = np.array((math.cos(angle), math.sin(angle)))
    across = np.array((-math.sin(angle), math.cos(angle)))
    return (
        math.sqrt(max(float(along @ covariance @ along), 0.0)),
        math.sqrt(max(float(across @ covariance @ across), 0.0)),
    )
