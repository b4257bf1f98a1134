"""How many frames looked at a place, each with what is wrong with its pass's places taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, STRtree
from shapely.geometry.base import BaseGeometry

from gatusyn.findings.placed import Floats, Ints
from gatusyn.findings.tracks import Track
from gatusyn.geo import moved_shapes
from gatusyn.model import Coverage

FrameKey = tuple[str, str]
"""A run's id and a frame's."""


class Views:
    """What every frame looked at, to be asked for by place.

    Parameters
    ----------
    coverage
        With the run's id; in any order.
    """

    def __init__(self, coverage: Sequence[tuple[str, Coverage]]) -> None:
        self._looks = sorted(coverage, key=lambda item: (item[0], item[1].frame_id))
        self._shapes = np.array([look.footprint for _, look in self._looks], dtype=object)
        self._tree = STRtree(self._shapes)

    def near(self, shapes: Sequence[BaseGeometry], *, within_m: float) -> Looks:
        """Return the looks that come near any of some shapes."""
        if not len(self._looks):
            return Looks((), self._shapes)
        found = self._tree.query(
            np.array(shapes, dtype=object), predicate="dwithin", distance=within_m
        )[1]
        rows = np.unique(found)
        return Looks(tuple(self._looks[row] for row in rows.tolist()), self._shapes[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Frames, by run and name, with what they looked at."""

    looks: tuple[tuple[str, Coverage], ...]
    shapes: NDArray[np.object_]

    def registered(self, tracks: Sequence[Track], places_m: Floats, off_m: Floats) -> Looks:
        """Return the same with what is wrong with each pass's places taken off.

        A frame is moved as what was seen in it; one in which nothing was seen as what its run saw
        nearest to it.

        Parameters
        ----------
        tracks, places_m, off_m
            What was seen about there, where, and what is wrong with each place: east, north.
        """
        if not tracks or not self.looks:
            return self
        by_frame: dict[FrameKey, list[Floats]] = {}
        by_run: dict[str, list[int]] = {}
        for number, track in enumerate(tracks):
            for frame_id in {one.frame_id for one in track.observations}:
                by_frame.setdefault((track.run_id, frame_id), []).append(off_m[number])
            by_run.setdefault(track.run_id, []).append(number)
        middles = shapely.get_coordinates(shapely.centroid(self.shapes))
        off = np.zeros((len(self.looks), 2))
        for row, (run_id, look) in enumerate(self.looks):
            seen = by_frame.get((run_id, look.frame_id))
            if seen is not None:
                off[row] = np.mean(seen, axis=0)
            elif run_id in by_run:
                own = by_run[run_id]
                away = ((places_m[own] - middles[row]) ** 2).sum(axis=1)
                off[row] = off_m[own[int(away.argmin())]]
        return Looks(self.looks, moved_shapes(self.shapes, -off))

    def counted(self, places: Sequence[Point]) -> Ints:
        """Return how many of the frames looked at each place."""
        counts = np.zeros(len(places), np.int64)
        if len(self.shapes) and places:
            point, _ = STRtree(self.shapes).query(
                np.array(places, dtype=object), predicate="intersects"
            )
            counts += np.bincount(point, minlength=len(places))
        return counts
