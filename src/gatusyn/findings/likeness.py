"""How alike two tracks are by place and size: loops are compiled, since there are many pairs."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from gatusyn.findings.placed import Floats, Ints, Placed
from gatusyn.model.compiled import compiled

SMALLEST_M2 = 0.03

_SIZE_SIGMA = 0.9
_MOST_SIZE_COST = 9.0
_UNLIKE_M = 0.4
_SURE_M4 = 0.1
_CROSSING_COS = 0.7
_TOUCH_M = 0.3


class Tracks(NamedTuple):
    """What compiled loops read of tracks, but for their places, which they move.

    Parameters
    ----------
    along
        Unit vector of the heading: east, north [n, 2].
    half_m
        Half the extent along and across the heading [n, 2].
    log_area
        Logarithm of the area in square metres.
    pixel_class, run
        Numbers of the class and of the run.
    common_m, own_m
        As of ``Placed`` [n, 2].
    """

    along: Floats
    half_m: Floats
    log_area: Floats
    pixel_class: Ints
    run: Ints
    common_m: Floats
    own_m: Floats


def tracks_for_loops(placed: Placed) -> Tracks:
    """Return tracks as compiled loops read them: row by row in memory."""
    whole = np.ascontiguousarray
    return Tracks(
        along=whole(placed.along),
        half_m=whole(placed.half_m),
        log_area=np.log(placed.area_m2 + SMALLEST_M2),
        pixel_class=whole(placed.pixel_class),
        run=whole(placed.run, np.int64),
        common_m=whole(placed.common_m),
        own_m=whole(placed.own_m),
    )


@compiled
def squared(tracks: Tracks, place_m: Floats, sigma_m: Floats, first: int, second: int) -> float:
    """Return the squared distance of two tracks, in standard deviations of place and size.

    Twice the log-likelihood ratio to something else of the class lying there.

    Parameters
    ----------
    sigma_m
        Standard deviations of each place along and across its heading, as seen from the others.
    """
    return _with_sizes(
        tracks, sigma_m, first, second, _aside(tracks, place_m, sigma_m, first, second)
    )


@compiled
def squared_either_way(
    tracks: Tracks, place_m: Floats, sigma_m: Floats, one: int, other: int
) -> float:
    """Return the same as it is seen from one of the two, from which it is less."""
    aside = min(
        _aside(tracks, place_m, sigma_m, one, other), _aside(tracks, place_m, sigma_m, other, one)
    )
    return _with_sizes(tracks, sigma_m, one, other, aside)


@compiled
def _aside(tracks: Tracks, place_m: Floats, sigma_m: Floats, first: int, second: int) -> float:
    """Return the squared distance of the places alone, along and across the first's heading."""
    towards_east, towards_north = tracks.along[first, 0], tracks.along[first, 1]
    east = place_m[first, 0] - place_m[second, 0]
    north = place_m[first, 1] - place_m[second, 1]
    crossing, result = _are_crossing(tracks, first, second), 0.0
    for axis in range(2):
        if axis == 0:
            off = east * towards_east + north * towards_north
        else:
            off = east * towards_north - north * towards_east
        theirs = 1 - axis if crossing else axis
        larger = tracks.half_m[first, axis] - tracks.half_m[second, theirs]
        variance = sigma_m[first, axis] ** 2 + sigma_m[second, theirs] ** 2
        # Where one is larger, the other may be any part of it.
        result += max(abs(off) - abs(larger), 0.0) ** 2 / variance
    return result


@compiled
def _with_sizes(tracks: Tracks, sigma_m: Floats, first: int, second: int, aside: float) -> float:
    """Return a squared distance of places with what sizes add: the same from both sides."""
    crossing, result = _are_crossing(tracks, first, second), aside
    variances, least, sign = 1.0, math.inf, 1.0
    for axis in range(2):
        theirs = 1 - axis if crossing else axis
        larger = tracks.half_m[first, axis] - tracks.half_m[second, theirs]
        variances *= sigma_m[first, axis] ** 2 + sigma_m[second, theirs] ** 2
        least, sign = min(least, abs(larger)), sign * larger
    if sign < 0.0:
        # Longer and narrower is another shape.
        result += (least / _UNLIKE_M) ** 2
    ratio = (tracks.log_area[first] - tracks.log_area[second]) / _SIZE_SIGMA
    result += min(ratio**2 / 2.0, _MOST_SIZE_COST)
    # The less sure the places are, the more likely something else lies there.
    return float(result + math.log(max(variances / _SURE_M4, 1.0)))


@compiled
def _are_crossing(tracks: Tracks, first: int, second: int) -> bool:
    """Say whether two headings cross: what is along the one is across the other."""
    facing = tracks.along[first, 0] * tracks.along[second, 0]
    return bool(abs(facing + tracks.along[first, 1] * tracks.along[second, 1]) < _CROSSING_COS)


@compiled
def covers(tracks: Tracks, place_m: Floats, first: int, second: int) -> bool:
    """Say whether the extent of one track holds the middle of another."""
    towards_east, towards_north = tracks.along[first, 0], tracks.along[first, 1]
    east = place_m[second, 0] - place_m[first, 0]
    north = place_m[second, 1] - place_m[first, 1]
    along = abs(east * towards_east + north * towards_north)
    across = abs(east * towards_north - north * towards_east)
    half_m = tracks.half_m
    return bool(along <= half_m[first, 0] + _TOUCH_M and across <= half_m[first, 1] + _TOUCH_M)


@compiled
def reach_m(tracks: Tracks, sigma_m: Floats, gate: float, row: int) -> float:
    """Return how far a track may be from another of the same damage."""
    size = math.hypot(tracks.half_m[row, 0], tracks.half_m[row, 1])
    unsure = gate * math.hypot(sigma_m[row, 0], sigma_m[row, 1])
    return float(math.sqrt(2.0) * (unsure + size))
