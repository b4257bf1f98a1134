"""Repair patches laid on real road, for want of frames in which somebody marked them."""

from __future__ import annotations

import cv2
import numpy as np

from training.data import CRACK, PATCH, POTHOLE, ROAD, Picture

#: A patch is laid where at least this many pixels of a frame are marked as road.
_LEAST_ROAD_PX = 4000
#: A patch's own outline must be road to this share.
_ON_ROAD = 0.7
#: Share of the patches that are old.
OLD = 0.35


def outline(generator: np.random.Generator, label: Picture) -> Picture | None:
    """Return a patch's outline on the road of a frame as a mask, or None if none fits.

    The four corners lie on two rows and on two lines through the road's far end, as the sides of
    a patch cut along the street do; now and then it is a trench, narrow and long.

    Parameters
    ----------
    generator
        Source of chance.
    label
        The frame's label ``[h, w]``.

    Returns
    -------
    numpy.ndarray or None
        uint8 ``[h, w]``, one inside.
    """
    road = (label & ROAD) > 0
    rows = np.flatnonzero(road.any(axis=1))
    if road.sum() < _LEAST_ROAD_PX or len(rows) < 60:
        return None
    top, bottom = int(rows[0]), int(rows[-1])
    middle = np.flatnonzero(road[top])
    # The lane's sides meet at the horizon, somewhat above the highest marked row.
    far = np.array([middle.mean(), top - 0.15 * (bottom - top)])
    low = bottom - (bottom - top) * generator.uniform(0.0, 0.75) ** 1.5
    near_columns = np.flatnonzero(road[int(low)])
    if len(near_columns) < 20:
        return None
    left, right = float(near_columns[0]), float(near_columns[-1])
    span = right - left
    kind = generator.random()
    if kind < 0.15:
        # A trench across the lane.
        width, depth = span * generator.uniform(0.6, 1.2), generator.uniform(0.05, 0.15)
    elif kind < 0.5:
        # A strip along a wheel path, or a trench along the lane.
        width, depth = span * generator.uniform(0.1, 0.5), generator.uniform(0.3, 0.9)
    else:
        width, depth = span * generator.uniform(0.1, 0.9), generator.uniform(0.05, 0.5)
    start = left + generator.uniform(-0.1, 1.0) * max(span - width, 0.1 * span)
    corners = np.array([[start, low], [start + width, low]])
    upper = corners + (far - corners) * depth
    shape = np.vstack([corners, upper[::-1]]) + generator.normal(0.0, 0.012 * span, (4, 2))
    if kind > 0.8:
        shape = rounded(generator, shape)
    mask = np.zeros(label.shape, np.uint8)
    cv2.fillPoly(mask, [shape.round().astype(np.int32)], 1)
    inside = mask > 0
    if np.count_nonzero(inside) < 300 or road[inside].mean() < _ON_ROAD:
        return None
    return mask


def rounded(generator: np.random.Generator, corners: np.ndarray) -> np.ndarray:
    """Return the outline of a filled hole that lies within four corners: round, with lobes."""
    angles = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    radii = 1.0 + sum(
        generator.uniform(0.0, 0.25 / k) * np.cos(k * angles + generator.uniform(0.0, 6.3))
        for k in (2, 3, 5)
    )
    across, along = (0.5 + 0.5 * radii * f(angles) for f in (np.cos, np.sin))
    near = corners[0] + across[:, None] * (corners[1] - corners[0])
    far = corners[3] + across[:, None] * (corners[2] - corners[3])
    return np.asarray(near + along[:, None] * (far - near))


def grain(generator: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return the relief of fresh or worn asphalt about zero: fine grains and slow stains."""
    fine = generator.normal(0.0, generator.uniform(2.0, 9.0), shape).astype(np.float32)
    fine = cv2.GaussianBlur(fine, (0, 0), generator.uniform(0.4, 0.9)) * 1.6
    coarse = generator.normal(0.0, generator.uniform(1.0, 7.0), (9, 13)).astype(np.float32)
    slow = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(fine + slow)


def lay_patch(
    generator: np.random.Generator, image: Picture, label: Picture
) -> tuple[Picture, Picture]:
    """Lay a repair patch on the road of a frame, and mark it.

    What it covers is gone from the label, as new asphalt has no cracks; but not what an old patch
    has, of which little more than its tone and its outline is left to be seen.

    Parameters
    ----------
    generator
        Source of chance.
    image, label
        RGB ``[h, w, 3]`` and label ``[h, w]``, uint8; they are not changed.

    Returns
    -------
    tuple of numpy.ndarray
        Image and label, the same ones where no patch fits.
    """
    mask = outline(generator, label)
    if mask is None:
        return image, label
    base = np.median(image[(label & ROAD) > 0][::17], axis=0).astype(np.float32)
    left, top, width, height = cv2.boundingRect(mask)
    margin = 8
    window = np.s_[
        max(top - margin, 0) : top + height + margin, max(left - margin, 0) : left + width + margin
    ]
    laid, marked = image.copy(), label.copy()
    old = generator.random() < OLD
    keep = generator.uniform(0.4, 0.9) if old else generator.uniform(0.0, 0.25)
    laid[window] = filled(generator, image[window], mask[window], base, keep=keep)
    inside = mask > 0
    if not old:
        marked[inside] &= ~np.uint8(CRACK | POTHOLE)
    marked[inside] |= PATCH | ROAD
    return laid, marked


def filled(
    generator: np.random.Generator,
    image: Picture,
    mask: Picture,
    base: np.ndarray,
    *,
    keep: float,
) -> Picture:
    """Return an image with new asphalt inside a mask.

    Parameters
    ----------
    generator
        Source of chance.
    image, mask
        The part of the frame round the patch.
    base
        The road's colour.
    keep
        How much of the old surface shows through, 0 to 1.
    """
    # Of 155 real ones nine in ten are darker than the road, by a tenth in the median.
    dark = generator.random() < 0.85
    tone = 1.0 - generator.gamma(2.5, 0.055) if dark else generator.uniform(1.02, 1.2)
    tone = max(tone, 0.4)
    # Shade and light of the place stay, its texture mostly goes.
    shade = cv2.blur(image, (21, 21)).astype(np.float32) * 0.6 + base * 0.4
    hue = generator.normal(1.0, 0.015, 3).astype(np.float32)
    filling = shade * tone * hue + grain(generator, mask.shape)[..., None]
    filling = filling * (1.0 - keep) + image * keep * tone
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), generator.uniform(0.6, 1.6))[..., None]
    changed = image * (1.0 - soft) + filling * soft
    if generator.random() < 0.25:
        changed = sealed_edge(generator, changed, mask)
    return np.asarray(np.clip(changed, 0, 255), np.uint8)


def sealed_edge(generator: np.random.Generator, image: np.ndarray, mask: Picture) -> np.ndarray:
    """Return an image with a dark bituminous joint along a patch's edge."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    line = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(line, contours, -1, 255, int(generator.integers(2, 6)), cv2.LINE_AA)
    share = (line.astype(np.float32) / 255.0)[..., None] * generator.uniform(0.5, 0.95)
    return np.asarray(image * (1.0 - share) + generator.uniform(15.0, 45.0) * share)
