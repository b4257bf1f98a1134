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
    window = _Window(
        tracks=tracks,
        place_m=place,
        passes=passes,
        errors=pass_errors_of(tracks, place, passes, float(params.common_over_m)),
        gate=float(params.gate_sigmas),
    )
    sigma, world = np.hypot(tracks.own_m, VOTE_M), placed.common_m
    off = _voted(window, core, sigma)
    rows, every = np.arange(len(passes)), np.arange(int(passes.max()) + 1)
    variance = np.zeros_like(place)
    before = np.zeros(0, np.int64)
    for _ in range(_ROUNDS):
        labels = window.assigned(place - off, sigma, rows)
        if np.array_equal(labels, before):
            break
        find_offsets(window.errors, tracks, every, labels, off, variance)
        sigma = np.sqrt(tracks.own_m**2 + (variance - variance.min(axis=0)))
        world = np.sqrt(variance)
        before = labels
    # What a run saw in several passes within minutes is wrong by much the same.
    world = world * math.sqrt(len(every) / len(np.unique(placed.run)))
    return Registered(passes=passes, off_m=off, sigma_m=sigma, place_sigma_m=world)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Window:
    """A window's tracks, and what is worked out of them once."""

    tracks: Tracks
    place_m: Floats
    passes: Ints
    errors: PassErrors
    gate: float

    def assigned(self, place_m: Floats, sigma_m: Floats, rows: Ints) -> Ints:
        """Return the damages of some tracks, where they are moved to."""
        return assign_few(self.tracks, place_m, sigma_m, self.passes, rows, self.gate)


def _voted(window: _Window, core: Flags, sigma: Floats) -> Floats:
    """Return a first offset for each track: that by which most of its pass falls on the others.

    First among the passes of one street and direction, which see the same lanes; then whole
    directions: on a wide street they have little in common, and only together they tell what.
    """
    direction = _directions(window.tracks, window.place_m, window.errors, core)
    of_track = direction[window.passes]
    off = np.zeros_like(window.place_m)
    done = np.zeros(0, np.int64)
    for number in np.argsort(-np.bincount(of_track), kind="stable").tolist():
        rows = np.flatnonzero(of_track == number)
        _lay(window, rows, np.flatnonzero(direction == number), sigma, off)
        if len(done):
            count = len(np.unique(window.tracks.run[rows]))
            off[rows] += vote(window.tracks, window.place_m - off, rows, done, count)
        done = np.concatenate([done, rows])
    return off


def _lay(window: _Window, rows: Ints, own: Ints, sigma: Floats, off: Floats) -> None:
    """Lay passes of one direction over each other one by one, those that saw most first.

    Parameters
    ----------
    rows, own
        The tracks of the direction, and the numbers of its passes.
    off
        Is filled with what is wrong with their places.
    """
    if len(own) < 2:
        # There is nothing to lay it over.
        return
    tracks, errors = window.tracks, window.errors
    place = voted_places(tracks, window.place_m, errors.rows, errors.starts, own)
    labels = np.full(len(window.passes), -1)
    labels[rows] = window.assigned(place, sigma, rows)
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
