"""Draw shapes given in local metres onto a window's raster."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .arrays import Floats, Image, Plane
from .noise import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """Many shapes with their boxes, so that those near a window are found at once.

    Parameters
    ----------
    shapes : tuple of ndarray, shape (n, 2)
        Local easting, northing.
    boxes : ndarray, shape (m, 4)
        West, south, east, north of each shape.
    """

    shapes: tuple[Floats, ...]
    boxes: Floats


def gather(shapes: Iterable[Floats]) -> Outlines:
    """Gather shapes and work out their boxes."""
    kept = tuple(shapes)
    boxes = [np.concatenate([shape.min(axis=0), shape.max(axis=0)]) for shape in kept]
    return Outlines(shapes=kept, boxes=np.array(boxes, dtype=np.float64).reshape(-1, 4))


def near(outlines: Outlines, window: Window, margin_m: float = 0.5) -> list[Floats]:
    """Return the shapes whose boxes touch the window widened by a margin."""
    west, south, east, north = outlines.boxes.T
    hit = (
        (east > window.west_m - margin_m)
        & (west < window.west_m + window.columns * window.pixel_m + margin_m)
        & (north > window.north_m - window.rows * window.pixel_m - margin_m)
        & (south < window.north_m + margin_m)
    )
    return [outlines.shapes[index] for index in np.flatnonzero(hit)]


def to_pixels(window: Window, points: Floats) -> NDArray[np.int32]:
    """Return columns and rows in sixteenths of a pixel, as drawing with `shift=4` wants them."""
    scale = np.array([16.0, -16.0]) / window.pixel_m
    offset = np.array([window.west_m, window.north_m]) * scale + 8.0
    return np.rint(points * scale - offset).astype(np.int32)


def many_to_pixels(window: Window, shapes: Iterable[Floats]) -> list[NDArray[np.int32]]:
    """Return `to_pixels` of many shapes, worked out at once."""
    kept = list(shapes)
    if not kept:
        return []
    pixels = to_pixels(window, np.concatenate(kept))
    ends = np.cumsum([len(shape) for shape in kept])
    return [pixels[end - len(shape) : end] for shape, end in zip(kept, ends, strict=True)]


def fill(
    picture: Image, window: Window, shapes: Iterable[Floats], colour: Sequence[int] | int
) -> None:
    """Fill rings by the even-odd rule: rings inside rings are holes."""
    outlines = many_to_pixels(window, shapes)
    if outlines:
        paint = (colour,) if isinstance(colour, int) else tuple(colour)
        cv2.fillPoly(picture, outlines, paint, lineType=cv2.LINE_8, shift=4)


def stroke(
    picture: Image, window: Window, lines: Iterable[Floats], width_m: float, value: int
) -> None:
    """Draw lines; thinner than a pixel, they are drawn one pixel wide and paler."""
    width = width_m / window.pixel_m
    strength = round(value * min(1.0, width))
    pixels = many_to_pixels(window, lines)
    if strength > 0 and pixels:
        cv2.polylines(
            picture,
            pixels,
            isClosed=False,
            color=(strength,),
            thickness=max(1, round(width)),
            lineType=cv2.LINE_AA,
            shift=4,
        )


def cut_out(window: Window, points: Floats, margin_m: float) -> tuple[Window, slice, slice] | None:
    """Return the part of a window around points, and its rows and columns, or None."""
    west, south = points.min(axis=0) - margin_m
    east, north = points.max(axis=0) + margin_m
    pixel = window.pixel_m
    first_column = max(0, int((west - window.west_m) / pixel))
    last_column = min(window.columns, int((east - window.west_m) / pixel) + 1)
    first_row = max(0, int((window.north_m - north) / pixel))
    last_row = min(window.rows, int((window.north_m - south) / pixel) + 1)
    if last_column - first_column < 2 or last_row - first_row < 2:
        return None
    part = Window(
        west_m=window.west_m + first_column * pixel,
        north_m=window.north_m - first_row * pixel,
        columns=last_column - first_column,
        rows=last_row - first_row,
        pixel_m=pixel,
    )
    return part, slice(first_row, last_row), slice(first_column, last_column)


def darken(factor: Plane, layer: Image, depth: float) -> None:
    """Take `depth` of the brightness away where a layer is 255, less where it is paler."""
    factor *= 1.0 - layer.astype(np.float32) * np.float32(depth / 255)


def unit_ring() -> Floats:
    """Return a circle of radius 1 about the origin, shape (40, 2)."""
    angle = np.linspace(0, 2 * np.pi, 40)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)
