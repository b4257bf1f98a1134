"""Paint repairs onto the ground."""

import cv2
import numpy as np

from .arrays import Image, Plane
from .brush import cut_out, darken, fill, stroke
from .damage import Damage
from .noise import NoiseBank, Window, sample


def paint_patches(
    patches: list[Damage],
    window: Window,
    picture: Image,
    factor: Plane,
    noise: NoiseBank,
    asphalt: tuple[int, int, int],
) -> None:
    """Paint every repair that touches the window.

    Parameters
    ----------
    patches : list of Damage
        Damages that are repairs.
    window : Window
        Where.
    picture : ndarray, uint8, shape (rows, columns, 3)
        Colours, changed in place.
    factor : ndarray, float32, shape (rows, columns)
        Brightness by which colours are multiplied later, changed in place.
    noise : NoiseBank
        Texture.
    asphalt : tuple of int
        Colour of the material, before its shade.
    """
    for patch in patches:
        cut = cut_out(window, patch.lines[0], 0.4)
        if cut is not None:
            part, rows, columns = cut
            _paint(patch, part, picture[rows, columns], factor[rows, columns], noise, asphalt)


def _paint(
    patch: Damage,
    window: Window,
    picture: Image,
    factor: Plane,
    noise: NoiseBank,
    asphalt: tuple[int, int, int],
) -> None:
    """Lay another surface with its own colour and texture, then its joint."""
    look, rim = patch.repair, patch.lines[0]
    assert look is not None
    layer = np.zeros(factor.shape, np.uint8)
    fill(layer, window, [rim], 255)
    inside = layer > 0
    warm = np.array([1.0 + look.tint, 1.0, 1.0 - look.tint])
    picture[inside] = np.clip(np.array(asphalt) * warm, 0, 255).astype(np.uint8)
    grain = 0.105 * sample(noise.grain, window, turn=-0.17, scale=1.1)
    grain += 0.05 * sample(noise.cloud, window, turn=0.4, scale=0.5)
    level = look.shade * (1.0 + look.roughness * grain)
    factor[inside] = np.clip(level, 0.15, 1.7)[inside]
    if look.joint_m > 0.0:
        joint = np.zeros(factor.shape, np.uint8)
        stroke(joint, window, [rim], look.joint_m, 255)
        blur = max(0.5, 0.25 * look.joint_m / window.pixel_m)
        soft = np.asarray(cv2.GaussianBlur(joint, (0, 0), blur), np.uint8)
        darken(factor, soft, 1.0 - look.joint_shade)
