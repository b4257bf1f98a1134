"""By how much some passes are beside what is laid already: each track has a vote."""

from __future__ import annotations

import math

import numpy as np

from gatusyn.findings.labels import grouped, most_first
from gatusyn.findings.likeness import Tracks
from gatusyn.findings.placed import Floats, Ints
from gatusyn.model.compiled import compiled

VOTE_M = (0.8, 0.5)

_PRIOR_WEIGHT = 0.25
_FEW_VOTES, _FEW_WORTH = 1.5, 0.3
_MOST_VOTES = 100
_LEAST_WORTH = 0.1
_UNLIKE = 0.8
_HALVINGS = 20


@compiled
def vote(
    tracks: Tracks, place_m: Floats, own: Ints, known: Ints, count: int
) -> tuple[float, float]:
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
    means = np.zeros(4)
    for row in own:
        for axis in range(2):
            means[axis] += tracks.along[row, axis] / len(own)
            means[2 + axis] += tracks.common_m[row, axis] / len(own)
    length = math.hypot(means[0], means[1])
    heading, common = (means[0] / length, means[1] / length), (means[2], means[3])
    whose, off, log_worth = _near(tracks, place_m, own, known, heading, common)
    limit = _limit(log_worth)
    best, most, tried = -1, 0.0, 0
    for at in range(len(off)):
        if log_worth[at] < limit or tried == _MOST_VOTES:
            continue
        tried += 1
        score = _score(off[at], whose, off, log_worth)
        # One thing alone looks like many others on a street.
        if score < _FEW_VOTES * count:
            score *= _FEW_WORTH
        unlikely = (off[at, 0] / common[0]) ** 2 + (off[at, 1] / common[1]) ** 2
        score -= _PRIOR_WEIGHT * 0.5 * count**2 * unlikely
        if best < 0 or score > most:
            best, most = at, score
    if best < 0:
        return 0.0, 0.0
    along, across, total = 0.0, 0.0, 0.0
    for at in range(len(off)):
        weight = math.exp(_log_vote(off[best], off[at], log_worth[at]))
        along += weight * off[at, 0]
        across += weight * off[at, 1]
        total += weight
    along, across = along / total, across / total
    return (
        along * heading[0] + across * heading[1],
        along * heading[1] - across * heading[0],
    )


@compiled
def voted_places(tracks: Tracks, place_m: Floats, rows: Ints, starts: Ints, passes: Ints) -> Floats:
    """Return where tracks lie, each pass laid over those before it; those that saw most first.

    Parameters
    ----------
    rows, starts
        Rows of the tracks, pass by pass, and where each pass starts among them.
    passes
        Those that are laid.
    """
    place = place_m.copy()
    sizes = np.zeros(len(passes) + 1, np.int64)
    for at in range(len(passes)):
        sizes[at + 1] = sizes[at] + starts[passes[at] + 1] - starts[passes[at]]
    done, count = np.empty(sizes[-1], np.int64), 0
    for at in most_first(sizes):
        own = rows[starts[passes[at]] : starts[passes[at] + 1]]
        if count:
            east, north = vote(tracks, place, own, done[:count], 1)
            for row in own:
                place[row, 0] -= east
                place[row, 1] -= north
        for row in own:
            done[count] = row
            count += 1
    return place


@compiled
def _limit(log_worth: Floats) -> float:
    """Return the worth that those have that are tried: about so many as are tried at most."""
    low, high = math.log(_LEAST_WORTH), 0.0
    for _ in range(_HALVINGS if len(log_worth) > _MOST_VOTES else 0):
        middle, count = (low + high) / 2.0, 0
        for one in log_worth:
            count += one >= middle
        if count < _MOST_VOTES:
            high = middle
        else:
            low = middle
    return low


@compiled
def _near(
    tracks: Tracks,
    place_m: Floats,
    own: Ints,
    known: Ints,
    axis: tuple[float, float],
    common: tuple[float, float],
) -> tuple[Ints, Floats, Floats]:
    """Return the pairs that may be of one damage: whose track, how far off, and log of its worth.

    What is large and seen in parts says little of the place.
    """
    far_along = 3.0 * math.sqrt(2.0) * common[0] + 0.5
    far_across = 3.0 * math.sqrt(2.0) * common[1] + 0.5
    space, count = 4 * len(own) + 64, 0
    whose, off, log_worth = np.empty(space, np.int64), np.empty((space, 2)), np.empty(space)
    of_class, starts = grouped(tracks.pixel_class[known])
    alike = known[of_class]
    east_m, north_m = place_m[alike, 0], place_m[alike, 1]
    for one in own:
        own_class = tracks.pixel_class[one]
        if own_class + 1 >= len(starts):
            continue
        for at in range(starts[own_class], starts[own_class + 1]):
            east, north = place_m[one, 0] - east_m[at], place_m[one, 1] - north_m[at]
            along = east * axis[0] + north * axis[1]
            across = east * axis[1] - north * axis[0]
            if abs(along) > far_along or abs(across) > far_across:
                continue
            other = alike[at]
            half = max(
                abs(tracks.half_m[one, 0] - tracks.half_m[other, 0]),
                abs(tracks.half_m[one, 1] - tracks.half_m[other, 1]),
            )
            ratio = tracks.log_area[one] - tracks.log_area[other]
            worth = -0.5 * (ratio / _UNLIKE) ** 2 - math.log(1.0 + half)
            if worth <= math.log(_LEAST_WORTH):
                continue
            if count == space:
                whose, off, log_worth = _longer(whose, off, log_worth)
                space = len(whose)
            whose[count], log_worth[count] = one, worth
            off[count, 0], off[count, 1] = along, across
            count += 1
    return whose[:count], off[:count], log_worth[:count]


@compiled
def _longer(whose: Ints, off: Floats, log_worth: Floats) -> tuple[Ints, Floats, Floats]:
    """Return the same with twice the space."""
    space = 2 * len(whose)
    new_whose, new_off, new_worth = np.empty(space, np.int64), np.empty((space, 2)), np.empty(space)
    for at in range(len(whose)):
        new_whose[at], new_worth[at] = whose[at], log_worth[at]
        new_off[at, 0], new_off[at, 1] = off[at, 0], off[at, 1]
    return new_whose, new_off, new_worth


@compiled
def _score(tried: Floats, whose: Ints, off: Floats, log_worth: Floats) -> float:
    """Return the votes for an offset. Each of the tracks has one: its best."""
    score, best = 0.0, -math.inf
    for at in range(len(whose)):
        if at and whose[at] != whose[at - 1]:
            score, best = score + math.exp(best), -math.inf
        best = max(best, _log_vote(tried, off[at], log_worth[at]))
    return score + math.exp(best)


@compiled
def _log_vote(tried: Floats, off: Floats, log_worth: float) -> float:
    along, across = (tried[0] - off[0]) / VOTE_M[0], (tried[1] - off[1]) / VOTE_M[1]
    return float(log_worth - 0.5 * (along * along + across * across))
