"""What the places of a pass have in common is found by what other passes saw on the same street.

A receiver's error, and the mount's, is much the same for all that a vehicle sees within a hundred
metres. So the damages' places and each pass's error are estimated together: the errors as Gaussian
processes along the street (a first-order Gauss-Markov process has an exponential correlation), the
places by generalised least squares. Sources: Rasmussen and Williams, Gaussian Processes for Machine
Learning (2006), 2.2 and 2.7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gatusyn.findings.assignment import Flags, assign
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
    off = _voted(placed, passes, core, params)
    sigma, world = np.hypot(placed.own_m, _VOTE_M), placed.common_m
    before = np.zeros(0, np.int64)
    for _ in range(_ROUNDS):
        labels = assign(placed.moved(-off), passes, sigma, gate=params.gate_sigmas)
        if np.array_equal(labels, before):
            break
        off, sigma, world = _estimated(placed, passes, labels, params)
        before = labels
    # What a run saw in several passes within minutes is wrong by much the same.
    world = world * np.sqrt(len(np.unique(passes)) / len(np.unique(placed.run)))
    return Registered(passes=passes, off_m=off, sigma_m=sigma, place_sigma_m=world)


def _voted(placed: Placed, passes: Ints, core: Flags, params: FindingParams) -> Floats:
    """Return a first offset for each track: that by which most of its pass falls on the others.

    First among the passes of one street and direction, which see the same lanes; then whole
    directions: on a wide street they have little in common, and only together they tell what.
    """
    directions = _directions(placed, passes, core)
    numbers, counts = np.unique(directions, return_counts=True)
    off = np.zeros((len(placed), 2))
    done = np.zeros(0, np.int64)
    for number in numbers[np.lexsort((numbers, -counts))].tolist():
        rows = np.flatnonzero(directions == number)
        own = placed.rows(rows)
        off[rows] = _laid(own, passes[rows], params)
        if done.size:
            known = placed.rows(done).moved(-off[done])
            off[rows] += _vote(own.moved(-off[rows]), known, len(np.unique(own.run)))
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
    for number in np.unique(passes).tolist():
        rows = passes == number
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


def _doubled(along: Floats) -> Floats:
    """Return unit vectors of twice the angle: opposite directions become the same."""
    angle = 2.0 * np.arctan2(along[:, 0], along[:, 1])
    return np.column_stack([np.sin(angle), np.cos(angle)])


def _laid(placed: Placed, passes: Ints, params: FindingParams) -> Floats:
    """Lay passes of one direction over each other one by one, those that saw most first."""
    off = np.zeros((len(placed), 2))
    numbers, counts = np.unique(passes, return_counts=True)
    if len(numbers) == 1:
        # There is nothing to lay it over.
        return off
    done = np.zeros(0, np.int64)
    for number in numbers[np.lexsort((numbers, -counts))].tolist():
        rows = np.flatnonzero(passes == number)
        if done.size:
            off[rows] = _vote(placed.rows(rows), placed.rows(done).moved(-off[done]), 1)
        done = np.concatenate([done, rows])
    sigma = np.hypot(placed.own_m, _VOTE_M)
    labels = assign(placed.moved(-off), passes, sigma, gate=params.gate_sigmas)
    return _estimated(placed, passes, labels, params)[0]


def _vote(own: Placed, known: Placed, count: int) -> Floats:
    """Return the offset, east and north, by which some passes together best fall on what is known.

    Parameters
    ----------
    count
        How many they are: that all are wrong by the same is the less likely, and what only looks
        alike looks so in all of them.
    """
    axes = np.stack([own.along.mean(axis=0), own.right.mean(axis=0)])
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    common = own.common_m.mean(axis=0)
    reach = 3.0 * np.sqrt(2.0) * common + 0.5
    mine, theirs = own.place_m @ axes.T, known.place_m @ axes.T
    near = own.pixel_class[:, None] == known.pixel_class[None, :]
    for axis in (0, 1):
        near &= np.abs(np.subtract.outer(mine[:, axis], theirs[:, axis])) <= reach[axis]
    rows, others = np.nonzero(near)
    half = np.abs(own.half_m[rows] - known.half_m[others]).max(axis=1)
    ratio = np.log((own.area_m2[rows] + 0.03) / (known.area_m2[others] + 0.03))
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
    votes = np.zeros((len(tried), len(off)))
    for axis in (0, 1):
        left = np.subtract.outer(tried[:, axis] / _VOTE_M[axis], off[:, axis] / _VOTE_M[axis])
        votes -= 0.5 * left * left
    np.exp(votes, out=votes)
    votes *= worth
    # Each of the pass's tracks has one vote: its best.
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    score = np.maximum.reduceat(votes, starts, axis=1).sum(axis=1)
    # One thing alone looks like many others on a street.
    score = np.where(score < _FEW_VOTES * count, _FEW_WORTH * score, score)
    score -= _PRIOR_WEIGHT * 0.5 * count**2 * ((tried / common) ** 2).sum(axis=1)
    best = votes[int(score.argmax())]
    mean = (best[:, None] * off).sum(axis=0) / best.sum()
    return np.asarray(mean @ axes, np.float64)


def _estimated(
    placed: Placed, passes: Ints, labels: Ints, params: FindingParams
) -> tuple[Floats, Floats, Floats]:
    """Return offsets by generalised least squares, and what is left of sigma."""
    count = int(labels.max()) + 1
    normal = np.zeros((2 * count, 2 * count))
    rhs = np.zeros(2 * count)
    origin = placed.place_m.mean(axis=0)
    place = placed.place_m - origin
    blocks = []
    for number in np.unique(passes):
        rows = np.flatnonzero(passes == number)
        apart = np.hypot(*(place[rows][:, None, :] - place[rows][None, :, :]).T)
        at = np.column_stack([2 * labels[rows], 2 * labels[rows] + 1]).reshape(-1)
        for axis, over_m in enumerate((params.common_over_m, params.common_over_m / 2.0)):
            unit = (placed.along if axis == 0 else placed.right)[rows]
            common = placed.common_m[rows, axis]
            shared = common[:, None] * common[None, :] * np.exp(-apart / over_m)
            inverse = np.linalg.inv(shared + np.diag(placed.own_m[rows, axis] ** 2))
            # Only the damages that the pass saw: east and north of each.
            weighed = np.einsum("ia,ij,jb->iajb", unit, inverse, unit)
            weighed = weighed.reshape(len(at), len(at))
            np.add.at(normal, (at[:, None], at[None, :]), weighed)
            pulled = inverse @ (place[rows] * unit).sum(axis=1)
            np.add.at(rhs, at, (unit * pulled[:, None]).ravel())
            blocks.append((rows, unit, shared @ inverse))
    spread = np.asarray(np.linalg.inv(normal), np.float64)
    found = (spread @ rhs).reshape(count, 2)[labels]
    off = np.zeros_like(place)
    for rows, unit, gain in blocks:
        left = ((place[rows] - found[rows]) * unit).sum(axis=1)
        off[rows] += (gain @ left)[:, None] * unit
    variance = _variances(placed, labels, spread)
    least = variance.min(axis=0)
    sigma = np.sqrt(placed.own_m**2 + np.maximum(variance - least, 0.0))
    return off, sigma, np.sqrt(variance)


def _variances(placed: Placed, labels: Ints, spread: Floats) -> Floats:
    """Return the variances of each track's damage's place along and across the track's heading."""
    parts = np.stack(
        [
            np.stack([spread[2 * labels + i, 2 * labels + j] for j in (0, 1)], axis=-1)
            for i in (0, 1)
        ],
        axis=-2,
    )
    units = np.stack([placed.along, placed.right], axis=1)
    return np.asarray(np.einsum("nai,nij,naj->na", units, parts, units), np.float64)
