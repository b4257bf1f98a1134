"""How points of the road and of the rest move from one frame to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gatusyn.locate.camera import view_rows

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOCAL: Final = 7
"""Unknowns of a pair: turn (3), log of metres driven over height, and its own tilt of the view:
yaw, pitch and roll beside the mount's."""

YAW, PITCH, ROLL, LOG_FOCAL = range(4)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """Pairs of frames with as many places for points each.

    Parameters
    ----------
    before, after
        Points in pixels right of and below the picture's middle, over its width, [p, n, 2].
    there
        Which of the places hold a point, [p, n].
    """

    before: Floats
    after: Floats
    there: Flags

    def __len__(self) -> int:
        return len(self.before)

    def some(self, chosen: NDArray[np.int64] | Flags) -> Pairs:
        """Return the chosen pairs."""
        return Pairs(before=self.before[chosen], after=self.after[chosen], there=self.there[chosen])


def residuals(pairs: Pairs, shared: Floats, local: Floats, road: Flags) -> Floats:
    """Return how far points are from where they should be, [p, n, 2], in widths of the picture.

    A point of the road is moved by the homography of a plane (Hartley and Zisserman 2004, section
    13.1). Any other point, its turn undone, moves along the line through the focus of expansion,
    and only its distance from that line counts.

    Parameters
    ----------
    shared
        Yaw, pitch, roll in radians, log of the focal length in widths, [4] or [p, 4].
    local
        [p, 7], see ``LOCAL``.
    road
        Which points are taken for road, [p, n].
    """
    shared = np.broadcast_to(shared, (len(pairs), 4))
    focal = np.exp(shared[:, LOG_FOCAL])[:, None]
    rows = view_rows(
        shared[:, YAW] + local[:, 4], shared[:, PITCH] + local[:, 5], shared[:, ROLL] + local[:, 6]
    )
    turn = _turned(local[:, :3])
    ray = _rays(pairs.before, focal)
    ahead, down = rows[:, :, 0], rows[:, :, 2]
    # As metres driven go to zero, so does the plane's motion; the rest of the plane is turn.
    push = np.exp(local[:, 3])[:, None, None] * (ray @ down[:, :, None])
    onward = (ray - push * ahead[:, None, :]) @ np.swapaxes(turn, 1, 2)
    on_road = _pixels(onward, focal) - pairs.after
    undone = _pixels(_rays(pairs.after, focal) @ turn, focal)
    focus = ahead[:, None, :2] / ahead[:, None, 2:] * focal[..., None]
    away = pairs.before - focus
    length = np.maximum(np.hypot(away[..., 0], away[..., 1]), 1e-3)
    moved = undone - pairs.before
    beside = (away[..., 0] * moved[..., 1] - away[..., 1] * moved[..., 0]) / length
    other = np.stack([beside, np.zeros_like(beside)], axis=-1)
    return np.where(road[..., None], on_road, other)


def road_points(pairs: Pairs, shared: Floats, local: Floats, *, far: float, aside: float) -> Flags:
    """Say which points would lie on the road, within limits in heights of the lens, [p, n]."""
    shared = np.broadcast_to(shared, (len(pairs), 4))
    rows = view_rows(
        shared[:, YAW] + local[:, 4], shared[:, PITCH] + local[:, 5], shared[:, ROLL] + local[:, 6]
    )
    ray = _rays(pairs.before, np.exp(shared[:, LOG_FOCAL])[:, None])
    level = ray @ rows
    with np.errstate(divide="ignore", invalid="ignore"):
        ground = level[..., :2] / level[..., 2:]
    near = (ground[..., 0] < far) & (np.abs(ground[..., 1]) < aside)
    return np.asarray(pairs.there & (level[..., 2] > 1.0 / far) & near)


def _rays(points: Floats, focal: Floats) -> Floats:
    """Return directions (right, down, along the axis) of points in the camera's own axes."""
    return np.concatenate([points / focal[..., None], np.ones((*points.shape[:2], 1))], axis=-1)


def _pixels(rays: Floats, focal: Floats) -> Floats:
    depth = np.maximum(rays[..., 2:], 1e-3)
    return np.asarray(rays[..., :2] / depth * focal[..., None])


def _turned(angles: Floats) -> Floats:
    """Return rotations by small angles about right, down and axis, [p, 3, 3], to second order."""
    x, y, z = angles.T
    zero = np.zeros_like(x)
    cross = np.stack(
        [
            np.stack([zero, -z, y], axis=-1),
            np.stack([z, zero, -x], axis=-1),
            np.stack([-y, x, zero], axis=-1),
        ],
        axis=-2,
    )
    return np.asarray(np.eye(3) + cross + 0.5 * cross @ cross)
