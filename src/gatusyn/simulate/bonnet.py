"""Cover the frame's lower edge with the vehicle's own bonnet."""

import cv2
import numpy as np

from .arrays import Image
from .camera import Lens


def cover_bonnet(frame: Image, lens: Lens, share: float) -> None:
    """Draw a dark, slightly glossy bonnet over a share of the frame's height, in place."""
    shape = np.zeros(frame.shape[:2], np.uint8)
    middle = (lens.width_px // 2, lens.height_px)
    size = (round(0.7 * lens.width_px), round(share * lens.height_px))
    cv2.ellipse(shape, middle, size, 0, 180, 360, (255,), -1)
    rows = np.linspace(2.0, 0.8, lens.height_px)[:, None, None]
    columns = 1.0 + 0.25 * np.sin(np.linspace(0.0, 40.0, lens.width_px))[None, :, None]
    paint = np.clip(np.array([46, 46, 50]) * rows * columns, 0, 255).astype(np.uint8)
    inside = shape > 127
    frame[inside] = paint[inside]
