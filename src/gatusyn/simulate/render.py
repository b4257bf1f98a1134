"""Film a scene: ground, sky and things from a pose, with the faults of a phone's camera."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from .arrays import Floats, Image
from .camera import Lens, Pose, horizon_row, projection, row_of_distance
from .crowd import Crowd, draw_crowd
from .ground import paint_ground, paint_mask
from .noise import Window
from .scene import Scene
from .sky import draw_sky


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A band of ground that is painted at one pixel size.

    Parameters
    ----------
    from_m, to_m : float
        Distance ahead.
    pixel_m : float
        Side of a pixel on the ground.
    samples : int
        Rows drawn for each row of the frame, to smooth what perspective squeezes.
    """

    from_m: float
    to_m: float
    pixel_m: float
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How far ahead masks mark things, in metres: beyond, a person would not see them."""

    road_m: float = 40.0
    crack_m: float = 22.0
    pothole_m: float = 32.0
    patch_m: float = 32.0


def reaches() -> tuple[Reach, ...]:
    """Return the bands from near to far."""
    return (
        Reach(from_m=0.0, to_m=6.5, pixel_m=0.008, samples=1),
        Reach(from_m=6.5, to_m=18.0, pixel_m=0.02, samples=3),
        Reach(from_m=18.0, to_m=60.0, pixel_m=0.08, samples=5),
        Reach(from_m=60.0, to_m=400.0, pixel_m=0.4, samples=4),
    )


def film(
    scene: Scene, lens: Lens, poses: list[Pose], *, masks: bool
) -> Iterator[tuple[Image, Image | None]]:
    """Film neighbouring poses, painting the ground around all of them once.

    Parameters
    ----------
    scene : Scene
        Town and light.
    lens : Lens
        Camera.
    poses : list of Pose
        Poses within some metres of each other.
    masks : bool
        Whether to make masks, too.

    Yields
    ------
    frame : ndarray, uint8, shape (height, width, 3)
        Red, green, blue, before the camera's own faults (see `sensor.expose`).
    mask : ndarray, uint8, shape (height, width), or None
        Bits 1 road, 2 crack, 4 pothole, 8 patch.
    """
    windows = [_window(lens, poses, reach) for reach in reaches()[:3]]
    grounds = [paint_ground(scene.ground, window) for window in windows]
    plans = [paint_mask(scene.ground, window) for window in windows] if masks else []
    windows.append(scene.far_window)
    grounds.append(scene.far_ground)
    for pose in poses:
        frame = np.full((lens.height_px, lens.width_px, 3), 200, np.uint8)
        cover = np.zeros((lens.height_px, lens.width_px), np.uint8)
        draw_sky(frame, scene.panorama, lens, pose)
        matrix = projection(lens, pose)
        for reach, window, ground in zip(reaches(), windows, grounds, strict=True):
            _lay(frame, lens, pose, matrix, reach, window, ground)
        _draw_things(frame, cover, matrix, pose, scene.crowd)
        mask = None
        if masks:
            areas = np.zeros((*frame.shape[:2], 4), np.uint8)
            for reach, window, plan in zip(reaches(), windows, plans, strict=False):
                _lay(areas, lens, pose, matrix, reach, window, plan)
            mask = _to_bits(areas, cover, lens, pose, Label())
        yield frame, mask


def _window(lens: Lens, poses: list[Pose], reach: Reach) -> Window:
    """Return the ground that the poses see within a band, at the band's pixel size."""
    corners: list[tuple[float, float]] = []
    # A rolled camera sees farther down and aside in its lower corners; a shaking one hardly.
    lean = math.radians(max(max(abs(pose.roll_deg) for pose in poses) - 1.0, 0.0))
    spread = math.radians(lens.fov_deg) / 2 * 1.06 + lean
    for pose in poses:
        down = math.radians(pose.pitch_deg) + math.atan2(lens.height_px / 2, lens.focal_px) + lean
        nearest = max(reach.from_m - 0.5, pose.height_m / math.tan(min(down, 1.5)) * 0.9)
        for distance in (nearest, reach.to_m + 0.5):
            for angle in (-spread, 0.0, spread):
                bearing = math.radians(pose.heading_deg) + angle
                away = distance / math.cos(angle)
                corners.append(
                    (pose.x_m + away * math.sin(bearing), pose.y_m + away * math.cos(bearing))
                )
    points = np.array(corners)
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    return Window(
        west_m=float(west),
        north_m=float(north),
        columns=int((east - west) / reach.pixel_m) + 2,
        rows=int((north - south) / reach.pixel_m) + 2,
        pixel_m=reach.pixel_m,
    )


def _lay(
    frame: Image,
    lens: Lens,
    pose: Pose,
    matrix: Floats,
    reach: Reach,
    window: Window,
    ground: Image,
) -> None:
    """Lay a band of ground into the frame."""
    lean = abs(math.tan(math.radians(pose.roll_deg))) * lens.width_px / 2
    top = max(row_of_distance(lens, pose, reach.to_m), horizon_row(lens, pose) + 2.0) - lean
    bottom = lens.height_px + lean
    if reach.from_m > 0:
        bottom = row_of_distance(lens, pose, reach.from_m) + lean
    first = int(np.clip(math.floor(top), 0, lens.height_px))
    last = int(np.clip(math.ceil(bottom), 0, lens.height_px))
    if last <= first:
        return
    size = window.pixel_m
    place = np.array(
        [
            [size, 0.0, window.west_m + size / 2],
            [0.0, -size, window.north_m - size / 2],
            [0.0, 0.0, 1.0],
        ]
    )
    flat = matrix[:, [0, 1, 3]]
    many = reach.samples
    stretch = np.array(
        [[1.0, 0.0, 0.0], [0.0, many, -first * many + (many - 1) / 2], [0.0, 0.0, 1.0]]
    )
    tall = cv2.warpPerspective(
        ground,
        stretch @ flat @ place,
        (lens.width_px, (last - first) * many),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if many > 1:
        tall = cv2.resize(tall, (lens.width_px, last - first), interpolation=cv2.INTER_AREA)
    frame[first:last] = tall


def _draw_things(frame: Image, cover: Image, matrix: Floats, pose: Pose, crowd: Crowd) -> None:
    eye = np.array([pose.x_m, pose.y_m, pose.height_m])
    angle = math.radians(pose.heading_deg)
    right = np.array([math.cos(angle), -math.sin(angle), 0.0])
    draw_crowd(frame, cover, matrix, eye, right, crowd)


def _to_bits(areas: Image, cover: Image, lens: Lens, pose: Pose, label: Label) -> Image:
    """Turn area shares into bits, within reach and where nothing stands before them."""
    mask = np.zeros(areas.shape[:2], np.uint8)
    for plane, (bit, reach_m, share) in enumerate(
        (
            (1, label.road_m, 127),
            (2, label.crack_m, 90),
            (4, label.pothole_m, 90),
            (8, label.patch_m, 127),
        )
    ):
        top = int(np.clip(math.ceil(row_of_distance(lens, pose, reach_m)), 0, lens.height_px))
        mask[top:][areas[top:, :, plane] > share] |= bit
    mask[cover > 0] = 0
    return mask
