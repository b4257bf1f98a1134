"""Tracks: what one pass of one run saw of one damage. Derived from that run alone, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gatusyn.model.damage import PixelClass

TRACKS_A_RUN = 2**22
"""More tracks than a run can have: a track's number holds its run's and its place in the run."""


class Sighting(NamedTuple):
    """An observation, as far as it says that a damage was seen."""

    observation_id: str
    frame_id: str
    time_s: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SightingColumns:
    """The sightings of several tracks, a row each, in the order of the tracks.

    Parameters
    ----------
    starts
        Where each track's begin; the last is the end [tracks + 1].
    observation_ids, frame_ids, time_s, confidence
        As of ``Sighting`` [n].
    """

    starts: NDArray[np.int64]
    observation_ids: NDArray[np.object_]
    frame_ids: NDArray[np.object_]
    time_s: NDArray[np.float64]
    confidence: NDArray[np.float64]

    @classmethod
    def of(cls, tracks: Sequence[Sequence[Sequence[Any]]]) -> SightingColumns:
        """Return the sightings of tracks, each with the fields of ``Sighting`` in order."""
        every = list(chain.from_iterable(tracks))
        names, frames, time_s, confidence = zip(*every, strict=True) if every else ((),) * 4
        return cls(
            starts=np.cumsum([0, *map(len, tracks)]),
            observation_ids=np.array(names, dtype=object),
            frame_ids=np.array(frames, dtype=object),
            time_s=np.array(time_s, np.float64),
            confidence=np.array(confidence, np.float64),
        )

    def rows(self, rows: NDArray[np.int64]) -> SightingColumns:
        """Return rows in another order, with the same ``starts``."""
        return SightingColumns(
            starts=self.starts,
            observation_ids=self.observation_ids[rows],
            frame_ids=self.frame_ids[rows],
            time_s=self.time_s[rows],
            confidence=self.confidence[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DamageTrack:
    """One damage as one pass of one run saw it.

    Parameters
    ----------
    number
        The run's number times ``TRACKS_A_RUN``, and its place in the run.
    sightings
        In order of time.
    shape
        Easting and northing where the run places it, metres; each part as the nearest frame saw it.
    link_id, offset_m
        The place of its middle on the network.
    heading_deg
        The vehicle's direction of travel along the street there, to the degree: a line that a
        delivery draws the other way must not change anything.
    sigma_m
        Standard deviations of its place along and across the heading, for the most part in common
        with all that the run saw about there.
    clock_s
        When it was first and last seen, by the clock that tells passes of a run apart.
    """

    number: int
    run_id: str
    pixel_class: PixelClass
    sightings: tuple[Sighting, ...]
    shape: BaseGeometry
    link_id: str
    offset_m: float
    heading_deg: float
    sigma_m: tuple[float, float]
    clock_s: tuple[float, float]

    @property
    def first_s(self) -> float:
        """When it was first seen, seconds since 1970-01-01 UTC."""
        return min(one.time_s for one in self.sightings)

    @property
    def last_s(self) -> float:
        """When it was last seen."""
        return max(one.time_s for one in self.sightings)

    @property
    def confidence(self) -> float:
        """Mean of the observations', 0..1."""
        return sum(one.confidence for one in self.sightings) / len(self.sightings)


TRACK_FIELDS = (
    "run",
    "place",
    "pixel_class",
    "east_m",
    "north_m",
    "heading_deg",
    "half_along_m",
    "half_across_m",
    "area_m2",
    "sigma_along_m",
    "sigma_across_m",
    "first_clock_s",
    "last_clock_s",
    "first_s",
    "last_s",
    "sightings",
    "confidence",
    "off_east_m",
    "off_north_m",
    "left_along_m",
    "left_across_m",
    "world_along_m",
    "world_across_m",
    "passed",
    "cluster",
    "damage",
    "home",
)
"""Columns of what is known of a track without its shape.

Its run's number and its place in the run; what was seen; what laying the passes over each other
found: what is wrong with its place, what of the error is left against its neighbours and against
the world, the number of its pass in its tile; the tracks that it hangs together with, the damage
that it is of (both by the lowest number of such a track), and the tile of that damage. NaN where it
is not known yet.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrackTable:
    """Tracks without their shapes, float64 [tracks, ``TRACK_FIELDS``]."""

    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.values)
