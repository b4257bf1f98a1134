"""What the places of a pass have in common is found by what other passes saw on the same street.

A receiver's error, and the mount's, is much the same for all that a vehicle sees within a hundred
metres. So the damages' places and each pass's error are estimated together (``pass_errors``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.findings.assignment import Flags, Near, assign
from gatusyn.findings.pass_errors import PassErrors
from gatusyn.findings.placed import Floats, Ints, Placed, passes_of
from gatusyn.model import FindingParams

_VOTE_M = (0.8, 0.5)
_PRIOR_WEIGHT = 0.25
_FEW_VOTES, _FEW_WORTH = 1.5, 0.3
_ROUNDS = 3
_MOST_VOTES = 100
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
    sigma, world = np.hypot(placed.own_m, _VOTE_M), placed.common_m
    errors = PassErrors.of(placed, passes, params)
    near = Near.of(placed, sigma, gate=params.gate_sigmas)
    window = _Window(placed, passes, errors, near, params)
    off = _voted(window, core)
    before = np.zeros(0, np.int64)
    for _ in range(_ROUNDS):
        labels = assign(placed.moved(-off), passes, sigma, gate=params.gate_sigmas, near=near)
        if np.array_equal(labels, before):
            break
        off, variance = errors.offsets_and_variances(labels)
        least = variance.min(axis=0)
        sigma = np.sqrt(placed.own_m**2 + np.maximum(variance - least, 0.0))
        world = np.sqrt(variance)
        before = labels
    # What a run saw in several passes within minutes is wrong by much the same.
    world = world * np.sqrt(len(np.unique(passes)) / len(np.unique(placed.run)))
    return Registered(passes=passes, off_m=off, sigma_m=sigma, place_sigma_m=world)


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """A window's tracks, and what is worked out of them once."""

    placed: Placed
    passes: Ints
    errors: PassErrors
    near: Near
    params: FindingParams


def _voted(window: _Window, core: Flags) -> Floats:
    """Return a first offset for each track: that by which most of its pass falls on the others.

    First among the passes of one street and direction, which see the same lanes; then whole
    directions: on a wide street they have little in common, and only together they tell what.
    """
    placed, passes = window.placed, window.passes
    directions = _directions(placed, passes, core)
    numbers, counts = _counted(directions)
    off = np.zeros((len(placed), 2))
    done = np.zeros(0, np.int64)
    for number in numbers[np.lexsort((numbers, -counts))].tolist():
        rows = np.flatnonzero(directions == number)
        off[rows] = _laid(window, rows)
        if done.size:
            count = len(set(placed.run[rows].tolist()))
            off[rows] += _vote(placed, rows, done, placed.place_m - off, count)
        done = np.concatenate([done, rows])
    return off


def _directions(placed: Placed, passes: Ints, core: Flags) -> Ints:
    """Return a number for each track: that of the street and direction of its pass.

    Directions are told apart in quarters against the window's main one, and the streets of one by
    their distance. What only saw something around the window goes last, each pass by itself.
    """
    base = np.arctan2(*_doubled(placed.along).sum(axis=0)) / 2.0
    kinds: dict[int, list[tuple[float, int]]] = {}
    last = []
    for number, rows in enumerate(_rows_of(passes)):
        if not core[rows].any():
            last.append(number)
            continue
        angle = np.arctan2(*placed.along[rows].sum(axis=0)) - base
        quarter = int(np.rint(angle / (np.pi / 2.0))) % 4
        right = base + quarter * np.pi / 2.0
        aside = placed.place_m[rows] @ (np.cos(right), -np.sin(right))
        kinds.setdefault(quarter, []).append((float(aside.mean()), number))
    of_pass: dict[int, int] = {}
    count = 0
    for own in kinds.values():
        before = None
        for aside_m, number in sorted(own):
            count += before is None or aside_m - before > _STREETS_M
            of_pass[number], before = count, aside_m
    of_pass |= {number: count + 1 + place for place, number in enumerate(last)}
    return np.array([of_pass[number] for number in passes.tolist()], np.int64)


def _rows_of(passes: Ints) -> list[Ints]:
    """Return the rows of each pass, in order; passes are numbered from 0."""
    order = np.argsort(passes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(passes[order])) + 1)


def _doubled(along: Floats) -> Floats:
    """Return unit vectors of twice the angle: opposite directions become the same."""
    angle = 2.0 * np.arctan2(along[:, 0], along[:, 1])
    return np.column_stack([np.sin(angle), np.cos(angle)])


