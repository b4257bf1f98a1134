"""Find out which panels a pose sees, and draw them from far to near."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import Floats, Image
from .panels import Panel, draw_panel
from .things import Thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """All things of a scene, laid out for quick choosing.

    Parameters
    ----------
    panels : tuple of Panel
        Panels of all things.
    corners : ndarray, shape (n, 4, 3)
        Corners of the panels; local x, y, z.
    normals : ndarray, shape (n, 3)
        Directions from which they are seen.
    owners : ndarray, shape (n, 2)
        Place of the thing that a panel belongs to.
    billboards : tuple of Thing
        Things that always face the camera.
    """

    panels: tuple[Panel, ...]
    corners: Floats
    normals: Floats
    owners: Floats
    billboards: tuple[Thing, ...]


def make_crowd(things: list[Thing]) -> Crowd:
    """Lay out things for drawing."""
    pairs = [(panel, thing.place) for thing in things for panel in thing.panels]
    corners = np.array([panel_corners(panel) for panel, _ in pairs]).reshape(-1, 4, 3)
    return Crowd(
        panels=tuple(panel for panel, _ in pairs),
        corners=corners,
        normals=np.array([panel.normal for panel, _ in pairs]).reshape(-1, 3),
        owners=np.array([place for _, place in pairs]).reshape(-1, 2),
        billboards=tuple(thing for thing in things if thing.billboard is not None),
    )


def panel_corners(panel: Panel) -> Floats:
    """Return the corners (4, 3) of a panel: top left, top right, bottom right, bottom left."""
    right, low = panel.corner + panel.across, panel.corner + panel.down
    return np.array([panel.corner, right, right + panel.down, low])


def draw_crowd(
    frame: Image, cover: Image, matrix: Floats, eye: Floats, right: Floats, crowd: Crowd
) -> None:
    """Draw what a pose sees.

    Parameters
    ----------
    frame : ndarray, uint8, shape (rows, columns, 3)
        Changed in place.
    cover : ndarray, uint8, shape (rows, columns)
        Set to 255 where something stands, changed in place.
    matrix : ndarray, shape (3, 4)
        Projection.
    eye, right : ndarray, shape (3,)
        Place of the camera; level unit vector to its right.
    crowd : Crowd
        The things.
    """
    boards = [_board(thing, right) for thing in crowd.billboards]
    corners, owners = crowd.corners, crowd.owners
    facing = np.einsum("ij,ij->i", crowd.normals, eye - corners[:, 0]) > 0
    if boards:
        corners = np.concatenate([corners, np.array([panel_corners(board) for board in boards])])
        owners = np.concatenate([owners, np.array([t.place for t in crowd.billboards])])
        facing = np.concatenate([facing, np.ones(len(boards), dtype=bool)])
    distance = np.hypot(*(owners - eye[:2]).T)
    chosen = np.flatnonzero(facing & (distance < 140) & _in_sight(frame, matrix, corners))
    depth = np.linalg.norm(corners[chosen].mean(axis=1) - eye, axis=1)
    for place in chosen[np.lexsort((-depth, -distance[chosen]))]:
        if place < len(crowd.panels):
            draw_panel(frame, cover, matrix, crowd.panels[place])
        else:
            draw_panel(frame, cover, matrix, boards[place - len(crowd.panels)])


def _board(thing: Thing, right: Floats) -> Panel:
    assert thing.billboard is not None
    return Panel(
        corner=np.array([*(thing.place - right[:2] * thing.width_m / 2), thing.height_m]),
        across=right * thing.width_m,
        down=np.array([0.0, 0.0, -thing.height_m]),
        texture=thing.billboard,
        shade=1.0,
        normal=-right,
    )


def _in_sight(frame: Image, matrix: Floats, corners: Floats) -> NDArray[np.bool_]:
    """Tell which panels (n, 4, 3) reach into the frame with more than a pixel."""
    homogeneous = corners @ matrix[:, :3].T + matrix[:, 3]
    depth = homogeneous[..., 2]
    pixels = homogeneous[..., :2] / np.maximum(depth, 0.05)[..., None]
    low, high = pixels.min(axis=1), pixels.max(axis=1)
    size = np.array([frame.shape[1], frame.shape[0]])
    inside = (high > 0).all(axis=1) & (low < size).all(axis=1) & (high - low > 1.2).all(axis=1)
    # A panel that passes the camera has no box to go by.
    passing = (depth.min(axis=1) < 0.6) & (depth.max(axis=1) > 0.6)
    verdict: NDArray[np.bool_] = (depth.max(axis=1) > 0.6) & (inside | passing)
    return verdict
