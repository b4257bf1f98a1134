"""Tracks of one damage, and what they say together of its place and its shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from gatusyn.findings.assignment import assign
from gatusyn.findings.placed import Floats, Ints, Placed
from gatusyn.findings.registration import register
from gatusyn.findings.tracks import Track
from gatusyn.findings.windows import Tile, windows_of
from gatusyn.model import FindingParams

_LARGE_QUANTILE, _PART = 0.75, 0.6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """The tracks of one damage.

    Parameters
    ----------
    tracks
        Earliest first.
    off_m
        What is wrong with the place of each: east, north.
    best
        The number of the track that gives the shape.
    shape
        Of that track, moved to the weighted mean of the places.
    shape_off_m
        How far the best track's own place is from there: east, north.
    sigma_m
        Standard deviation of the place, along and across the street.
    tile
        Of the best track.
    """

    tracks: tuple[Track, ...]
    off_m: Floats
    best: int
    shape: BaseGeometry
    shape_off_m: tuple[float, float]
    sigma_m: tuple[float, float]
    tile: Tile


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laid:
    """Tracks with what is wrong with the places of each, found tile by tile.

    Parameters
    ----------
    tracks
        In the order of their ids.
    tiles, passes
        The tile of each track, and the number of its pass.
    windows
        By tile: the rows of the tracks in and around it, and what is wrong with each there.
    """

    tracks: tuple[Track, ...]
    placed: Placed
    tiles: tuple[Tile, ...]
    passes: Ints
    windows: dict[Tile, tuple[Ints, Floats]]
    off_m: Floats
    sigma_m: Floats
    place_sigma_m: Floats


def lay(tracks: Sequence[Track], params: FindingParams) -> Laid:
    """Lay the passes over each other in every tile."""
    ordered = tuple(sorted(tracks, key=lambda one: one.track_id))
    placed = Placed.of(ordered, params)
    passes = np.zeros(len(ordered), np.int64)
    tiles: list[Tile] = [(0, 0)] * len(ordered)
    off, sigma, world = (np.zeros((len(ordered), 2)) for _ in range(3))
    windows: dict[Tile, tuple[Ints, Floats]] = {}
    first = 0
    for window in windows_of(placed.place_m):
        core = np.searchsorted(window.rows, window.core)
        inside = np.zeros(len(window.rows), np.bool_)
        inside[core] = True
        found = register(placed.rows(window.rows), inside, params)
        passes[window.core] = found.passes[core] + first
        first += len(window.rows)
        for row in window.core.tolist():
            tiles[row] = window.tile
        off[window.core] = found.off_m[core]
        sigma[window.core] = found.sigma_m[core]
        world[window.core] = found.place_sigma_m[core]
        windows[window.tile] = (window.rows, found.off_m)
    return Laid(
        tracks=ordered,
        placed=placed,
        tiles=tuple(tiles),
        passes=passes,
        windows=windows,
        off_m=off,
        sigma_m=sigma,
        place_sigma_m=world,
    )


def groups_of(laid: Laid, params: FindingParams) -> list[Group]:
    """Return the tracks of each damage together."""
    moved = laid.placed.moved(-laid.off_m)
    labels = assign(
        moved,
        laid.passes,
        laid.sigma_m,
        gate=params.gate_sigmas,
    )
    order = np.argsort(labels, kind="stable")
    bounds = np.flatnonzero(np.diff(labels[order], prepend=-1, append=len(labels)))
    return [
        _group(laid, moved, order[low:high])
        for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]


def _group(laid: Laid, moved: Placed, rows: Ints) -> Group:
    times = [(laid.tracks[row].first_s, laid.tracks[row].track_id) for row in rows.tolist()]
    rows = rows[sorted(range(len(rows)), key=times.__getitem__)]
    tracks = tuple(laid.tracks[row] for row in rows.tolist())
    best = _best(tracks, moved.area_m2[rows])
    east, north = _mean_off(moved, rows, best) - laid.off_m[rows[best]]
    sigma = np.sqrt((laid.place_sigma_m[rows] ** 2).mean(axis=0))
    return Group(
        tracks=tracks,
        off_m=laid.off_m[rows],
        best=best,
        shape=translate(tracks[best].shape, float(east), float(north)),
        shape_off_m=(-float(east), -float(north)),
        sigma_m=(float(sigma[0]), float(sigma[1])),
        tile=laid.tiles[int(rows[best])],
    )


def _best(tracks: Sequence[Track], area_m2: Floats) -> int:
    """Return the number of the track that saw a damage best.

    That is the one with the most confident sightings, where each counts by how much of the damage,
    as most passes saw it, it saw: from the other lane a part may be out of view.
    """
    large = float(np.quantile(area_m2, _LARGE_QUANTILE))
    sure = np.array([one.confidence * len(one.observations) for one in tracks])
    share = np.minimum(area_m2 / large, large / area_m2)
    return int(np.argmax(sure * np.where(share < _PART, share, 1.0)))


def _mean_off(moved: Placed, rows: Ints, best: int) -> Floats:
    """Return how far, east and north, the mean place of tracks is from the best one's.

    What saw another part of the damage says less of the place.
    """
    parts = np.abs(moved.half_m[rows] - moved.half_m[rows[best]])
    weights = 1.0 / (moved.own_m[rows] ** 2 + parts**2)
    off = moved.place_m[rows] - moved.place_m[rows[best]]
    unit, right = moved.along[rows[best]], moved.right[rows[best]]
    along = float(np.average(off @ unit, weights=weights[:, 0]))
    across = float(np.average(off @ right, weights=weights[:, 1]))
    return np.asarray(along * unit + across * right, np.float64)
