"""Paint cracks and potholes onto the ground."""

import cv2
import numpy as np

from gatusyn.model import PixelClass

from .arrays import Floats, Image, Plane
from .brush import cut_out, darken, fill, stroke
from .damage import Damage
from .light import Light
from .noise import NoiseBank, Window, sample


def paint_damages(
    damages: tuple[Damage, ...],
    window: Window,
    picture: Image,
    factor: Plane,
    noise: NoiseBank,
    light: Light,
) -> None:
    """Paint every damage that touches the window.

    Parameters
    ----------
    damages : tuple of Damage
        What to paint.
    window : Window
        Where.
    picture : ndarray, uint8, shape (rows, columns, 3)
        Colours, changed in place.
    factor : ndarray, float32, shape (rows, columns)
        Brightness by which colours are multiplied later, changed in place.
    noise : NoiseBank
        Texture of what a hole lays bare.
    light : Light
        Decides which rim is lit.
    """
    for damage in damages:
        points = np.concatenate(damage.lines)
        cut = cut_out(window, points, 0.4)
        if cut is None:
            continue
        part, rows, columns = cut
        if damage.kind.pixel_class is PixelClass.CRACK:
            _paint_crack(damage, part, factor[rows, columns])
        else:
            _paint_hole(damage, part, picture[rows, columns], factor[rows, columns], noise, light)


def _paint_crack(damage: Damage, window: Window, factor: Plane) -> None:
    """Draw the lines dark, of uneven width, in a faint band of dirt and loose edges."""
    rng = np.random.default_rng(int(damage.id.rpartition("-")[2]))
    dark = np.zeros(factor.shape, np.uint8)
    dirt = np.zeros(factor.shape, np.uint8)
    stroke(dirt, window, damage.lines, 0.06, 255)
    # Cut the lines into pieces of uneven opening: hair, mean and gaping.
    openings: tuple[list[Floats], ...] = ([], [], [])
    for line in damage.lines:
        for start in range(0, len(line) - 1, 9):
            openings[int(rng.choice(3, p=(0.3, 0.5, 0.2)))].append(line[start : start + 10])
    for pieces, share in zip(openings, (0.65, 1.0, 1.45), strict=True):
        stroke(dark, window, pieces, damage.width_m * share, 255)
    spread = max(0.5, 0.03 / window.pixel_m)
    soft = np.asarray(cv2.GaussianBlur(dirt, (0, 0), spread), dtype=np.uint8)
    darken(factor, soft, 0.2 * damage.darkness)
    darken(factor, dark, damage.darkness)


def _paint_hole(
    damage: Damage, window: Window, picture: Image, factor: Plane, noise: NoiseBank, light: Light
) -> None:
    """Lay bare gravel in a rim: shaded where it hides the sun, lit where it faces it."""
    rim = damage.lines[0]
    hole = np.zeros(factor.shape, np.uint8)
    fill(hole, window, [rim], 255)
    # A jagged edge and a gentle floor, from noise at the scale of stones.
    ragged = sample(noise.spots, window, turn=0.5)
    ragged += 0.5 * sample(noise.spots, window, scale=0.5, turn=0.1)
    blur = max(0.5, 0.02 / window.pixel_m)
    inside = cv2.GaussianBlur(hole, (0, 0), blur).astype(np.float32) / 255
    shape: Plane = np.clip((inside - 0.5 + 0.13 * ragged) * 5 + 0.5, 0, 1).astype(np.float32)
    gravel = sample(noise.grain, window, scale=2.2, turn=0.33)
    gravel += sample(noise.spots, window, scale=1.1, turn=-0.4)
    colour = np.array([1.0, 0.95, 0.87], np.float32)
    cover = shape[..., None]
    picture[:] = np.clip(picture * (1 - cover + cover * colour), 0, 255).astype(np.uint8)
    level = (1.12 - 0.75 * damage.darkness) * (1.0 + 0.17 * gravel)
    factor += shape * (np.clip(level, 0.2, 1.7) - factor)
    _paint_rim(damage, window, factor, shape, light)


def _paint_rim(damage: Damage, window: Window, factor: Plane, inside: Plane, light: Light) -> None:
    """Shade the wall toward the sun, light the wall away from it, and crumble the edge."""
    toward = light.toward
    flat = toward[:2] / max(float(np.hypot(toward[0], toward[1])), 1e-6)
    reach = damage.width_m * (0.5 + 0.9 * light.sun / max(float(toward[2]), 0.4))
    shift = flat * reach / window.pixel_m
    back = _shifted(inside, -shift[0], shift[1])
    moved = _shifted(inside, shift[0], -shift[1])
    factor *= 1.0 - (0.45 + 0.25 * light.sun) * inside * (1.0 - back)
    factor *= 1.0 + (0.12 + 0.35 * light.sun) * inside * (1.0 - moved)
    # An overcast sky still leaves the foot of the wall dark all round.
    wall = cv2.GaussianBlur(inside, (0, 0), max(0.6, 0.6 * damage.width_m / window.pixel_m))
    factor *= 1.0 - 0.75 * np.clip(2.0 * inside * (1.0 - wall), 0, 1)
    around = cv2.GaussianBlur(inside, (0, 0), max(0.6, 0.05 / window.pixel_m))
    factor *= 1.0 - 0.22 * np.clip(around * (1.0 - inside) * 2.5, 0, 1)


def _shifted(layer: Plane, columns: float, rows: float) -> Plane:
    """Move a layer by a fraction of pixels: content goes by (columns, rows)."""
    matrix = np.array([[1.0, 0.0, columns], [0.0, 1.0, rows]])
    size = (layer.shape[1], layer.shape[0])
    return np.asarray(cv2.warpAffine(layer, matrix, size, borderMode=cv2.BORDER_REPLICATE))
