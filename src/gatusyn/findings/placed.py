"""Tracks as arrays: where they lie, how large they are, how sure their places are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gatusyn.model import TRACK_FIELDS, TRACKS_A_RUN, DamageTrack, FindingParams, PixelClass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = tuple(PixelClass)
AT = {name: number for number, name in enumerate(TRACK_FIELDS)}
"""The column of each field of a ``TrackTable``."""

_NOISE_M = (0.35, 0.25)
_PER_EXTENT = 0.2
_TURN_COS = 0.82
_BACK_M, _BESIDE_M = 12.0, 12.0


def columns(*names: str) -> list[int]:
    """Return the columns of some fields."""
    return [AT[name] for name in names]


def numbers_of(values: Floats) -> Ints:
    """Return the tracks' numbers."""
    run = values[:, AT["run"]].astype(np.int64)
    return np.asarray(run * TRACKS_A_RUN + values[:, AT["place"]].astype(np.int64), np.int64)


def measured(tracks: Sequence[DamageTrack]) -> Floats:
    """Return tracks as rows of a ``TrackTable``, not laid over others yet."""
    count = len(tracks)
    values = np.full((count, len(TRACK_FIELDS)), np.nan)
    if not count:
        return values
    angle = np.radians([one.heading_deg for one in tracks])
    along = np.column_stack([np.sin(angle), np.cos(angle)])
    right = np.column_stack([along[:, 1], -along[:, 0]])
    shapes = np.array([one.shape for one in tracks], dtype=object)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    rotated = np.column_stack([(xy * along[owner]).sum(axis=1), (xy * right[owner]).sum(axis=1)])
    starts = np.searchsorted(owner, np.arange(count))
    low, high = np.minimum.reduceat(rotated, starts), np.maximum.reduceat(rotated, starts)
    middle = (low + high) / 2.0
    number = np.array([one.number for one in tracks])
    values[:, : AT["off_east_m"]] = np.column_stack(
        [
            number // TRACKS_A_RUN,
            number % TRACKS_A_RUN,
            [CLASSES.index(one.pixel_class) for one in tracks],
            middle[:, :1] * along + middle[:, 1:] * right,
            [one.heading_deg for one in tracks],
            (high - low) / 2.0,
            shapely.area(shapes),
            [one.sigma_m for one in tracks],
            [one.clock_s for one in tracks],
            [one.first_s for one in tracks],
            [one.last_s for one in tracks],
            [len(one.sightings) for one in tracks],
            [one.confidence for one in tracks],
        ]
    )
    return values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """Tracks in a fixed order, one row each.

    Parameters
    ----------
    place_m
        Middle of the shape's extent: easting, northing.
    along
        Unit vector of the heading: east, north.
    half_m
        Half the extent along and across the heading.
    area_m2
        Of the shape.
    pixel_class, run
        Numbers of the class and of the run.
    clock_s
        When it was first and last seen, by the clock that tells passes apart.
    common_m
        Standard deviation, along and across, of what its place has in common with others of its
        pass.
    own_m
        The same, of what is its own.
    """

    place_m: Floats
    along: Floats
    half_m: Floats
    area_m2: Floats
    pixel_class: Ints
    run: Ints
    clock_s: Floats
    common_m: Floats
    own_m: Floats

    def __len__(self) -> int:
        return len(self.place_m)

    @classmethod
    def of(cls, values: Floats, params: FindingParams) -> Placed:
        """Return rows of a ``TrackTable``, each run's together."""
        angle = np.radians(values[:, AT["heading_deg"]])
        half = values[:, columns("half_along_m", "half_across_m")]
        floor = np.array([params.common_along_m, params.common_across_m])
        return cls(
            place_m=values[:, columns("east_m", "north_m")],
            along=np.column_stack([np.sin(angle), np.cos(angle)]),
            half_m=half,
            area_m2=values[:, AT["area_m2"]],
            pixel_class=values[:, AT["pixel_class"]].astype(np.int64),
            # By the order in which runs come, whatever their numbers.
            run=np.cumsum(np.diff(values[:, AT["run"]], prepend=np.nan) != 0.0),
            clock_s=values[:, columns("first_clock_s", "last_clock_s")],
            common_m=np.maximum(values[:, columns("sigma_along_m", "sigma_across_m")], floor),
            own_m=np.hypot(np.array(_NOISE_M), _PER_EXTENT * half),
        )

    def rows(self, rows: Ints) -> Placed:
        """Return some of the rows, in that order."""
        return Placed(**{name: getattr(self, name)[rows] for name in self.__slots__})

    def moved(self, by_m: Floats) -> Placed:
        """Return the same, moved by east and north."""
        return replace(self, place_m=self.place_m + by_m)

    @property
    def right(self) -> Floats:
        """Unit vector to the right of the heading: east, north."""
        return np.column_stack([self.along[:, 1], -self.along[:, 0]])


def passes_of(placed: Placed, gap_s: float) -> Ints:
    """Return a number for each row of a window: that of the pass that it belongs to.

    A pass ends where the vehicle turned, or saw something behind or far beside what it saw before:
    it must have left and come back. So it must where it saw something later in the same place. That
    it took its time elsewhere does not count: times may have been cut to the day.
    """
    order = np.lexsort((placed.clock_s[:, 0], placed.run))
    new = np.ones(len(placed), dtype=np.bool_)
    if len(placed) > 1:
        before, after = order[:-1], order[1:]
        step = placed.place_m[after] - placed.place_m[before]
        turned = (placed.along[before] * placed.along[after]).sum(axis=1) < _TURN_COS
        back = (step * placed.along[before]).sum(axis=1) < -_BACK_M - placed.half_m[before, 0]
        later = placed.clock_s[after, 0] - placed.clock_s[before, 1] > gap_s
        again = later & (np.abs((step * placed.along[before]).sum(axis=1)) < _BACK_M)
        beside = np.abs((step * placed.right[before]).sum(axis=1)) > _BESIDE_M
        new[1:] = (placed.run[before] != placed.run[after]) | turned | back | beside | again
    numbers = np.empty(len(placed), np.int64)
    numbers[order] = np.cumsum(new) - 1
    return numbers
