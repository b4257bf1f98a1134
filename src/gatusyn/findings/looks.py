"""Which frames looked at a place, each with what is wrong with its pass's places taken off."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import STRtree

from gatusyn.findings.days import days_of
from gatusyn.findings.groups import OFF, PLACE
from gatusyn.findings.placed import AT, Floats, Ints
from gatusyn.findings.windows import Tile, tiles_of
from gatusyn.geo import boxes_of, middles_of
from gatusyn.model import LookColumns
from gatusyn.model.compiled import compiled


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """The frames that showed a place, oldest first.

    Parameters
    ----------
    days_s, run_ids
        On which days, and of which runs.
    counts
        Whether the place counts as looked at.
    """

    days_s: list[float]
    run_ids: list[str]
    counts: list[bool]


def looks_at(
    places_m: Floats,
    tiles: Sequence[Tile],
    views: LookColumns,
    values: Floats,
    runs: Mapping[int, str],
) -> list[Looked]:
    """Return which frames showed each place.

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
    shapes = views.in_view
    reach = float(np.hypot(*values[:, OFF].T).max(initial=0.0)) + 0.1
    # By boxes alone: whether a look shows a place is asked where its pass lies.
    boxes = boxes_of(np.hstack([places_m - reach, places_m + reach]))
    place, look = STRtree(shapes).query(boxes)
    off = _offs(np.asarray(tiles, np.int64)[place], look, views, values, runs)
    at = places_m[place] + off
    inside = shapely.intersects_xy(shapes[look], at[:, 0], at[:, 1])
    place, look, at = place[inside], look[inside], at[inside]
    counts = shapely.intersects_xy(views.footprints[look], at[:, 0], at[:, 1])
    order = np.lexsort((look, views.time_s[look], place))
    place, look, counts = place[order], look[order], counts[order].tolist()
    bounds = np.searchsorted(place, np.arange(len(places_m) + 1)).tolist()
    days_s, run_ids = days_of(views.time_s[look]).tolist(), views.run_ids[look].tolist()
    return [
        Looked(days_s[low:high], run_ids[low:high], counts[low:high])
        for low, high in pairwise(bounds)
    ]


def _offs(
    tiles: Ints, look: Ints, views: LookColumns, values: Floats, runs: Mapping[int, str]
) -> Floats:
    """Return what is wrong with the places of each look (of ``look``) in a tile: east, north."""
    if not len(look) or not len(values):
        return np.zeros((len(look), 2))
    # Many places are in one tile and have the same looks.
    there, tile = np.unique(tiles, return_inverse=True)
    count = len(views)
    pairs, which = np.unique(tile * count + look, return_inverse=True)
    tile, look = np.divmod(pairs, count)
    number_of = {run_id: number for number, run_id in runs.items()}
    own_look, same = np.unique(look, return_inverse=True)
    names = views.run_ids[own_look].tolist()
    asked_run = np.array([number_of.get(name, -1) for name in names])[same]
    middle = middles_of(views.in_view[own_look])[same]
    # Of the tracks, those in these tiles: by tile and run, in the order of the table.
    own_tile, own_run = tiles_of(values[:, PLACE]), values[:, AT["run"]].astype(np.int64)
    at = np.minimum(np.searchsorted(there, own_tile), len(there) - 1)
    own = np.flatnonzero(there[at] == own_tile)
    runs_there = int(max(own_run.max(), asked_run.max())) + 2
    key = at[own] * runs_there + own_run[own] + 1
    order = np.argsort(key, kind="stable")
    own, key = own[order], key[order]
    asked = tile * runs_there + asked_run + 1
    low = np.searchsorted(key, asked, side="left")
    count_of = np.searchsorted(key, asked, side="right") - low
    found = np.flatnonzero(count_of)
    off = np.zeros((len(look), 2))
    if len(found):
        place = np.ascontiguousarray(values[own][:, PLACE])
        off[found] = values[own[_nearest(place, middle, low, count_of, found)]][:, OFF]
    return np.asarray(off[which.reshape(-1)], np.float64)


@compiled
def _nearest(place: Floats, middle: Floats, low: Ints, count: Ints, asked: Ints) -> Ints:
    """Return for each of those asked for the row, of its own, that is nearest to its middle.

    Parameters
    ----------
    place
        Of laid tracks.
    low, count
        The first and the number of each one's own rows.
    """
    result = np.empty(len(asked), np.int64)
    for at in range(len(asked)):
        one = asked[at]
        nearest = math.inf
        for row in range(low[one], low[one] + count[one]):
            east, north = place[row, 0] - middle[one, 0], place[row, 1] - middle[one, 1]
            away = east * east + north * north
            if away < nearest:
                nearest, result[at] = away, row
    return result
