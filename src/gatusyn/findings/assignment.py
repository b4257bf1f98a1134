"""Which tracks of several passes are of one damage: one to one for each pass, at the least cost."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gatusyn.findings.cluster import cluster_labels
from gatusyn.findings.labels import count_of, grouped, in_order
from gatusyn.findings.likeness import (
    Tracks,
    covers,
    reach_m,
    squared,
    squared_either_way,
    tracks_for_loops,
)
from gatusyn.findings.placed import Floats, Ints, Placed
from gatusyn.model.compiled import compiled

Flags = NDArray[np.bool_]

_SQUARE_M = 6.0
"""Of ground, by which near tracks are found: about as far as most reach."""


def hanging(placed: Placed, sigma_m: Floats, *, gate: float) -> Ints:
    """Return for each track the number of those that it hangs together with, one near the next.

    Tracks of one class may be of one damage where their places, along and across the street, differ
    by less than the gate, in standard deviations; what is larger may cover what is smaller.
    """
    tracks, place = tracks_for_loops(placed), np.ascontiguousarray(placed.place_m)
    rows = np.arange(len(placed))
    return _hanging(tracks, place, np.ascontiguousarray(sigma_m), rows, float(gate))


def near_some(placed: Placed, sigma_m: Floats, some: Flags, *, gate: float) -> Flags:
    """Return which tracks are some or may be of one damage with one of them, as for ``hanging``."""
    tracks, place = tracks_for_loops(placed), np.ascontiguousarray(placed.place_m)
    sigma, near = np.ascontiguousarray(sigma_m), some.copy()
    own, others = np.flatnonzero(some), np.flatnonzero(~some)
    # Each looks as far as it reaches itself: what the one does not reach may reach it.
    for asking, asked in ((own, others), (others, own)):
        if len(asking) and len(asked):
            _find_near(tracks, place, sigma, asking, asked, float(gate), near)
    return near


def assign(placed: Placed, passes: Ints, sigma_m: Floats, component: Ints, *, gate: float) -> Ints:
    """Return for each track the number of the damage that it is of.

    Where tracks hang together, each pass is assigned one to one to what the others saw, at the
    least sum of squared distances; then what passes mostly saw as one piece is joined again.

    Parameters
    ----------
    passes
        Of each track, the number of its pass.
    sigma_m
        Standard deviations of each place along and across its heading, as seen from the others.
    component
        As of ``hanging``.
    gate
        Standard deviations.

    Returns
    -------
    ndarray
        Numbers from 0; the first track of each damage comes in the order of the numbers.
    """
    whole = np.ascontiguousarray
    tracks, place = tracks_for_loops(placed), whole(placed.place_m)
    rows = np.arange(len(placed))
    return assigned(
        tracks, place, whole(sigma_m), whole(passes, np.int64), rows, component, float(gate)
    )


@compiled
def assign_few(
    tracks: Tracks, place_m: Floats, sigma_m: Floats, passes: Ints, rows: Ints, gate: float
) -> Ints:
    """Return the same for some tracks of a window, a few hundred.

    Parameters
    ----------
    rows
        Of the tracks.
    """
    component = _hanging(tracks, place_m, sigma_m, rows, gate)
    return assigned(tracks, place_m, sigma_m, passes, rows, component, gate)


@compiled
def assigned(
    tracks: Tracks,
    place_m: Floats,
    sigma_m: Floats,
    passes: Ints,
    rows: Ints,
    component: Ints,
    gate: float,
) -> Ints:
    """Return the damages of rows of which it is known what hangs together (``component``)."""
    order, starts = grouped(component)
    result = component.copy()
    free, last = len(rows), np.full(count_of(passes), -1)
    for number in range(len(starts) - 1):
        own = order[starts[number] : starts[number + 1]]
        seen, several = np.empty(len(own), np.int64), False
        for at in range(len(own)):
            seen[at] = passes[rows[own[at]]]
            several = several or last[seen[at]] == number
            last[seen[at]] = number
        if not several:
            continue
        cost, held = np.empty((len(own), len(own))), np.empty((len(own), len(own)), np.bool_)
        for one in range(len(own)):
            for other in range(one + 1):
                first, second = rows[own[other]], rows[own[one]]
                held[one, other] = covers(tracks, place_m, second, first)
                held[other, one] = covers(tracks, place_m, first, second)
                # What is far away in one pass must not outweigh all the others.
                away = squared_either_way(tracks, place_m, sigma_m, first, second)
                cost[one, other] = cost[other, one] = min(away, 2.0 * gate**2)
        labels = cluster_labels(seen, cost, held, gate**2)
        for at in range(len(own)):
            result[own[at]] = labels[at] + free
        free += len(own)
    return in_order(result)


@compiled
def _root(component: Ints, at: int) -> int:
    while component[at] != at:
        component[at] = component[component[at]]
        at = component[at]
    return at


@compiled
def _join(component: Ints, one: int, other: int) -> None:
    """Have two places, and all that hangs together with them, hang together."""
    first, second = _root(component, one), _root(component, other)
    component[max(first, second)] = min(first, second)


@compiled
def _settled(component: Ints) -> Ints:
    """Return the number of what each place hangs together with, by their first appearance."""
    roots = np.empty_like(component)
    for at in range(len(component)):
        roots[at] = _root(component, at)
    return in_order(roots)


@compiled
def _hanging(tracks: Tracks, place_m: Floats, sigma_m: Floats, rows: Ints, gate: float) -> Ints:
    """Return what hangs together of some tracks, by their first appearance."""
    squares = _squares(tracks, place_m, rows)
    component, reach = np.arange(len(rows)), np.empty(len(rows))
    for at in range(len(rows)):
        reach[at] = reach_m(tracks, sigma_m, gate, rows[at])
    for at in range(len(rows)):
        row, far = rows[at], reach[at]
        west, east = _span(place_m[row, 0] - squares.corner_m[0], far, squares.columns)
        south, north = _span(place_m[row, 1] - squares.corner_m[1], far, squares.lines)
        for column in range(west, east + 1):
            first = (tracks.pixel_class[row] * squares.columns + column) * squares.lines
            place = np.searchsorted(squares.number, first + south)
            while place < len(rows) and squares.number[place] <= first + north:
                beside = squares.order[place]
                place += 1
                other = rows[beside]
                to_east = place_m[row, 0] - place_m[other, 0]
                to_north = place_m[row, 1] - place_m[other, 1]
                away = to_east * to_east + to_north * to_north
                # What is as near seen from the other is asked once.
                if away > far * far or (beside <= at and away <= reach[beside] * reach[beside]):
                    continue
                # Most hang together by others already.
                if _root(component, at) == _root(component, beside):
                    continue
                if squared(tracks, place_m, sigma_m, min(row, other), max(row, other)) <= gate**2:
                    _join(component, at, beside)
    return _settled(component)


@compiled
def _find_near(
    tracks: Tracks,
    place_m: Floats,
    sigma_m: Floats,
    asking: Ints,
    asked: Ints,
    gate: float,
    near: Flags,
) -> None:
    """Mark tracks that may be of one damage: one that asks, and one that is asked.

    Parameters
    ----------
    near
        Of every track, whether it is marked: two that are need not be asked.
    """
    squares = _squares(tracks, place_m, asked)
    for row in asking:
        far = reach_m(tracks, sigma_m, gate, row)
        west, east = _span(place_m[row, 0] - squares.corner_m[0], far, squares.columns)
        south, north = _span(place_m[row, 1] - squares.corner_m[1], far, squares.lines)
        for column in range(west, east + 1):
            first = (tracks.pixel_class[row] * squares.columns + column) * squares.lines
            place = np.searchsorted(squares.number, first + south)
            while place < len(asked) and squares.number[place] <= first + north:
                other = asked[squares.order[place]]
                place += 1
                to_east = place_m[row, 0] - place_m[other, 0]
                to_north = place_m[row, 1] - place_m[other, 1]
                is_far = to_east * to_east + to_north * to_north > far * far
                if is_far or (near[row] and near[other]):
                    continue
                low, high = min(row, other), max(row, other)
                if squared(tracks, place_m, sigma_m, low, high) <= gate**2:
                    near[row] = near[other] = True


class _Squares(NamedTuple):
    """Tracks in order of their class and of the square of ground that they lie in.

    Parameters
    ----------
    corner_m
        Easting and northing of the ground's corner.
    columns, lines
        How many squares it has to the east and to the north.
    order, number
        The tracks in that order, and the number of each one's class and square.
    """

    corner_m: tuple[float, float]
    columns: int
    lines: int
    order: Ints
    number: Ints


@compiled
def _squares(tracks: Tracks, place_m: Floats, rows: Ints) -> _Squares:
    west, south, east, north = math.inf, math.inf, -math.inf, -math.inf
    for row in rows:
        west, east = min(west, place_m[row, 0]), max(east, place_m[row, 0])
        south, north = min(south, place_m[row, 1]), max(north, place_m[row, 1])
    columns, lines = int((east - west) / _SQUARE_M) + 1, int((north - south) / _SQUARE_M) + 1
    number = np.empty(len(rows), np.int64)
    for at in range(len(rows)):
        column = int((place_m[rows[at], 0] - west) / _SQUARE_M)
        line = int((place_m[rows[at], 1] - south) / _SQUARE_M)
        number[at] = (tracks.pixel_class[rows[at]] * columns + column) * lines + line
    order = np.argsort(number)
    return _Squares((west, south), columns, lines, order, number[order])


@compiled
def _span(place_m: float, reach_m: float, count: int) -> tuple[int, int]:
    """Return the first and the last of so many squares that come within reach of a place."""
    first = int(max((place_m - reach_m) / _SQUARE_M, 0.0))
    return first, int(min((place_m + reach_m) / _SQUARE_M, count - 1.0))