def _laid(window: _Window, rows: Ints) -> Floats:
    """Lay passes of one direction over each other one by one, those that saw most first."""
    placed, passes = window.placed, window.passes[rows]
    if (passes == passes[0]).all():
        # There is nothing to lay it over.
        return np.zeros((len(rows), 2))
    numbers, counts = _counted(passes)
    place = placed.place_m.copy()
    done = np.zeros(0, np.int64)
    for number in numbers[np.lexsort((numbers, -counts))].tolist():
        own = rows[passes == number]
        if done.size:
            place[own] -= _vote(placed, own, done, place, 1)
        done = np.concatenate([done, own])
    sigma = np.hypot(placed.own_m[rows], _VOTE_M)
    labels = assign(
        placed.rows(rows).moved(place[rows] - placed.place_m[rows]),
        passes,
        sigma,
        gate=window.params.gate_sigmas,
        near=window.near.rows(rows),
    )
    return window.errors.rows(rows).offsets(labels)


def _counted(labels: Ints) -> tuple[Ints, Ints]:
    """Return the different labels, whole numbers from 0, and how often each comes."""
    counts = np.bincount(labels)
    numbers = np.flatnonzero(counts)
    return numbers, counts[numbers]


def _vote(placed: Placed, own: Ints, known: Ints, place_m: Floats, count: int) -> Floats:
    """Return the offset, east and north, by which some passes together best fall on what is known.

    Parameters
    ----------
    own, known
        Rows of the passes, and of what is laid already.
    place_m
        Where each track lies as far as that is known.
    count
        How many passes they are: that all are wrong by the same is the less likely, and what only
        looks alike looks so in all of them.
    """
    along = placed.along[own].mean(axis=0)
    axes = np.array([along, (along[1], -along[0])])
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    common = placed.common_m[own].mean(axis=0)
    reach = 3.0 * np.sqrt(2.0) * common + 0.5
    mine, theirs = place_m[own] @ axes.T, place_m[known] @ axes.T
    low, high = mine.min(axis=0) - reach, mine.max(axis=0) + reach
    beside = ((theirs >= low) & (theirs <= high)).all(axis=1)
    known, theirs = known[beside], theirs[beside]
    near = placed.pixel_class[own][:, None] == placed.pixel_class[known][None, :]
    for axis in (0, 1):
        near &= np.abs(np.subtract.outer(mine[:, axis], theirs[:, axis])) <= reach[axis]
    rows, others = np.nonzero(near)
    one, other = own[rows], known[others]
    half = np.abs(placed.half_m[one] - placed.half_m[other]).max(axis=1)
    ratio = np.log((placed.area_m2[one] + 0.03) / (placed.area_m2[other] + 0.03))
    # What is large and seen in parts says little of the place.
    worth = np.exp(-0.5 * (ratio / 0.8) ** 2) / (1.0 + half)
    chosen = worth > 0.1
    rows, others, worth = rows[chosen], others[chosen], worth[chosen]
    if not len(rows):
        return np.zeros(2)
    off = mine[rows] - theirs[others]
    tried = off
    if len(tried) > _MOST_VOTES:
        tried = off[np.argsort(-worth, kind="stable")[:_MOST_VOTES]]
    # The log of a vote, -|tried - off|^2 / 2 and its worth, as one product of matrices.
    ours, scaled = tried / _VOTE_M, off / _VOTE_M
    ones = np.ones(len(tried))
    left = np.column_stack([ours, ones, -0.5 * (ours**2).sum(axis=1)])
    weighed = np.log(worth) - 0.5 * (scaled**2).sum(axis=1)
    votes = left @ np.vstack([scaled.T, weighed, np.ones(len(off))])
    # Each of the pass's tracks has one vote: its best.
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    score = np.exp(np.maximum.reduceat(votes, starts, axis=1)).sum(axis=1)
    # One thing alone looks like many others on a street.
    score = np.where(score < _FEW_VOTES * count, _FEW_WORTH * score, score)
    score -= _PRIOR_WEIGHT * 0.5 * count**2 * ((tried / common) ** 2).sum(axis=1)
    best = np.exp(votes[int(score.argmax())])
    mean = (best[:, None] * off).sum(axis=0) / best.sum()
    return np.asarray(mean @ axes, np.float64)
