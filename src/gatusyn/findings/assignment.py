"""Which tracks of several passes are of one damage: one to one for each pass, at the least cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gatusyn.findings.cluster import cluster_labels
from gatusyn.findings.labels import count_of, grouped, in_order
from gatusyn.findings.likeness import Tracks, covers, reach_m, squared, tracks_for_loops
from gatusyn.findings.placed import Floats, Ints, Placed
from gatusyn.model.compiled import compiled

Flags = NDArray[np.bool_]


def hanging(placed: Placed, sigma_m: Floats, *, gate: float) -> Ints:
    """Return for each track the number of those that it hangs together with, one near the next.

    Tracks of one class may be of one damage where their places, along and across the street, differ
    by less than the gate, in standard deviations; what is larger may cover what is smaller.
    """
    first, second = near_pairs(placed, sigma_m, gate=gate)
    return _joined(len(placed), first, second)


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
    component, reach = np.arange(len(rows)), np.empty(len(rows))
    for at in range(len(rows)):
        reach[at] = reach_m(tracks, sigma_m, gate, rows[at])
    # Class by class from west to east: what lies farther east than any reaches is left out.
    of_class, starts = grouped(tracks.pixel_class[rows])
    for number in range(len(starts) - 1):
        own = of_class[starts[number] : starts[number + 1]]
        own = own[np.argsort(place_m[rows[own], 0])]
        farthest = reach[own].max() if len(own) else 0.0
        for place in range(len(own)):
            for after in range(place + 1, len(own)):
                at, beside = min(own[place], own[after]), max(own[place], own[after])
                one, other = rows[at], rows[beside]
                east = place_m[one, 0] - place_m[other, 0]
                if abs(east) > farthest:
                    break
                north = place_m[one, 1] - place_m[other, 1]
                far = max(reach[at], reach[beside])
                if east * east + north * north > far * far:
                    continue
                if squared(tracks, place_m, sigma_m, one, other) <= gate**2:
                    _join(component, at, beside)
    return assigned(tracks, place_m, sigma_m, passes, rows, _settled(component), gate)


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
            for other in range(len(own)):
                first, second = rows[own[one]], rows[own[other]]
                held[one, other] = covers(tracks, place_m, first, second)
                # What is far away in one pass must not outweigh all the others.
                apart = min(squared(tracks, place_m, sigma_m, first, second), 2.0 * gate**2)
                cost[one, other] = apart if one <= other else min(apart, cost[other, one])
                cost[other, one] = cost[one, other]
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
def _joined(count: int, first: Ints, second: Ints) -> Ints:
    """Return what hangs together by pairs."""
    component = np.arange(count)
    for at in range(len(first)):
        _join(component, first[at], second[at])
    return _settled(component)


def near_pairs(
    placed: Placed, sigma_m: Floats, *, gate: float, only: Ints | None = None
) -> tuple[Ints, Ints]:
    """Return pairs of tracks of one class that are near enough, the lower number first.

    Parameters
    ----------
    only
        Rows of which one must be in each pair.
    """
    tracks, sigma = tracks_for_loops(placed), np.ascontiguousarray(sigma_m)
    place = np.ascontiguousarray(placed.place_m)
    reach = _reaches(tracks, sigma, float(gate))
    first, second = _candidates(placed, reach)
    if only is not None:
        among = np.zeros(len(placed), np.bool_)
        among[only] = True
        of_those = among[first] | among[second]
        first, second = first[of_those], second[of_those]
    close = _close(tracks, place, sigma, first, second, float(gate))
    return first[close], second[close]


@compiled
def _reaches(tracks: Tracks, sigma_m: Floats, gate: float) -> Floats:
    reach = np.empty(len(sigma_m))
    for row in range(len(reach)):
        reach[row] = reach_m(tracks, sigma_m, gate, row)
    return reach


@compiled
def _close(
    tracks: Tracks, place_m: Floats, sigma_m: Floats, first: Ints, second: Ints, gate: float
) -> Flags:
    """Say which pairs are near enough."""
    close = np.empty(len(first), np.bool_)
    for at in range(len(first)):
        close[at] = squared(tracks, place_m, sigma_m, first[at], second[at]) <= gate**2
    return close


_SIZES_M = np.array([3.0, 6.0, 12.0, 24.0, 48.0])


def _candidates(placed: Placed, reach_m: Floats) -> tuple[Ints, Ints]:
    """Return pairs of tracks of one class that may be near enough, the lower number first."""
    # What reaches far would else make all look far.
    group = placed.pixel_class * (len(_SIZES_M) + 1) + np.searchsorted(_SIZES_M, reach_m)
    rows = {int(number): np.flatnonzero(group == number) for number in np.unique(group)}
    trees = {number: cKDTree(placed.place_m[own]) for number, own in rows.items()}
    firsts, seconds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number, own in rows.items():
        for other in range(number, (number // (len(_SIZES_M) + 1) + 1) * (len(_SIZES_M) + 1)):
            if other not in rows:
                continue
            i, j = _within(trees[number], trees[other], float(reach_m[rows[other]].max()))
            i, j = own[i], rows[other][j]
            once = (i < j) | (number != other)
            i, j = i[once], j[once]
            firsts.append(np.minimum(i, j))
            seconds.append(np.maximum(i, j))
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    east, north = (own[first] - own[second] for own in placed.place_m.T)
    near = east**2 + north**2 <= np.maximum(reach_m[first], reach_m[second]) ** 2
    first, second = first[near], second[near]
    order = np.lexsort((second, first))
    return first[order], second[order]


def _within(one: cKDTree, other: cKDTree, distance_m: float) -> tuple[Ints, Ints]:
    """Return pairs of points of two trees that are no farther apart."""
    found = one.sparse_distance_matrix(other, distance_m, output_type="ndarray")
    return found["i"].astype(np.int64), found["j"].astype(np.int64)
