"""Drawn pictures that show no road: walls, tiles, the inside of a cab, textures.

A network that has seen roads only finds patches on a plastered wall and holes in a dashboard.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.data import Picture


def surface(generator: np.random.Generator, side: int) -> np.ndarray:
    """Return a coloured surface with stains, grain and a slow change of light, ``[h, w, 3]``."""
    colour = generator.uniform(5.0, 245.0) * generator.normal(1.0, 0.12, 3)
    if generator.random() < 0.25:
        # A dark room, or the inside of a cab.
        colour = generator.uniform(2.0, 50.0) * generator.normal(1.0, 0.05, 3)
    picture = np.tile(colour.astype(np.float32), (side, side, 1))
    for cells in (3, 9, 40):
        stains = generator.normal(0.0, generator.uniform(0.0, 9.0), (cells, cells))
        size = (side, side)
        wide = cv2.resize(stains.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
        picture += np.asarray(wide, np.float32)[..., None]
    grain: np.ndarray = generator.normal(0.0, generator.uniform(0.5, 12.0), (side, side)).astype(
        np.float32
    )
    if generator.random() < 0.6:
        grain = cv2.GaussianBlur(grain, (0, 0), generator.uniform(0.4, 2.0))
    return np.asarray(picture + grain[..., None], np.float32)


def tint(generator: np.random.Generator) -> tuple[float, float, float]:
    """Return a random colour, more often a greyish one."""
    grey = generator.uniform(0.0, 255.0)
    red, green, blue = grey + generator.normal(0.0, generator.choice([4.0, 50.0]), 3)
    return float(red), float(green), float(blue)


def rows_of_blocks(generator: np.random.Generator, picture: np.ndarray) -> None:
    """Draw bricks, tiles, planks or slabs over a picture, in place."""
    side = len(picture)
    height = int(generator.integers(12, 90))
    width = int(height * generator.uniform(1.0, 5.0))
    joint = int(generator.integers(1, max(2, height // 6)))
    colour, spread = np.array(tint(generator)), generator.uniform(0.0, 18.0)
    offset = int(generator.integers(0, width))
    for row, top in enumerate(range(-int(generator.integers(height)), side, height)):
        for left in range(-width - (row % 2) * offset, side, width):
            shade = tuple(float(v) for v in colour + generator.normal(0.0, spread))
            end = (left + width - joint, top + height - joint)
            cv2.rectangle(picture, (left, top), end, shade, -1)


def things(generator: np.random.Generator, picture: np.ndarray) -> None:
    """Draw windows, dials, wheels, pipes and poles over a picture, in place."""
    side = len(picture)
    for _ in range(int(generator.integers(2, 10))):
        x, y = (int(v) for v in generator.integers(-40, side, 2))
        width, height = (int(v) for v in generator.integers(8, side // 2, 2))
        thickness = int(generator.choice([-1, 2, 5, 14]))
        kind = generator.integers(4)
        colour = tint(generator)
        if kind == 0:
            cv2.rectangle(picture, (x, y), (x + width, y + height), colour, thickness)
        elif kind == 1:
            angle = float(generator.uniform(0, 180))
            axes = (width // 2 + 1, height // 2 + 1)
            cv2.ellipse(picture, (x, y), axes, angle, 0, 360, colour, thickness, cv2.LINE_AA)
        elif kind == 2:
            end = (x + width - side // 4, y + height)
            cv2.line(picture, (x, y), end, colour, abs(thickness), cv2.LINE_AA)
        else:
            corners = generator.integers(-40, side + 40, (4, 2)).astype(np.int32)
            cv2.fillConvexPoly(picture, cv2.convexHull(corners), colour, cv2.LINE_AA)


def roadless(generator: np.random.Generator, side: int) -> Picture:
    """Return a drawn picture without road.

    Parameters
    ----------
    generator
        Source of chance.
    side
        Its height and width, px.

    Returns
    -------
    numpy.ndarray
        RGB uint8 ``[side, side, 3]``.
    """
    picture = surface(generator, side)
    blocks = generator.random() < 0.35
    if blocks:
        rows_of_blocks(generator, picture)
    # A bare grey surface could as well be a road seen from near by.
    if not blocks or generator.random() < 0.5:
        things(generator, picture)
    fine = generator.normal(0.0, generator.uniform(0.0, 6.0), (side, side, 1))
    return np.clip(picture + fine, 0, 255).astype(np.uint8)
