"""Keep tileable noise and sample it by place, so that the ground looks the same each time."""

from dataclasses import dataclass

import cv2
import numpy as np

from .arrays import Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A rectangle of ground as a raster; row 0 is its northern edge.

    Parameters
    ----------
    west_m, north_m : float
        Outer corner of the first pixel, local metres.
    columns, rows : int
        Size in pixels.
    pixel_m : float
        Side of a pixel.
    """

    west_m: float
    north_m: float
    columns: int
    rows: int
    pixel_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Tileable noise at halving sizes, so that it fades with distance as it should.

    Parameters
    ----------
    levels : tuple of ndarray, float32, shape (n, n)
        Full size first; mean 0, standard deviation 1 there.
    texel_m : float
        Side of a texel of the first level on the ground.
    """

    levels: tuple[Plane, ...]
    texel_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseBank:
    """The noises of a town.

    Parameters
    ----------
    grain : Noise
        Stones in the asphalt.
    spots : Noise
        Clumps of some centimetres.
    cloud : Noise
        Fractal unevenness of decimetres to many metres.
    """

    grain: Noise
    spots: Noise
    cloud: Noise


def make_noise(seed: int) -> NoiseBank:
    """Make the noise of a town."""
    rng = np.random.default_rng([seed, 4])
    white = rng.standard_normal((1024, 1024)).astype(np.float32)
    grain = _normal(_smooth(white, 0.6))
    # Stones are bright and few on a darker binder, so the noise leans.
    grain = _normal(grain + 0.25 * grain * grain)
    spots = _normal(_smooth(np.roll(white, 311, axis=0), 3.0))
    cloud = np.zeros_like(white)
    for power in range(1, 8):
        layer = rng.standard_normal((1024, 1024)).astype(np.float32)
        cloud += _normal(_smooth(layer, 0.6 * 2**power)) * np.float32(1.25**power)
    return NoiseBank(
        grain=_levels(_normal(grain + 0.35 * spots), 0.008),
        spots=_levels(spots, 0.02),
        cloud=_levels(_normal(cloud), 0.093),
    )


def sample(noise: Noise, window: Window, *, scale: float = 1.0, turn: float = 0.0) -> Plane:
    """Sample tileable noise over a window.

    Parameters
    ----------
    noise : Noise
        Tile.
    window : Window
        Where.
    scale : float
        Factor by which the tile is enlarged on the ground.
    turn : float
        Tangent of the tile's rotation, to hide that it repeats.

    Returns
    -------
    ndarray, float32, shape (rows, columns)
    """
    texel = noise.texel_m * scale
    level = int(np.clip(np.round(np.log2(window.pixel_m / texel)), 0, len(noise.levels) - 1))
    tile = noise.levels[level]
    texel *= 2**level
    size = tile.shape[0]
    step = window.pixel_m / texel
    east = (window.west_m + window.pixel_m / 2) / texel
    south = -(window.north_m - window.pixel_m / 2) / texel
    start = ((east - turn * south) % size, (south + turn * east) % size)
    inverse = np.array([[step, -turn * step, start[0]], [turn * step, step, start[1]]])
    return np.asarray(
        cv2.warpAffine(
            tile,
            inverse,
            (window.columns, window.rows),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_WRAP,
        ),
        dtype=np.float32,
    )


def coarse(window: Window, pixel_m: float) -> Window:
    """Return the same ground with pixels of about `pixel_m`, at least its own size."""
    shrink = max(1, int(pixel_m / window.pixel_m))
    return Window(
        west_m=window.west_m,
        north_m=window.north_m,
        columns=max(1, -(-window.columns // shrink)),
        rows=max(1, -(-window.rows // shrink)),
        pixel_m=window.pixel_m * shrink,
    )


def refined(layer: Plane, window: Window, small: Window) -> Plane:
    """Enlarge a layer made over `coarse` ground to the window's own pixels."""
    shrink = round(small.pixel_m / window.pixel_m)
    if shrink == 1:
        return layer
    large = cv2.resize(layer, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[: window.rows, : window.columns], dtype=np.float32)


def _levels(full: Plane, texel_m: float) -> Noise:
    levels = [full]
    while levels[-1].shape[0] > 16:
        half = levels[-1].shape[0] // 2
        smaller = cv2.resize(levels[-1], (half, half), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(smaller, dtype=np.float32))
    return Noise(levels=tuple(levels), texel_m=texel_m)


def _smooth(layer: Plane, sigma: float) -> Plane:
    """Blur with wrapped edges, so that the tile stays tileable; wide blurs at reduced size."""
    size = layer.shape[0]
    shrink = 1 << int(np.log2(max(sigma / 4, 1.0)))
    small = cv2.resize(layer, (size // shrink, size // shrink), interpolation=cv2.INTER_AREA)
    reach = int(4 * sigma / shrink) + 2
    padded = cv2.copyMakeBorder(small, reach, reach, reach, reach, cv2.BORDER_WRAP)
    blurred = cv2.GaussianBlur(padded, (0, 0), sigma / shrink)[reach:-reach, reach:-reach]
    # Enlarge with a wrapped margin, or the seam would show.
    margin = 4
    wrapped = cv2.copyMakeBorder(blurred, margin, margin, margin, margin, cv2.BORDER_WRAP)
    large = cv2.resize(wrapped, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_CUBIC)
    start = margin * shrink
    return np.asarray(large[start : start + size, start : start + size], dtype=np.float32)


def _normal(layer: Plane) -> Plane:
    scaled: Plane = (layer - layer.mean()) / max(float(layer.std()), 1e-6)
    return scaled.astype(np.float32)
