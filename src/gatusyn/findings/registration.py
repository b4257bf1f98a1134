"""What the places of a pass have in common is found by what other passes saw on the same street.

A receiver's error, and the mount's, is much the same for all that a vehicle sees within a hundred
metres. So the damages' places and each pass's error are estimated together (``pass_errors``).

What takes time are compiled loops, without the interpreter's lock: threads lay several windows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gatusyn.findings.assignment import Flags, assign_few
from gatusyn.findings.labels import count_of, grouped, most_first
from gatusyn.findings.likeness import Tracks, tracks_for_loops
from gatusyn.findings.pass_errors import PassErrors, find_offsets, pass_errors_of
from gatusyn.findings.placed import Floats, Ints, Placed, passes_of
from gatusyn.findings.votes import VOTE_M, vote, voted_places
from gatusyn.model import FindingParams
from gatusyn.model.compiled import compiled

_ROUNDS = 3
_STREETS_M = 8.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Registered:
    """Where tracks of a window lie when what their passes have in common is taken off.

    Parameters
    ----------
    passes
        The number of each track's pass in the window.
    off_m
        What was taken off each track's place: east, north.
    sigma_m
        Standard deviation of what is left, along and across: against each other.
    place_sigma_m
        The same, against the world.
    """

    passes: Ints
    off_m: Floats
    sigma_m: Floats
    place_sigma_m: Floats


def register(placed: Placed, core: Flags, params: FindingParams) -> Registered:
    """Find what the tracks of each pass in a window have in common, and take it off.

    Parameters
    ----------
    placed
        In an order that does not depend on how the tracks came.
    core
        Whether each lies in the window itself.
    """
    passes = passes_of(placed, params.pass_gap_s)
    tracks, place = tracks_for_loops(placed), np.ascontiguousarray(placed.place_m)
    errors = pass_errors_of(tracks, place, passes, float(params.common_over_m))
    sigma = np.hypot(tracks.own_m, VOTE_M)
    off, sigma, world = _found(
        tracks, place, passes, errors, core, sigma, float(params.gate_sigmas)
    )
    # What a run saw in several passes within minutes is wrong by much the same.
    world *= math.sqrt((int(passes.max()) + 1) / len(np.unique(placed.run)))
    return Registered(passes=passes, off_m=off, sigma_m=sigma, place_sigma_m=world)


@compiled
def _found(
    tracks: Tracks,
    place_m: Floats,
    passes: Ints,
    errors: PassErrors,
    core: Flags,
    sigma_m: Floats,
    gate: float,
) -> tuple[Floats, Floats, Floats]:
    """Return what is wrong with each place, and what is left: against each other, and the world.

    Parameters
    ----------
    sigma_m
        What is left at first.
    """
    off = _voted(tracks, place_m, passes, errors, core, sigma_m, gate)
    rows, every = np.arange(len(passes)), np.arange(count_of(passes))
    variance = np.zeros_like(place_m)
    sigma, world = sigma_m.copy(), tracks.common_m.copy()
    before = np.zeros(0, np.int64)
    for _ in range(_ROUNDS):
        labels = assign_few(tracks, place_m - off, sigma, passes, rows, gate)
        if np.array_equal(labels, before):
            break
        find_offsets(errors, tracks, every, labels, off, variance)
        for axis in range(2):
            least = variance[:, axis].min()
            for row in rows:
                left = variance[row, axis] - least
                sigma[row, axis] = math.sqrt(tracks.own_m[row, axis] ** 2 + left)
                world[row, axis] = math.sqrt(variance[row, axis])
        before = labels
    return off, sigma, world


@compiled
def _voted(
    tracks: Tracks,
    place_m: Floats,
    passes: Ints,
    errors: PassErrors,
    core: Flags,
    sigma_m: Floats,
    gate: float,
) -> Floats:
    """Return a first offset for each track: that by which most of its pass falls on the others.

    First among the passes of one street and direction, which see the same lanes; then whole
    directions: on a wide street they have little in common, and only together they tell what.
    """
    direction = _directions(tracks, place_m, errors, core)
    rows_of, starts = grouped(direction[passes])
    passes_of_it, pass_starts = grouped(direction)
    off = np.zeros_like(place_m)
    done, count = np.empty(len(passes), np.int64), 0
    for number in most_first(starts):
        rows = rows_of[starts[number] : starts[number + 1]]
        own = passes_of_it[pass_starts[number] : pass_starts[number + 1]]
        # Of a single pass there is nothing to lay it over.
        if len(own) > 1:
            _lay(tracks, place_m, passes, errors, rows, own, sigma_m, gate, off)
        if count:
            runs = len(np.unique(tracks.run[rows]))
            east, north = vote(tracks, place_m - off, rows, done[:count], runs)
            for row in rows:
                off[row, 0] += east
                off[row, 1] += north
        for row in rows:
            done[count] = row
            count += 1
    return off


@compiled
def _lay(
    tracks: Tracks,
    place_m: Floats,
    passes: Ints,
    errors: PassErrors,
    rows: Ints,
    own: Ints,
    sigma_m: Floats,
    gate: float,
    off: Floats,
) -> None:
    """Lay passes of one direction over each other one by one, those that saw most first.

    Parameters
    ----------
    rows, own
        The tracks of the direction, and the numbers of its passes.
    off
        Is filled with what is wrong with their places.
    """
    place = voted_places(tracks, place_m, errors.rows, errors.starts, own)
    labels = np.full(len(passes), -1)
    found = assign_few(tracks, place, sigma_m, passes, rows, gate)
    for at in range(len(rows)):
        labels[rows[at]] = found[at]
    find_offsets(errors, tracks, own, labels, off, np.zeros((0, 2)))


@compiled
def _directions(tracks: Tracks, place_m: Floats, errors: PassErrors, core: Flags) -> Ints:
    """Return a number for each pass: that of its street and direction.

    Directions are told apart in quarters against the window's main one, and the streets of one by
    their distance. What only saw something around the window goes last, each pass by itself.
    """
    east, north = 0.0, 0.0
    for row in range(len(tracks.along)):
        # Of twice the angle: opposite directions are the same.
        east += 2.0 * tracks.along[row, 0] * tracks.along[row, 1]
        north += tracks.along[row, 1] ** 2 - tracks.along[row, 0] ** 2
    base = math.atan2(east, north) / 2.0
    count = len(errors.starts) - 1
    quarter, aside = np.full(count, -1), np.zeros(count)
    for number in range(count):
        rows = errors.rows[errors.starts[number] : errors.starts[number + 1]]
        east, north, inside = 0.0, 0.0, False
        for row in rows:
            east += tracks.along[row, 0]
            north += tracks.along[row, 1]
            inside = inside or core[row]
        if inside:
            angle = math.atan2(east, north) - base
            quarter[number] = math.floor(angle / (math.pi / 2.0) + 0.5) % 4
            right = base + quarter[number] * math.pi / 2.0
            for row in rows:
                way = place_m[row, 0] * math.cos(right) - place_m[row, 1] * math.sin(right)
                aside[number] += way / len(rows)
    return _numbered(quarter, aside)


@compiled
def _numbered(quarter: Ints, aside: Floats) -> Ints:
    """Return the numbers of directions, in order of the quarter and of how far aside they lie."""
    result, free = np.full(len(quarter), -1), 0
    for which in range(4):
        before, is_first = 0.0, True
        while True:
            # Passes are few.
            nearest = -1
            for number in range(len(quarter)):
                is_left = quarter[number] == which and result[number] < 0
                if is_left and (nearest < 0 or aside[number] < aside[nearest]):
                    nearest = number
            if nearest < 0:
                break
            if is_first or aside[nearest] - before > _STREETS_M:
                free += 1
            result[nearest], before, is_first = free - 1, aside[nearest], False
    for number in range(len(quarter)):
        if quarter[number] < 0:
            result[number] = free
            free += 1
    return result
