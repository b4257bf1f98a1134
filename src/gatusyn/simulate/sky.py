"""Paint the sky and a far tree line as a panorama, and cut the view out of it."""

import math

import cv2
import numpy as np

from .arrays import Image
from .camera import Lens, Pose, horizon_row
from .light import Light


def paint_panorama(rng: np.random.Generator, light: Light) -> Image:
    """Paint the sky all round.

    Returns
    -------
    ndarray, uint8, shape (512, 2048, 3)
        Columns from bearing 0 to 360 degrees; rows from 60 degrees up down to the horizon.
    """
    rows, columns = 512, 2048
    up = np.linspace(1, 0, rows)[:, None, None]
    clear = np.array([96, 142, 206]) * up + np.array([204, 218, 232]) * (1 - up)
    dull = np.array([172, 178, 186]) * up + np.array([214, 216, 218]) * (1 - up)
    sky = np.broadcast_to(light.sun * clear + (1 - light.sun) * dull, (rows, columns, 3)).copy()
    cloud = np.zeros((rows, columns), np.float32)
    for step in (8, 16, 32, 64, 128):
        small = rng.standard_normal((rows // step * 2 + 2, columns // step)).astype(np.float32)
        small = np.concatenate([small, small[:, :1]], axis=1)
        cloud += cv2.resize(small, (columns, rows), interpolation=cv2.INTER_CUBIC) * step**0.7
    cloud = (cloud - cloud.mean()) / cloud.std()
    cover = np.clip((cloud - 0.7 * light.sun + 0.2) * 0.5, 0, 1)[..., None]
    sky = sky * (1 - 0.8 * cover) + np.array([236, 236, 234]) * 0.8 * cover
    _paint_far_trees(rng, sky)
    painted: Image = np.clip(sky, 0, 255).astype(np.uint8)
    return painted


def draw_sky(frame: Image, panorama: Image, lens: Lens, pose: Pose) -> None:
    """Draw the sky above the horizon into a frame, in place."""
    lean = math.tan(math.radians(pose.roll_deg))
    reach = abs(lean) * lens.width_px / 2
    last = int(np.clip(np.ceil(horizon_row(lens, pose) + reach) + 14, 0, frame.shape[0]))
    if last == 0:
        return
    rows, columns = panorama.shape[:2]
    across = (np.arange(lens.width_px) - (lens.width_px - 1) / 2)[None, :]
    middle = (lens.height_px - 1) / 2
    # Turned upright about the frame's middle, where the unrolled camera would see it.
    turn = math.radians(pose.roll_deg)
    down = (np.arange(last) - middle)[:, None]
    level = across * math.cos(turn) - down * math.sin(turn)
    upright = across * math.sin(turn) + down * math.cos(turn) + middle
    bearing = pose.heading_deg + np.degrees(np.arctan(level / lens.focal_px))
    height = np.degrees(np.arctan((horizon_row(lens, pose) - upright) / lens.focal_px))
    frame[:last] = cv2.remap(
        panorama,
        ((bearing % 360) / 360 * columns).astype(np.float32),
        np.clip((1 - height / 60) * (rows - 1), 0, rows - 1).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )


def _paint_far_trees(rng: np.random.Generator, sky: np.ndarray) -> None:
    """Set a wavy wood on the horizon."""
    rows, columns = sky.shape[:2]
    line = np.zeros(columns)
    angle = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    for wave in (2, 3, 5, 9, 17, 40, 90, 170):
        line += rng.normal(0, 1) / wave**0.5 * np.sin(wave * angle + rng.uniform(0, 6.3))
    top = rows - 22 - 7 * (line - line.min()) - rng.uniform(0, 4, columns)
    below = np.arange(rows)[:, None] > top[None, :]
    colour = np.array([98, 112, 92]) * (1 + rng.normal(0, 0.08, (rows, columns, 1)))
    sky[below] = (0.75 * colour + 0.25 * np.array([200, 206, 210]))[below]
