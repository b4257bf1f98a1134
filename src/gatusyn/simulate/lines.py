"""Measure along polylines and bend straight shapes onto them."""

import numpy as np

from .arrays import Floats


def lengths(line: Floats) -> Floats:
    """Return the running length in metres at each vertex of `line` (n, 2)."""
    steps = np.hypot(np.diff(line[:, 0]), np.diff(line[:, 1]))
    return np.concatenate([[0.0], np.cumsum(steps)])


def total_length(line: Floats) -> float:
    """Return the length of `line` in metres."""
    return float(lengths(line)[-1])


def directions(line: Floats, along_m: Floats) -> Floats:
    """Return unit directions (n, 2) of `line` at `along_m` (n,), smoothed over two metres."""
    measure = lengths(line)
    total = measure[-1]
    before = np.clip(along_m - 1.0, 0.0, total - 1e-6)
    after = np.clip(along_m + 1.0, 1e-6, total)
    ahead = np.stack(
        [
            np.interp(after, measure, line[:, axis]) - np.interp(before, measure, line[:, axis])
            for axis in (0, 1)
        ],
        axis=1,
    )
    unit: Floats = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    return unit


def bend(line: Floats, along_m: Floats, right_m: Floats) -> Floats:
    """Place points given along and across a line.

    Parameters
    ----------
    line : ndarray, shape (m, 2)
        Easting, northing in local metres.
    along_m, right_m : ndarray, shape (n,)
        Metres along the line, and metres to the right of it.

    Returns
    -------
    ndarray, shape (n, 2)
        Easting, northing in local metres.
    """
    measure = lengths(line)
    base = np.stack([np.interp(along_m, measure, line[:, axis]) for axis in (0, 1)], axis=1)
    unit = directions(line, along_m)
    right = np.stack([unit[:, 1], -unit[:, 0]], axis=1)
    placed: Floats = base + right * right_m[:, None]
    return placed


def roughen(rng: np.random.Generator, points: Floats, share: float, finest_m: float) -> Floats:
    """Make a line irregular by midpoint displacement.

    Parameters
    ----------
    rng : Generator
        Source of the displacements.
    points : ndarray, shape (n, 2)
        Line to begin with.
    share : float
        Standard deviation of a midpoint's sideways shift, as a share of its piece's length.
    finest_m : float
        Pieces shorter than this are left alone.

    Returns
    -------
    ndarray, shape (m, 2)
        Irregular line through the given points.
    """
    line = np.asarray(points, dtype=np.float64)
    while len(line) > 1:
        step = np.diff(line, axis=0)
        size = np.hypot(step[:, 0], step[:, 1])
        if size.max() <= finest_m:
            break
        normal = np.stack([-step[:, 1], step[:, 0]], axis=1)
        middle = (line[:-1] + line[1:]) / 2 + normal * rng.normal(0.0, share, (len(step), 1))
        split = np.flatnonzero(size > finest_m)
        line = np.insert(line, split + 1, middle[split], axis=0)
    return line
