"""Draw textured parallelograms in perspective: façades, roofs, cars, signs, trees."""

from dataclasses import dataclass

import cv2
import numpy as np

from .arrays import Floats, Image
from .camera import project


@dataclass(frozen=True, slots=True, kw_only=True)
class Texture:
    """A picture at halving sizes; four channels if parts of it are see-through.

    Parameters
    ----------
    levels : tuple of ndarray, uint8, shape (rows, columns, 3 or 4)
        Full size first.
    """

    levels: tuple[Image, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A flat picture in space.

    Parameters
    ----------
    corner : ndarray, shape (3,)
        Top left corner; local x, y, z in metres.
    across, down : ndarray, shape (3,)
        Its top edge and its left edge.
    texture : Texture
        What is on it.
    shade : float
        Brightness by which the texture is multiplied.
    normal : ndarray, shape (3,)
        Direction from which it is seen; zero if from both sides.
    """

    corner: Floats
    across: Floats
    down: Floats
    texture: Texture
    shade: float
    normal: Floats


def make_texture(picture: Image) -> Texture:
    """Prepare a picture for drawing near and far."""
    levels = [picture]
    while min(levels[-1].shape[:2]) > 12 and len(levels) < 6:
        rows, columns = levels[-1].shape[:2]
        half = cv2.resize(levels[-1], (columns // 2, rows // 2), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, dtype=np.uint8))
    return Texture(levels=tuple(levels))


def draw_panel(frame: Image, cover: Image | None, matrix: Floats, panel: Panel) -> None:
    """Draw a panel into a frame.

    Parameters
    ----------
    frame : ndarray, uint8, shape (rows, columns, 3)
        Changed in place.
    cover : ndarray, uint8, shape (rows, columns), or None
        Set to 255 where the panel hides what was there, changed in place.
    matrix : ndarray, shape (3, 4)
        Projection.
    panel : Panel
        What to draw.
    """
    outline = _outline(matrix, panel)
    if outline is None:
        return
    rows, columns = frame.shape[:2]
    first = np.clip(np.floor(outline.min(axis=0)) - 1, 0, [columns, rows]).astype(int)
    last = np.clip(np.ceil(outline.max(axis=0)) + 2, 0, [columns, rows]).astype(int)
    size = last - first
    if min(size) < 2:
        return
    level = _level(panel.texture, outline)
    texture = panel.texture.levels[level]
    height, width = texture.shape[:2]
    plane = np.column_stack(
        [
            np.append(panel.across / width, 0.0),
            np.append(panel.down / height, 0.0),
            np.append(panel.corner + panel.across * 0.5 / width + panel.down * 0.5 / height, 1.0),
        ]
    )
    move = np.array([[1.0, 0.0, -first[0]], [0.0, 1.0, -first[1]], [0.0, 0.0, 1.0]])
    homography = move @ matrix @ plane
    warped = cv2.warpPerspective(
        texture, homography, (int(size[0]), int(size[1])), borderMode=cv2.BORDER_REPLICATE
    )
    shape = np.zeros((size[1], size[0]), np.uint8)
    corners = np.round(np.clip(outline - first, -8000, 8000) * 16).astype(np.int32)
    cv2.fillConvexPoly(shape, corners, (255,), lineType=cv2.LINE_AA, shift=4)
    place = (slice(first[1], last[1]), slice(first[0], last[0]))
    _blend(frame[place], None if cover is None else cover[place], warped, shape, panel.shade)


def _outline(matrix: Floats, panel: Panel) -> Floats | None:
    """Return the panel's outline in pixels, cut off before the camera, or None if unseen."""
    right, low = panel.corner + panel.across, panel.corner + panel.down
    corners = np.array([panel.corner, right, right + panel.down, low])
    depth = corners @ matrix[2, :3] + matrix[2, 3]
    near = 0.6
    if depth.max() < near:
        return None
    if depth.min() >= near:
        return project(matrix, corners)[0]
    kept: list[Floats] = []
    for index in range(4):
        after = (index + 1) % 4
        if depth[index] >= near:
            kept.append(corners[index])
        if (depth[index] >= near) != (depth[after] >= near):
            share = (near - depth[index]) / (depth[after] - depth[index])
            kept.append(corners[index] + share * (corners[after] - corners[index]))
    pixels, _ = project(matrix, np.stack(kept))
    return pixels


def _level(texture: Texture, outline: Floats) -> int:
    """Choose the size of texture that comes nearest to the size on the frame."""
    extent = np.maximum(outline.max(axis=0) - outline.min(axis=0), 1.0)
    rows, columns = texture.levels[0].shape[:2]
    ratio = min(columns / extent[0], rows / extent[1])
    return int(np.clip(np.floor(np.log2(max(ratio, 1.0)) + 0.3), 0, len(texture.levels) - 1))


def _blend(
    frame: Image, cover: Image | None, warped: Image | np.ndarray, shape: Image, shade: float
) -> None:
    alpha = shape
    if warped.shape[2] == 4:
        alpha = np.asarray(cv2.multiply(shape, warped[..., 3], scale=1 / 255), dtype=np.uint8)
        warped = warped[..., :3]
    if shade != 1.0:
        warped = cv2.convertScaleAbs(warped, alpha=shade)
    weight = cv2.merge([alpha, alpha, alpha])
    behind = cv2.multiply(frame, cv2.bitwise_not(weight), scale=1 / 255)
    frame[:] = cv2.add(behind, cv2.multiply(warped, weight, scale=1 / 255))
    if cover is not None:
        cover[alpha > 127] = 255
