"""Which frames looked at a place, each with what is wrong with its pass's places taken off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from gatusyn.findings.groups import OFF, PLACE
from gatusyn.findings.placed import AT, Floats, Ints
from gatusyn.findings.windows import Tile, tiles_of
from gatusyn.model import Coverage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Views:
    """What frames looked at.

    Parameters
    ----------
    run_ids
        Of each: the run's id.
    time_s, shapes
        When, and what of the road.
    """

    run_ids: NDArray[np.object_]
    time_s: Floats
    shapes: NDArray[np.object_]

    @classmethod
    def of(cls, coverage: Sequence[tuple[str, Coverage]]) -> Views:
        """Return coverage as columns; each entry with its run's id."""
        return cls(
            run_ids=np.array([run_id for run_id, _ in coverage], dtype=object),
            time_s=np.array([look.time_s for _, look in coverage], dtype=np.float64),
            shapes=np.array([look.footprint for _, look in coverage], dtype=object),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looked:
    """The frames that looked at a place: when, and of which runs; oldest first."""

    time_s: Floats
    run_ids: tuple[str, ...]


def looks_at(
    places_m: Floats,
    tiles: Sequence[Tile],
    views: Views,
    values: Floats,
    runs: Mapping[int, str],
) -> list[Looked]:
    """Return which frames looked at each place.

    A frame is moved as what its run saw in the place's tile, nearest to the frame. By place alone:
    times may have been cut to the day.

    Parameters
    ----------
    places_m
        Easting and northing.
    tiles
        In which passes are laid over each other for each.
    views
        All that may have looked at one of them.
    values
        Laid tracks, all of those tiles.
    runs
        The id of each run by its number.
    """
    if not len(places_m):
        return []
    shapes = views.shapes
    reach = float(np.hypot(*values[:, OFF].T).max(initial=0.0)) + 0.1
    place, look = STRtree(shapes).query(
        shapely.points(places_m), predicate="dwithin", distance=reach
    )
    off = _offs(np.asarray(tiles, np.int64)[place], look, views, values, runs)
    at = places_m[place] + off
    inside = shapely.intersects_xy(shapes[look], at[:, 0], at[:, 1])
    place, look = place[inside], look[inside]
    order = np.lexsort((look, views.time_s[look], place))
    place, look = place[order], look[order]
    bounds = np.searchsorted(place, np.arange(len(places_m) + 1))
    return [
        Looked(time_s=views.time_s[look[low:high]], run_ids=tuple(views.run_ids[look[low:high]]))
        for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]


def _offs(tiles: Ints, look: Ints, views: Views, values: Floats, runs: Mapping[int, str]) -> Floats:
    """Return what is wrong with the places of each look (of ``look``) in a tile: east, north."""
    if not len(look) or not len(values):
        return np.zeros((len(look), 2))
    # Many places are in one tile and have the same looks.
    there, tile = np.unique(tiles, return_inverse=True)
    count = len(views.shapes)
    pairs, which = np.unique(tile * count + look, return_inverse=True)
    tile, look = np.divmod(pairs, count)
    number_of = {run_id: number for number, run_id in runs.items()}
    run_of = [number_of.get(run_id, -1) for run_id in views.run_ids[look].tolist()]
    middle = shapely.get_coordinates(shapely.centroid(views.shapes[look]))
    places, offs = values[:, PLACE], values[:, OFF]
    keys, owner = np.unique(
        np.vstack(
            [
                np.column_stack([tiles_of(places), values[:, AT["run"]].astype(np.int64)]),
                np.column_stack([there[tile], run_of]),
            ]
        ),
        axis=0,
        return_inverse=True,
    )
    owner = owner.reshape(-1)
    tracks = _members(owner[: len(values)], len(keys))
    off = np.zeros((len(look), 2))
    for own, asked in zip(tracks, _members(owner[len(values) :], len(keys)), strict=True):
        if len(own) and len(asked):
            away = ((places[own][None] - middle[asked][:, None]) ** 2).sum(axis=2)
            off[asked] = offs[own[away.argmin(axis=1)]]
    return np.asarray(off[which.reshape(-1)], np.float64)


def _members(labels: Ints, count: int) -> list[Ints]:
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.searchsorted(labels[order], np.arange(1, count)))
